"""Money: exact, in one currency, written as people of that currency write it."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sync.core.money import Money, fits, places, round_half_up
from tests.core.strategies import MONEY


@pytest.mark.parametrize(
    ("currency", "decimals"),
    [("GBP", 2), ("AUD", 2), ("JPY", 0), ("KRW", 0), ("VND", 0), ("KWD", 3), ("BHD", 3)],
)
def test_a_currency_has_its_own_decimals(currency: str, decimals: int) -> None:
    assert places(currency) == decimals


@pytest.mark.parametrize(
    ("amount", "currency", "words"),
    [
        ("1234567.5", "GBP", "GBP 1,234,567.50"),
        ("100", "GBP", "GBP 100.00"),
        ("100.0000", "GBP", "GBP 100.00"),
        ("0.005", "GBP", "GBP 0.005"),
        ("-12", "EUR", "EUR -12.00"),
        ("1500000", "JPY", "JPY 1,500,000"),
        ("1500.50", "JPY", "JPY 1,500.5"),
        ("12.3", "KWD", "KWD 12.300"),
        ("0.1", "BHD", "BHD 0.100"),
        ("0", "GBP", "GBP 0.00"),
    ],
)
def test_an_amount_is_written_without_hiding_a_decimal(
    amount: str, currency: str, words: str
) -> None:
    assert str(Money(Decimal(amount), currency)) == words


def test_an_amount_fits_only_with_as_many_decimals_as_its_currency() -> None:
    assert fits(Decimal("1500.00"), "JPY")
    assert not fits(Decimal("1500.50"), "JPY")
    assert fits(Decimal("1.125"), "KWD")
    assert not fits(Decimal("1.125"), "GBP")


@given(MONEY, MONEY)
def test_sums_and_differences_are_exact(one: Decimal, other: Decimal) -> None:
    summed = Money(one, "GBP") + Money(other, "GBP")
    assert Fraction(summed.amount) == Fraction(one) + Fraction(other)
    assert (summed - Money(other, "GBP")) == Money(one, "GBP")


def test_two_currencies_are_never_summed() -> None:
    with pytest.raises(ValueError, match="GBP and EUR"):
        Money(Decimal(1), "GBP") + Money(Decimal(1), "EUR")
    with pytest.raises(ValueError, match="GBP and EUR"):
        Money(Decimal(1), "GBP") - Money(Decimal(1), "EUR")


@given(st.decimals(-99999, 99999, places=6), st.integers(0, 4))
def test_rounding_goes_to_the_nearest_and_halves_away_from_zero(
    amount: Decimal, decimals: int
) -> None:
    found = Fraction(round_half_up(amount, decimals))
    distance = abs(found - Fraction(amount))
    half = Fraction(1, 2 * 10**decimals)
    assert distance <= half
    assert distance < half or abs(found) > abs(Fraction(amount))


def test_xeros_own_example_of_half_a_cent() -> None:
    assert round_half_up(Decimal("2.165")) == Decimal("2.17")
    assert round_half_up(Decimal("-2.165")) == Decimal("-2.17")
