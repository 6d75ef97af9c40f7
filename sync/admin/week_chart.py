"""The invoices made per week, as bars and as a table."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from typing import Any, NamedTuple

from django.db.models import Count
from django.db.models.functions import TruncWeek
from django.utils import timezone

from connections.models import Pair
from sync.models import Write

WEEKS = 8
WIDTH, LEFT, FLOOR = 600, 34, 140
STEPS = (5, 10, 20, 30, 60, 100, 200, 300, 600, 1_000, 2_000, 3_000, 6_000, 10_000, 30_000, 100_000)


class Bar(NamedTuple):
    """One week: its Monday, its count and the bar's place in the drawing."""

    monday: date
    made: int
    x: float
    y: float
    height: float

    @property
    def middle(self) -> float:
        """The place of the label below the bar."""
        return self.x + 14


def weeks(pair: Pair | None = None) -> dict[str, Any]:
    """Return the last eight weeks' bars and the lines behind them; no bars when all are empty.

    Those of one pair alone where it is given.
    """
    today = timezone.localdate()
    first = today - timedelta(days=today.weekday(), weeks=WEEKS - 1)
    counts = _counts(first, pair)
    mondays = [first + timedelta(weeks=n) for n in range(WEEKS)]
    most = max(counts.values(), default=0)
    top = next((step for step in STEPS if step >= most), most)
    bars = [_bar(n, day, counts.get(day, 0), top) for n, day in enumerate(mondays)]
    lines = [(FLOOR - 120 * n / 2, _words(top, n)) for n in range(3)]
    return {"bars": bars if most else [], "lines": lines}


def _words(top: int, n: int) -> str:
    """Return the number beside a line; a half is left out."""
    return f"{top * n // 2:,}" if top * n % 2 == 0 else ""


def _counts(first: date, pair: Pair | None) -> dict[date, int]:
    since = timezone.make_aware(datetime.combine(first, time.min))
    made = Write.objects.filter(
        settled_at__gte=since, verb="create", kind="Invoice", state__in=["confirmed", "adopted"]
    )
    made = made.filter(pair=pair) if pair else made
    weekly = made.annotate(week=TruncWeek("settled_at")).values_list("week").order_by()
    return {timezone.localtime(week).date(): n for week, n in weekly.annotate(n=Count("id"))}


def _bar(place: int, monday: date, made: int, top: int) -> Bar:
    height = round(120 * made / top, 1) if top else 0
    x = LEFT + 12 + place * (WIDTH - LEFT - 4) / WEEKS
    return Bar(monday, made, round(x, 1), FLOOR - height, height)
