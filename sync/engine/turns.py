"""Turns: of several workers that ask whether a thing is due, one alone is told that it is."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta

from django.utils import timezone

from connections.models import Connection
from sync.models import Cursor


def take_turn(connection: Connection, purpose: str, seconds: Callable[[], float]) -> bool:
    """Return whether the turn is due and this asker's; the next is due so many seconds later.

    `seconds` is asked only when the turn is due. Of two who ask at once, the second finds the
    cursor moved and is told no: a turn may be lost with its worker, and is never taken twice.
    """
    cursor = Cursor.objects.get_or_create(connection=connection, purpose=purpose)[0]
    now = timezone.now()
    if cursor.next_at is not None and cursor.next_at > now:
        return False
    following = now + timedelta(seconds=seconds())
    mine = Cursor.objects.filter(pk=cursor.pk, next_at=cursor.next_at)
    return mine.update(next_at=following) == 1


def was_taken(connection: Connection, purpose: str) -> bool:
    """Return whether such a turn was ever taken."""
    rows = Cursor.objects.filter(connection=connection, purpose=purpose, next_at__isnull=False)
    return rows.exists()


def is_new_day(connection: Connection, purpose: str, day: date) -> bool:
    """Return whether this day's turn is not taken yet; it may be another's in a moment."""
    rows = Cursor.objects.filter(connection=connection, purpose=purpose, seen=[day.isoformat()])
    return not rows.exists()


def take_day(connection: Connection, purpose: str, day: date) -> bool:
    """Take this day's turn; return whether it was free. Two who ask at once wait for each other.

    Within the transaction that saves what the day brings, a turn is never lost with its worker.
    """
    cursor = Cursor.objects.get_or_create(connection=connection, purpose=purpose)[0]
    mine = Cursor.objects.filter(pk=cursor.pk).exclude(seen=[day.isoformat()])
    return mine.update(seen=[day.isoformat()], read_at=timezone.now()) == 1
