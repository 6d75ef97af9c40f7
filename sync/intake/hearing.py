"""Reads what events told of: ids, gathered into few calls, become notices like any other."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime
from functools import partial
from math import ceil
from typing import NamedTuple

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils import timezone

from connections.live import open_remote as open_live
from connections.models import Connection, Pair
from connections.remote import Lane, Remote
from connections.xero.events import TOUCHES
from sync.core.records import Key, System
from sync.engine import claiming, indexing, noticing, rereading
from sync.engine.work import OpenRemote
from sync.flows.registry import every_flow
from sync.flows.shapes import CANDIDATES
from sync.models import Cursor, Event

from . import gaps, pacing, storing

BATCH = 5000
IDS_IN_A_CALL = {System.XERO: 40, System.SALESFORCE: 1000}
READS = 3
"""Calls by ids for one kind; beyond that, one question for all that changed costs less."""
FLOOD = 2000
"""Records of Salesforce; beyond that a sweep costs less, and nobody can forge what it finds."""


class _Kind(NamedTuple):
    """The waiting events of one kind: the ids that they tell of, and their rows."""

    name: str
    ids: tuple[str, ...]
    rows: tuple[int, ...]


def hear(connection_id: int, open_remote: OpenRemote = open_live) -> int:
    """Read what a connection's waiting events told of; return the notices.

    One worker at a time. It looks again after it has let go, so that no event is left of somebody
    who found it at work. What may not be read yet waits: each sweep brings the same. Raises the
    design's errors; the events then wait, too.
    """
    # before looking, and also where nothing is left: whoever keeps an event from now on rings anew
    rings = Cursor.objects.filter(connection_id=connection_id, purpose=storing.RING)
    rings.update(next_at=None)
    noted, goes_on = 0, True
    while goes_on and _waiting(connection_id).exists():
        with claiming.alone(f"counterpart:events:{connection_id}") as ours:
            if not ours():
                break
            found, goes_on = _read_batch(connection_id, open_remote)
            noted += found
    return noted


def waiting_connections() -> list[int]:
    """Return the connections whose events wait to be read."""
    waiting = Event.objects.filter(done_at=None).order_by("connection_id")
    return list(waiting.values_list("connection_id", flat=True).distinct())


def _waiting(connection_id: int) -> QuerySet[Event]:
    return Event.objects.filter(connection_id=connection_id, done_at=None).order_by("id")


def _read_batch(connection_id: int, open_remote: OpenRemote) -> tuple[int, bool]:
    """Return the notices of one batch, and whether it got on."""
    connection = Connection.objects.select_related("credential").get(pk=connection_id)
    rows = list(_waiting(connection_id)[:BATCH])
    kinds = _kinds_in_use(connection)
    covered = _covered(connection)
    open_rows = [row for row in rows if not _is_covered(row, covered, kinds)]
    told = _by_kind([row for row in open_rows if _index_of(row, kinds) in kinds])
    gone_by = {row.pk for row in rows} - {pk for kind in told for pk in kind.rows}
    _done(gone_by)
    remote, purse = open_remote(connection, Lane.BACKGROUND), pacing.purse_of(connection)
    before = remote.calls
    try:
        outcomes = [_read_kind(connection, remote, purse, kind, kinds) for kind in told]
    finally:
        purse.spend(remote.calls - before)
    got_on = bool(gone_by) or any(outcome is not None for outcome in outcomes)
    return sum(filter(None, outcomes)), got_on


def _kinds_in_use(connection: Connection) -> set[str]:
    """Return the kinds of the connection whose changes start any flow in use."""
    system = System(connection.system)
    keys = {key for pair in _pairs(connection) for key in noticing.flows_in_use(pair)}
    starts = {start for key in keys for start in every_flow()[key].starts_on}
    return {kind for of, kind in starts if of is system}


def _pairs(connection: Connection) -> list[Pair]:
    mine = Q(xero=connection) | Q(salesforce=connection)
    return list(Pair.objects.filter(mine, active=True))


def _index_of(event: Event, kinds: set[str]) -> str:
    """Return the kind whose index an event concerns: its own, or the one that it touches."""
    return event.kind if event.kind in kinds else TOUCHES.get(event.kind, "")


def _covered(connection: Connection) -> dict[str, datetime]:
    """Return up to what time of the system itself each kind's index was read."""
    cursors = Cursor.objects.filter(
        connection=connection, purpose__startswith="index:", covered__isnull=False
    )
    found = cursors.values_list("purpose", "covered")
    return {purpose.removeprefix("index:"): covered for purpose, covered in found if covered}


def _is_covered(event: Event, covered: dict[str, datetime], kinds: set[str]) -> bool:
    """Return whether the index was read up to a time after the event, by the system's own clock.

    So it is with what was delivered late, or replayed: a sweep came first.
    """
    known = covered.get(_index_of(event, kinds))
    when = event.happened_at
    return when is not None and known is not None and known >= when + indexing.OVERLAP


def _by_kind(rows: Sequence[Event]) -> list[_Kind]:
    kinds = sorted({row.kind for row in rows})
    mine = {kind: [row for row in rows if row.kind == kind] for kind in kinds}
    return [
        _Kind(
            kind,
            tuple(dict.fromkeys(row.remote_id for row in mine[kind])),
            tuple(row.pk for row in mine[kind]),
        )
        for kind in kinds
    ]


def _read_kind(
    connection: Connection, remote: Remote, purse: pacing.Purse, kind: _Kind, kinds: set[str]
) -> int | None:
    """Return the notices of one kind's events, or None where its calls have to wait."""
    calls = ceil(len(kind.ids) / IDS_IN_A_CALL[remote.system])
    if remote.system is System.SALESFORCE and (len(kind.ids) > FLOOD or calls > purse.calls):
        gaps.sweep_soon([connection.pk])
        _done(kind.rows)
        return 0
    if min(calls, READS) > purse.calls:
        return None
    if kind.name in kinds and kind.name not in CANDIDATES:
        purse.spend(calls)  # the engine will make them
        return _note(connection, kind)
    if kind.name in kinds and calls <= READS:
        # what it touches moved with it, and is read first: these events are done by their own
        touched = TOUCHES.get(kind.name, "")
        noted = indexing.refresh(remote, touched) if touched in kinds else 0
        done = partial(_done, kind.rows)
        return noted + rereading.read_by_ids(remote, kind.name, kind.ids, "event", done)
    noted = indexing.refresh(remote, kind.name if kind.name in kinds else TOUCHES[kind.name])
    _done(kind.rows)
    return noted


def _note(connection: Connection, kind: _Kind) -> int:
    """Save notices of records that are in no index: the engine reads them, many in a call."""
    keys = [Key(System(connection.system), kind.name, remote_id) for remote_id in kind.ids]
    with transaction.atomic():
        pairs = _pairs(connection)
        noted = sum(noticing.note_for_every_flow(pair, keys, "event") for pair in pairs)
        _done(kind.rows)
    return noted


def _done(rows: Collection[int]) -> None:
    Event.objects.filter(pk__in=rows).update(done_at=timezone.now())
