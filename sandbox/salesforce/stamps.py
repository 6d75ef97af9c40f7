"""Salesforce's times: whole seconds in UTC, written so that texts sort as times do."""

import re
from datetime import UTC, date, datetime

_DATE = re.compile(r"\d{4}-\d\d-\d\d")
_DATETIME = re.compile(
    r"(\d{4}-\d\d-\d\dT\d\d:\d\d)(?::(\d\d)(?:\.\d+)?)?\s*(Z|[+-]\d\d:?\d\d)", re.ASCII
)


def write(moment: datetime) -> str:
    """An aware time as Salesforce keeps it: `2026-11-25T20:00:00.000+0000`."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.000+0000")


def read(text: str) -> datetime:
    """The aware time of an ISO text with its zone, without parts of seconds.

    Raises ValueError for anything else.
    """
    found = _DATETIME.fullmatch(text)
    if not found:
        raise ValueError(f"{text!r} is no time with a zone")
    minute, seconds, zone = found.groups()
    try:
        return datetime.fromisoformat(f"{minute}:{seconds or '00'}{zone}").astimezone(UTC)
    except OverflowError as error:
        raise ValueError(f"{text!r} lies beyond all calendars") from error


def to_minute(moment: datetime) -> datetime:
    """The time without its seconds."""
    return moment.replace(second=0, microsecond=0)


def read_date(text: str) -> date:
    """The date of `2026-11-25`. Raises ValueError for anything else."""
    if not _DATE.fullmatch(text):
        raise ValueError(f"{text!r} is no date")
    return date.fromisoformat(text)
