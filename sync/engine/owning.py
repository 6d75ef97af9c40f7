"""Owning: a deal is billed by one pair only, and an invoice belongs to one deal only."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from connections.models import Pair
from sync.core.couples import Couple
from sync.core.intents import COUNTERPART
from sync.core.planning import Plan
from sync.core.questions import Question, QuestionKind
from sync.core.records import Key, System
from sync.models import KnownKey, KnownRecord, Link, Write

from . import assigning, routing_rows, routing_said
from .work import Work


def with_owners(work: Work, couples: Sequence[Couple]) -> list[Couple]:
    """Return the couples; one whose find is somebody else's gets a question instead; one query."""
    taken = _taken(work, couples)
    return [_asked(couple, taken) for couple in couples]


def with_elders(work: Work, couples: Sequence[Couple]) -> list[Couple]:
    """Return the couples; one whose account another pair has linked before yields to that.

    Where routing says which pair an account belongs to, that one comes first once it has its
    contact. Two queries, whatever the number of couples.
    """
    ids = [c.subject.id for c in couples if c.subject.system is System.SALESFORCE]
    if not work.flow.by_likeness or not ids or not _others(work, System.SALESFORCE):
        return list(couples)
    links = Link.objects.filter(
        pair__salesforce=work.pair.salesforce_id,
        salesforce_kind=work.flow.salesforce_kind,
        salesforce_id__in=ids,
        xero_kind=work.flow.xero_kind,
        role=Link.Role.MAIN,
    ).order_by("-pk")  # the first link of an account counts: it comes last
    ends: dict[str, dict[int, str]] = {}
    for account, pair, contact in links.values_list("salesforce_id", "pair", "xero_id"):
        ends.setdefault(account, {})[pair] = contact
    return [
        _with_elder(work.pair.pk, couple, ends.get(couple.subject.id, {})) for couple in couples
    ]


def _with_elder(mine: int, couple: Couple, ends: Mapping[int, str]) -> Couple:
    """Return the couple; it leads where its account belongs, else yields to the elder there.

    `ends` are its contacts by pair, the first link last. The pair where the account belongs is the
    elder as soon as it has its contact.
    """
    first = next(reversed(ends), mine)
    home = couple.routed.pair if couple.routed is not None else 0
    elder = home if home == mine or home in ends else first
    others = frozenset(contact for pair, contact in ends.items() if pair != mine)
    leads = others if home == mine else frozenset[str]()
    return replace(couple, yields=elder != mine, leads=leads)


def unclaimed(work: Work, plans: Sequence[Plan]) -> list[Plan]:
    """Return the plans whose subjects no other pair is billing, and that still belong here.

    The caller's transaction also saves their writes; until it ends, no other pair may ask, and
    nobody say where a record belongs. So two pairs at work on one deal at the same moment cannot
    both be told that it is theirs.
    """
    new = [plan for plan in plans if _makes(plan)]
    if not new or not _is_shared(work):
        return list(plans)
    for system in System:
        assigning.alone_with(work.connection_ids[system])
    gone = elsewhere(work, [plan.subject for plan in new]).keys() | routing_said.changed(work, new)
    return [plan for plan in plans if plan.subject not in gone or not _makes(plan)]


def _makes(plan: Plan) -> bool:
    return any(i.target is None and i.name == COUNTERPART for i in plan.intents)


def _is_shared(work: Work) -> bool:
    """Return whether another pair may make the flow's records too; asked anew each time."""
    work.pairs.clear()
    shared = bool(work.flow.exclusive and _others(work, System.SALESFORCE))
    return shared or any(routing_rows.routing_of(work, system) for system in System)


def elsewhere(work: Work, subjects: Iterable[Key]) -> dict[Key, Pair]:
    """Return by subject the other pair that has a living counterpart of it, or makes one.

    Of a deal also one in whose organisation somebody typed an invoice that names it. Four queries,
    whatever the number.
    """
    wanted = {key.id: key for key in subjects if _is_exclusive(work, key)}
    if not wanted:
        return {}
    found: dict[Key, Pair] = {}
    for system in System:
        mine = {key.id: key for key in wanted.values() if key.system is system}
        others = {pair.pk: pair for pair in _others(work, system)} if mine else {}
        if others:
            found |= _named(work, mine, others) | _linked(work, mine, others, system)
            found |= _being_made(work, mine, others, system)
    return found


def _is_exclusive(work: Work, key: Key) -> bool:
    """Return whether a subject may have its counterpart in one pair only."""
    if key.system is System.SALESFORCE:
        return work.flow.exclusive
    return work.flow.begins_in_xero


def _others(work: Work, system: System) -> list[Pair]:
    return [pair for pair in routing_rows.pairs_of(work, system) if pair.pk != work.pair.pk]


def _linked(
    work: Work, wanted: Mapping[str, Key], others: Mapping[int, Pair], system: System
) -> dict[Key, Pair]:
    side = f"{system.value}_id"
    rows = Link.objects.filter(
        pair__in=others,
        salesforce_kind=work.flow.salesforce_kind,
        xero_kind=work.flow.xero_kind,
        **{f"{side}__in": wanted},
    )
    links = list(rows)
    ended = set(
        KnownRecord.objects.filter(
            kind=work.flow.xero_kind, remote_id__in=[link.xero_id for link in links]
        )
        .exclude(gone="")
        .values_list("remote_id", "connection_id")
    )
    return {
        wanted[getattr(link, side)]: others[link.pair_id]
        for link in links
        if (link.xero_id, others[link.pair_id].xero_id) not in ended
    }


def _being_made(
    work: Work, wanted: Mapping[str, Key], others: Mapping[int, Pair], system: System
) -> dict[Key, Pair]:
    theirs = system is System.SALESFORCE
    writes = Write.objects.filter(
        pair__in=others,
        kind=work.flow.xero_kind if theirs else work.flow.salesforce_kind,
        verb="create",
        state__in=Write.OPEN,
        about__in=[str(key) for key in wanted.values()],
    )
    return {Key.parse(about): others[pair] for about, pair in writes.values_list("about", "pair")}


def _named(work: Work, wanted: Mapping[str, Key], others: Mapping[int, Pair]) -> dict[Key, Pair]:
    """Return those that an invoice of another organisation, typed by hand, names by their id."""
    by_place = {pair.xero_id: pair for pair in others.values() if pair.xero_id != work.pair.xero_id}
    if not work.flow.exclusive or not by_place:
        return {}
    rows = KnownKey.objects.filter(
        connection_id__in=by_place,
        kind=work.flow.xero_kind,
        name="deal",
        value__in=wanted,
        record__gone="",
    )
    return {wanted[v]: by_place[c] for v, c in rows.values_list("value", "connection_id")}


def _taken(work: Work, couples: Sequence[Couple]) -> dict[str, Link]:
    """Return by Xero id the link of a counterpart that was found but is another subject's."""
    found = {
        c.adopts.id: c.subject.id
        for c in couples
        if c.adopts is not None and not (work.flow.by_code and c.match and c.match.by_person)
    }  # an item goes to another product where a person says so
    if not found:
        return {}
    links = Link.objects.filter(
        pair=work.pair, xero_kind=work.flow.xero_kind, xero_id__in=found
    ).exclude(xero_kind="Contact")
    return {row.xero_id: row for row in links if row.salesforce_id != found[row.xero_id]}


def _asked(couple: Couple, taken: dict[str, Link]) -> Couple:
    if couple.adopts is None or couple.adopts.id not in taken:
        return couple
    record, link = couple.salesforce, taken[couple.adopts.id]
    name = f"“{record.get('Name')}”" if record is not None else "A deal"
    question = Question(
        QuestionKind.PROBLEM,
        f"taken:{couple.adopts.id}",
        f"The invoice {link.label or link.xero_id} names {name} but is already another deal’s",
        f"It is the invoice of {link.salesforce_id}. An invoice belongs to one deal: take one "
        f"of the two ids out of it in Xero, and {name} goes on by itself.",
        alone=True,
    )
    return replace(couple, match=None, questions=(*couple.questions, question))
