"""Rates: of the right day, in the right direction, and never with decimals that are lost."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sync.core import rates
from sync.core.organisation import Reference
from sync.core.rates import Rate
from tests.builders import NOON

OCTOBER, NOVEMBER = date(2026, 10, 1), date(2026, 11, 1)


def org(**values: object) -> Reference:
    """Return an org in pounds: euros by the month, dollars and yen at one rate."""
    fields: dict[str, object] = {
        "read_at": NOON,
        "name": "Fernhill",
        "country": "GB",
        "base_currency": "GBP",
        "timezone": "Europe/London",
        "rates": {
            "GBP": Decimal(1),
            "EUR": Decimal("9.99"),
            "USD": Decimal("1.25"),
            "JPY": Decimal("195.5"),
            "XAU": Decimal(0),
        },
        "dated_rates": {"EUR": ((OCTOBER, Decimal("1.15")), (NOVEMBER, Decimal("1.18")))},
    }
    return Reference(**{**fields, **values})  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("day", "value", "since"),
    [
        (date(2026, 11, 30), "1.18", NOVEMBER),
        (NOVEMBER, "1.18", NOVEMBER),
        (date(2026, 10, 31), "1.15", OCTOBER),
        (OCTOBER, "1.15", OCTOBER),
    ],
)
def test_a_dated_rate_holds_from_its_day_until_the_next(day: date, value: str, since: date) -> None:
    found = rates.by_salesforce(org(), "EUR", "GBP", day)
    assert found == Rate("EUR", "GBP", Decimal(value), "salesforce", since)


def test_before_the_first_dated_rate_none_is_made_up() -> None:
    assert rates.by_salesforce(org(), "EUR", "GBP", date(2026, 9, 30)) is None
    assert rates.by_salesforce(org(), "EUR", "GBP", None) is None


def test_without_dated_rates_the_fixed_one_holds_on_any_day() -> None:
    found = rates.by_salesforce(org(), "USD", "GBP", OCTOBER)
    assert found == Rate("USD", "GBP", Decimal("1.25"), "salesforce")


@pytest.mark.parametrize("currency", ["CHF", "XAU"])
def test_a_currency_that_salesforce_lacks_or_has_at_nothing_has_no_rate(currency: str) -> None:
    assert rates.by_salesforce(org(), currency, "GBP", NOVEMBER) is None
    assert rates.by_salesforce(org(), "GBP", currency, NOVEMBER) is None
    assert rates.by_salesforce(None, "USD", "GBP", NOVEMBER) is None


def test_between_two_foreign_currencies_the_rate_goes_across_the_orgs_own() -> None:
    found = rates.by_salesforce(org(), "JPY", "USD", NOVEMBER)
    assert found is not None
    assert found.value == Decimal("156.4")


@given(st.decimals("0.01", "100000", places=2))
def test_there_and_back_is_the_same_amount_but_for_the_last_cent(amount: Decimal) -> None:
    there = rates.by_salesforce(org(), "USD", "GBP", NOVEMBER)
    back = rates.by_salesforce(org(), "GBP", "USD", NOVEMBER)
    assert there is not None
    assert back is not None
    found = rates.converted(rates.converted(amount, there), back)
    assert abs(found - amount) <= Decimal("0.01")


@pytest.mark.parametrize(
    ("currency", "value", "amount"),
    [("JPY", "195.5", "2444"), ("KWD", "0.40213", "5.027"), ("EUR", "1.18", "14.75")],
)
def test_a_converted_amount_has_the_decimals_of_its_currency(
    currency: str, value: str, amount: str
) -> None:
    rate = Rate(currency, "GBP", Decimal(value), "fixed")
    assert str(rates.converted(Decimal("12.50"), rate)) == amount


def test_xero_is_given_units_of_the_invoices_currency_for_one_of_its_own() -> None:
    assert rates.as_xero_takes(Rate("JPY", "GBP", Decimal("195.5"), "fixed")) == Decimal("195.5")
    third = Rate("EUR", "GBP", Decimal(7) / Decimal(6), "salesforce")
    assert str(rates.as_xero_takes(third)) == "1.166667"


def test_a_rate_too_small_for_six_decimals_is_found_out() -> None:
    assert rates.is_lost(Rate("KWD", "IDR", Decimal("0.0000193"), "fixed"))
    assert rates.is_lost(Rate("KWD", "IDR", Decimal("0.0000001"), "fixed"))
    assert not rates.is_lost(Rate("KWD", "JPY", Decimal("0.002038"), "fixed"))


def test_a_conversion_is_told_as_a_sum_that_can_be_checked() -> None:
    dated = Rate("GBP", "USD", Decimal("0.79"), "salesforce", NOVEMBER)
    told = rates.in_words(Decimal(100), dated)
    assert told == "USD 100.00 × 0.79 (Salesforce, from 1 Nov 2026) = GBP 79.00"
    fixed = Rate("EUR", "JPY", Decimal("0.0061235"), "fixed")
    told = rates.in_words(Decimal(1000), fixed)
    assert told.startswith("JPY 1,000 × 0.0061235 (fixed in a mapping row")


def test_a_rate_that_was_kept_is_the_same_rate() -> None:
    rate = Rate("GBP", "USD", Decimal("0.79"), "salesforce", NOVEMBER)
    assert Rate.of(rate.kept()) == rate
