"""Tax: held against a second arithmetic in fractions, and against Xero's own examples."""

from __future__ import annotations

import math
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sync.core.lines import Line
from sync.core.tax import Amounts, line_amount, line_tax, totals
from tests.core.strategies import LINES, RATES


def half_up(value: Fraction, decimals: int = 2) -> Fraction:
    """Return the value rounded half away from zero, by counting in whole units."""
    units = math.floor(abs(value) * 10**decimals + Fraction(1, 2))
    return Fraction(units if value >= 0 else -units, 10**decimals)


def line_by_fractions(line: Line) -> Fraction:
    unit = half_up(Fraction(line.unit_amount), 4)
    return half_up(Fraction(line.quantity) * unit * (1 - Fraction(line.discount_rate) / 100))


def taxed(amount: str, rate: str, amounts: Amounts = Amounts.EXCLUSIVE) -> Decimal:
    return line_tax(Decimal(amount), Decimal(rate), amounts)


@given(st.lists(LINES, max_size=6), RATES)
def test_prices_before_tax_sum_as_fractions_do(lines: list[Line], rate: Decimal) -> None:
    found = totals(lines, Amounts.EXCLUSIVE, {"OUTPUT2": rate})
    amounts = [line_by_fractions(line) for line in lines]
    tax = sum(half_up(amount * Fraction(rate) / 100) for amount in amounts)
    assert [Fraction(amount) for amount in found.line_amounts] == amounts
    assert (Fraction(found.net), Fraction(found.tax)) == (sum(amounts), tax)
    assert found.gross == found.net + found.tax


@given(st.lists(LINES, max_size=6), RATES)
def test_prices_with_tax_sum_as_fractions_do(lines: list[Line], rate: Decimal) -> None:
    found = totals(lines, Amounts.INCLUSIVE, {"OUTPUT2": rate})
    amounts = [line_by_fractions(line) for line in lines]
    net = sum(half_up(amount / (1 + Fraction(rate) / 100)) for amount in amounts)
    assert (Fraction(found.gross), Fraction(found.net)) == (sum(amounts), net)
    assert found.gross == found.net + found.tax


@given(st.lists(LINES, max_size=6), RATES)
def test_without_tax_net_and_gross_are_one(lines: list[Line], rate: Decimal) -> None:
    found = totals(lines, Amounts.NO_TAX, {"OUTPUT2": rate})
    assert found.tax == 0
    assert found.net == found.gross == sum(found.line_amounts)


@given(st.decimals(-9999, 9999, places=2), RATES, RATES)
def test_a_tax_upon_a_tax_is_its_effective_rate(
    amount: Decimal, first: Decimal, second: Decimal
) -> None:
    effective = first + second + first * second / 100
    base, upon = Fraction(first) / 100, Fraction(second) / 100
    expected = half_up(Fraction(amount) * base + Fraction(amount) * (1 + base) * upon)
    assert Fraction(line_tax(amount, effective, Amounts.EXCLUSIVE)) == expected


def test_xeros_own_example_of_three_lines_at_15_percent() -> None:
    lines = [Line("", Decimal(1), Decimal(p), tax_type="T") for p in ("25.06", "25.61", "25.63")]
    found = totals(lines, Amounts.EXCLUSIVE, {"T": Decimal(15)})
    assert (found.net, found.tax, found.gross) == (
        Decimal("76.30"),
        Decimal("11.44"),
        Decimal("87.74"),
    )


def test_half_a_cent_of_tax_is_rounded_up() -> None:
    assert taxed("14.43", "15") == Decimal("2.16")
    assert taxed("10.825", "20") == Decimal("2.17")
    assert taxed("-10.825", "20") == Decimal("-2.17")


def test_the_tax_inside_a_price() -> None:
    assert taxed("120.00", "20", Amounts.INCLUSIVE) == Decimal("20.00")
    assert taxed("100.00", "15", Amounts.INCLUSIVE) == Decimal("13.04")


@pytest.mark.parametrize(
    ("quantity", "unit", "discount", "expected"),
    [
        ("3", "33.3333", "0", "100.00"),
        ("3", "33.33334", "0", "100.00"),
        ("1000", "0.00005", "0", "0.10"),
        ("3", "9.99", "10", "26.97"),
        ("1", "0.25", "50", "0.13"),
        ("1", "100", "100", "0.00"),
        ("2.5", "-10", "0", "-25.00"),
        ("1", "2.165", "0", "2.17"),
    ],
)
def test_a_lines_amount(quantity: str, unit: str, discount: str, expected: str) -> None:
    line = Line("", Decimal(quantity), Decimal(unit), Decimal(discount))
    assert line_amount(line) == Decimal(expected)


def test_a_line_without_a_tax_type_bears_none() -> None:
    assert totals([Line("", Decimal(1), Decimal(10))], Amounts.EXCLUSIVE, {}).tax == 0


def test_a_tax_type_without_a_rate_is_no_zero() -> None:
    line = Line("", Decimal(1), Decimal(10), tax_type="T")
    with pytest.raises(KeyError):
        totals([line], Amounts.EXCLUSIVE, {})
