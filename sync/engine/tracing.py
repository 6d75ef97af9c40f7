"""Tracing: which quotes a deal has, and which invoices may have been made from a quote."""

from __future__ import annotations

from collections.abc import Collection, Iterable

from sync.core.records import Record
from sync.flows.shapes import quote_chain
from sync.models import KnownKey, KnownRecord, Link

from . import indexing
from .work import Work

DEAL, QUOTE, INVOICE, CONTACT = "Opportunity", "Quote", "Invoice", "Contact"


def quotes_of(work: Work, deals: Collection[str]) -> dict[str, list[Record]]:
    """Return by deal every quote of this organisation that is linked to it."""
    links = Link.objects.filter(
        pair=work.pair, salesforce_kind=DEAL, salesforce_id__in=deals, xero_kind=QUOTE
    ).order_by("role", "-generation", "pk")
    ends = list(links.values_list("salesforce_id", "xero_id"))
    records = records_of(work, QUOTE, {theirs for _, theirs in ends})
    found: dict[str, list[Record]] = {}
    for deal, theirs in ends:
        if theirs in records:
            found.setdefault(deal, []).append(records[theirs])
    return found


def trace(work: Work, quotes: Iterable[Record]) -> dict[str, tuple[quote_chain.Traced, ...]]:
    """Return by quote the invoices that may have been made from it and that no deal has yet.

    They are of the quote's customer, whichever of merged contacts it was.
    """
    every = {q.key.id: q for q in quotes}
    contacts = {each: str(q.get("Contact.ContactID") or "").lower() for each, q in every.items()}
    families = family_of(work, set(contacts.values()) - {""})
    members = {one for family in families.values() for one in family}
    by_contact = _invoices(work, members)
    return {
        each: quote_chain.trace(
            q,
            [
                record
                for contact in sorted(families.get(contacts[each], ()))
                for record in by_contact.get(contact, ())
            ],
        )
        for each, q in every.items()
    }


def _invoices(work: Work, contacts: Collection[str]) -> dict[str, list[Record]]:
    """Return the invoices of these contacts that no deal is linked to."""
    ids = ids_under(work, INVOICE, [("contact", each) for each in contacts])
    # another Salesforce org may be kept in step with this organisation, too
    links = Link.objects.filter(pair__xero=work.pair.xero_id, xero_kind=INVOICE, xero_id__in=ids)
    taken = set(links.values_list("xero_id", flat=True))
    found: dict[str, list[Record]] = {}
    for record in records_of(work, INVOICE, ids - taken).values():
        contact = str(record.get("Contact.ContactID") or "").lower()
        found.setdefault(contact, []).append(record)
    return found


def family_of(work: Work, contacts: Collection[str]) -> dict[str, set[str]]:
    """Return by contact itself, the one it was merged into, and those merged into that one."""
    now = indexing.follow(work.xero.connection_id, CONTACT, contacts)
    winners = {each: now[each].key.id if each in now else each for each in contacts}
    merged = KnownRecord.objects.filter(
        connection_id=work.xero.connection_id,
        kind=CONTACT,
        gone__in=[f"merged:{winner}" for winner in winners.values()],
    ).values_list("remote_id", "gone")
    families = {each: {each, winner} for each, winner in winners.items()}
    for loser, gone in merged:
        for each, winner in winners.items():
            if gone == f"merged:{winner}":
                families[each].add(loser)
    return families


def ids_under(work: Work, kind: str, keys: Iterable[tuple[str, str]]) -> set[str]:
    """Return the ids of the records of a kind that the index has under these keys."""
    by_name: dict[str, list[str]] = {}
    for name, value in keys:
        by_name.setdefault(name, []).append(value)
    found: set[str] = set()
    for name, values in by_name.items():
        rows = KnownKey.objects.filter(
            connection_id=work.xero.connection_id, kind=kind, name=name, value__in=values
        )
        found |= set(rows.values_list("record__remote_id", flat=True))
    return found


def records_of(work: Work, kind: str, ids: Collection[str]) -> dict[str, Record]:
    """Return the Xero records of a kind with these ids as the index has them, by id."""
    return indexing.records(work.xero.connection_id, kind, ids) if ids else {}
