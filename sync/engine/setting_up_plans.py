"""What flows in shadow have planned so far: in money, how far they are, and what waits."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from django.db.models import Count, Q, QuerySet, Sum

from connections.models import Pair
from sync.core.records import System
from sync.flows.registry import every_flow
from sync.models import Cursor, FlowSwitch, Notice, PlanRow, ReviewItem, ReviewSubject

from .setting_up_facts import MoneyCount, Plans, Progress, Waiting

OPEN = (Notice.State.WAITING, Notice.State.CLAIMED)
CONFLICT = ReviewItem.Desk.CONFLICT.value


def plans_so_far(pair: Pair) -> Mapping[str, Plans]:
    """Return by flow what the pair's flows that are not off have planned; six queries at most.

    Counts and progress are those of flows in shadow; of one that is on, only what waits is told.
    """
    used = FlowSwitch.objects.filter(pair=pair, flow__in=every_flow())
    return of_switches(pair, [one for one in used if one.mode != FlowSwitch.Mode.OFF])


def of_switches(pair: Pair, switches: Sequence[FlowSwitch]) -> Mapping[str, Plans]:
    """Return the same for these switches of the pair."""
    shadows = [one for one in switches if one.mode == FlowSwitch.Mode.SHADOW]
    counts, waiting = _counts(pair, shadows), _waiting(pair)
    progress = _progress(pair, shadows)
    return {
        one.flow: Plans(
            one.flow,
            tuple(counts.get(one.flow, ())),
            tuple(waiting.get(one.flow, ())),
            progress.get(one.flow, Progress()),
        )
        for one in switches
    }


def _counts(pair: Pair, shadows: Iterable[FlowSwitch]) -> dict[str, list[MoneyCount]]:
    """Return what the newest plan of each subject would do; one that has ended counts no more."""
    rows = PlanRow.objects.filter(pair=pair, flow__in=[one.flow for one in shadows])
    held = rows.filter(state=PlanRow.State.SHADOW).order_by("flow", "subject", "-id")
    newest = held.distinct("flow", "subject").values("pk")
    sums = (
        PlanRow.objects.filter(pk__in=newest)
        .values_list("flow", "action", "currency")
        .annotate(Count("id"), Sum("amount"))
    )
    told: dict[str, list[MoneyCount]] = {}
    for flow, action, currency, count, amount in sums.order_by("flow", "action", "currency"):
        told.setdefault(flow, []).append(MoneyCount(action, count, currency, amount))
    return told


def _waiting(pair: Pair) -> dict[str, list[Waiting]]:
    items = ReviewItem.objects.filter(
        pair=pair, state=ReviewItem.State.OPEN, answered_at__isnull=True
    )
    counted = items.values_list("flow", "desk", "kind").annotate(
        n=Count("id"), sure_ones=Count("id", filter=Q(sure=True))
    )
    rows = list(counted.order_by("flow", "desk", "kind"))
    disputed = _disputed(items) if any(desk == CONFLICT for _, desk, *_ in rows) else {}
    told: dict[str, list[Waiting]] = {}
    for flow, desk, kind, count, sure in rows:
        asked = disputed.get(flow, 0) if desk == CONFLICT else count
        if asked:
            told.setdefault(flow, []).append(Waiting(desk, kind, asked, sure))
    return told


def _disputed(items: QuerySet[ReviewItem]) -> dict[str, int]:
    """Return by flow how many records have disputed fields: those of one are one question."""
    held = ReviewSubject.objects.filter(item__in=items.filter(desk=CONFLICT), closed_at=None)
    counted = held.order_by().values_list("item__flow")
    return dict(counted.annotate(Count("subject", distinct=True)))


def _progress(pair: Pair, shadows: Sequence[FlowSwitch]) -> dict[str, Progress]:
    """Return how many of the records that were noticed have been looked at since the switch.

    While a kind was not read to its end since then, nobody knows how many there are.
    """
    if not shadows:
        return {}
    looked, mine = Q(state=Notice.State.STUCK), Q()
    for one in shadows:
        mine |= Q(flow=one.flow) & (
            Q(state__in=(*OPEN, Notice.State.STUCK)) | Q(done_at__gte=one.changed_at)
        )
        looked |= Q(flow=one.flow, state=Notice.State.DONE, done_at__gte=one.changed_at)
    counted = Notice.objects.filter(mine, pair=pair).order_by().values_list("flow")
    rows = counted.annotate(
        of=Count("remote_id", distinct=True),
        done=Count("remote_id", distinct=True, filter=looked),
    )
    known = {flow: (of, done) for flow, of, done in rows}
    cursors = _cursors(pair)
    return {
        one.flow: Progress(done, of if _all_read(one, cursors) else None)
        for one in shadows
        for of, done in [known.get(one.flow, (0, 0))]
    }


def _cursors(pair: Pair) -> dict[tuple[int, str], Cursor]:
    rows = Cursor.objects.filter(connection__in=(pair.salesforce_id, pair.xero_id))
    wanted = rows.filter(
        Q(purpose__startswith="index:")
        | Q(purpose__startswith="sweep:", purpose__endswith=f":{pair.pk}")
    )
    return {(row.connection_id, row.purpose): row for row in wanted}


def _all_read(switch: FlowSwitch, cursors: Mapping[tuple[int, str], Cursor]) -> bool:
    """Return whether every kind that starts the flow has been read to its end.

    A whole reading of the index leaves its mark in `seen`; Salesforce is read by every sweep.
    """
    flow, pair = every_flow()[switch.flow], switch.pair
    for system, kind in flow.starts_on:
        ours = system is System.SALESFORCE
        indexed = not ours or kind in flow.salesforce_indexes
        purpose = f"index:{kind}" if indexed else f"sweep:{kind}:{switch.pair_id}"
        row = cursors.get((pair.salesforce_id if ours else pair.xero_id, purpose))
        if row is None or row.read_at is None or (indexed and not row.seen):
            return False
        if ours and row.read_at < switch.changed_at:
            return False
    return True
