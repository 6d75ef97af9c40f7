"""Rules on the whole of an account: the credit limit, and credit notes against sales."""

from __future__ import annotations

from decimal import Decimal

from sync.core.money import Money, round_half_up

from . import worth
from .findings import Finding, counted, finding, highest, listed
from .lateness import notes, told
from .rules import RiskRule
from .standing import ZERO, Credit, Standing, days_back

HUNDRED = Decimal(100)


def limit(rule: RiskRule, standing: Standing) -> Finding | None:
    """Return how much of the credit limit is used, where it is more than the rule's share.

    What is disputed or promised is owed all the same. A limit of 0 gives no credit at all.
    """
    if standing.limit is None:
        return None
    allowed = max(standing.limit, ZERO)
    chosen = standing.open_invoices()
    at_stake = worth.stake(chosen, standing)
    if not worth.exceeds(at_stake.amount, rule, standing):
        return None
    level = highest(rule, lambda share: at_stake.amount * HUNDRED > share * allowed)
    if not level:
        return None
    lines = [
        _used(at_stake.amount, allowed, standing.currency),
        *listed(chosen, told),
        *notes(at_stake, standing),
    ]
    return finding(
        rule, standing, level=level, amount=at_stake.amount, words=lines, invoices=chosen
    )


def _used(amount: Decimal, allowed: Decimal, currency: str) -> str:
    if not allowed:
        return f"{Money(amount, currency)} is open, and the credit limit is 0."
    return (
        f"{Money(amount, currency)} is open, {_share(amount, allowed)} of the credit limit "
        f"of {Money(allowed, currency)}."
    )


def _share(part: Decimal, whole: Decimal) -> str:
    return f"{round_half_up(part * HUNDRED / whole, 1).normalize():f} %"


def credited(rule: RiskRule, standing: Standing) -> Finding | None:
    """Return what was credited in the rule's days, where it is more than its share of the sales.

    Both by their dates and with tax. What has no rate counts on neither side. Where something was
    credited and nothing sold, it is more than any share. It is about no invoice: a dispute of it
    holds none back.
    """
    since = days_back(standing, rule.window)
    credit_notes = [one for one in _notes(standing) if one.day >= since]
    made = worth.in_one(worth.sums((one.currency, one.total) for one in credit_notes), standing)
    sold = worth.in_one(
        worth.sums((one.currency, one.total) for one in standing.invoices if one.day >= since),
        standing,
    )
    if len(credit_notes) < rule.count or not worth.exceeds(made, rule, standing):
        return None
    level = highest(rule, lambda share: made * HUNDRED > share * sold)
    if not level:
        return None
    share = (
        f"more than {rule.steps[level - 1].normalize():f} % of the sales in that time (with tax)"
    )
    lines = [
        f"{Money(made, standing.currency)} was credited in {rule.window} days, on "
        f"{counted(len(credit_notes), 'credit note')}: "
        f"{share if sold else 'nothing was sold in that time'}.",
        *listed(credit_notes, lambda n: f"{n.number} · {n.day} · {Money(n.total, n.currency)}"),
    ]
    return finding(rule, standing, level=level, amount=made, words=lines, invoices=())


def _notes(standing: Standing) -> list[Credit]:
    """Return the credit notes that count, the newest first."""
    found = [
        one for one in standing.credits if one.is_note and worth.has_rate(one.currency, standing)
    ]
    return sorted(found, key=lambda one: (one.day, one.number, one.id), reverse=True)
