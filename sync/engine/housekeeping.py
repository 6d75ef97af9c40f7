"""Housekeeping: solved causes release what they held, and old rows are pruned."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from connections import budget, upkeep
from connections.live import open_remote as open_live
from connections.models import Connection
from connections.remote import Lane
from mappings.rules import rules_for
from sync.core.errors import SyncError
from sync.core.records import Key
from sync.models import Cursor, Delivery, Event, FlowSwitch, Mode, Notice, PlanRow, ReviewItem

from . import announcing, deciding, surroundings, turns
from .work import OpenRemote

CALLS_OF_RECHECK = 9
RECHECK_SHARE = 0.1
RECHECK_FLOOR = timedelta(minutes=10)
PLENTY = 0.8
DAILY = timedelta(hours=20)
KEEP_NOTICES = timedelta(days=30)
KEEP_SHADOW_PLANS = timedelta(days=180)
KEEP_EVENTS = timedelta(days=35)
"""Xero replays events for up to 31 days; within this time a repeat meets its own row."""


def recheck_if_due(switch: FlowSwitch, open_remote: OpenRemote = open_live) -> int:
    """Plan again what open problems hold up, when the rules changed or it is time; return how many.

    A person often removes a cause in Salesforce or Xero itself, which nothing tells us of. The
    organisation's lists are read again first; this may take a tenth of the day's calls at most.
    """
    items = _problems(switch)
    if not items.exists():
        return 0
    if not (_rules_changed(switch) or _turn_of(switch)):
        return 0
    return recheck(switch, list(items), open_remote)


def recheck_now(switch: FlowSwitch, open_remote: OpenRemote = open_live) -> int:
    """Plan again what the rules or the organisation's lists hold up, if either is new; return how
    many.

    For somebody who asks by hand and has no worker. The lists are read only where a problem may
    come of them, and as long as plenty of the calls are left.
    """
    items = [item for item in _problems(switch) if not _is_of_its_record(item)]
    if not items or not (_rules_changed(switch) or _lists_changed(switch, open_remote)):
        return 0
    return deciding.recheck(items)


def _problems(switch: FlowSwitch) -> QuerySet[ReviewItem]:
    return ReviewItem.objects.filter(
        pair=switch.pair,
        flow=switch.flow,
        state=ReviewItem.State.OPEN,
        kind=ReviewItem.Kind.PROBLEM,
    ).select_related("pair")


def _is_of_its_record(item: ReviewItem) -> bool:
    """Return whether the cause lies in the one record itself, whose changes are noticed anyway."""
    held = item.subjects.filter(closed_at__isnull=True).values_list("subject", flat=True)[:2]
    return any(Key.parse(subject).id in item.cause for subject in held)


def _lists_changed(switch: FlowSwitch, open_remote: OpenRemote) -> bool:
    left = budget.calls_left(switch.pair.xero)
    most = budget.limits_of(switch.pair.xero.system).minute
    if left.minute is not None and left.minute * 2 < most:
        return False
    if left.day is not None and left.day_limit and left.day < left.day_limit * PLENTY:
        return False
    before = surroundings.known(switch.pair.xero_id)
    try:
        now = surroundings.organisation(open_remote(switch.pair.xero, Lane.PERSON), timedelta(0))
    except SyncError:
        return False
    return before is None or replace(now, read_at=before.read_at, users=before.users) != before


def recheck(
    switch: FlowSwitch, items: list[ReviewItem], open_remote: OpenRemote = open_live
) -> int:
    """Read the organisation again and plan the items' subjects again; return how many."""
    try:
        remote = open_remote(switch.pair.xero, Lane.PERSON)
        surroundings.organisation(remote, max_age=timedelta(seconds=30))
    except SyncError:
        return 0
    return deciding.recheck(items)


def _rules_changed(switch: FlowSwitch) -> bool:
    """Return whether the mapping rows have another version than at the last recheck."""
    cursor = _cursor(switch)
    version = [rules_for(switch.pair, switch.flow).version]
    if cursor.seen == version:
        return False
    first = not cursor.seen
    cursor.seen = version
    cursor.save(update_fields=["seen"])
    return not first


def _turn_of(switch: FlowSwitch) -> bool:
    """Return whether it is time to read again; the first time only begins to count."""
    first = not turns.was_taken(switch.pair.xero, _purpose(switch))
    due = turns.take_turn(
        switch.pair.xero,
        _purpose(switch),
        lambda: budget.polling_interval(
            switch.pair.xero,
            calls_per_look=CALLS_OF_RECHECK,
            floor_seconds=RECHECK_FLOOR.total_seconds(),
            share=RECHECK_SHARE,
        ),
    )
    return due and not first


def _purpose(switch: FlowSwitch) -> str:
    return f"recheck:{switch.pair_id}:{switch.flow}"


def _cursor(switch: FlowSwitch) -> Cursor:
    return Cursor.objects.get_or_create(connection=switch.pair.xero, purpose=_purpose(switch))[0]


def tidy() -> None:
    """Prune what no longer explains anything: notices long done, old plans of shadow."""
    now = timezone.now()
    done = Notice.objects.filter(state=Notice.State.DONE, done_at__lt=now - KEEP_NOTICES)
    done.delete()
    Event.objects.filter(received_at__lt=now - KEEP_EVENTS).delete()
    Delivery.objects.filter(received_at__lt=now - KEEP_EVENTS).delete()
    old = PlanRow.objects.filter(
        run__mode=Mode.SHADOW, made_at__lt=now - KEEP_SHADOW_PLANS, writes__isnull=True
    ).exclude(state=PlanRow.State.SHADOW)  # which still waits for its flow to go on
    with transaction.atomic():
        old.delete()
    announcing.forget_old()


def tidy_if_due() -> None:
    """Prune, keep sign-ins alive and read the organisations again, once a day in all."""
    connection = Connection.objects.order_by("pk").first()
    if connection and turns.take_turn(connection, "daily", DAILY.total_seconds):
        tidy()
        upkeep.take_care()
