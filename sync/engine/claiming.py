"""Claims: a batch of due notices belongs to one worker while its lease runs."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime, timedelta

from django.conf import settings
from django.db import connection, transaction
from django.db.models import F, Q
from django.utils import timezone

from sync.core.records import Key
from sync.flows.registry import every_flow
from sync.models import FlowSwitch, Notice

from .work import worker_name

MAX_ATTEMPTS = 5
MAX_DEATHS = 10
_BACK = """
WITH gone AS (
    DELETE FROM sync_notice
    WHERE id = ANY(%s) AND state = 'claimed' AND claimed_by = ANY(%s) RETURNING *)
INSERT INTO sync_notice
    (pair_id, flow, system, kind, remote_id, state, source, count, attempts, first_seen, due_at,
     claimed_by, error)
SELECT DISTINCT ON (pair_id, flow, system, kind, remote_id)
       pair_id, flow, system, kind, remote_id, 'waiting', source, count,
       GREATEST(attempts - %s, 0), first_seen, %s, '', %s
FROM gone ORDER BY pair_id, flow, system, kind, remote_id, attempts DESC
ON CONFLICT (pair_id, flow, system, kind, remote_id) WHERE state = 'waiting'
DO UPDATE SET count = sync_notice.count + EXCLUDED.count, attempts = EXCLUDED.attempts,
              due_at = EXCLUDED.due_at, error = EXCLUDED.error
"""


@contextmanager
def lane(pair_id: int, flow: str) -> Iterator[Callable[[], bool]]:
    """Hold the one lane of a flow and pair; yields what tells whether it is still ours."""
    with alone(f"counterpart:{pair_id}:{flow}") as ours:
        yield ours


@contextmanager
def shelf(switch: FlowSwitch) -> Iterator[Callable[[], bool]]:
    """Hold the lane of a flow and pair, and for a catalogue that of its Salesforce org as well.

    Two organisations with a new item of one code would otherwise make its product twice: what
    the first has made, the second finds.
    """
    with lane(switch.pair_id, switch.flow) as ours:
        if not every_flow()[switch.flow].by_code or not ours():
            yield ours
            return
        with alone(f"counterpart:shelf:{switch.pair.salesforce_id}:{switch.flow}") as free:
            yield lambda: ours() and free()


@contextmanager
def alone(name: str) -> Iterator[Callable[[], bool]]:
    """Hold what only one worker may at a time; yields what tells whether it is still ours.

    A session-level advisory lock: it ends with the session, so a killed worker frees it at
    once and no clock is compared. Django may open a new session after an error: that one holds
    nothing.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(hashtextextended(%s, 0))", [name])
        held = bool(cursor.fetchone()[0])
        session = connection.connection
    try:
        yield lambda: held and connection.connection is session
    finally:
        if held and connection.connection is session:
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_advisory_unlock(hashtextextended(%s, 0))", [name])


def claim(pair_id: int, flow: str, limit: int) -> list[Notice]:
    """Return up to `limit` due notices, now claimed by this worker until the lease ends.

    The attempt is counted before the work, so that a batch that kills its worker is not tried
    for ever. Notices that failed before are claimed in ever smaller groups, those that failed
    least first, so that the one that is to blame ends up alone and holds up nobody else.
    """
    now = timezone.now()
    with transaction.atomic():
        _let_go_of_dead(pair_id, flow, now)
        due = (
            Notice.objects.select_for_update(skip_locked=True)
            .filter(pair_id=pair_id, flow=flow, state=Notice.State.WAITING, due_at__lte=now)
            .order_by("attempts", "due_at", "id")
        )
        batch = _alike(list(due[:limit]), limit)
        Notice.objects.filter(pk__in=[n.pk for n in batch]).update(
            state=Notice.State.CLAIMED,
            attempts=F("attempts") + 1,
            claimed_by=worker_name(),
            lease_until=now + timedelta(seconds=settings.LEASE_SECONDS),
        )
    for notice in batch:
        notice.attempts += 1
    return batch


def _alike(due: list[Notice], limit: int) -> list[Notice]:
    """Return those that failed as often as the first, as many as that still allows."""
    if not due:
        return []
    failed = due[0].attempts
    size = max(limit // 4 ** max(failed - 1, 0), 1)
    return [notice for notice in due if notice.attempts == failed][:size]


def _let_go_of_dead(pair_id: int, flow: str, now: datetime) -> None:
    """Give back what was claimed by a worker whose lease ran out, or by this one before.

    The lane already keeps others out, but only while sessions are the database's own (a
    connection pooler may break that), so another worker's lease is waited for.
    """
    claimed = Notice.objects.filter(pair_id=pair_id, flow=flow, state=Notice.State.CLAIMED)
    orphans = claimed.filter(Q(claimed_by=worker_name()) | Q(lease_until__lt=now))
    rows = list(orphans.values_list("pk", "claimed_by"))
    if rows:
        owners = {owner for _, owner in rows}
        _back_to_waiting([pk for pk, _ in rows], now, "", forgiven=0, owners=owners)


def renew(notices: Iterable[Notice]) -> bool:
    """Prolong the leases; return whether they are all still ours."""
    pks = [notice.pk for notice in notices]
    kept = Notice.objects.filter(
        pk__in=pks, state=Notice.State.CLAIMED, claimed_by=worker_name()
    ).update(lease_until=timezone.now() + timedelta(seconds=settings.LEASE_SECONDS))
    return kept == len(pks)


def finish(notices: Sequence[Notice]) -> None:
    """Mark the notices as done, and those of the same records that had been given up before."""
    mine = Notice.objects.filter(
        pk__in=[n.pk for n in notices], state=Notice.State.CLAIMED, claimed_by=worker_name()
    )
    done = {"state": Notice.State.DONE, "done_at": timezone.now(), "lease_until": None}
    if mine.update(**done, claimed_by="", error=""):
        stuck = Notice.objects.filter(
            pair_id=notices[0].pair_id,
            flow=notices[0].flow,
            remote_id__in={n.remote_id for n in notices},
            state=Notice.State.STUCK,
        )
        stuck.update(**done)


def release(
    notices: Sequence[Notice], due: datetime, error: str = "", *, innocent: bool = True
) -> list[Notice]:
    """Let the notices wait again until `due`; return those given up for good.

    An innocent notice (a limit, an outage) does not lose an attempt; any other is given up
    after MAX_ATTEMPTS.
    """
    forgiven = 1 if innocent else 0
    given_up = [n for n in notices if n.attempts - forgiven >= MAX_ATTEMPTS]
    again = {n.pk for n in notices} - {n.pk for n in given_up}
    _back_to_waiting(sorted(again), due, error, forgiven=forgiven, owners=[worker_name()])
    give_up(given_up, error)
    return given_up


def give_up(notices: Iterable[Notice], error: str) -> None:
    """Mark the notices as given up for good."""
    Notice.objects.filter(pk__in=[n.pk for n in notices]).update(
        state=Notice.State.STUCK, error=error, lease_until=None, claimed_by=""
    )


def _back_to_waiting(
    pks: Sequence[int], due: datetime, error: str, *, forgiven: int, owners: Iterable[str]
) -> None:
    """Return notices that the owners claimed to the queue, in one statement.

    One that came meanwhile takes them in. `forgiven` attempts do not count.
    """
    with connection.cursor() as cursor:
        cursor.execute(_BACK, [list(pks), list(owners), forgiven, due, error])


def keys_of(notices: Iterable[Notice]) -> list[Key]:
    """Return the notices' keys without repeats, in order."""
    return list(dict.fromkeys(notice.key for notice in notices))
