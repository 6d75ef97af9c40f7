"""Sweeps find every change; quick looks between them find the likely ones early."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from functools import partial

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from connections import budget
from connections.live import open_remote as open_live
from connections.models import Connection, Pair
from connections.models.doors import door_of
from connections.remote import Changes, Lane, Remote
from sync.core.records import System
from sync.engine import (
    ageing,
    billing,
    echoing,
    indexing,
    noticing,
    risk_watching,
    routing_watching,
    turns,
    vanishing,
)
from sync.engine.work import OpenRemote
from sync.flows.registry import every_flow
from sync.models import Cursor

OVERLAP = timedelta(minutes=10)
"""Salesforce shows late commits behind its own watermark; public connectors re-read as much."""
LOOK_BACK = timedelta(seconds=10)
LOOK_SHARE = 0.5
"""Quick looks are most of what Salesforce is asked; sweeps and billing are a few calls each."""
RARER = 4
"""Of each four quick looks three are saved while events arrive: 720 calls a day, not 2,880."""
TRUSTED = timedelta(hours=24)
"""So long after its last message a Salesforce org counts as telling by itself."""
EPOCH = datetime(2000, 1, 1, tzinfo=UTC)


def sweep(
    pair: Pair,
    open_remote: OpenRemote = open_live,
    since: datetime | None = None,
    seldom: Mapping[str, timedelta] = billing.SELDOM,
) -> int:
    """Find everything that changed in both systems since the last sweep; return the notices.

    A kind of Xero that is `seldom` read is left out within that time of its last reading.

    This is the guarantee: nothing is missed, since each cursor moves only in the transaction
    that saves its notices, and the next sweep reads some of it again.
    """
    salesforce = open_remote(pair.salesforce, Lane.BACKGROUND)
    xero = open_remote(pair.xero, Lane.BACKGROUND)
    noted = 0
    indexed = _indexed(pair)
    for kind in _kinds(pair, System.SALESFORCE):
        if kind in indexed:
            noted += indexing.refresh(salesforce, kind, overlap=OVERLAP)
        else:
            noted += _sweep_salesforce(pair, salesforce, kind, since)
    noted += routing_watching.look(pair, salesforce)
    for kind in _kinds(pair, System.XERO):
        noted += indexing.refresh(xero, kind, seldom.get(kind, timedelta(0)))
    noted += ageing.look(pair, xero)
    noted += vanishing.look(pair, xero)
    noted += risk_watching.look(pair, salesforce)
    return noted


def look(pair: Pair, open_remote: OpenRemote = open_live) -> int:
    """Ask Salesforce in one light call for records that most likely need work; return notices."""
    remote, noted = open_remote(pair.salesforce, Lane.BILLING), 0
    for kind in _kinds(pair, System.SALESFORCE):
        cursor = _look_cursor(pair, kind)
        since = _looked_up_to(cursor, kind) - LOOK_BACK
        noted += _look(pair, cursor, partial(remote.glance, kind), since)
    return noted


def _look(pair: Pair, cursor: Cursor, ask: Callable[[datetime], Changes], since: datetime) -> int:
    noted = 0
    while True:  # one call, unless thousands changed since the last look
        changes = ask(since)
        noted += _keep_look(pair, cursor, changes)
        if changes.complete or changes.covered is None or changes.covered <= since:
            return noted
        since = changes.covered


def _looked_up_to(cursor: Cursor, kind: str) -> datetime:
    """Return up to when a look has seen what changed, or the index has read it."""
    index = Cursor.objects.filter(
        connection_id=cursor.connection_id, purpose=f"index:{kind}", covered__isnull=False
    ).first()
    covered = [c for c in (cursor.covered, index.covered if index else None) if c]
    return max(covered, default=timezone.now() - OVERLAP)


def _keep_look(pair: Pair, cursor: Cursor, changes: Changes) -> int:
    """Save the notices of what the last look did not already return, and the new cursor.

    Of a kind that is kept in the index only what is linked is news yet, and what we did not write
    a moment ago: a sweep reads the rest, and tells whether it belongs and what is an echo.
    """
    stamps = {record.key.id: str(record.stamp) for record in changes.records}
    seen = [f"{key.id} {stamps.get(key.id, '')}" for key in changes.keys]
    before = set(cursor.seen)
    fresh = [k for k, mark in zip(changes.keys, seen, strict=True) if mark not in before]
    if cursor.purpose.split(":")[1] in _indexed(pair):
        moved = {record.key: record for record in changes.records}
        fresh = noticing.unknown_among(pair.salesforce_id, [moved[k] for k in fresh if k in moved])
        fresh = noticing.linked_among(pair, fresh)
        ours = echoing.written_lately(pair, fresh)
        fresh = [key for key in fresh if key not in ours]
    with transaction.atomic():
        noted = noticing.note_for_every_flow(pair, fresh, "look")
        cursor.covered = max(changes.covered or EPOCH, cursor.covered or EPOCH)
        cursor.seen, cursor.read_at = seen, timezone.now()
        cursor.save()
    return noted


def _sweep_salesforce(pair: Pair, remote: Remote, kind: str, since: datetime | None) -> int:
    cursor = _cursor(pair.salesforce, f"sweep:{kind}:{pair.pk}")
    start = since or (cursor.covered - OVERLAP if cursor.covered else None)
    noted, again = 0, list(cursor.seen)  # see switching: a first day was moved
    if start is None or again:
        start = start or timezone.now() - OVERLAP
        noted += _everything_likely(pair, remote, kind)
    complete = False
    while not complete:
        changes = remote.changed(kind, start)
        reached = changes.covered or cursor.covered
        with transaction.atomic():
            noted += noticing.note_for_every_flow(pair, changes.keys, "sweep")
            # the remote's own time only: this host's clock may be ahead of it
            cursor.covered = max(filter(None, (reached, cursor.covered)), default=None)
            cursor.read_at = timezone.now()
            cursor.save(update_fields=["covered", "read_at"])
        complete = changes.complete or reached is None or reached <= start
        start = reached or start
    Cursor.objects.filter(pk=cursor.pk, seen=again).update(seen=[])
    # its watermark ends with the last whole minute: what came after it is shown, not promised
    ask = partial(remote.newest, kind)
    return noted + _look(pair, _look_cursor(pair, kind), ask, reached or start)


def _everything_likely(pair: Pair, remote: Remote, kind: str) -> int:
    """Note, page by page, every record that a glance would show, however old: the first sweep."""
    since, noted = EPOCH, 0
    while True:
        changes = remote.glance(kind, since)
        noted += noticing.note_for_every_flow(pair, changes.keys, "sweep")
        if changes.complete or changes.covered is None or changes.covered <= since:
            return noted
        since = changes.covered


def _kinds(pair: Pair, system: System) -> list[str]:
    """Return the kinds of one system whose changes start any flow in use."""
    flows = [every_flow()[key] for key in noticing.flows_in_use(pair)]
    return sorted({kind for flow in flows for s, kind in flow.starts_on if s is system})


def _indexed(pair: Pair) -> set[str]:
    """Return the Salesforce kinds that a flow in use keeps in the local index."""
    flows = [every_flow()[key] for key in noticing.flows_in_use(pair)]
    return {kind for flow in flows for kind in flow.salesforce_indexes}


def _look_cursor(pair: Pair, kind: str) -> Cursor:
    return _cursor(pair.salesforce, f"look:{kind}:{pair.pk}")


def _cursor(connection: Connection, purpose: str) -> Cursor:
    return Cursor.objects.get_or_create(connection=connection, purpose=purpose)[0]


def sweep_is_due(pair: Pair) -> bool:
    """Take the turn if the pair's next sweep is due; of several askers only one is told so.

    The interval follows the calls that Xero has left, so that polling takes at most a third.
    """
    calls = max(1, len([k for k in _kinds(pair, System.XERO) if k not in billing.SELDOM]))
    return turns.take_turn(
        pair.xero,
        f"turn:sweep:{pair.pk}",
        lambda: budget.polling_interval(
            pair.xero, calls_per_look=calls, floor_seconds=settings.SWEEP_SECONDS
        ),
    )


def look_is_due(pair: Pair, floor_seconds: float) -> bool:
    """Take the turn if the pair's next quick look is due; slower when calls run short.

    Where Salesforce tells of won deals by itself, looks are four times rarer. Sweeps are not, since
    they are the guarantee: what messages miss is found as it is without looks.
    """
    return turns.take_turn(
        pair.salesforce,
        f"turn:look:{pair.pk}",
        lambda: budget.polling_interval(
            pair.salesforce,
            calls_per_look=1,
            floor_seconds=floor_seconds * (RARER if _tells_by_itself(pair) else 1),
            share=LOOK_SHARE,
        ),
    )


def _tells_by_itself(pair: Pair) -> bool:
    door = door_of(pair.salesforce)
    heard = door.heard_at if door else None
    return heard is not None and timezone.now() - heard < TRUSTED
