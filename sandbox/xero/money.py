"""How Xero rounds: each line to the cent, half up, and only then the sum.

Reckoned in fractions of whole numbers, on purpose otherwise than any client reckons: what the two
agree on is then no shared slip of one way of counting.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import Any

ZERO = Decimal("0.00")


def _whole(amount: Fraction, places: int) -> Decimal:
    """The amount in whole units of its last place: half a unit and more counts as one."""
    size = abs(amount) * 10**places
    units = (2 * size.numerator + size.denominator) // (2 * size.denominator)
    return Decimal(-units if amount < 0 else units).scaleb(-places)


def cents(amount: Decimal) -> Decimal:
    """The amount to two places, halves away from zero. Every currency has two in Xero."""
    return _whole(Fraction(amount), 2)


def unit_price(amount: Decimal, places: int) -> Decimal:
    """A unit amount to two places, or to four where the call says unitdp=4."""
    return _whole(Fraction(amount), places)


def line_amount(
    quantity: Decimal,
    unit: Decimal,
    discount_rate: Decimal | None = None,
    discount_amount: Decimal | None = None,
) -> Decimal:
    """What a line comes to; the rate is in percent, the discount amount for the whole line."""
    full = Fraction(quantity) * Fraction(unit)
    if discount_amount is not None:
        return _whole(Fraction(_whole(full, 2)) - Fraction(discount_amount), 2)
    return _whole(full * (100 - Fraction(discount_rate or 0)) / 100, 2)


def four_places(amount: Decimal | Fraction) -> Decimal:
    """The amount to four places, as Xero shows percentages."""
    return _whole(Fraction(amount), 4)


def compounded(components: Iterable[Mapping[str, Any]]) -> Fraction:
    """What the parts of a tax rate come to in percent: compound ones are reckoned upon the rest."""
    each = [(Fraction(one["Rate"]), bool(one["IsCompound"])) for one in components]
    plain = sum((rate for rate, compound in each if not compound), Fraction(0))
    upon = sum((rate for rate, compound in each if compound), Fraction(0))
    return plain + upon * (100 + plain) / 100


def line_tax(amount: Decimal, rate: Decimal | Fraction, line_amount_types: str) -> Decimal:
    """The tax on a line's amount; the rate is in percent."""
    if line_amount_types == "NoTax":
        return ZERO
    if line_amount_types == "Inclusive":
        return amount - _whole(Fraction(amount) * 100 / (100 + Fraction(rate)), 2)
    return _whole(Fraction(amount) * Fraction(rate) / 100, 2)


@dataclass(frozen=True)
class Totals:
    """A document's sums, to the cent."""

    net: Decimal
    tax: Decimal
    gross: Decimal


def totals(lines: Iterable[tuple[Decimal, Decimal]], line_amount_types: str) -> Totals:
    """The sums of lines given as (line amount, tax amount)."""
    pairs = list(lines)
    amounts = sum((amount for amount, _ in pairs), ZERO)
    tax = sum((tax for _, tax in pairs), ZERO)
    if line_amount_types == "Inclusive":
        return Totals(amounts - tax, tax, amounts)
    return Totals(amounts, tax, amounts + tax)
