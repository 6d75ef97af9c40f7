"""What became of a batch's records in other pairs before: ended invoices, quotes, questions."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field

from connections.models import Pair
from sync.core.couples import Couple
from sync.core.planning import stands
from sync.core.questions import LEAVE
from sync.core.records import Key, Record
from sync.core.routing import DEAL, QUOTE
from sync.core.routing_questions import CAUSE
from sync.flows.shapes import invoice, quote
from sync.models import Decision, KnownRecord, Link, ReviewSubject

from .routing_rows import Routing
from .work import Work

HELD = (DEAL, QUOTE)
"""The kinds of which none is made while several pairs may and no row says which."""


@dataclass(frozen=True)
class Before:
    """A counterpart that ended in another pair, and what people were asked and said of it then.

    `left_by` said that it is not to be made again; `asked` tells that this is being asked.
    """

    pair: Pair
    counterpart: str
    label: str
    left_by: str = ""
    asked: bool = False


@dataclass(frozen=True)
class Past:
    """By subject: the pair with its living quote, what it had before elsewhere, and who asks.

    `asked` is the pair that asks already where it belongs; `asking_again` are those of which this
    pair has asked whether they are made again. `overtaken` are those of which another pair has made
    a counterpart since, be it ended too: that one tells. `billed` are deals with an invoice of this
    pair.
    """

    quoted: Mapping[Key, Pair] = field(default_factory=dict)
    before: Mapping[Key, Before] = field(default_factory=dict)
    asked: Mapping[Key, int] = field(default_factory=dict)
    asking_again: frozenset[Key] = frozenset()
    overtaken: frozenset[Key] = frozenset()
    billed: frozenset[Key] = frozenset()

    def may_doubt(self, subject: Key, record: Record) -> bool:
        """Return whether a counterpart here is asked about that belongs elsewhere.

        Not a quote that has ended, or whose deal has its invoice: that is asked about.
        """
        if record.key.kind != QUOTE:
            return True
        return quote.status(record) not in quote.ENDED and subject not in self.billed


def gather(work: Work, routing: Routing | None, couples: Sequence[Couple]) -> Past:
    """Return what is known of these couples; eight queries at most, whatever their number."""
    if routing is None:
        return Past()
    strays = [c for c in couples if not stands(work.flow, c)]
    keys = {str(c.subject): c.subject for c in strays}
    if not work.flow.exclusive:
        living = [c.subject for c in couples if c.link is not None]
        return Past(asked=_asked(routing, keys), billed=_billed(work, routing, living))
    linked = [c for c in strays if c.link is not None]
    return Past(
        _quoted(routing, keys.values()) if work.flow.from_quotes else {},
        _before(work, routing, [c.subject for c in strays if c.link is None]),
        _asked(routing, keys),
        _asking_again(work, linked),
        _overtaken(work, routing, [c.subject for c in linked]),
    )


def _asked(routing: Routing, keys: Mapping[str, Key]) -> dict[Key, int]:
    rows = ReviewSubject.objects.filter(
        subject__in=keys,
        closed_at__isnull=True,
        item__cause__startswith=CAUSE,
        item__flow=routing.flow,
        item__pair__in=routing.first_rank,
    ).order_by("-item__pair")
    return {keys[s]: pair for s, pair in rows.values_list("subject", "item__pair")} if keys else {}


def _billed(work: Work, routing: Routing, subjects: Sequence[Key]) -> frozenset[Key]:
    """Return the deals among these that have an invoice of this pair."""
    if routing.kind != DEAL or not subjects:
        return frozenset()
    rows = Link.objects.filter(
        pair=work.pair, salesforce_id__in=[key.id for key in subjects], xero_kind="Invoice"
    )
    return frozenset(row.salesforce_key for row in rows)


def _quoted(routing: Routing, subjects: Collection[Key]) -> dict[Key, Pair]:
    """Return by deal the active pair of the org in which a living quote of it is linked."""
    pairs = {pair.pk: pair for pair in routing.pairs}
    links = list(
        Link.objects.filter(
            pair__in=pairs,
            salesforce_kind=DEAL,
            salesforce_id__in=[key.id for key in subjects],
            xero_kind=QUOTE,
        ).order_by("-pair")
    )
    known = KnownRecord.objects.filter(
        kind=QUOTE, remote_id__in=[link.xero_id for link in links], status__in=quote.ENDED
    )
    ended = set(known.values_list("remote_id", "connection_id")) if links else set()
    return {
        link.salesforce_key: pairs[link.pair_id]
        for link in links
        if (link.xero_id, pairs[link.pair_id].xero_id) not in ended
    }


def _before(work: Work, routing: Routing, subjects: Sequence[Key]) -> dict[Key, Before]:
    """Return by deal the last invoice that ended in another pair, and what was said of it."""
    pairs = {pair.pk: pair for pair in routing.pairs if pair.pk != work.pair.pk}
    links = list(
        Link.objects.filter(
            pair__in=pairs,
            salesforce_kind=work.flow.salesforce_kind,
            salesforce_id__in=[key.id for key in subjects],
            xero_kind=work.flow.xero_kind,
            role=Link.Role.MAIN,
        ).order_by("pk")
    )
    if not links:
        return {}
    causes = {(link.pair_id, str(link.salesforce_key)): _cause(link.xero_id) for link in links}
    said = _said(work.flow.key, causes)
    asked = _open(work.flow.key, causes)
    found = {}
    for link in links:
        place = (link.pair_id, str(link.salesforce_key))
        word = said.get(place)
        left = word.by if word is not None and word.choice == LEAVE.value else ""
        found[link.salesforce_key] = Before(
            pairs[link.pair_id],
            link.xero_id,
            link.label or "its invoice",
            left,
            place in asked and word is None,
        )
    return found


_Places = Mapping[tuple[int, str], str]
"""The cause of a question, by pair and subject."""


def _said(flow: str, causes: _Places) -> dict[tuple[int, str], Decision]:
    rows = Decision.objects.filter(
        pair__in={pair for pair, _ in causes},
        flow=flow,
        subject__in={subject for _, subject in causes},
        spent_at__isnull=True,
    ).order_by("pk")
    return {
        (row.pair_id, row.subject): row
        for row in rows
        if causes.get((row.pair_id, row.subject)) == row.cause
    }


def _open(flow: str, causes: _Places) -> set[tuple[int, str]]:
    rows = ReviewSubject.objects.filter(
        item__pair__in={pair for pair, _ in causes},
        item__flow=flow,
        subject__in={subject for _, subject in causes},
        closed_at__isnull=True,
    ).values_list("item__pair", "subject", "item__cause")
    return {
        (pair, subject)
        for pair, subject, cause in rows
        if cause.partition("|")[0] == causes.get((pair, subject))
    }


def _cause(xero_id: str) -> str:
    return f"{invoice.ENDED_CAUSE}{xero_id}"


def _overtaken(work: Work, routing: Routing, subjects: Sequence[Key]) -> frozenset[Key]:
    """Return the subjects of which another pair in play has made the last counterpart."""
    links = Link.objects.filter(
        pair__in=routing.pairs,
        salesforce_kind=work.flow.salesforce_kind,
        salesforce_id__in=[key.id for key in subjects],
        xero_kind=work.flow.xero_kind,
        role=Link.Role.MAIN,
    ).order_by("pk")
    last = dict(links.values_list("salesforce_id", "pair")) if subjects else {}
    return frozenset(key for key in subjects if last.get(key.id) not in (None, work.pair.pk))


def _asking_again(work: Work, couples: Sequence[Couple]) -> frozenset[Key]:
    """Return the subjects of which this pair asks, or has been told, whether they are made again.

    Those whose invoice ended before anybody knew that they belong elsewhere.
    """
    causes = {
        (work.pair.pk, str(c.subject)): _cause(c.xero.key.id) for c in couples if c.xero is not None
    }
    if not causes:
        return frozenset()
    asked = {subject for _, subject in _open(work.flow.key, causes)}
    return frozenset(
        c.subject
        for c in couples
        if str(c.subject) in asked or causes.get((work.pair.pk, str(c.subject)), "") in c.decisions
    )
