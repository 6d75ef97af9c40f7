"""Rates of exchange: where they come from, for which day they hold, and how Xero wants them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from decimal import ROUND_HALF_UP, Decimal, localcontext
from typing import Any

from .money import Money, places, round_half_up
from .organisation import Reference

PLACES = 6
"""Decimals that Xero keeps of a rate."""
MOST_OFF = Decimal("0.0005")
"""How much of a rate may be lost in those decimals: beyond, it would be another rate."""
EXACT, DIVIDED, SURE = 80, 28, 25
"""Digits: of a product without loss, of a rate that was cut off, of its product that are sure."""


@dataclass(frozen=True)
class Rate:
    """How many units of `currency` one unit of `base` is worth, by whom and of which day.

    `source` is `salesforce` or `fixed`; `day` is the first day that the rate holds for, None for
    one without a day.
    """

    currency: str
    base: str
    value: Decimal
    source: str
    day: date | None = None

    def __str__(self) -> str:
        return f"{self.currency} {shown(self.value)} for {self.base} 1 ({self.origin})"

    @property
    def origin(self) -> str:
        """Who says so, in words."""
        if self.source != "salesforce":
            return "fixed in a mapping row"
        return f"Salesforce, from {self.day:%-d %b %Y}" if self.day else "Salesforce"

    def kept(self) -> dict[str, Any]:
        """Return the rate as a plan keeps it."""
        return {
            "currency": self.currency,
            "base": self.base,
            "value": self.value,
            "source": self.source,
            "day": self.day,
        }

    @classmethod
    def of(cls, kept: Mapping[str, Any]) -> Rate:
        """Return the rate that `kept` wrote."""
        return cls(**kept)


def by_salesforce(org: Reference | None, currency: str, base: str, day: date | None) -> Rate | None:
    """Return what Salesforce says `base` was worth in `currency` on a day; None: it says nothing.

    A dated rate goes before the fixed one of its currency, as in Salesforce itself.
    """
    if org is None:
        return None
    theirs, ours = _on(org, currency, day), _on(org, base, day)
    if theirs is None or ours is None:
        return None
    days = [found for _, found in (theirs, ours) if found is not None]
    value = theirs[0] / ours[0]
    return Rate(currency, base, value, "salesforce", max(days, default=None))


def _on(org: Reference, currency: str, day: date | None) -> tuple[Decimal, date | None] | None:
    """Return the units of a currency for one of the org's own on a day, and since when."""
    if currency == org.base_currency:
        return Decimal(1), None
    dated = org.dated_rates.get(currency, ())
    if dated:
        held = [(start, value) for start, value in dated if day is not None and start <= day]
        start, value = max(held, default=(None, Decimal(0)))
        return (value, start) if value > 0 else None
    value = org.rates.get(currency, Decimal(0))
    return (value, None) if value > 0 else None


def as_xero_takes(rate: Rate) -> Decimal:
    """Return the rate as Xero's CurrencyRate: units of the invoice's currency for one of the base.

    That direction is not confirmed by any page of Xero's; it is decided here alone. A rate must
    therefore be made with the invoice's currency as its `currency`.
    """
    return round_half_up(rate.value, PLACES)


def is_lost(rate: Rate) -> bool:
    """Return whether the decimals that Xero keeps would make another rate of it."""
    return abs(as_xero_takes(rate) - rate.value) > rate.value * MOST_OFF


def converted(amount: Decimal, rate: Rate) -> Decimal:
    """Return an amount of the rate's base in its currency, rounded to that currency's decimals."""
    return at_rate(amount, rate, places(rate.currency))


def at_rate(amount: Decimal, rate: Rate, decimals: int) -> Decimal:
    """Return an amount of the rate's base in its currency, rounded half up to so many decimals.

    A rate that comes of a division has its last digits cut off: they must not make less than a
    half of what is one.
    """
    with localcontext() as context:
        context.prec, context.rounding = EXACT, ROUND_HALF_UP
        product = amount * rate.value
        if len(rate.value.as_tuple().digits) >= DIVIDED:
            context.prec = SURE
            product = +product
    return round_half_up(product, decimals)


def in_words(amount: Decimal, rate: Rate, origin: str = "") -> str:
    """Return a conversion as a sum that can be checked: amount, rate, who says so, result.

    The rate has as many digits as it takes to come to the very result by hand.
    """
    made = converted(amount, rate)
    before, after = Money(amount, rate.base), Money(made, rate.currency)
    return f"{before} × {_telling(amount, rate, made)} ({origin or rate.origin}) = {after}"


def _telling(amount: Decimal, rate: Rate, made: Decimal) -> str:
    for more in range(len(rate.value.as_tuple().digits)):
        told = Decimal(shown(rate.value, more))
        if converted(amount, replace(rate, value=told)) == made:
            return f"{told:f}"
    return f"{rate.value:f}"


def shown(value: Decimal, more: int = 0) -> str:
    """Return a rate's figure with the decimals it has, six digits that count and `more` at most."""
    digits = max(PLACES, PLACES - value.adjusted() - 1) + more
    return f"{round_half_up(value, digits).normalize():f}"
