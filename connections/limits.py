"""What each system allows its callers, and what an answer's headers say is left of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from sync.core.records import System

DAY = timedelta(days=1)
TIERS = (1_000, 5_000)
"""Xero's daily limits (Xero, pricing of March 2026), to name a limit that is seen only as left."""


@dataclass(frozen=True)
class Limits:
    """Calls allowed in a minute (0: no such limit), at once, and in a day until the remote says."""

    minute: int
    concurrent: int
    day: int


LIMITS: Mapping[str, Limits] = {
    # Xero, OAuth 2.0 API limits: 60 a minute, 5 at once; 1,000 a day is the smallest tier.
    System.XERO: Limits(minute=60, concurrent=5, day=1_000),
    # Salesforce limits 25 calls of over 20 seconds at once; 15,000 a day is the smallest edition.
    System.SALESFORCE: Limits(minute=0, concurrent=20, day=15_000),
}


@dataclass(frozen=True)
class Reading:
    """What an answer's headers say: calls left in the minute and the day; None where silent."""

    minute_left: int | None = None
    day_left: int | None = None
    day_limit: int | None = None


@dataclass(frozen=True)
class Day:
    """What is known of a connection's day."""

    limit: int | None
    resets_at: datetime | None


def learn(
    known: Day, believed_left: int | None, in_flight: int, reading: Reading, now: datetime
) -> Day:
    """Return what is known of the day after a reading.

    Where the remote names no limit, more calls left than we believed means that its day has begun
    anew; the most that was ever left is the limit, raised to a known tier that is near.
    """
    left = reading.day_left
    if left is None:
        return known
    if reading.day_limit is not None:
        return Day(reading.day_limit, None)
    if believed_left is not None and left > believed_left + in_flight + 5:
        return Day(_tier(left), now + DAY)
    if known.limit is None or left > known.limit:
        return Day(_tier(left), known.resets_at)
    return known


def _tier(left: int) -> int:
    return next((tier for tier in TIERS if 0.9 * tier <= left <= tier), left + 1)


def interval(
    calls_per_look: int,
    floor_seconds: float,
    share: float,
    *,
    day_limit: int,
    day_left: int,
    seconds_left: float,
) -> float:
    """Return the seconds between two looks so that they take at most `share` of the calls.

    Both of the day's limit, spread evenly, and of what is left until the limit is renewed in
    `seconds_left`. Never less than the floor.
    """
    even = calls_per_look * DAY.total_seconds() / (share * max(day_limit, 1))
    scarce = calls_per_look * seconds_left / (share * day_left) if day_left > 0 else seconds_left
    return max(floor_seconds, even, scarce)
