"""Findings: what a rule found of an account, how severe it is, and the words for it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from typing import TypeVar

from .rules import RiskRule
from .standing import Invoice, Standing

T = TypeVar("T")
MOST_SEVERE = 5
LONGEST_LIST = 10
"""Invoices that are named one by one; of more their number is told."""


class CreditStatus(StrEnum):
    """What finance advises for the account's next deal."""

    GOOD = "Good"
    WATCH = "Watch"
    AT_RISK = "At risk"
    ON_HOLD = "On hold"


class Priority(StrEnum):
    """How urgent a task is."""

    LOW = "Low"
    NORMAL = "Normal"
    HIGH = "High"


@dataclass(frozen=True)
class Finding:
    """What one rule found of one account on one day.

    `level` is 1 to 3. `amount` is what is at stake, in the account's currency. `words` are lines
    for a person, the first says it all; they name days and never ages, so that they stay the same
    from day to day. `invoices` are the ids of those concerned.
    """

    rule: str
    level: int
    severity: int
    amount: Decimal
    currency: str
    words: tuple[str, ...]
    invoices: tuple[str, ...] = ()

    @property
    def priority(self) -> Priority:
        """How urgent its task is."""
        if self.severity >= 4:
            return Priority.HIGH
        return Priority.NORMAL if self.severity >= 2 else Priority.LOW


def status_of(findings: Iterable[Finding]) -> CreditStatus:
    """Return the credit status of an account with these findings: the worst of them tells."""
    worst = max((finding.severity for finding in findings), default=0)
    if worst >= MOST_SEVERE:
        return CreditStatus.ON_HOLD
    if worst >= 3:
        return CreditStatus.AT_RISK
    return CreditStatus.WATCH if worst else CreditStatus.GOOD


def severity_of(rule: RiskRule, level: int) -> int:
    """Return how severe a level of the rule is, 1 to 5."""
    return min(level + rule.weight, MOST_SEVERE)


def highest(rule: RiskRule, passed: Callable[[Decimal], bool]) -> int:
    """Return the number of the highest threshold that is passed, 0 for none."""
    return max((n for n, step in enumerate(rule.steps, start=1) if passed(step)), default=0)


def finding(
    rule: RiskRule,
    standing: Standing,
    *,
    level: int,
    amount: Decimal,
    words: Sequence[str],
    invoices: Iterable[Invoice],
) -> Finding:
    """Return what a rule found at a level."""
    return Finding(
        rule.key,
        level,
        severity_of(rule, level),
        amount,
        standing.currency,
        tuple(words),
        tuple(one.id for one in invoices),
    )


def listed(several: Sequence[T], told: Callable[[T], str]) -> list[str]:
    """Return each of them in words, of too many the first and how many more there are."""
    lines = [told(one) for one in several[:LONGEST_LIST]]
    more = len(several) - len(lines)
    return [*lines, f"and {more} more"] if more else lines


def counted(number: int, thing: str) -> str:
    """Return "1 invoice" or "3 invoices"."""
    return f"{number} {thing}" if number == 1 else f"{number} {thing}s"
