"""What must be known of a quote besides the two records: products, other quotes, its invoices."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from typing import Any

from django.db.models import Q

from sync.core import snapshots
from sync.core.couples import Couple
from sync.core.flow import OF_LINE
from sync.core.records import Key, Record
from sync.core.sameness import same
from sync.flows.shapes import (
    invoice,
    quote,
    quote_chain,
    quote_deal,
    quote_ends,
    quote_lines,
    quote_tables,
)
from sync.models import Link, Write

from . import indexing, quote_wares, tracing
from .work import Work

LINE, ENTRY = "OpportunityLineItem", "PricebookEntry"


def gather(work: Work, couples: Sequence[Couple]) -> list[Couple]:
    """Return the couples with their facts; three calls to Salesforce at most where lines matter."""
    chosen = [c for c in couples if c.xero is not None]
    wares = _Wares(work, [c for c in chosen if quote.status(_of(c)) not in quote.ENDED])
    made = _made(work, {_of(c).key.id for c in chosen if c.link is not None})
    marked = _marked(work, {_of(c).key.id for c in chosen if c.link is not None})
    ours = [c.salesforce.key.id for c in chosen if c.salesforce is not None]
    others = tracing.quotes_of(work, ours)
    invoices = _invoices(work, ours)
    dealt = [_of(c) for c in chosen if c.salesforce is not None]
    strangers = _of_strangers(work, chosen)
    traced = tracing.trace(work, [*dealt, *(q for every in others.values() for q in every)])
    return [
        replace(
            c,
            facts={
                **c.facts,
                **wares.of(c),
                **_chain(c, others, invoices, traced),
                quote_deal.MADE: _of(c).key.id in made,
                quote_chain.MARKED: _of(c).key.id in marked,
                quote_ends.STRANGER: c.subject in strangers,
            },
        )
        if c.xero is not None
        else c
        for c in couples
    ]


def _of_strangers(work: Work, couples: Sequence[Couple]) -> set[Key]:
    """Return those whose quote is for a linked customer, and whose deal is for another one."""
    ends = {c.subject: (_account(c), _contact(c)) for c in couples if c.salesforce is not None}
    families = tracing.family_of(work, {contact for _, contact in ends.values() if contact})
    links = Link.objects.filter(
        Q(salesforce_id__in={account for account, _ in ends.values()})
        | Q(xero_id__in={one for family in families.values() for one in family}),
        pair=work.pair, salesforce_kind="Account", xero_kind="Contact",
    )  # fmt: skip
    known = set(links.values_list("salesforce_id", "xero_id")) if ends else set()
    accounts, contacts = {a for a, _ in known}, {c for _, c in known}
    return {
        subject
        for subject, (account, contact) in ends.items()
        if account in accounts and contacts & families.get(contact, set())
        if not any((account, one) in known for one in families[contact])
    }


def _account(couple: Couple) -> str:
    return str(couple.salesforce.get("AccountId") or "") if couple.salesforce else ""


def _contact(couple: Couple) -> str:
    return str(_of(couple).get("Contact.ContactID") or "").lower()


def _made(work: Work, quotes: Collection[str]) -> set[str]:
    """Return those quotes among these whose deals we made."""
    rows = Link.objects.filter(
        pair=work.pair, xero_kind="Quote", xero_id__in=quotes, origin=Link.Origin.CREATED
    )
    return set(rows.values_list("xero_id", flat=True)) if quotes else set()


def _marked(work: Work, quotes: Collection[str]) -> set[str]:
    """Return those quotes among these that we have marked as invoiced."""
    rows = Write.objects.filter(
        pair=work.pair, kind="Quote", target_id__in=quotes, state=Write.State.CONFIRMED
    )
    return set(rows.values_list("target_id", flat=True)) if quotes else set()


def _of(couple: Couple) -> Record:
    if couple.xero is None:
        raise ValueError(f"{couple.subject} has no quote.")
    return couple.xero


def _chain(
    couple: Couple,
    others: Mapping[str, Sequence[Record]],
    invoices: Mapping[str, Sequence[tuple[Record, bool]]],
    traced: Mapping[str, Sequence[quote_chain.Traced]],
) -> dict[str, Any]:
    """Return what is known of the deal's other quotes and of the invoices that bill it."""
    deal, record = couple.salesforce, _of(couple)
    if deal is None:
        return {}
    own = invoices.get(deal.key.id, ())
    more = [q for q in others.get(deal.key.id, ()) if q.key != record.key]
    linked = {one.key.id for one, _ in own}
    return {
        quote_ends.OTHERS: more,
        quote_chain.INVOICES: [one for one, _ in own],
        quote_chain.TRACED: [
            one
            for q in (record, *more)
            for one in traced.get(q.key.id, ())
            if one.record.key.id not in linked
        ],
        quote_deal.BILLED: any(
            ours and one.get("Status") not in invoice.ENDED for one, ours in own
        ),
    }


def _invoices(work: Work, deals: Collection[str]) -> dict[str, list[tuple[Record, bool]]]:
    """Return by deal the invoices that it is linked to, and whether we made each."""
    links = list(
        Link.objects.filter(
            pair=work.pair, salesforce_kind="Opportunity", salesforce_id__in=deals,
            xero_kind="Invoice",
        )
    )  # fmt: skip
    ids = [link.xero_id for link in links]
    records = indexing.records(work.xero.connection_id, "Invoice", ids) if ids else {}
    found: dict[str, list[tuple[Record, bool]]] = {}
    for link in links:
        if link.xero_id in records:
            made = link.origin == Link.Origin.CREATED
            found.setdefault(link.salesforce_id, []).append((records[link.xero_id], made))
    return found


class _Wares:
    """The products and prices of Salesforce that the lines of a batch's quotes may be."""

    def __init__(self, work: Work, couples: Sequence[Couple]) -> None:
        self._wanted = {c.subject for c in couples}
        self._standard = quote_tables.value(work.rules, quote_tables.BOOK, "=standard")
        codes = {line.code for c in couples for line in quote.lines(_of(c)) if line.code}
        fields = work.salesforce.fields(LINE) if codes else {}
        self._can = quote_lines.MARKER in fields
        self._codes = quote_wares.items(work, codes) if self._can else {}
        self._products = quote_wares.products(work, self._codes, codes) if self._codes else []
        self._kept = quote_wares.kept(work, self._codes, self._products)
        ids = [product.key.id for product in self._products]
        lines = {line.id for c in couples for line in quote.lines(_of(c))}
        self._refused = _refused(work, lines) if self._can else {}
        self._entries = work.salesforce.find_by(ENTRY, "Product2Id", ids) if ids else []

    def of(self, couple: Couple) -> dict[str, Any]:
        """Return the lines of a quote as product lines, and what they are made of."""
        if couple.subject not in self._wanted:
            return {quote_deal.FITTED: _as_they_are(couple)}
        record, deal = _of(couple), couple.salesforce
        if not self._can and any(line.code for line in quote.lines(record)):
            why = f"Salesforce’s product lines have no field {quote_lines.MARKER}."
            return {quote_deal.FITTED: quote_lines.Fitted({}, why)}
        book = "" if self._standard == "=standard" else self._standard
        if deal is not None and deal.get("Pricebook2Id"):
            book = str(deal.get("Pricebook2Id"))
        made = quote_lines.catalogue(
            self._codes,
            self._products,
            self._entries,
            book,
            quote.currency(record),
            kept=self._kept,
        )
        fitted = self._taken(couple, quote_lines.fit(record, made, deal))
        return {quote_deal.FITTED: fitted, quote_deal.CATALOGUE: made}

    def _taken(self, couple: Couple, fitted: quote_lines.Fitted) -> quote_lines.Fitted:
        """Return the lines, none where Salesforce has refused one of them as it is now."""
        said = [
            self._refused[line]
            for line, values in fitted.lines.items()
            if line in self._refused
            if same("line", snapshots.load(self._refused[line].shared).get(OF_LINE + line), values)
        ]
        if not said or quote_ends.tries_again(couple, str(said[-1].pk)):
            return fitted
        why = f"Salesforce refused a product line: {said[-1].error}"
        return quote_lines.Fitted({}, why, refused=str(said[-1].pk))


def _refused(work: Work, lines: Collection[str]) -> dict[str, Write]:
    """Return the write that was last sent of each line, where Salesforce refused it."""
    rows = Write.objects.filter(
        pair=work.pair, flow=work.flow.key, kind=LINE, marker__in=lines, verb="create"
    ).order_by("pk")
    last = {row.marker: row for row in rows}
    return {line: row for line, row in last.items() if row.state == Write.State.REFUSED}


def unfinished(work: Work) -> list[Key]:
    """Return the subjects of the run that need another plan: lines were taken off, or are to be.

    Where Salesforce refused one, all are taken off. What it lets nobody take off is not tried
    again until the quote or the deal moves.
    """
    done = Q(verb="create", state=Write.State.REFUSED) | Q(
        verb="delete", state=Write.State.CONFIRMED
    )
    rows = Write.objects.filter(done, plan__run=work.run, kind=LINE)
    return [Key.parse(subject) for subject in set(rows.values_list("subject", flat=True))]


def _as_they_are(couple: Couple) -> quote_lines.Fitted:
    """Return the lines that the deal of an ended quote has: they are left as they are."""
    deal = couple.salesforce
    return (
        quote_lines.Fitted(quote_lines.of_deal(deal)) if deal is not None else quote_lines.NOTHING
    )
