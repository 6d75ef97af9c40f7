"""Keeps what came in at a door, before it is answered, and wakes whoever reads it."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import connection
from django.db.models import Q
from django.http import HttpRequest
from django.utils import timezone

from connections.models import EventDoor
from sync import bell
from sync.engine.housekeeping import KEEP_EVENTS
from sync.models import Delivery

LARGEST_BODY = 1_000_000
"""Bytes of one message; the largest real ones have some ten thousand."""
RING_LIFE = timedelta(seconds=20)
"""So long a ring may take to be heard before another one is made beside it."""
RING = "events:ring"
_SELDOM = timedelta(seconds=10)

_KEEP = """
INSERT INTO sync_event (connection_id, kind, remote_id, mark, happened_at, received_at)
SELECT * FROM unnest(%s::bigint[], %s::text[], %s::text[], %s::text[], %s::timestamptz[],
                     %s::timestamptz[])
ON CONFLICT DO NOTHING RETURNING connection_id
"""
_WAKE = """
WITH rung AS (
    UPDATE sync_cursor SET next_at = %(until)s
    WHERE connection_id = ANY(%(ids)s) AND purpose = %(ring)s
      AND (next_at IS NULL OR next_at <= %(now)s)
    RETURNING connection_id
), made AS (
    INSERT INTO sync_cursor (connection_id, purpose, next_at, seen)
    SELECT id, %(ring)s, %(until)s, '[]' FROM unnest(%(ids)s::bigint[]) AS t(id)
    ON CONFLICT DO NOTHING RETURNING connection_id
)
SELECT connection_id FROM rung UNION SELECT connection_id FROM made
"""


@dataclass(frozen=True)
class Heard:
    """One event as it is kept; see sync.models.Event."""

    connection_id: int
    kind: str
    remote_id: str
    mark: str
    happened_at: datetime | None = None


def body_of(request: HttpRequest) -> bytes | None:
    """Return the body as it came, or None where it is larger than any message can be."""
    try:
        length = int(request.META.get("CONTENT_LENGTH") or 0)
    except ValueError:
        return None
    return request.body if length <= LARGEST_BODY else None


def keep(door: EventDoor, events: Sequence[Heard], numbers: tuple[int, int] | None = None) -> int:
    """Save the events of a message, and its numbers; return how many are new. Wakes their reader.

    On disk when this returns. Events older than what is kept are dropped: sweeps have long read
    what they told of.
    """
    now = timezone.now()
    fresh = [e for e in events if e.happened_at is None or e.happened_at > now - KEEP_EVENTS]
    new = _insert(fresh, now)
    if numbers is not None:
        Delivery.objects.create(door=door, first=numbers[0], last=numbers[1], received_at=now)
    _seldom(door, "heard_at", now)
    wake(set(new))
    return len(new)


def refuse(door: EventDoor, why: str) -> None:
    """Note why something was turned away at the door, so that a person can see it."""
    _seldom(door, "refused_at", timezone.now(), refused_why=why[:200])


def wake(connection_ids: Collection[int]) -> None:
    """Ring for the reading of these connections' events, unless a ring is on its way already.

    Called after the events are committed: a reader forgets the ring before it looks for events,
    so that whatever comes later rings anew. A ring that is lost is made up for every minute.
    """
    if not connection_ids:
        return
    now = timezone.now()
    values: dict[str, Any] = {
        "ids": sorted(connection_ids),
        "now": now,
        "until": now + RING_LIFE,
        "ring": RING,
    }
    with connection.cursor() as cursor:
        cursor.execute(_WAKE, values)
        for (connection_id,) in cursor.fetchall():
            bell.ring("hear", connection_id)


def _insert(events: Sequence[Heard], now: datetime) -> list[int]:
    """Return the connection of each event that was not known yet."""
    if not events:
        return []
    columns: list[Any] = [
        [e.connection_id for e in events],
        [e.kind for e in events],
        [e.remote_id for e in events],
        [e.mark for e in events],
        [e.happened_at for e in events],
        [now for _ in events],
    ]
    with connection.cursor() as cursor:
        cursor.execute(_KEEP, columns)
        return [connection_id for (connection_id,) in cursor.fetchall()]


def _seldom(door: EventDoor, field: str, now: datetime, **more: str) -> None:
    """Note a time on the door, but not for each of many messages: they would queue for its row."""
    known: datetime | None = getattr(door, field)
    if known is None or known < now - _SELDOM:
        long_ago = Q(**{f"{field}__isnull": True}) | Q(**{f"{field}__lt": now - _SELDOM})
        EventDoor.objects.filter(long_ago, pk=door.pk).update(**{field: now}, **more)
