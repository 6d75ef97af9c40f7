"""The rules of credit risk: what each kind compares, and the numbers that finance sets."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

ZERO = Decimal(0)
LEVELS = 3
"""A rule has up to so many thresholds; passing each is one level."""


class RiskKind(StrEnum):
    """What a rule looks at."""

    OVERDUE = "overdue"
    LIMIT = "limit"
    CREDITED = "credited"
    HABIT = "habit"
    PROMISE = "promise"
    PART_PAYMENTS = "part_payments"


class Unit(StrEnum):
    """What the thresholds of a kind count."""

    DAYS = "days"
    PERCENT = "%"
    SPREADS = "times the spread"
    INVOICES = "invoices"


UNITS: Mapping[RiskKind, Unit] = {
    RiskKind.OVERDUE: Unit.DAYS,
    RiskKind.LIMIT: Unit.PERCENT,
    RiskKind.CREDITED: Unit.PERCENT,
    RiskKind.HABIT: Unit.SPREADS,
    RiskKind.PROMISE: Unit.DAYS,
    RiskKind.PART_PAYMENTS: Unit.INVOICES,
}
WINDOWED = frozenset({RiskKind.CREDITED, RiskKind.PART_PAYMENTS})
"""Kinds that look back `window` days."""
COUNTED = frozenset({RiskKind.CREDITED, RiskKind.HABIT})
"""Kinds that say nothing below `count` credit notes, or invoices that were paid before."""


@dataclass(frozen=True)
class RiskRule:
    """One rule as finance set it.

    `steps` are one to three rising thresholds, in the unit of the kind: a level is reached when its
    threshold is exceeded (the number of invoices: when it is reached). It says nothing unless more
    than `amount` is at stake; `currency` empty means the Salesforce org's own. `weight`, 0 to 2, is
    added to the level for the severity. After a person closed its task there is no new one for
    `quiet_days` unless the level rises. `least_spread` are the days that a habit is given at least.
    """

    key: str
    title: str
    kind: RiskKind
    steps: tuple[Decimal, ...]
    amount: Decimal = ZERO
    currency: str = ""
    window: int = 90
    count: int = 0
    least_spread: Decimal = ZERO
    weight: int = 0
    quiet_days: int = 30
    active: bool = True

    @property
    def unit(self) -> Unit:
        """What its thresholds count."""
        return UNITS[self.kind]
