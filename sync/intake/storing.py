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

LARGEST_BODY = 1_000_000
"""Bytes of one message; the largest real ones have some ten thousand."""
RING_LIFE = timedelta(seconds=20)
"""So long a ring may take to be heard before another one is made beside it."""
RING = "events:ring"
_SELDOM = timedelta(seconds=10)

_KEEP = """
WITH known AS (
    SELECT c.id, CASE WHEN d.client_id = '' THEN ''
                      ELSE lower(COALESCE(NULLIF(c.tenant_id, ''), c.organisation_id)) END AS tenant
    FROM connections_eventdoor d
    JOIN connections_connection c ON c.system = d.system AND c.disconnected_at IS NULL
    JOIN connections_credential k ON k.id = c.credential_id
    WHERE d.id = %(door)s
      AND (c.id = d.connection_id OR (d.client_id <> '' AND k.client_id = d.client_id))
), told AS (
    SELECT * FROM unnest(%(tenants)s::text[], %(kinds)s::text[], %(ids)s::text[],
                         %(marks)s::text[], %(times)s::timestamptz[])
             AS t(tenant, kind, remote_id, mark, happened_at)
), kept AS (
    INSERT INTO sync_event (connection_id, kind, remote_id, mark, happened_at, received_at)
    SELECT known.id, kind, remote_id, mark, happened_at, %(now)s FROM told JOIN known USING (tenant)
    ON CONFLICT DO NOTHING RETURNING connection_id
), numbered AS (
    INSERT INTO sync_delivery (door_id, first, last, received_at)
    SELECT id, %(first)s, %(last)s, %(now)s FROM connections_eventdoor
    WHERE id = %(door)s AND %(last)s > 0
), heard AS (
    UPDATE connections_eventdoor SET heard_at = %(now)s
    WHERE id = %(door)s AND (heard_at IS NULL OR heard_at < %(seldom)s)
)
SELECT connection_id FROM kept
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
    """One event as it came; see sync.models.Event. `tenant` is Xero's organisation."""

    kind: str
    remote_id: str
    mark: str
    happened_at: datetime | None = None
    tenant: str = ""


def body_of(request: HttpRequest) -> bytes | None:
    """Return the body as it came, or None where it is larger than any message can be."""
    try:
        length = int(request.META.get("CONTENT_LENGTH") or 0)
    except ValueError:
        return None
    return request.body if length <= LARGEST_BODY else None


def keep(door: EventDoor, events: Sequence[Heard], numbers: tuple[int, int] = (0, 0)) -> int:
    """Save the events of a message and its numbers; return how many are new. Wakes their reader.

    On disk when this returns, by one statement. Left out are events of organisations that are not
    connected here by the door's own app, and those older than what is kept: sweeps have long read
    what they told of.
    """
    now = timezone.now()
    fresh = [e for e in events if e.happened_at is None or e.happened_at > now - KEEP_EVENTS]
    values: dict[str, Any] = {
        "door": door.pk,
        "now": now,
        "seldom": now - _SELDOM,
        "first": numbers[0],
        "last": numbers[1],
        "tenants": [e.tenant for e in fresh],
        "kinds": [e.kind for e in fresh],
        "ids": [e.remote_id for e in fresh],
        "marks": [e.mark for e in fresh],
        "times": [e.happened_at for e in fresh],
    }
    with connection.cursor() as cursor:
        cursor.execute(_KEEP, values)
        new = [connection_id for (connection_id,) in cursor.fetchall()]
    wake(set(new))
    return len(new)


def refuse(door: EventDoor, why: str) -> None:
    """Note why something was turned away at the door, so that a person can see it.

    Not for each of many messages: they would queue for its row.
    """
    now = timezone.now()
    if door.refused_at is None or door.refused_at < now - _SELDOM:
        long_ago = Q(refused_at=None) | Q(refused_at__lt=now - _SELDOM)
        mine = EventDoor.objects.filter(long_ago, pk=door.pk)
        mine.update(refused_at=now, refused_why=why[:200])


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
