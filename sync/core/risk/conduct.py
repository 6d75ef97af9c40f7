"""Rules on what a customer does: promises that were not kept, and payments in parts."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from sync.core.money import Money

from . import worth
from .findings import Finding, counted, finding, highest, listed
from .lateness import held, notes, told
from .rules import RiskRule
from .standing import Invoice, Standing, days_back


def promise(rule: RiskRule, standing: Standing) -> Finding | None:
    """Return what is still open more than the rule's days after the day it was promised for.

    On that day itself the promise is not broken. The latest promise for an invoice counts.
    """
    promised = standing.promised()
    broken = [
        (one, promised[one.id])
        for one in standing.open_invoices()
        if one.id in promised and one.id not in standing.disputed
    ]

    def beyond(days: Decimal) -> list[tuple[Invoice, date]]:
        return [(one, day) for one, day in broken if (standing.day - day).days > days]

    def owed(days: Decimal) -> worth.Stake:
        return worth.stake([one for one, _ in beyond(days)], standing)

    level = highest(rule, lambda days: worth.exceeds(owed(days).amount, rule, standing))
    if not level:
        return None
    days = rule.steps[level - 1]
    chosen, at_stake = beyond(days), owed(days)
    after = f"more than {counted(int(days), 'day')} " if days else ""
    lines = [
        f"{Money(at_stake.amount, standing.currency)} is still open {after}after the day it was "
        f"promised for, on {counted(len(chosen), 'invoice')}.",
        *listed(chosen, lambda each: f"{told(each[0])} · promised for {each[1]}"),
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


def part_payments(rule: RiskRule, standing: Standing) -> Finding | None:
    """Return how many invoices, due in the rule's days, were paid in parts and late.

    An instalment before the due date is none. It says nothing once everything is settled.
    """
    since = days_back(standing, rule.window)
    found = sorted(
        (one for one in standing.invoices if _in_parts(one, since, standing)),
        key=lambda one: (one.due_on or one.day, one.number, one.id),
    )
    at_stake = worth.stake(standing.open_invoices(), standing)
    if not worth.exceeds(at_stake.amount, rule, standing):
        return None
    level = highest(rule, lambda number: len(found) >= number)
    if not level:
        return None
    lines = [
        f"{counted(len(found), 'invoice')} due in {rule.window} days were paid in parts and late; "
        f"{Money(at_stake.amount, standing.currency)} is open in all.",
        *listed(found, _parts),
        *notes(at_stake, standing),
    ]
    return finding(rule, standing, level=level, amount=at_stake.amount, words=lines, invoices=found)


def _in_parts(one: Invoice, since: date, standing: Standing) -> bool:
    """Return whether it was paid late and by money of several days, or is part-paid and late."""
    if one.due_on is None or not since <= one.due_on < standing.day:
        return False
    if one.id in standing.disputed:
        return False
    days = one.payment_days()
    if one.due > 0:
        return len(days) >= 1
    return len(days) >= 2 and days[-1] > one.due_on


def _parts(one: Invoice) -> str:
    days = one.payment_days()
    when = str(days[0]) if len(days) == 1 else f"{days[0]} to {days[-1]}"
    rest = f", {Money(one.due, one.currency)} still open" if one.due > 0 else ""
    return f"{one.number} · due {one.due_on} · {counted(len(days), 'payment')} {when}{rest}"
