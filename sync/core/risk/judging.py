"""Judging: what the rules find of one account on one day."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping

from . import conduct, exposure, lateness, worth
from .findings import Finding
from .rules import RiskKind, RiskRule
from .standing import Standing

Judge = Callable[[RiskRule, Standing], Finding | None]

JUDGES: Mapping[RiskKind, Judge] = {
    RiskKind.OVERDUE: lateness.overdue,
    RiskKind.LIMIT: exposure.limit,
    RiskKind.CREDITED: exposure.credited,
    RiskKind.HABIT: lateness.habit,
    RiskKind.PROMISE: conduct.promise,
    RiskKind.PART_PAYMENTS: conduct.part_payments,
}


def judge(rules: Iterable[RiskRule], standing: Standing) -> tuple[Finding, ...]:
    """Return what the active rules find, at most one finding a rule, the most severe first."""
    found = [judge_one(rule, standing) for rule in rules if rule.active]
    told = [finding for finding in found if finding is not None]
    return tuple(sorted(told, key=lambda finding: (-finding.severity, finding.rule)))


def judge_one(rule: RiskRule, standing: Standing) -> Finding | None:
    """Return what one rule finds, whether it is switched on or not."""
    return JUDGES[rule.kind](rule, standing)


def remarks(rules: Iterable[RiskRule], standing: Standing) -> tuple[str, ...]:
    """Return in words what could not be judged for want of a rate; empty as a rule.

    These are for the account's reasons: a rule that is silent may only be unable to tell.
    """
    silent = [
        f"“{rule.title}” cannot be judged: there is no rate from "
        f"{rule.currency or standing.home} to {standing.currency or 'the account’s currency'}."
        for rule in rules
        if rule.active and standing.invoices and worth.threshold(rule, standing) is None
    ]
    return (*worth.without_rate(standing), *silent)
