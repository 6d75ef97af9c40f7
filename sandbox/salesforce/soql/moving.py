"""Date literals that move with the present day, such as TODAY and LAST_N_DAYS:30."""

from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

Span = tuple[date, date]  # its first day, and the day after its last


def span(text: str, today: date) -> Span | None:
    """The days that a literal means; None where there is none of this name."""
    name, _, number = text.partition(":")
    if number:
        return _counted(name, int(number), today)
    if name in ("LAST_90_DAYS", "NEXT_90_DAYS"):
        return _counted(name.replace("90", "N"), 90, today)
    return _NAMED[name](today) if name in _NAMED else None


def midnight(day: date, zone: str) -> datetime:
    """The instant in UTC at which a day begins in a time zone."""
    try:
        here: tzinfo = ZoneInfo(zone)
    except ZoneInfoNotFoundError:  # a machine without a list of time zones
        here = UTC
    return datetime.combine(day, time(), here).astimezone(UTC)


def local_date(moment: datetime, zone: str) -> date:
    """The day that an instant belongs to in a time zone."""
    try:
        return moment.astimezone(ZoneInfo(zone)).date()
    except ZoneInfoNotFoundError:
        return moment.date()


def _counted(name: str, count: int, today: date) -> Span | None:
    tomorrow = today + timedelta(days=1)
    if name == "LAST_N_DAYS":
        return today - timedelta(days=count - 1), tomorrow
    if name == "NEXT_N_DAYS":
        return tomorrow, tomorrow + timedelta(days=count)
    if name == "N_DAYS_AGO":
        day = today - timedelta(days=count)
        return day, day + timedelta(days=1)
    for unit, begin, months in (("WEEKS", _week, 0), ("MONTHS", _month, 1),
                                ("QUARTERS", _quarter, 3), ("YEARS", _year, 12)):  # fmt: skip
        if name in (f"LAST_N_{unit}", f"NEXT_N_{unit}", f"N_{unit}_AGO"):
            return _units(name, count, begin(today), months)
    return None


def _units(name: str, count: int, now: date, months: int) -> Span:
    if name.startswith("LAST"):
        return _moved(now, months, -count), now
    if name.startswith("NEXT"):
        return _moved(now, months, 1), _moved(now, months, count + 1)
    return _moved(now, months, -count), _moved(now, months, 1 - count)


def _moved(day: date, months: int, count: int) -> date:
    """The beginning of a week (months is 0), month, quarter or year some units away."""
    if not months:
        return day + timedelta(weeks=count)
    whole = day.year * 12 + day.month - 1 + months * count
    return date(whole // 12, whole % 12 + 1, 1)


def _week(day: date) -> date:
    return day - timedelta(days=(day.weekday() + 1) % 7)  # weeks begin on Sunday


def _month(day: date) -> date:
    return day.replace(day=1)


def _quarter(day: date) -> date:
    return date(day.year, (day.month - 1) // 3 * 3 + 1, 1)


def _year(day: date) -> date:
    return date(day.year, 1, 1)


def _around(begin: Callable[[date], date], months: int, count: int) -> Callable[[date], Span]:
    return lambda day: (_moved(begin(day), months, count), _moved(begin(day), months, count + 1))


def _day(offset: int) -> Callable[[date], Span]:
    return lambda day: (day + timedelta(days=offset), day + timedelta(days=offset + 1))


_NAMED: dict[str, Callable[[date], Span]] = {
    "YESTERDAY": _day(-1),
    "TODAY": _day(0),
    "TOMORROW": _day(1),
    **{
        f"{word}_{unit}": _around(begin, months, count)
        for unit, begin, months in (
            ("WEEK", _week, 0),
            ("MONTH", _month, 1),
            ("QUARTER", _quarter, 3),
            ("YEAR", _year, 12),
        )
        for word, count in (("LAST", -1), ("THIS", 0), ("NEXT", 1))
    },
}
