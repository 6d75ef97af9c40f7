"""Money: an exact amount with its currency, and the roundings that Xero uses."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Context, Decimal

# ISO 4217: the currencies whose minor unit is not a hundredth.
_WHOLE = "BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF"
_THOUSANDTHS = "BHD IQD JOD KWD LYD OMR TND"
_WIDE = Context(prec=80)  # no figure is too long to be rounded, nor rounded twice
_PLACES = dict.fromkeys(_WHOLE.split(), 0) | dict.fromkeys(_THOUSANDTHS.split(), 3)


def places(currency: str) -> int:
    """Return the number of decimals of a currency (ISO 4217): GBP 2, JPY 0, KWD 3."""
    return _PLACES.get(currency, 2)


def round_half_up(amount: Decimal, decimals: int = 2) -> Decimal:
    """Return the amount rounded half away from zero, as Xero rounds (2.165 becomes 2.17)."""
    return amount.quantize(Decimal(1).scaleb(-decimals), ROUND_HALF_UP, _WIDE)


def fits(amount: Decimal, currency: str) -> bool:
    """Return whether the amount has no more decimals than its currency knows."""
    return amount == round_half_up(amount, places(currency))


def exchange(
    amount: Decimal, currency: str, into: str, rates: Mapping[str, Decimal]
) -> Decimal | None:
    """Return the amount in another currency, rounded to its places, or None without both rates.

    A rate is how much of a currency one unit of the home currency is worth.
    """
    if currency == into:
        return amount
    theirs, ours = rates.get(currency), rates.get(into)
    if not theirs or not ours:
        return None
    return round_half_up(amount * ours / theirs, places(into))


@dataclass(frozen=True)
class Money:
    """An exact amount in one currency; sums of different currencies are refused."""

    amount: Decimal
    currency: str

    def __add__(self, other: Money) -> Money:
        self._same(other)
        return Money(self.amount + other.amount, self.currency)

    def __sub__(self, other: Money) -> Money:
        self._same(other)
        return Money(self.amount - other.amount, self.currency)

    def _same(self, other: Money) -> None:
        if self.currency != other.currency:
            raise ValueError(f"{self.currency} and {other.currency} cannot be summed.")

    def __str__(self) -> str:
        decimals = max(places(self.currency), -int(self.amount.normalize().as_tuple().exponent))
        return f"{self.currency} {self.amount:,.{decimals}f}"
