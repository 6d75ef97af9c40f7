"""The rules that Counterpart comes with; docs/credit-risk.md says why each number is what it is."""

from __future__ import annotations

from decimal import Decimal

from .rules import RiskKind, RiskRule


def _steps(*numbers: int) -> tuple[Decimal, ...]:
    return tuple(Decimal(number) for number in numbers)


SHIPPED: tuple[RiskRule, ...] = (
    RiskRule(
        key="overdue",
        title="Overdue",
        kind=RiskKind.OVERDUE,
        steps=_steps(14, 30, 60),
        amount=Decimal(500),
        weight=1,
        quiet_days=14,
    ),
    RiskRule(
        key="limit",
        title="Credit limit used",
        kind=RiskKind.LIMIT,
        steps=_steps(80, 100, 120),
        weight=1,
        quiet_days=30,
    ),
    RiskRule(
        key="credited",
        title="Many credit notes",
        kind=RiskKind.CREDITED,
        steps=_steps(10, 20, 40),
        amount=Decimal(500),
        window=90,
        count=2,
        quiet_days=60,
    ),
    RiskRule(
        key="habit",
        title="Later than usual",
        kind=RiskKind.HABIT,
        steps=_steps(3, 5, 8),
        amount=Decimal(500),
        count=4,
        least_spread=Decimal(4),
        quiet_days=14,
    ),
    RiskRule(
        key="promise",
        title="Broken promise to pay",
        kind=RiskKind.PROMISE,
        steps=_steps(0, 7, 21),
        amount=Decimal(100),
        weight=2,
        quiet_days=7,
    ),
    RiskRule(
        key="part_payments",
        title="Pays in parts",
        kind=RiskKind.PART_PAYMENTS,
        steps=_steps(3, 5, 8),
        amount=Decimal(500),
        window=180,
        quiet_days=60,
    ),
)
