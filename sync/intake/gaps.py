"""Events that never came: a number missing, or a door that was shut, starts a sweep."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

import structlog
from django.db.models import Q
from django.utils import timezone

from connections.models import Connection, EventDoor, Pair
from sync import bell
from sync.core.records import System
from sync.engine import turns
from sync.models import Delivery

log = structlog.get_logger(__name__)
PATIENCE = timedelta(seconds=60)
"""Deliveries overtake each other: so long a number may be missing before it counts as lost."""
BETWEEN_SWEEPS = 60.0
"""Seconds: however often somebody knocks, sweeps cost no more than so many calls."""
TURN = "turn:events"


def check() -> int:
    """Look through the numbers of Xero's deliveries; return how many gaps start a sweep."""
    found = 0
    for door in EventDoor.objects.filter(system=System.XERO, heard_at__isnull=False):
        numbers = _numbers(door, timezone.now() - PATIENCE)
        missing = _missing(numbers, door.numbered_to)
        if missing:
            log.warning("events of Xero never came", door=door.pk, first_missing=missing[0])
            EventDoor.objects.filter(pk=door.pk).update(missed_at=timezone.now())
            sweep_behind(door)
        if numbers:
            _remember(door, max(last for _, last in numbers))
        found += len(missing)
    return found


def sweep_behind(door: EventDoor) -> None:
    """Sweep all that a door tells of, as soon as a worker is free."""
    mine = Connection.objects.filter(system=System.XERO, credential__client_id=door.client_id)
    if door.connection_id is not None:
        mine = Connection.objects.filter(pk=door.connection_id)
    sweep_soon(list(mine.filter(disconnected_at=None).values_list("pk", flat=True)))


def sweep_soon(connection_ids: Sequence[int]) -> None:
    """Sweep the pairs of these connections, unless they were swept so a moment ago."""
    mine = Q(xero__in=connection_ids) | Q(salesforce__in=connection_ids)
    for pair in Pair.objects.filter(mine, active=True).select_related("xero"):
        if turns.take_turn(pair.xero, f"{TURN}:{pair.pk}", lambda: BETWEEN_SWEEPS):
            bell.ring("sweep", pair.pk)


def _numbers(door: EventDoor, until: datetime) -> list[tuple[int, int]]:
    """Return the numbers of the deliveries since the last try, but for those just come."""
    mine = Delivery.objects.filter(door=door, received_at__lte=until, last__gt=0)
    if door.confirmed_at is not None:
        mine = mine.filter(received_at__gte=door.confirmed_at)
    if door.numbered_to is not None:
        mine = mine.filter(last__gt=door.numbered_to)
    return list(mine.order_by("first", "last").values_list("first", "last"))


def _missing(numbers: Sequence[tuple[int, int]], known: int | None) -> list[int]:
    """Return the first number of each gap; without a known number, the first delivery begins."""
    gaps = []
    for first, last in numbers:
        if known is not None and first > known + 1:
            gaps.append(known + 1)
        known = last if known is None else max(known, last)
    return gaps


def _remember(door: EventDoor, number: int) -> None:
    """Move the door's number on, unless Xero began to count anew meanwhile."""
    mine = EventDoor.objects.filter(pk=door.pk, confirmed_at=door.confirmed_at)
    mine.filter(Q(numbered_to=None) | Q(numbered_to__lt=number)).update(numbered_to=number)
