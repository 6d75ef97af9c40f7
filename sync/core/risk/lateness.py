"""Rules on what is late: overdue invoices, and invoices later than the customer's own habit."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from functools import lru_cache
from statistics import median
from typing import NamedTuple

from sync.core.money import Money, round_half_up

from . import worth
from .findings import Finding, counted, finding, highest, listed
from .rules import RiskRule
from .standing import Invoice, Standing

LAST = 10
"""A habit is told by so many invoices, those paid last."""
NORMAL = Decimal("1.4826")
"""Makes of a median deviation what a standard deviation would be for a bell curve (Rousseeuw and
Croux, Alternatives to the Median Absolute Deviation, 1993)."""


class Paid(NamedTuple):
    """One invoice that was paid: when it was settled, and the days from its date to the money."""

    settled_on: date
    id: str
    days: int


@dataclass(frozen=True)
class Habit:
    """How a customer pays: days from an invoice's date to its payment, and how far these vary."""

    usual: Decimal
    spread: Decimal
    count: int

    def most(self, times: Decimal) -> Decimal:
        """Return the days after which a payment is later than `times` the spread."""
        return self.usual + times * self.spread


def late(standing: Standing) -> list[Invoice]:
    """Return the invoices that are past their due date, the longest first.

    What is disputed is none, nor what is promised for a day that has not passed.
    """
    promised = standing.promised()
    return [
        one
        for one in standing.open_invoices()
        if one.days_late(standing.day)
        and one.id not in standing.disputed
        and promised.get(one.id, date.min) < standing.day
    ]


def overdue(rule: RiskRule, standing: Standing) -> Finding | None:
    """Return what is overdue by more than the rule's days and more than its amount."""

    def beyond(days: Decimal) -> list[Invoice]:
        return [one for one in found if one.days_late(standing.day) > days]

    found = late(standing)
    level = highest(rule, lambda days: _too_much(beyond(days), rule, standing))
    if not level:
        return None
    days = rule.steps[level - 1]
    chosen = beyond(days)
    at_stake = worth.stake(chosen, standing)
    money = Money(at_stake.amount, standing.currency)
    since = f"more than {days.normalize():f} days overdue"
    lines = [
        f"{money} is {since}, on {counted(len(chosen), 'invoice')}.",
        *listed(chosen, told),
        *notes(at_stake, standing),
        *held(standing),
    ]
    return finding(
        rule, standing, level=level, amount=at_stake.amount, words=lines, invoices=chosen
    )


def payments_made(standing: Standing) -> list[Paid]:
    """Return the invoices that were paid, in the order in which they were settled.

    Money that came before the invoice, as a prepayment does, was there on its first day.
    """
    return sorted(
        Paid(settled_on, one.id, max((paid_on - one.day).days, 0))
        for one in standing.invoices
        for paid_on, settled_on in [(one.paid_on(), one.settled_on())]
        if paid_on is not None and settled_on is not None
    )


def habit_of(paid: Sequence[Paid], before: date, rule: RiskRule) -> Habit | None:
    """Return how the customer paid up to a day, or None where too few invoices were paid by then.

    The median and the median deviation: one invoice that was forgotten for a year moves neither.
    """
    known = bisect_right(paid, before, key=lambda one: one.settled_on)
    return _habit(tuple(one.days for one in paid[max(known - LAST, 0) : known]), rule)


@lru_cache(maxsize=4096)
def _habit(days: tuple[int, ...], rule: RiskRule) -> Habit | None:
    if len(days) < max(rule.count, 1):
        return None
    usual = Decimal(str(median(days)))
    deviation = Decimal(median(abs(one - usual) for one in days)) * NORMAL
    return Habit(usual, max(deviation, rule.least_spread), len(days))


def habit(rule: RiskRule, standing: Standing) -> Finding | None:
    """Return what is late and open for longer than the customer takes as a rule.

    The habit is that of the day on which an invoice fell due: what is paid afterwards, late or
    soon, does not change what it is measured by.
    """
    found = late(standing)
    paid = payments_made(standing) if found else []
    by_habit = [(one, habit_of(paid, one.due_on or one.day, rule)) for one in found]

    def beyond(times: Decimal) -> list[tuple[Invoice, Habit]]:
        return [
            (one, usual)
            for one, usual in by_habit
            if usual is not None and (standing.day - one.day).days > usual.most(times)
        ]

    level = highest(rule, lambda t: _too_much([one for one, _ in beyond(t)], rule, standing))
    if not level:
        return None
    chosen = beyond(rule.steps[level - 1])
    at_stake = worth.stake([one for one, _ in chosen], standing)
    lines = [
        f"{Money(at_stake.amount, standing.currency)} is open for longer than this customer takes "
        f"as a rule, on {counted(len(chosen), 'invoice')}.",
        *listed(chosen, lambda each: f"{told(each[0])} · {_usual(*each)}"),
        *notes(at_stake, standing),
        *held(standing),
    ]
    return finding(
        rule,
        standing,
        level=level,
        amount=at_stake.amount,
        words=lines,
        invoices=[one for one, _ in chosen],
    )


def _usual(one: Invoice, usual: Habit) -> str:
    by = one.day + timedelta(days=int(usual.usual))
    return (
        f"expected by {by}: usually paid after {_days(usual.usual)} days, give or take "
        f"{_days(usual.spread)} (the last {usual.count} that were paid before it fell due)"
    )


def _days(number: Decimal) -> str:
    return f"{round_half_up(number, 0):f}"


def _too_much(invoices: Sequence[Invoice], rule: RiskRule, standing: Standing) -> bool:
    return worth.exceeds(worth.stake(invoices, standing).amount, rule, standing)


def told(one: Invoice) -> str:
    """Return one open invoice in words."""
    due = f" · due {one.due_on}" if one.due_on else ""
    where = f" · {one.organisation}" if one.organisation else ""
    return f"{one.number}{due} · {Money(one.due, one.currency)}{where}"


def notes(at_stake: worth.Stake, standing: Standing) -> list[str]:
    """Return in words what was taken off the amount, or has no rate to be counted by."""
    lines = []
    if at_stake.credit:
        credit = Money(at_stake.credit, standing.currency)
        lines.append(f"{credit} of credit that is not set off yet is taken off.")
    return lines + worth.without_rate(standing)


def held(standing: Standing) -> list[str]:
    """Return in words what is disputed, and what is promised for a day that has not passed."""
    lines: list[str] = []
    promised = standing.promised()
    for one in standing.open_invoices():
        if one.id in standing.disputed:
            lines.append(f"{told(one)} is disputed and not counted.")
        elif promised.get(one.id, date.min) >= standing.day:
            lines.append(f"{told(one)} is promised for {promised[one.id]} and not counted yet.")
    return listed(lines, str)
