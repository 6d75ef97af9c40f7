"""Xero's JSON and ours: exact money, dates without a zone, times in UTC, unknown words kept."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import simplejson

_MS_DATE = re.compile(r"/Date\((-?\d+)(?:[+-]\d{4})?\)/")
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
# Xero sends these as midnight UTC: the day must be taken in UTC.
DAYS = frozenset(
    {
        "Date",
        "DueDate",
        "ExpectedPaymentDate",
        "PlannedPaymentDate",
        "FullyPaidOnDate",
        "ExpiryDate",
        "DeliveryDate",
        "PeriodLockDate",
        "EndOfYearLockDate",
    }
)
TIMES = frozenset({"UpdatedDateUTC", "CreatedDateUTC", "DateTimeUTC", "DateUTC"})


def parse(text: str) -> Any:
    """Return the JSON with every number as an exact Decimal; raises ValueError."""
    return json.loads(text, parse_float=Decimal, parse_int=Decimal)


def read(value: Any, name: str = "") -> Any:
    """Return a value of Xero's as ours: days as dates, times as aware UTC; the rest as it is."""
    if isinstance(value, Mapping):
        return {key: read(each, key) for key, each in value.items()}
    if isinstance(value, list):
        return [read(each, name) for each in value]
    if not isinstance(value, str) or not (name in DAYS or name in TIMES or value[:6] == "/Date("):
        return value
    instant = _instant(value)
    if instant is None:
        return value
    return instant.date() if name in DAYS else instant


def _instant(text: str) -> datetime | None:
    """Return the time of `/Date(1518685950940+0000)/` or of ISO text, or None.

    The milliseconds count from 1970 in UTC, whatever offset stands behind them. Xero sends up to
    seven digits of a second.
    """
    found = _MS_DATE.fullmatch(text)
    if found:
        return _EPOCH + timedelta(milliseconds=int(found[1]))
    try:
        parsed = datetime.fromisoformat(re.sub(r"(\.\d{6})\d+", r"\1", text))
    except ValueError:
        return None
    return parsed.replace(tzinfo=UTC) if parsed.tzinfo is None else parsed.astimezone(UTC)


def body(value: Any) -> str:
    """Return the JSON text of a body: numbers with their very digits, days and times in UTC."""
    return simplejson.dumps(value, use_decimal=True, default=_plain)


def _plain(value: Any) -> str:
    if isinstance(value, datetime):
        return header_time(value)
    if isinstance(value, date):
        return value.isoformat()
    raise TypeError(f"{type(value).__name__} cannot be sent to Xero")


def header_time(moment: datetime) -> str:
    """Return the time as If-Modified-Since takes it: UTC, whole seconds, no zone."""
    return f"{moment.astimezone(UTC):%Y-%m-%dT%H:%M:%S}"
