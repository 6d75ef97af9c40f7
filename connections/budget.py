"""Shares each connection's calls among all workers on all hosts, through one database row.

A call is taken before it goes out and given back with its answer, each in one statement outside
any transaction, so that nobody waits for anybody's answer.
"""

from __future__ import annotations

import random
import time
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import connection as database
from django.utils import timezone

from connections import limits
from connections.limits import DAY, LIMITS, Day, Limits, Reading
from connections.models import Budget, Connection
from connections.remote import Lane
from sync.core.errors import TryAgain
from sync.core.records import System

WINDOW = timedelta(seconds=61)  # a minute, and a second for the way to the remote
LEASE = timedelta(seconds=120)  # longer than any call's time limits
PROBE = timedelta(hours=1)  # a limit last heard of so long ago is tried once
LONGEST_SLEEP = 3.0  # seconds that a worker may wait for its turn
MINUTE_RESERVES: Mapping[Lane, float] = {Lane.PERSON: 0, Lane.BILLING: 0.05, Lane.BACKGROUND: 0.25}
BILLING_DAY_RESERVE = 2  # percent kept for people who press a button

_TAKE = """
UPDATE connections_budget AS b SET
    recent = ARRAY(SELECT x FROM unnest(b.recent) x WHERE x > t.now - %(window)s) || t.now,
    in_flight = ARRAY(SELECT x FROM unnest(b.in_flight) x WHERE x > t.now) || t.now + %(lease)s,
    day_left = CASE WHEN b.day_resets_at <= t.now THEN b.day_limit ELSE b.day_left END - 1,
    day_as_of = CASE WHEN b.day_as_of <= t.now - %(probe)s THEN t.now ELSE b.day_as_of END,
    day_resets_at = CASE WHEN b.day_resets_at <= t.now THEN t.now + interval '1 day'
                         ELSE b.day_resets_at END
FROM (SELECT clock_timestamp() AS now {quick}) AS t
WHERE b.connection_id = %(connection)s
  AND (b.parked_until IS NULL OR b.parked_until <= t.now)
  AND (SELECT count(*) FROM unnest(b.in_flight) x WHERE x > t.now) < %(concurrent)s
  AND (%(minute)s = 0 OR (SELECT count(*) FROM unnest(b.recent) x WHERE x > t.now - %(window)s)
                         < %(minute)s - %(minute_reserve)s)
  AND (b.day_left IS NULL OR b.day_resets_at <= t.now OR b.day_as_of <= t.now - %(probe)s
       OR (b.day_left > 0 AND b.day_left * 100 > b.day_limit * %(day_reserve)s))
RETURNING t.now + %(lease)s, cardinality(b.in_flight), b.day_left, b.day_limit, b.day_resets_at
"""

_GIVE_BACK = """
UPDATE connections_budget AS b SET
    in_flight = array_remove(b.in_flight, %(lease)s),
    recent = b.recent || array_fill(t.now, ARRAY[GREATEST(0, %(minute_used)s -
        (SELECT count(*) FROM unnest(b.recent) x WHERE x > t.now - %(window)s))::int]),
    day_left = CASE WHEN %(day_left)s IS NULL THEN b.day_left ELSE GREATEST(0, %(day_left)s - (
        SELECT count(*) FROM unnest(b.in_flight) x WHERE x > t.now AND x <> %(lease)s)) END,
    day_limit = COALESCE(%(day_limit)s, b.day_limit),
    day_as_of = CASE WHEN %(day_left)s IS NULL THEN b.day_as_of ELSE t.now END,
    day_resets_at = COALESCE(%(day_resets_at)s, b.day_resets_at)
FROM (SELECT clock_timestamp() AS now {quick}) AS t
WHERE b.connection_id = %(connection)s
"""
# What a crash could lose of these rows, the next answer's headers tell again.
_QUICK = ", set_config('synchronous_commit', 'off', true)"


@dataclass(frozen=True)
class Permit:
    """One call that was taken: when it counts as lost, and what was known of the day then."""

    connection_id: int
    system: str
    lease: datetime
    in_flight: int
    day_left: int | None
    day: Day


@dataclass(frozen=True)
class CallsLeft:
    """Calls left in this minute and day (None: not known, or no such limit), as of a time."""

    minute: int | None
    day: int | None
    day_limit: int | None
    resets_at: datetime | None
    as_of: datetime | None
    parked_until: datetime | None = None
    parked_why: str = ""


def take(connection: Connection, lane: Lane) -> Permit:
    """Take one call for the lane; waits up to three seconds for its turn.

    Raises TryAgain for the whole connection, with the time at which it is worth trying.
    """
    deadline = time.monotonic() + LONGEST_SLEEP
    while True:
        permit = _take(connection, lane)
        if permit is not None:
            return permit
        refusal = _why_not(connection, lane)
        if refusal is None and time.monotonic() < deadline:  # its turn came, or the row is new
            continue
        refusal = refusal or _later("Too many workers ask at once.", timezone.now() + LEASE)
        wait = (refusal.after - timezone.now()).total_seconds() if refusal.after else 0
        if time.monotonic() + wait > deadline:
            raise refusal
        time.sleep(max(wait, 0.02) + random.uniform(0, 0.05))


def give_back(permit: Permit, reading: Reading | None) -> None:
    """End a call and note what its answer says is left; None where no answer came."""
    told = reading or Reading()
    day = limits.learn(permit.day, permit.day_left, permit.in_flight, told, timezone.now())
    minute = limits_of(permit.system).minute
    _execute(
        _GIVE_BACK,
        {
            "connection": permit.connection_id,
            "lease": permit.lease,
            "window": WINDOW,
            "minute_used": 0 if told.minute_left is None else minute - told.minute_left,
            "day_left": told.day_left,
            "day_limit": day.limit,
            "day_resets_at": day.resets_at,
        },
    )


def park(connection_id: int, until: datetime, why: str, *, day_is_used_up: bool = False) -> None:
    """Let no call out before the time; a later time that is set already stands."""
    row, _ = Budget.objects.get_or_create(connection_id=connection_id)
    used_up = {"day_left": 0, "day_resets_at": until, "day_as_of": timezone.now()}
    Budget.objects.filter(pk=row.pk).exclude(parked_until__gt=until).update(
        parked_until=until, parked_why=why, **(used_up if day_is_used_up else {})
    )


def calls_left(connection: Connection) -> CallsLeft:
    """Return what is left of the connection's calls; no call is made."""
    row, now = Budget.objects.filter(pk=connection.pk).first(), timezone.now()
    minute = limits_of(connection.system).minute
    if row is None:
        return CallsLeft(minute or None, None, None, None, None)
    used = sum(1 for each in row.recent if each > now - WINDOW)
    begun_anew = row.day_resets_at is not None and row.day_resets_at <= now
    parked = row.parked_until is not None and row.parked_until > now
    return CallsLeft(
        minute=max(minute - used, 0) if minute else None,
        day=row.day_limit if begun_anew else row.day_left,
        day_limit=row.day_limit,
        resets_at=None if begun_anew else row.day_resets_at,
        as_of=row.day_as_of,
        parked_until=row.parked_until if parked else None,
        parked_why=row.parked_why if parked else "",
    )


def polling_interval(
    connection: Connection, calls_per_look: int, floor_seconds: float, share: float = 1 / 3
) -> float:
    """Return the seconds between two looks of so many calls, so that looking takes at most `share`
    of the day's calls and of what is left of them.
    """
    left, now = calls_left(connection), timezone.now()
    day_limit = left.day_limit or limits_of(connection.system).day
    renewed = left.resets_at or now + DAY
    return limits.interval(
        calls_per_look,
        floor_seconds,
        share,
        day_limit=day_limit,
        day_left=day_limit if left.day is None else left.day,
        seconds_left=(renewed - now).total_seconds(),
    )


def limits_of(system: str) -> Limits:
    """Return what the system allows, with the minute as it was agreed with Xero."""
    if system == System.XERO:
        return replace(LIMITS[system], minute=settings.XERO_CALLS_PER_MINUTE)
    return LIMITS[system]


def day_reserve(system: str, lane: Lane) -> int:
    """Return how many percent of the day's calls the lane must leave to those above it."""
    if lane is Lane.BACKGROUND:
        used: int = (
            settings.XERO_BACKGROUND_PERCENT
            if system == System.XERO
            else settings.SALESFORCE_BACKGROUND_PERCENT
        )
        return max(100 - used, BILLING_DAY_RESERVE)
    return BILLING_DAY_RESERVE if lane is Lane.BILLING else 0


def _minute_reserve(system: str, lane: Lane) -> int:
    return round(limits_of(system).minute * MINUTE_RESERVES[lane])


def _take(connection: Connection, lane: Lane) -> Permit | None:
    system = connection.system
    found = _execute(
        _TAKE,
        {
            "connection": connection.pk,
            "window": WINDOW,
            "lease": LEASE,
            "probe": PROBE,
            "concurrent": limits_of(system).concurrent,
            "minute": limits_of(system).minute,
            "minute_reserve": _minute_reserve(system, lane),
            "day_reserve": day_reserve(system, lane),
        },
    )
    if found is None:
        return None
    lease, in_flight, day_left, day_limit, resets_at = found
    day = Day(day_limit, resets_at)
    return Permit(connection.pk, system, lease, in_flight, day_left, day)


def _why_not(connection: Connection, lane: Lane) -> TryAgain | None:
    """Return why the lane cannot take a call and when it may; None when it may by now."""
    label, now = System(connection.system).label, timezone.now()
    row = Budget.objects.filter(pk=connection.pk).first()
    if row is None:
        Budget.objects.bulk_create([Budget(connection=connection)], ignore_conflicts=True)
        return None
    if row.parked_until is not None and row.parked_until > now:
        return _later(row.parked_why or f"{label} takes no calls at the moment.", row.parked_until)
    limit = limits_of(connection.system)
    busy = [each for each in row.in_flight if each > now]
    if len(busy) >= limit.concurrent:
        words = f"{limit.concurrent} calls to {label} are under way already."
        return _later(words, now + timedelta(seconds=0.2))
    recent = sorted(each for each in row.recent if each > now - WINDOW)
    excess = len(recent) - (limit.minute - _minute_reserve(connection.system, lane))
    if limit.minute and excess >= 0:
        words = f"{label}’s limit of {limit.minute} calls a minute is reached."
        return _later(words, recent[excess] + WINDOW)
    reserve = day_reserve(connection.system, lane)
    if (
        row.day_left is not None
        and not _tries_again(row, now)
        and (row.day_left <= 0 or row.day_left * 100 <= (row.day_limit or 0) * reserve)
    ):
        return _later(_day_words(label, row, lane), _day_ends(row, now))
    return None


def _tries_again(row: Budget, now: datetime) -> bool:
    renewed = row.day_resets_at is not None and row.day_resets_at <= now
    return renewed or (row.day_as_of is not None and row.day_as_of <= now - PROBE)


def _day_words(label: str, row: Budget, lane: Lane) -> str:
    if lane is Lane.PERSON or not row.day_left:
        return f"{label}’s calls for today are used up."
    return (
        f"{row.day_left} of {label}’s {row.day_limit} calls for today are left; they are kept "
        + ("for people." if lane is Lane.BILLING else "for billing.")
    )


def _day_ends(row: Budget, now: datetime) -> datetime:
    probe = (row.day_as_of or now) + PROBE
    return min(row.day_resets_at, probe) if row.day_resets_at else probe


def _later(words: str, after: datetime) -> TryAgain:
    return TryAgain(words, after=after, whole_connection=True)


def _execute(statement: str, parameters: Mapping[str, Any]) -> tuple[Any, ...] | None:
    quick = "" if database.in_atomic_block else _QUICK
    with database.cursor() as cursor:
        cursor.execute(statement.format(quick=quick), parameters)
        row: tuple[Any, ...] | None = cursor.fetchone() if cursor.description else None
    return row
