"""An account's credit status: what finance advises for its next deal, with the reasons."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from sync.core.projection import OF_ACCOUNT, Billed, Standpoint
from sync.core.risk.findings import Finding, status_of
from sync.core.risk.judging import judge, remarks
from sync.core.risk.rules import RiskRule
from sync.core.risk.shipped import SHIPPED
from sync.core.risk.standing import Standing

from . import risk_records
from .deal_figures import fitting

STATUS, REASONS = f"{OF_ACCOUNT}credit_status", f"{OF_ACCOUNT}credit_reasons"
LIMIT = f"{OF_ACCOUNT}credit_limit"
"""Read, never written: finance keeps it in Salesforce."""
ALL_WELL = "None of finance’s rules finds anything."


def figures(invoices: Sequence[Billed], at: Standpoint) -> dict[str, Any]:
    """Return what the shipped rules say of an account by these invoices alone."""
    day = min((one.today for one in invoices), default=None)
    if day is None:
        return {STATUS: None, REASONS: None}
    standing = Standing(
        "",
        day,
        at.currency,
        risk_records.invoices(invoices),
        promises=risk_records.promises(invoices),
        home=at.currency,
        rates=at.rates,
    )
    return told(SHIPPED, standing, judge(SHIPPED, standing))


def told(
    rules: Iterable[RiskRule], standing: Standing, findings: Sequence[Finding]
) -> dict[str, Any]:
    """Return the status and the reasons of an account; both empty where it was never billed."""
    if not standing.invoices and not findings:
        return {STATUS: None, REASONS: None}
    known = list(rules)
    titles = {rule.key: rule.title for rule in known}
    lines = [line for one in findings for line in _reason(titles[one.rule], one)]
    said = lines or [ALL_WELL]
    return {
        STATUS: status_of(findings).value,
        REASONS: fitting([*said, *remarks(known, standing)]),
    }


def _reason(title: str, finding: Finding) -> list[str]:
    first, *rest = finding.words
    return [f"{title}, level {finding.level}: {first}", *(f"  {line}" for line in rest)]
