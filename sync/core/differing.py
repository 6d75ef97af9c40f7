"""What a projection writes: the fields in which a Salesforce record differs from its figures."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any

from .couples import Couple
from .flow import FieldRule, Flow
from .intents import Intent
from .planning import Action, Plan
from .records import Record
from .sameness import same

LASTS = timedelta(days=7)
"""So old may the time of figures be that still stand; then it is told anew."""


def plan_figures(
    flow: Flow, couple: Couple, rules: Iterable[FieldRule], told: Mapping[str, Any], reason: str
) -> Plan:
    """Return the plan that brings a Salesforce record to its figures; with a reason, none.

    Only the fields that differ are written. When the figures are from is no reason by itself.
    """
    record = couple.salesforce
    if record is None or reason:
        return Plan(couple.subject, Action.NOTHING, couple, reason=reason)
    changed = _changed(flow, rules, told, record)
    if not changed:
        return Plan(couple.subject, Action.NOTHING, couple)
    intent = Intent(
        couple.subject.system,
        couple.subject.kind,
        f"update {couple.subject.kind}",
        {"Id": couple.subject.id, **{rule.source: told[rule.target] for rule in changed}},
        couple.subject,
        target=couple.subject,
        flow=flow.key,
        shared={rule.target: told[rule.target] for rule in changed},
        before={rule.target: record.get(rule.source) for rule in changed},
    )
    return Plan(couple.subject, Action.UPDATE, couple, (intent,))


def _changed(
    flow: Flow, rules: Iterable[FieldRule], told: Mapping[str, Any], record: Record
) -> list[FieldRule]:
    times = flow.projects.as_of if flow.projects else frozenset()
    differ = [r for r in rules if not same(r.compare, told[r.target], record.get(r.source))]
    if all(r.target in times and _still_good(told[r.target], record, r) for r in differ):
        return []
    return differ


def _still_good(now: Any, record: Record, rule: FieldRule) -> bool:
    was = record.get(rule.source)
    both = isinstance(now, datetime) and isinstance(was, datetime)
    return both and now - was < LASTS
