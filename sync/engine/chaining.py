"""Chaining: a deal whose quote was invoiced in Xero is linked to that invoice, not billed again."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace

from connections.models import Pair
from sync.core.couples import Couple
from sync.core.matching import Outcome
from sync.core.questions import AGAIN, RETRY, Choice, Question, QuestionKind
from sync.core.records import Key, Record
from sync.flows.registry import every_flow
from sync.flows.shapes import quote, quote_chain, quote_deal, quote_match
from sync.models import KnownRecord, Link, ReviewItem, ReviewSubject

from . import noticing, part_invoices, tracing
from .tracing import CONTACT, DEAL, INVOICE, QUOTE
from .work import Work

QUOTES = "quote_opportunity"
CAUSE = "quote_billed:"
HERE = Choice("new", "Bill it here", "Makes one new invoice in this organisation for the deal.")


def indexes(work: Work) -> tuple[str, ...]:
    """Return the kinds whose index must be as fresh as the flow's own before anything is billed.

    Quotes come before the invoices: what a quote is marked with then has its invoice in the index.
    """
    return (QUOTE,) if work.flow.from_quotes and in_use(work) else ()


def in_use(work: Work) -> bool:
    """Return whether quotes are looked at: the flow is in use, or one was linked before.

    Two queries at most a run, whoever asks.
    """
    if work.quotes_count is None:
        linked = Link.objects.filter(pair=work.pair, xero_kind=QUOTE)
        work.quotes_count = QUOTES in noticing.flows_in_use(work.pair) or linked.exists()
    return work.quotes_count


def is_on(work: Work) -> bool:
    """Return whether the flow of quotes is in use for the pair."""
    return in_use(work) and QUOTES in noticing.flows_in_use(work.pair)


def guard(work: Work, couples: Sequence[Couple]) -> list[Couple]:
    """Return the couples; a won deal that was billed from its quote has found that invoice.

    What is uncertain is asked, and so is a deal that may be what a quote without one is for. A
    handful of queries, whatever the number; no call.
    """
    if not work.flow.from_quotes:
        return list(couples)
    couples = part_invoices.with_parts(work, couples, joining=in_use(work))
    open_ones = [c for c in couples if _is_to_be_billed(work, c)]
    if not open_ones:
        return couples
    elsewhere = _elsewhere(work, open_ones)
    known = _known(work, open_ones) if in_use(work) else {}
    guarded = {c.subject: _guarded(work, c, known, elsewhere) for c in open_ones}
    for tied in _tied(guarded.values()):
        asked = next(c for c in open_ones if c.subject == tied)
        guarded[tied] = _guarded(work, asked, known, {}, quote_chain.by_person)
    return [guarded.get(c.subject, c) for c in couples]


def _tied(couples: Iterable[Couple]) -> set[Key]:
    """Return the deals that, by nobody's word, have found an invoice which another found too."""
    finders: dict[Key, list[Couple]] = {}
    for couple in couples:
        adopts = couple.adopts
        parts: Sequence[Record] = couple.facts.get(quote_chain.PARTS, ())
        for key in (adopts, *(part.key for part in parts)) if adopts is not None else ():
            finders.setdefault(key, []).append(couple)
    tied = (c for found in finders.values() if len(found) > 1 for c in found)
    return {c.subject for c in tied if c.match is not None and not c.match.by_person}


def _is_to_be_billed(work: Work, couple: Couple) -> bool:
    """Return whether a new invoice would be made for the deal, or one in an ended one's place."""
    deal = couple.salesforce
    if deal is None or deal.gone or work.flow.unwanted(deal):
        return False
    if couple.match is not None and couple.match.outcome is Outcome.FOUND:
        return False
    return couple.link is None or (couple.xero is not None and work.flow.ended(couple) is not None)


def _may_ask(work: Work, couple: Couple, known: quote_chain.Quoted) -> bool:
    """Return whether what is uncertain is asked: not while it is asked whether to bill again."""
    ended = work.flow.ended(couple) if couple.link is not None else None
    if ended is None:
        return True
    again = couple.decided(ended.cause, ended.about) == AGAIN.value
    return again and bool(known.traced)


def _guarded(
    work: Work,
    couple: Couple,
    known: Mapping[str, quote_chain.Quoted],
    elsewhere: Mapping[str, str],
    judge: Callable[[Couple, quote_chain.Quoted], quote_chain.Judged] = quote_chain.billed_by,
) -> Couple:
    if couple.subject.id in elsewhere and couple.link is None:
        question = _quoted_elsewhere(couple, elsewhere[couple.subject.id])
        if couple.decided(question.cause, question.about) != HERE.value:
            return replace(couple, questions=(*couple.questions, question))
    mine = known.get(couple.subject.id, _NOTHING)
    found, parts = quote_chain.left(couple) or judge(couple, mine)
    if found is None or not (found.outcome is Outcome.FOUND or _may_ask(work, couple, mine)):
        return replace(couple, facts={**couple.facts, quote_chain.QUOTED: mine.linked})
    return replace(couple, match=found, facts={**couple.facts, quote_chain.PARTS: parts})


_NOTHING = quote_chain.Quoted()


def _quoted_elsewhere(couple: Couple, pair: str) -> Question:
    name = couple.salesforce.get("Name") if couple.salesforce else couple.subject.id
    return Question(
        QuestionKind.PROBLEM,
        f"quoted_elsewhere:{couple.subject.id}",
        f"“{name}” was quoted in “{pair}”",
        f"Its quote is in another organisation, which may bill it: see to it that “{pair}” does. "
        "It is billed here once that quote is declined or deleted, or if you say so.",
        choices=(HERE, RETRY),
        about=pair,
        alone=True,
    )


def _elsewhere(work: Work, couples: Sequence[Couple]) -> dict[str, str]:
    """Return by deal the other pair of the org that has a living quote of it.

    The quote is linked there, or the deal carries its id and no quote of this organisation has it:
    the other pair may just be making the deal. Four queries, whatever the number of couples.
    """
    ids = [c.subject.id for c in couples]
    links = Link.objects.filter(
        pair__salesforce=work.pair.salesforce_id,
        pair__active=True,
        salesforce_kind=DEAL,
        salesforce_id__in=ids,
        xero_kind=QUOTE,
    ).exclude(pair__xero=work.pair.xero_id)
    found = [(row.salesforce_id, row.xero_id) for row in links]
    carried = ((c.subject.id, quote_match.carried(c.salesforce)) for c in couples if c.salesforce)
    found += [(deal, theirs) for deal, theirs in carried if theirs]
    known = KnownRecord.objects.filter(kind=QUOTE, remote_id__in=[theirs for _, theirs in found])
    states = {row.remote_id: row for row in known.only("remote_id", "connection_id", "status")}
    mine = set(tracing.quotes_of(work, ids)) if found else set()
    pairs = Pair.objects.filter(salesforce=work.pair.salesforce_id).values_list("xero_id", "name")
    names = dict(pairs) if found else {}
    result = {}
    for deal, theirs in found:
        held = states.get(theirs)
        ours = held is not None and held.connection_id == work.pair.xero_id
        ended = held is not None and held.status in quote.ENDED
        if deal not in mine and not ours and not ended:
            name = names.get(held.connection_id) if held is not None else None
            result[deal] = name or "another organisation"
    return result


def _known(work: Work, couples: Sequence[Couple]) -> dict[str, quote_chain.Quoted]:
    """Return by deal what is known of its quotes, and of what they have become."""
    deals = {c.subject.id: c.salesforce for c in couples if c.salesforce is not None}
    linked = tracing.quotes_of(work, list(deals))
    loose = _loose(work, deals, couples)
    named = {
        deal: [q for q in loose.get(deal, ()) if _is_named(q, record)]
        for deal, record in deals.items()
    }
    likely = {
        deal: [q for q in loose.get(deal, ()) if q not in named[deal] and _may_be(q, record)]
        for deal, record in deals.items()
    }
    every = {q.key: q for group in (linked, named, likely) for qs in group.values() for q in qs}
    traced = tracing.trace(work, every.values())
    known = {}
    for deal in deals:
        mine = (*linked.get(deal, ()), *named[deal])
        unsure = tuple(likely[deal])
        if mine or unsure:
            invoices = [one for q in (*mine, *unsure) for one in traced.get(q.key.id, ())]
            fit = [one for one in invoices if _bills(one, deal)]
            known[deal] = quote_chain.Quoted(mine, unsure, tuple(fit))
    return known


def _is_named(record: Record, deal: Record) -> bool:
    """Return whether a quote that is linked to nothing and a deal name each other by id."""
    return deal.key.id in quote.named_deals(record) or quote_match.carries(deal, record)


def _may_be(record: Record, deal: Record) -> bool:
    return quote.status(record) not in quote.ENDED and bool(quote_match.likeness(record, deal))


def _bills(traced: quote_chain.Traced, deal: str) -> bool:
    """Return whether an invoice names no deal, or this one."""
    named = {d for n in ("Reference", "InvoiceNumber", "Url")
             for d in quote_match.deals_in(traced.record.get(n))}  # fmt: skip
    return not named or deal in named


def _loose(
    work: Work, deals: Mapping[str, Record], couples: Iterable[Couple]
) -> dict[str, list[Record]]:
    """Return by deal the quotes of its account's contacts, or naming it, that have no deal yet."""
    accounts = {str(d.get("AccountId") or "") for d in deals.values()} - {""}
    links = Link.objects.filter(
        pair=work.pair, salesforce_kind="Account", salesforce_id__in=accounts, xero_kind=CONTACT
    ).values_list("salesforce_id", "xero_id")
    ends = {*links, *_found_now(couples)}
    families = tracing.family_of(work, {contact for _, contact in ends})
    owners: dict[str, set[str]] = {}
    for account, contact in ends:
        for one in families.get(contact, {contact}):
            owners.setdefault(one, set()).add(account)
    keys = [("contact", c) for c in owners] + [("deal", d) for d in deals]
    carried = [str(d.get(quote_deal.QUOTE_ID) or "").lower() for d in deals.values()]
    ids = tracing.ids_under(work, QUOTE, keys) | {each for each in carried if each}
    taken = set(
        Link.objects.filter(pair=work.pair, xero_kind=QUOTE, xero_id__in=ids).values_list(
            "xero_id", flat=True
        )
    )
    records = tracing.records_of(work, QUOTE, ids - taken).values()
    return {deal: [q for q in records if _concerns(q, d, owners)] for deal, d in deals.items()}


def _found_now(couples: Iterable[Couple]) -> Iterable[tuple[str, str]]:
    """Yield account and contact of customers that this very batch has found, not linked yet."""
    for couple in couples:
        deal, found = couple.salesforce, couple.needs.get("contact")
        if deal is not None and found is not None and found.candidate is not None:
            yield str(deal.get("AccountId") or ""), found.candidate.key.id


def _concerns(record: Record, deal: Record, owners: Mapping[str, set[str]]) -> bool:
    contact = str(record.get("Contact.ContactID") or "").lower()
    of_account = str(deal.get("AccountId") or "") in owners.get(contact, ())
    return of_account or _is_named(record, deal)


def asked_of(work: Work) -> set[Key]:
    """Return the deals that are asked about because of a quote: any quote's move may answer it."""
    rows = ReviewSubject.objects.filter(
        item__pair=work.pair,
        item__state=ReviewItem.State.OPEN,
        item__cause__startswith=CAUSE,
        closed_at__isnull=True,
    )
    return {Key.parse(subject) for subject in rows.values_list("subject", flat=True)}


def tell_quotes(work: Work) -> int:
    """Let the quotes of deals that this run has billed be planned again; return how many."""
    if not work.flow.from_quotes or not is_on(work):
        return 0
    billed = Link.objects.filter(
        pair=work.pair, xero_kind=INVOICE, made_at__gte=work.run.started_at
    ).values("salesforce_id")
    links = Link.objects.filter(
        pair=work.pair, salesforce_kind=DEAL, xero_kind=QUOTE, salesforce_id__in=billed
    )
    return noticing.note(work.pair, QUOTES, [link.xero_key for link in links], "again")


def wake_billing(work: Work, deals: Iterable[Key]) -> int:
    """Let won deals be planned again by every flow in use that bills them; return how many."""
    wanted = list(deals)
    billing = [key for key in noticing.flows_in_use(work.pair) if every_flow()[key].from_quotes]
    return sum(noticing.note(work.pair, key, wanted, "again") for key in billing)
