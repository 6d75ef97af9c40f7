"""Part invoices: a deal that was billed from its quote in parts has several, and may get more."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from sync.core.couples import Couple
from sync.core.records import Record
from sync.flows.shapes import quote_chain
from sync.models import Link

from . import tracing
from .tracing import DEAL, INVOICE
from .work import Work


def with_parts(work: Work, couples: Sequence[Couple], *, joining: bool) -> list[Couple]:
    """Return the couples; those billed in parts with the part invoices besides the main one.

    With `joining` also with further parts, made of the deal's quote since.
    """
    ids = [c.subject.id for c in couples if c.link is not None]
    links = Link.objects.filter(
        pair=work.pair,
        role=Link.Role.FURTHER,
        salesforce_kind=DEAL,
        salesforce_id__in=ids,
        xero_kind=INVOICE,
    )
    ends = list(links.values_list("salesforce_id", "xero_id")) if ids else []
    records = tracing.records_of(work, INVOICE, {theirs for _, theirs in ends})
    parts: dict[str, list[Record]] = {}
    for deal, theirs in ends:
        if theirs in records:
            parts.setdefault(deal, []).append(records[theirs])
    known = [
        replace(c, facts={**c.facts, quote_chain.PARTS: tuple(parts[c.subject.id])})
        if c.subject.id in parts
        else c
        for c in couples
    ]
    return _with_joining(work, known) if joining else known


def _with_joining(work: Work, couples: Sequence[Couple]) -> list[Couple]:
    """Return the couples; deals that were billed from their quote with further parts of it.

    Not of a deal that we billed: there a second invoice is a second one.
    """
    billed = [c for c in couples if c.link is not None and c.xero is not None]
    links = Link.objects.filter(
        pair=work.pair, xero_kind=INVOICE, xero_id__in=[c.xero.key.id for c in billed if c.xero]
    ).exclude(origin=Link.Origin.CREATED)
    adopted = set(links.values_list("salesforce_id", flat=True)) if billed else set()
    every = tracing.quotes_of(work, adopted) if adopted else {}
    quotes = {c.subject.id: _with_room(c, every.get(c.subject.id, ())) for c in billed}
    wanted = [q for mine in quotes.values() for q in mine]
    traced = tracing.trace(work, wanted) if wanted else {}
    return [
        replace(c, facts={**c.facts, quote_chain.JOINING: _joining(c, quotes, traced)})
        if quotes.get(c.subject.id)
        else c
        for c in couples
    ]


def _with_room(couple: Couple, quotes: Sequence[Record]) -> list[Record]:
    """Return the quotes that are over more than is billed of them; most are billed whole."""
    return [q for q in quotes if quote_chain.has_room(q, _own(couple))]


def _own(couple: Couple) -> list[Record]:
    parts: Sequence[Record] = couple.facts.get(quote_chain.PARTS, ())
    return [one for one in (couple.xero, *parts) if one is not None]


def _joining(
    couple: Couple,
    quotes: Mapping[str, Sequence[Record]],
    traced: Mapping[str, Sequence[quote_chain.Traced]],
) -> list[Record]:
    own = _own(couple)
    found = {
        one.key: one
        for q in quotes[couple.subject.id]
        for one in quote_chain.joining(q, own, traced.get(q.key.id, ()))
    }
    return list(found.values())
