"""How Xero rounds: each line to the cent, half up, and only then the sum."""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

CENT = Decimal("0.01")
_PLACES = {2: CENT, 4: Decimal("0.0001")}
ZERO = Decimal("0.00")
HUNDRED = Decimal(100)


def cents(amount: Decimal) -> Decimal:
    """The amount to two places, halves away from zero. Every currency has two in Xero."""
    return amount.quantize(CENT, ROUND_HALF_UP)


def unit_price(amount: Decimal, places: int) -> Decimal:
    """A unit amount to two places, or to four where the call says unitdp=4."""
    return amount.quantize(_PLACES[places], ROUND_HALF_UP)


def line_amount(
    quantity: Decimal,
    unit: Decimal,
    discount_rate: Decimal | None = None,
    discount_amount: Decimal | None = None,
) -> Decimal:
    """What a line comes to; the rate is in percent, the discount amount for the whole line."""
    if discount_amount is not None:
        return cents(cents(quantity * unit) - discount_amount)
    return cents(quantity * unit * (HUNDRED - (discount_rate or 0)) / HUNDRED)


def line_tax(amount: Decimal, rate: Decimal, line_amount_types: str) -> Decimal:
    """The tax on a line's amount; the rate is in percent."""
    if line_amount_types == "NoTax":
        return ZERO
    if line_amount_types == "Inclusive":
        return amount - cents(amount / (1 + rate / HUNDRED))
    return cents(amount * rate / HUNDRED)


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
