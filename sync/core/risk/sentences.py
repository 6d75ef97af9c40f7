"""A rule as a sentence, and what each of its levels means."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from decimal import Decimal

from sync.core.money import Money

from .findings import Finding, counted, severity_of, status_of
from .rules import ZERO, RiskKind, RiskRule

HOME = "in Salesforce’s currency"

STEP_LABELS: Mapping[RiskKind, str] = {
    RiskKind.OVERDUE: "days overdue",
    RiskKind.LIMIT: "% of the limit",
    RiskKind.CREDITED: "% of the sales",
    RiskKind.HABIT: "times the spread",
    RiskKind.PROMISE: "days after it",
    RiskKind.PART_PAYMENTS: "invoices",
}
"""What a level's number counts."""

TITLES: Mapping[RiskKind, str] = {
    RiskKind.OVERDUE: "Overdue invoices",
    RiskKind.LIMIT: "The credit limit",
    RiskKind.CREDITED: "Credit notes against sales",
    RiskKind.HABIT: "Later than the customer’s own habit",
    RiskKind.PROMISE: "A broken promise to pay",
    RiskKind.PART_PAYMENTS: "Repeated payments in parts",
}
"""What each kind of rule looks at."""


def in_words(rule: RiskRule) -> str:
    """Return what the rule says, as one sentence."""
    return _SENTENCES[rule.kind](rule)


def meaning(rule: RiskRule, level: int) -> str:
    """Return what a level of the rule makes of an account: "Watch, normal priority"."""
    found = Finding(rule.key, level, severity_of(rule, level), Decimal(1), "", ())
    return f"{status_of([found])}, {found.priority.lower()} priority"


def money_of(rule: RiskRule) -> str:
    """Return the rule's amount with its currency."""
    if rule.currency:
        return str(Money(rule.amount, rule.currency))
    return f"{rule.amount:,.2f} {HOME}"


def steps_of(rule: RiskRule, unit: str = "") -> str:
    """Return the thresholds as a sentence has them: "14, 30 or 60"."""
    told = [f"{step:f}{unit}" for step in rule.steps]
    return told[0] if len(told) == 1 else f"{', '.join(told[:-1])} or {told[-1]}"


def _amount(rule: RiskRule, words: str) -> str:
    return f", {words} {money_of(rule)}" if rule.amount > ZERO else ""


def _overdue(rule: RiskRule) -> str:
    return f"More than {steps_of(rule)} days overdue{_amount(rule, 'in all more than')}."


def _limit(rule: RiskRule) -> str:
    used = f"More than {steps_of(rule, ' %')} of the credit limit is used"
    return f"{used}{_amount(rule, 'with more than')}."


def _credited(rule: RiskRule) -> str:
    return (
        f"Credit notes of more than {steps_of(rule, ' %')} of the sales in {rule.window} days, on "
        f"at least {counted(rule.count, 'credit note')}{_amount(rule, 'in all more than')}."
    )


def _habit(rule: RiskRule) -> str:
    return (
        f"Later than this customer’s median by more than {steps_of(rule)} times its spread (taken "
        f"as at least {rule.least_spread:f} days), once {counted(rule.count, 'invoice')} were paid"
        f"{_amount(rule, 'with more than')}."
    )


def _promise(rule: RiskRule) -> str:
    days = f"more than {steps_of(rule)} days after the day it was promised for"
    return f"Not paid {days}{_amount(rule, 'with more than')}."


def _part_payments(rule: RiskRule) -> str:
    number = counted(int(rule.steps[0]), "invoice") if len(rule.steps) == 1 else ""
    return (
        f"{number or steps_of(rule) + ' invoices'} due in {rule.window} days paid in parts and late"
        f"{_amount(rule, 'with more than')}."
    )


_SENTENCES: Mapping[RiskKind, Callable[[RiskRule], str]] = {
    RiskKind.OVERDUE: _overdue,
    RiskKind.LIMIT: _limit,
    RiskKind.CREDITED: _credited,
    RiskKind.HABIT: _habit,
    RiskKind.PROMISE: _promise,
    RiskKind.PART_PAYMENTS: _part_payments,
}
