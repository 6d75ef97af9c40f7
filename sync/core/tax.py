"""Xero's arithmetic: line amounts, tax per line rounded half up, then summed.

Source: Xero's "Rounding in Xero" guide; unit prices have four decimals (`unitdp=4`), line
amounts, tax and totals two, whatever the currency.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from .lines import Line
from .money import round_half_up


class Amounts(StrEnum):
    """Whether unit prices are before tax, include it, or bear none (Xero's LineAmountTypes)."""

    EXCLUSIVE = "Exclusive"
    INCLUSIVE = "Inclusive"
    NO_TAX = "NoTax"


@dataclass(frozen=True)
class Totals:
    """The sums of an invoice as Xero computes them; `net` excludes tax, `gross` includes it."""

    net: Decimal
    tax: Decimal
    gross: Decimal
    line_amounts: tuple[Decimal, ...]


def line_amount(line: Line) -> Decimal:
    """Return quantity × unit price (4 decimals) less discount, rounded to 2 decimals."""
    kept = 1 - line.discount_rate / 100
    return round_half_up(line.quantity * round_half_up(line.unit_amount, 4) * kept)


def line_tax(amount: Decimal, rate: Decimal, amounts: Amounts) -> Decimal:
    """Return the tax of one line amount at `rate` percent, rounded to 2 decimals."""
    if amounts is Amounts.NO_TAX:
        return Decimal(0)
    if amounts is Amounts.INCLUSIVE:
        return amount - round_half_up(amount / (1 + rate / 100))
    return round_half_up(amount * rate / 100)


def totals(lines: Sequence[Line], amounts: Amounts, rates: Mapping[str, Decimal]) -> Totals:
    """Return the invoice's sums; `rates` has the percentage of every tax type used.

    Raises KeyError for a tax type without a rate.
    """
    line_amounts = tuple(line_amount(line) for line in lines)
    taxes = [
        line_tax(amount, rates[line.tax_type] if line.tax_type else Decimal(0), amounts)
        for amount, line in zip(line_amounts, lines, strict=True)
    ]
    summed, tax = sum(line_amounts, Decimal(0)), sum(taxes, Decimal(0))
    if amounts is Amounts.INCLUSIVE:
        return Totals(summed - tax, tax, summed, line_amounts)
    return Totals(summed, tax, summed + tax, line_amounts)


def tax_on_sum(lines: Sequence[Line], amounts: Amounts, rates: Mapping[str, Decimal]) -> Decimal:
    """Return the tax as others count it: once for each tax type, on the sum of its lines."""
    sums: dict[str, Decimal] = {}
    for line in lines:
        sums[line.tax_type] = sums.get(line.tax_type, Decimal(0)) + line_amount(line)
    return sum(
        (line_tax(x, rates[code] if code else Decimal(0), amounts) for code, x in sums.items()),
        Decimal(0),
    )
