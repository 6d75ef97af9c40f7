"""What amounts are worth in the account's currency; what has no rate is left out, in words."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal

from sync.core.money import Money, exchange

from .rules import RiskRule
from .standing import ZERO, Invoice, Standing


@dataclass(frozen=True)
class Stake:
    """What is at stake: owed less the customer's free credit, in the account's currency."""

    amount: Decimal
    credit: Decimal


def sums(amounts: Iterable[tuple[str, Decimal]]) -> dict[str, Decimal]:
    """Return the amounts summed by currency, never across."""
    found: dict[str, Decimal] = {}
    for currency, amount in amounts:
        found[currency] = found.get(currency, ZERO) + amount
    return found


def in_one(by_currency: Mapping[str, Decimal], standing: Standing) -> Decimal:
    """Return the sums in the account's currency; those without a rate are left out."""
    told = (_worth(amount, currency, standing) for currency, amount in by_currency.items())
    return sum((amount for amount in told if amount is not None), ZERO)


def free_credit(standing: Standing) -> Decimal:
    """Return what the customer has with us and was not set off yet, in the account's currency."""
    left = sums((one.currency, one.left) for one in standing.credits if one.left > ZERO)
    return in_one(left, standing)


def stake(invoices: Iterable[Invoice], standing: Standing) -> Stake:
    """Return what is owed on the invoices, less the customer's free credit; never below zero."""
    owed = in_one(sums((one.currency, one.due) for one in invoices), standing)
    credit = min(free_credit(standing), owed)
    return Stake(owed - credit, credit)


def threshold(rule: RiskRule, standing: Standing) -> Decimal | None:
    """Return the rule's amount in the account's currency; None where no rate tells it."""
    if not rule.amount:
        return ZERO
    return _worth(rule.amount, rule.currency or standing.home or standing.currency, standing)


def exceeds(amount: Decimal, rule: RiskRule, standing: Standing) -> bool:
    """Return whether more than the rule's amount is at stake; False where no rate tells it."""
    least = threshold(rule, standing)
    return least is not None and amount > least


def has_rate(currency: str, standing: Standing) -> bool:
    """Return whether amounts in the currency count."""
    return _worth(ZERO, currency, standing) is not None


def without_rate(standing: Standing) -> list[str]:
    """Return in words what is open or was credited and cannot be counted, for want of a rate."""
    owed = sums((one.currency, one.due) for one in standing.invoices if one.due > ZERO)
    noted = sums((one.currency, one.left) for one in standing.credits if one.left > ZERO)
    lines = []
    for by_currency, what in ((owed, "owed"), (noted, "of credit")):
        for currency, amount in sorted(by_currency.items()):
            if not has_rate(currency, standing):
                lines.append(f"{Money(amount, currency)} {what} {_why(currency, standing)}")
    return lines


def _why(currency: str, standing: Standing) -> str:
    if not standing.currency:
        return "is not counted: the currency of the account is not known."
    return f"is not counted: Salesforce has no rate from {currency} to {standing.currency}."


def _worth(amount: Decimal, currency: str, standing: Standing) -> Decimal | None:
    return exchange(amount, currency, standing.currency, standing.rates)
