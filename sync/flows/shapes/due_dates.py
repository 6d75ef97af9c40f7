"""Due dates: by the first payment terms that are known, counted as Xero counts them."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

from sync.core.couples import Couple
from sync.core.errors import Fix, NeedsPerson
from sync.core.flow import Surroundings

from . import choosing


def due_date(
    couple: Couple, start: date | None, around: Surroundings, at: Callable[[str], Any]
) -> date | None:
    """Return the due date of an invoice of this day, or None without a day or terms.

    The words of the table `payment_terms` are tried in order: `=contact` and `=organisation`
    are the terms that Xero keeps of them, a number is days.
    """
    if start is None:
        return None
    try:
        return _by_terms(couple, start, around, at)
    except OverflowError:
        raise NeedsPerson(
            f"Payment terms from {start:%-d %b %Y} lead to no date.",
            cause="no_due_date",
            fix=Fix("Correct the date of the deal or the payment terms.", "table", "payment_terms"),
        ) from None


def _by_terms(
    couple: Couple, start: date, around: Surroundings, at: Callable[[str], Any]
) -> date | None:
    match = couple.needs.get("contact")
    facts = match.candidate.facts if match and match.candidate else {}
    table = choosing.choose(around.rules, "payment_terms", at) or ""
    for word in filter(None, (part.strip() for part in table.split(","))):
        if word == "=contact":
            if facts.get("terms_day"):
                return after_terms(start, int(facts["terms_day"]), str(facts.get("terms_type")))
        elif word == "=organisation":
            if around.reference.sales_terms:
                return after_terms(start, *around.reference.sales_terms)
        elif word.isdecimal():
            return start + timedelta(days=int(word))
        else:
            raise NeedsPerson(
                f"A row of the table payment_terms says “{word}”.",
                cause=f"payment_terms:{word}",
                fix=Fix("Let it say a number of days.", "table", "payment_terms"),
            )
    return None


def after_terms(start: date, day: int, kind: str) -> date:
    """Return the due date of Xero's payment terms (Xero's PaymentTerms page).

    DAYSAFTERBILLDATE: n days later; DAYSAFTERBILLMONTH: n days after the month's end;
    OFCURRENTMONTH and OFFOLLOWINGMONTH: the nth of that month, or its last day.
    """
    month_end = _day_of_month(start, 31)
    if kind == "DAYSAFTERBILLMONTH":
        return month_end + timedelta(days=day)
    if kind == "OFCURRENTMONTH":
        return max(start, _day_of_month(start, day))
    if kind == "OFFOLLOWINGMONTH":
        return _day_of_month(month_end + timedelta(days=1), day)
    return start + timedelta(days=day)


def _day_of_month(within: date, day: int) -> date:
    following = (within.replace(day=28) + timedelta(days=4)).replace(day=1)
    return within.replace(day=min(day, (following - timedelta(days=1)).day) or 1)
