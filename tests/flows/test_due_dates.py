"""Due dates: by each of Xero's payment terms, at the ends of months and in leap years."""

from __future__ import annotations

from calendar import monthrange
from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sync.core.couples import Couple
from sync.core.errors import NeedsPerson
from sync.core.flow import TableRow
from sync.core.matching import Match, Outcome
from sync.flows.shapes import contact
from sync.flows.shapes.due_dates import after_terms, due_date
from tests import builders

DAYS = st.dates(date(1990, 1, 1), date(2090, 1, 1))


@pytest.mark.parametrize(
    ("start", "day", "kind", "expected"),
    [
        ("2026-01-31", 30, "DAYSAFTERBILLDATE", "2026-03-02"),
        ("2024-01-31", 30, "DAYSAFTERBILLDATE", "2024-03-01"),
        ("2026-11-19", 0, "DAYSAFTERBILLDATE", "2026-11-19"),
        ("2026-02-10", 10, "DAYSAFTERBILLMONTH", "2026-03-10"),
        ("2024-02-10", 1, "DAYSAFTERBILLMONTH", "2024-03-01"),
        ("2026-01-31", 30, "DAYSAFTERBILLMONTH", "2026-03-02"),
        ("2026-11-05", 20, "OFCURRENTMONTH", "2026-11-20"),
        ("2026-11-30", 31, "OFCURRENTMONTH", "2026-11-30"),
        ("2024-02-01", 31, "OFCURRENTMONTH", "2024-02-29"),
        ("2026-11-25", 20, "OFCURRENTMONTH", "2026-11-25"),
        ("2026-11-19", 20, "OFFOLLOWINGMONTH", "2026-12-20"),
        ("2026-12-31", 20, "OFFOLLOWINGMONTH", "2027-01-20"),
        ("2026-01-31", 31, "OFFOLLOWINGMONTH", "2026-02-28"),
        ("2024-01-31", 31, "OFFOLLOWINGMONTH", "2024-02-29"),
        ("2026-01-30", 30, "OFFOLLOWINGMONTH", "2026-02-28"),
    ],
)
def test_xeros_terms(start: str, day: int, kind: str, expected: str) -> None:
    assert after_terms(date.fromisoformat(start), day, kind) == date.fromisoformat(expected)


@given(DAYS, st.integers(1, 31))
def test_terms_of_a_month_stay_in_that_month(start: date, day: int) -> None:
    here = after_terms(start, day, "OFCURRENTMONTH")
    there = after_terms(start, day, "OFFOLLOWINGMONTH")
    assert (here.year, here.month) == (start.year, start.month)
    assert (there.year * 12 + there.month) - (start.year * 12 + start.month) == 1
    assert there.day == min(day, monthrange(there.year, there.month)[1])


@given(DAYS, st.integers(0, 120))
def test_terms_after_a_day_or_month_count_days(start: date, days: int) -> None:
    last = start.replace(day=monthrange(start.year, start.month)[1])
    assert after_terms(start, days, "DAYSAFTERBILLDATE") - start == timedelta(days)
    assert after_terms(start, days, "DAYSAFTERBILLMONTH") - last == timedelta(days)


@given(
    DAYS,
    st.integers(0, 31),
    st.sampled_from(
        ["DAYSAFTERBILLDATE", "DAYSAFTERBILLMONTH", "OFCURRENTMONTH", "OFFOLLOWINGMONTH"]
    ),
)
def test_nothing_is_due_before_it_is_billed(start: date, day: int, kind: str) -> None:
    assert after_terms(start, day, kind) >= start


def due(
    terms: dict[str, Any] | None = None, organisation: tuple[int, str] | None = None, row: str = ""
) -> date | None:
    """Return when an invoice of 19 November is due."""
    values: dict[str, Any] = {"PaymentTerms": {"Sales": terms}} if terms else {}
    found = contact.candidate(builders.contact("Acme", **values))
    deal = builders.deal()
    couple = Couple(deal.key, deal, needs={"contact": Match(Outcome.LINKED, found, (found,))})
    rows = [TableRow("payment_terms", row)] if row else []
    around = builders.around(builders.uk(sales_terms=organisation), rules=builders.rules(*rows))
    return due_date(couple, date(2026, 11, 19), around, deal.get)


def test_the_customers_terms_come_before_the_organisations_and_those_before_a_number() -> None:
    theirs, ours = {"Day": 7, "Type": "DAYSAFTERBILLDATE"}, (20, "OFFOLLOWINGMONTH")
    assert due(theirs, ours) == date(2026, 11, 26)
    assert due(None, ours) == date(2026, 12, 20)
    assert due() == date(2026, 12, 19)


def test_due_on_the_day_is_a_term_too() -> None:
    assert due({"Day": 0, "Type": "DAYSAFTERBILLDATE"}) == date(2026, 11, 19)


def test_a_row_may_give_days_alone() -> None:
    assert due({"Day": 7, "Type": "DAYSAFTERBILLDATE"}, row="14") == date(2026, 12, 3)


def test_no_terms_give_no_date() -> None:
    assert due(row="=contact, =organisation") is None


def test_a_row_that_says_no_number_is_for_a_person() -> None:
    with pytest.raises(NeedsPerson, match="30 days"):
        due(row="30 days")
