"""Keeping which records are made nowhere for where they belong, and who is to look at them now."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

from django.db import transaction

from connections.models import Pair
from sync.core.planning import Plan
from sync.core.records import Key, System
from sync.core.routing import ACCOUNT
from sync.core.routing_questions import CAUSE
from sync.models import Link, Mode, Notice, ReviewSubject, Unplaced, Write
from sync.models.together import update_together

from . import asking, assigning, noticing
from .recording import subject_name
from .routing_rows import Routing, account_of, kind_of, routing_of
from .work import Work

_WRITTEN = ("pair", "account_id", "name", "amount", "currency", "reason", "mark")


def keep(work: Work, plans: Sequence[Plan]) -> None:
    """Keep which of these subjects are made nowhere so far, and let go of those that are no more.

    What ended here and belongs to another pair is noticed there, and what two pairs judge
    otherwise. A handful of queries a run, none where the flow is not routed.
    """
    for system in System:
        routing = routing_of(work, system)
        mine = [plan for plan in plans if plan.subject.system is system]
        if routing is None:
            _release(work, system)
        elif mine:
            _keep(work, routing, mine)
            _pass_on(work, routing, mine)
            _end_unheard(work, routing, mine)


def note_unplaced(pair: Pair, flow: str) -> int:
    """Let what waited for a flow of this pair be planned now that it is in use; return how many."""
    rows = Unplaced.objects.filter(pair=pair, flow=flow)
    return noticing.note(pair, flow, [row.key for row in rows], "again")


def _release(work: Work, system: System) -> None:
    """Let what waited for another pair be planned here, now that this one is alone."""
    kind = kind_of(work.flow, system)
    rows = Unplaced.objects.filter(
        connection=work.connection_ids[system], flow=work.flow.key, kind=kind
    )
    keys = [row.key for row in rows] if kind else []
    if keys and work.run.mode == Mode.LIVE:
        with transaction.atomic():
            noticing.note(work.pair, work.flow.key, keys, "again")
            rows.filter(remote_id__in=[key.id for key in keys]).delete()


def _keep(work: Work, routing: Routing, plans: Sequence[Plan]) -> None:
    nowhere = {
        p.subject: p for p in plans if p.left and p.couple.routed and p.couple.routed.nowhere
    }
    for key in _placed(work, nowhere):
        del nowhere[key]
    silent = {p.subject for p in plans if p.left and p.couple.routed and not p.couple.routed.pair}
    settled = [p.subject.id for p in plans if p.subject not in nowhere.keys() | silent]
    known = Unplaced.objects.filter(connection=routing.connection_id, flow=work.flow.key)
    known.filter(kind=plans[0].subject.kind, remote_id__in=settled).delete()
    rows = {key: _row(work, routing, nowhere[key]) for key in sorted(nowhere)}
    with transaction.atomic():  # all in one order, so that two pairs never wait for each other
        Unplaced.objects.bulk_create(rows.values(), ignore_conflicts=True)
        stored = list(known.filter(remote_id__in=[key.id for key in rows])) if rows else []
        moved = {row.key for row in stored if row.pair_id != rows[row.key].pair_id}
        changed = [row for row in stored if _take(row, rows.get(row.key))]
        update_together(changed, _WRITTEN)
        if work.run.mode == Mode.LIVE:
            _hand_over(work, routing, stored, moved)


def _placed(work: Work, plans: Mapping[Key, Plan]) -> list[Key]:
    """Return those of these subjects that have their counterpart in the pair they belong to.

    Of deals that is known already: a pair that has one is asked for before every row.
    """
    if work.flow.exclusive or not plans:
        return []
    side = f"{plans[min(plans)].subject.system}_id"
    pairs = {p.couple.routed.pair for p in plans.values() if p.couple.routed is not None}
    rows = Link.objects.filter(
        pair__in=pairs,
        salesforce_kind=work.flow.salesforce_kind,
        xero_kind=work.flow.xero_kind,
        **{f"{side}__in": [key.id for key in plans]},
    )
    there = set(rows.values_list(side, "pair"))
    return [
        k for k, p in plans.items() if p.couple.routed and (k.id, p.couple.routed.pair) in there
    ]


def _hand_over(work: Work, routing: Routing, rows: Sequence[Unplaced], moved: set[Key]) -> None:
    """Let the pairs look that these belong to: of what `moved`, each judged it otherwise so far.

    Of the others those that nobody is about to look at there.
    """
    for pair in routing.pairs:
        mine = {row.key for row in rows if row.pair_id == pair.pk != work.pair.pk}
        if mine and pair.pk in routing.modes:
            noticing.note(pair, work.flow.key, mine - _noticed(pair, work, mine - moved), "again")


def _noticed(pair: Pair, work: Work, keys: Collection[Key]) -> set[Key]:
    """Return those of these keys that a notice of the pair waits for."""
    rows = Notice.objects.filter(
        pair=pair, flow=work.flow.key, remote_id__in=[key.id for key in keys]
    )
    open_ones = rows.filter(state__in=(Notice.State.WAITING, Notice.State.CLAIMED))
    return {row.key for row in open_ones} if keys else set()


def _end_unheard(work: Work, routing: Routing, plans: Sequence[Plan]) -> None:
    """End where these belong as asked in pairs that do not look any more: it is judged here."""
    looking = {work.pair.pk, *routing.first_rank}
    rows = ReviewSubject.objects.filter(
        subject__in=[str(plan.subject) for plan in plans],
        closed_at__isnull=True,
        item__flow=work.flow.key,
        item__pair__in=routing.names.keys() - looking,
        item__cause__startswith=CAUSE,
    )
    if work.run.mode == Mode.LIVE and (gone := list(rows)):
        asking.close(work, gone)


def _take(row: Unplaced, new: Unplaced | None) -> bool:
    """Let a stored row say what the new one says; return whether that changes it."""
    names = [field.attname for field in Unplaced._meta.fields if field.name in _WRITTEN]
    changed = new is not None and any(getattr(row, n) != getattr(new, n) for n in names)
    for name in names if changed else ():
        setattr(row, name, getattr(new, name))
    return changed


def _row(work: Work, routing: Routing, plan: Plan) -> Unplaced:
    routed, record, key = plan.couple.routed, plan.couple.own, plan.subject
    return Unplaced(
        connection_id=routing.connection_id,
        flow=work.flow.key,
        system=key.system.value,
        kind=key.kind,
        remote_id=key.id,
        pair_id=(routed.pair or None) if routed is not None else None,
        account_id=account_of(record).id[:18] if record is not None else "",
        name=subject_name(plan),
        amount=plan.money.amount if plan.money else None,
        currency=plan.money.currency if plan.money else "",
        reason=plan.reason,
        mark=routing.mark(record) if record is not None else "",
    )


def _pass_on(work: Work, routing: Routing, plans: Sequence[Plan]) -> None:
    """Let the pair look that what has ended here belongs to, or that is to ask where it belongs;
    and deals, whose account was seen.
    """
    if work.run.mode != Mode.LIVE:
        return
    ended: dict[int, list[Key]] = {}
    unsent = _unsent(work, [plan.subject for plan in plans if plan.left])
    for plan in plans:
        routed = plan.couple.routed
        begun = plan.couple.link is not None or plan.subject in unsent
        if plan.left and begun and routed is not None and routed.twice is None:
            ended.setdefault(routed.pair, []).append(plan.subject)
    for pair in routing.pairs:
        if pair.pk in ended and pair.pk in routing.modes and pair.pk != work.pair.pk:
            noticing.note(pair, work.flow.key, ended[pair.pk], "again")
        to_ask = {p.subject for p in plans if p.couple.routed and p.couple.routed.asker == pair.pk}
        if to_ask:
            noticing.note(pair, work.flow.key, to_ask - _noticed(pair, work, to_ask), "again")
    accounts = [p.subject.id for p in plans if p.subject.kind == ACCOUNT]
    if work.flow.by_likeness and accounts:
        waiting = Unplaced.objects.filter(connection=routing.connection_id, account_id__in=accounts)
        assigning.note(routing.connection_id, [row.key for row in waiting], "again")


def _unsent(work: Work, subjects: Sequence[Key]) -> set[Key]:
    """Return those that this pair began to make and did not: the other stood back meanwhile."""
    rows = Write.objects.filter(
        pair=work.pair,
        verb="create",
        about__in=[str(key) for key in subjects],
        state__in=(Write.State.WITHDRAWN, Write.State.REFUSED),
    )
    return (
        {Key.parse(about) for about in rows.values_list("about", flat=True)} if subjects else set()
    )
