"""The transform that converts an amount, at a rate of the row's own or at Salesforce's of a day."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from . import rates, zones
from .errors import Fix, NeedsPerson
from .organisation import Reference
from .rates import Rate
from .transforms_parts import as_number, first

FIXED = re.compile(r"\s*(\d{1,9}(?:\.\d{1,12})?)\s+([A-Z]{3})\s*(?:,\s*(.*?)\s*)?")
DATED = re.compile(
    r"\s*([A-Z]{3})\s+by\s+salesforce(?:\s+of\s+([A-Za-z]\w*(?:\.[A-Za-z]\w*){0,5}))?\s*"
)
RATES = "=rates"
"""The name by which a look-up of fields gives what is known of rates."""
CURRENCY, DAY = "CurrencyIsoCode", "CloseDate"


@dataclass(frozen=True)
class KnownRates:
    """What a row may convert by; `told` collects what was converted, in the order it was.

    `home` is the currency of what names none, `zone` the time zone in which a time is of a day.
    """

    org: Reference | None
    home: str
    zone: str
    told: list[Mapping[str, Any]] = field(default_factory=list, compare=False)


def day_of(argument: str) -> str:
    """Return the field whose day Salesforce's rate is asked for, where the row names one."""
    found = DATED.fullmatch(argument)
    return (found[2] or "") if found else ""


def convert(values: Sequence[Any], argument: str, at: Callable[[str], Any]) -> Decimal | None:
    """Return the amount at the row's rate, rounded half up as the currency it becomes is.

    The argument is `0.7912 GBP, 1 Nov 2026, the bank` or `GBP by salesforce of Signed__c`.
    """
    value = first(values)
    amount = as_number(value)
    if value is not None and amount is None:
        raise _wrong(f"“{value}” is no amount.", argument)
    if amount is None:
        return None
    known = at(RATES)
    known = known if isinstance(known, KnownRates) else None
    base = str(at(CURRENCY) or (known.home if known else ""))
    rate, origin = _rate(argument, base, known, at)
    if rate is None:
        return amount
    made = rates.converted(amount, rate)
    if known is not None:
        known.told.append({"words": rates.in_words(amount, rate, origin), "rate": rate.kept()})
    return made


def _rate(
    argument: str, base: str, known: KnownRates | None, at: Callable[[str], Any]
) -> tuple[Rate | None, str]:
    """Return the rate and who says so; None for an amount that is in the currency already."""
    if fixed := FIXED.fullmatch(argument):
        if fixed[2] == base:
            return None, ""
        rate = Rate(fixed[2], base, Decimal(fixed[1]), "fixed")
        return rate, fixed[3] or rate.origin
    dated = DATED.fullmatch(argument)
    if dated is None:
        told = f"“{argument}” is no rate: write 0.7912 GBP, 1 Nov 2026, or GBP by salesforce."
        raise _wrong(told, argument)
    if dated[1] == base:
        return None, ""
    if known is None:
        raise _wrong("Salesforce’s rates are known where deals are billed.", argument)
    day = _day(dated[2] or DAY, known, at)
    found = rates.by_salesforce(known.org, dated[1], base, day)
    if found is None:
        told = f"Salesforce has no rate between {base} and {dated[1]} on {day:%-d %b %Y}."
        raise _wrong(told, argument, "Enter it under Manage Currencies in Salesforce.")
    return found, found.origin


def _day(path: str, known: KnownRates, at: Callable[[str], Any]) -> date:
    value = at(path)
    if isinstance(value, datetime):
        return value.astimezone(zones.zone(known.zone)).date()
    if not isinstance(value, date):
        raise _wrong(
            f"{path} has no day whose rate could be taken.", path, "Fill it in Salesforce."
        )
    return value


def _wrong(words: str, about: str, hint: str = "Correct the row.") -> NeedsPerson:
    return NeedsPerson(
        f"A mapping row cannot convert: {words}",
        cause=f"convert:{words}:{about}"[:200],
        fix=Fix(hint, "mapping"),
    )
