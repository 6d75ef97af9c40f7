"""Turning days: the days on which a rule's finding may change its level; none does in between."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import date
from decimal import Decimal

from .lateness import habit_of, payments_made
from .rules import RiskKind, RiskRule
from .standing import Standing

More = Callable[[RiskRule, Standing], Iterable[date]]


def turning_days(rule: RiskRule, standing: Standing, first: date) -> list[date]:
    """Return the days from `first` to that of the standing, in order, `first` always among them."""
    found = {first, *_of_any(standing), *_MORE[rule.kind](rule, standing)}
    return sorted(day for day in found if first <= day <= standing.day)


def _of_any(standing: Standing) -> Iterator[date]:
    """Yield the days on which something was billed, paid, credited, promised, or fell due."""
    for one in standing.invoices:
        yield one.day
        yield from (entry.day for entry in one.entries)
        if one.due_on is not None:
            yield _after(one.due_on)
    for credit in standing.credits:
        yield credit.day
        yield from (use.day for use in credit.uses)
    for promise in standing.promises:
        yield _after(promise.day)
        if promise.made_on is not None:
            yield promise.made_on


def _of_overdue(rule: RiskRule, standing: Standing) -> Iterator[date]:
    for one in standing.invoices:
        if one.due_on is not None:
            yield from (_after(one.due_on, step) for step in rule.steps)


def _of_habit(rule: RiskRule, standing: Standing) -> Iterator[date]:
    paid = payments_made(standing)
    for one in standing.invoices:
        usual = habit_of(paid, one.due_on or one.day, rule)
        if usual is not None:
            yield from (_after(one.day, usual.most(step)) for step in rule.steps)


def _of_promise(rule: RiskRule, standing: Standing) -> Iterator[date]:
    for one in standing.promises:
        yield from (_after(one.day, step) for step in rule.steps)


def _of_window(rule: RiskRule, standing: Standing) -> Iterator[date]:
    """Yield the days on which invoices and credits are no longer among those looked at."""
    window = rule.window
    for one in standing.invoices:
        yield _plus(one.day, window)
        if one.due_on is not None:
            yield _plus(one.due_on, window)
    for credit in standing.credits:
        yield _plus(credit.day, window)


def _after(day: date, days: Decimal = Decimal(0)) -> date:
    """Return the first day that is more than so many days later."""
    return _plus(day, int(days // 1) + 1)


def _plus(day: date, days: int) -> date:
    """Return the day so many days later; people enter years that the calendar ends before."""
    return date.fromordinal(min(day.toordinal() + days, date.max.toordinal()))


_MORE: Mapping[RiskKind, More] = {
    RiskKind.OVERDUE: _of_overdue,
    RiskKind.LIMIT: lambda rule, standing: (),
    RiskKind.CREDITED: _of_window,
    RiskKind.HABIT: _of_habit,
    RiskKind.PROMISE: _of_promise,
    RiskKind.PART_PAYMENTS: _of_window,
}
