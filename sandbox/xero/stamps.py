"""Xero's dates and instants: as they are kept, as they are sent, as they may be received."""

import re
from datetime import UTC, date, datetime, timedelta

_MS_DATE = re.compile(r"/Date\((-?\d+)(?:[+-]\d{4})?\)/")
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def stamp(moment: datetime) -> str:
    """An instant as it is kept: ISO, UTC, milliseconds; sorts as text."""
    return (
        moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.") + f"{moment.microsecond // 1000:03}Z"
    )


def instant(kept: str) -> datetime:
    """The aware instant that `stamp` wrote."""
    return datetime.fromisoformat(kept)


def _milliseconds(moment: datetime) -> int:
    return (moment - _EPOCH) // timedelta(milliseconds=1)


def ms_date(kept: str) -> str:
    """A kept stamp or day as `/Date(ms+0000)/`."""
    moment = instant(kept) if "T" in kept else datetime.fromisoformat(f"{kept}T00:00:00+00:00")
    return f"/Date({_milliseconds(moment)}+0000)/"


def short_ms_date(moment: datetime) -> str:
    """An instant as `/Date(ms)/`, which Xero uses in envelopes and for creation dates."""
    return f"/Date({_milliseconds(moment)})/"


def long_day(kept: str) -> str:
    """A kept day as Xero's messages write it, such as 5 March 2026."""
    day = date.fromisoformat(kept)
    return f"{day.day} {day:%B %Y}"


def read_day(text: str) -> str:
    """A day as it is kept, from ISO text, with or without a time, or from `/Date(ms)/`.

    Raises ValueError for anything else.
    """
    if found := _MS_DATE.fullmatch(text.strip()):
        try:
            return (_EPOCH + timedelta(milliseconds=int(found[1]))).date().isoformat()
        except OverflowError as error:
            raise ValueError(f"{text!r} lies beyond all calendars") from error
    return datetime.fromisoformat(text.strip()).date().isoformat()


def read_since(header: str) -> str:
    """The stamp from which If-Modified-Since counts, to the second; understands RFC 9110 too.

    Raises ValueError where it is no date.
    """
    text = header.strip()
    if "," in text:
        moment = datetime.strptime(text, "%a, %d %b %Y %H:%M:%S GMT").replace(tzinfo=UTC)
    else:
        moment = datetime.fromisoformat(text)
        moment = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    return stamp(moment.replace(microsecond=0))
