"""How many calls the reading of events may take: many at once, but only a share of a day's."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils import timezone

from connections import budget
from connections.limits import DAY
from connections.models import Connection
from sync.models import Cursor

PURPOSE = "events:calls"
SHARE = 1 / 4
"""Of the day's calls; sweeps take a third of Xero's, the rest is for billing and people."""
BURST = 1 / 4
"""Of that share at once: 62 calls, or 2,480 records, where Xero allows 1,000 calls a day."""


@dataclass
class Purse:
    """What a connection's events may still spend; it fills again evenly over the day."""

    cursor: Cursor
    calls: float

    def spend(self, calls: int) -> None:
        """Take these calls out. One worker at a time reads a connection's events."""
        if calls:
            self.calls -= calls
            self.cursor.seen = [round(self.calls, 3)]
            self.cursor.read_at = timezone.now()
            self.cursor.save(update_fields=["seen", "read_at"])


def purse_of(connection: Connection) -> Purse:
    """Return the purse of a connection as it is now."""
    cursor, _ = Cursor.objects.get_or_create(connection=connection, purpose=PURPOSE)
    daily = _day_limit(connection) * SHARE
    most = daily * BURST
    if cursor.read_at is None or not cursor.seen:
        return Purse(cursor, most)
    passed = (timezone.now() - cursor.read_at).total_seconds()
    refilled = float(cursor.seen[0]) + daily * passed / DAY.total_seconds()
    return Purse(cursor, min(most, refilled))


def _day_limit(connection: Connection) -> int:
    known = budget.calls_left(connection).day_limit
    return known or budget.limits_of(connection.system).day
