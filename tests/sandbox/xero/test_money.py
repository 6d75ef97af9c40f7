"""Xero's rounding, by rule and by its own published figures."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sandbox.xero.money import cents, line_amount, line_tax, totals, unit_price

AMOUNTS = st.decimals("-99999", "99999", places=2)
RATES = st.decimals("0", "30", places=2)


@pytest.mark.parametrize(
    ("amount", "rounded"),
    [("2.165", "2.17"), ("2.175", "2.18"), ("-2.165", "-2.17"), ("1", "1.00")],
)
def test_halves_go_away_from_zero(amount: str, rounded: str) -> None:
    assert str(cents(Decimal(amount))) == rounded


def test_tax_is_rounded_per_line() -> None:
    lines = [Decimal(text) for text in ("25.06", "25.61", "25.63")]
    taxes = [line_tax(amount, Decimal(15), "Exclusive") for amount in lines]
    assert totals(zip(lines, taxes, strict=True), "Exclusive").tax == Decimal("11.44")


def test_unit_amounts_have_two_or_four_places() -> None:
    assert unit_price(Decimal("0.12345"), 2) == Decimal("0.12")
    assert unit_price(Decimal("0.12345"), 4) == Decimal("0.1235")


def test_a_discount_amount_is_for_the_whole_line() -> None:
    assert line_amount(Decimal(3), Decimal("9.99"), None, Decimal(5)) == Decimal("24.97")
    assert line_amount(Decimal(3), Decimal("9.99"), Decimal(10)) == Decimal("26.97")


@given(AMOUNTS, RATES)
def test_inclusive_and_exclusive_tax_agree_to_the_cent(amount: Decimal, rate: Decimal) -> None:
    tax = line_tax(amount, rate, "Inclusive")
    back = line_tax(amount - tax, rate, "Exclusive")
    assert abs(back - tax) <= Decimal("0.01")


@given(
    st.lists(st.tuples(AMOUNTS, RATES), max_size=30), st.sampled_from(["Exclusive", "Inclusive"])
)
def test_net_and_tax_always_make_the_gross(
    lines: list[tuple[Decimal, Decimal]], types: str
) -> None:
    taxed = [(amount, line_tax(amount, rate, types)) for amount, rate in lines]
    sums = totals(taxed, types)
    assert sums.net + sums.tax == sums.gross
    assert sums.gross == cents(sums.gross)
