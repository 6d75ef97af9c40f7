"""Steps 2 to 6 for credit risk: who is a risk by finance's rules, and what becomes of cases."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta

from django.utils import timezone

from mappings.risk_rules import rules_for
from sync.core.chasing.caring import Found, care, is_living
from sync.core.chasing.cases import Case, State, Task, heard
from sync.core.couples import Couple
from sync.core.flow import FieldRule
from sync.core.organisation import Reference
from sync.core.planning import Plan
from sync.core.projection import ACCOUNT
from sync.core.records import Key, Record
from sync.core.risk.findings import Finding
from sync.core.risk.judging import judge, judge_one
from sync.core.risk.rules import RiskKind, RiskRule
from sync.core.risk.standing import Standing
from sync.flows.shapes import credit_status
from sync.models import Cursor

from . import (
    billing,
    indexing,
    projecting,
    risk_cases,
    risk_moving,
    risk_planning,
    risk_standing,
    risk_tasks,
    surroundings,
    telling,
)
from .billing import SELDOM, Source
from .risk_looks import Look, Turn
from .risk_standing import Owed
from .work import Work

REOPENED = timedelta(days=30)
"""So long a task that was closed is looked at again, lest it be open beside a new one."""


@dataclass(frozen=True)
class _Around:
    """What every account of the batch is looked at with."""

    rules: tuple[RiskRule, ...]
    fields: tuple[FieldRule, ...]
    own: Reference
    today: date
    tasks: Mapping[str, Task]
    unread: frozenset[int]


def prepare(work: Work, keys: Sequence[Key]) -> list[Plan]:
    """Return one plan an account that the keys concern; nothing is written anywhere.

    Calls: one for each index that is older than PATIENCE, one for 1,000 accounts, one for 1,000
    of their tasks, and one for their owners with each step up to the managers.
    """
    for kind in work.flow.indexes:
        indexing.refresh(work.xero, kind, SELDOM.get(kind, projecting.PATIENCE))
    every = projecting.mine(work, billing.subjects_of(work.pair, keys))
    subjects = [subject for subject in every if subject.kind == ACCOUNT]
    work.around = surroundings.gather(work, (), work.rules)
    if not subjects:
        return []
    looks = _looks(work, subjects)
    return risk_planning.plans(work, looks)


def _looks(work: Work, subjects: Sequence[Key]) -> list[Look]:
    ids = [subject.id for subject in subjects]
    fields = projecting.rules_of(work, ACCOUNT)
    wanted = sorted({*ids, *risk_moving.astray(work)})
    records = projecting.read(work, ACCOUNT, wanted, fields)
    risk_moving.follow(work, records.values())
    cases = risk_cases.newest(work.pair.salesforce_id, ids)
    wanted_tasks = [c.task for each in cases.values() for c in each if _may_live(c)]
    sources = billing.sources_of(work.pair, work.flow.key)
    owed = risk_standing.gather(ids, sources)
    locks = telling.locks_of(work.pair, subjects)
    today = min(source.today for source in sources)
    own = surroundings.organisation(work.salesforce)
    tasks = risk_tasks.read(work, wanted_tasks)
    unread = _unread_in(sources, work.flow.indexes)
    around = _Around(rules_for(work.pair), fields, own, today, tasks, unread)
    return [
        _look(
            Couple(key, salesforce=records.get(key.id), locked=locks.get(key, "")),
            owed[key.id],
            cases.get(key.id, []),
            around,
        )
        for key in subjects
    ]


def _may_live(case: Case) -> bool:
    """Return whether its task is open, or was closed so lately that a person may open it again."""
    lately = timezone.now().date() - REOPENED
    return case.state is not State.SETTLED or (case.closed_on or date.min) > lately


def _unread_in(sources: Sequence[Source], kinds: Sequence[str]) -> frozenset[int]:
    """Return the organisations of which one of these kinds was never read to its end."""
    ids = {source.connection_id for source in sources}
    read = Cursor.objects.filter(
        connection_id__in=ids, purpose__in=[f"index:{kind}" for kind in kinds]
    ).exclude(seen=[])
    counts = Counter(read.values_list("connection_id", flat=True))
    return frozenset(each for each in ids if counts[each] < len(kinds))


def _look(couple: Couple, owed: Owed, cases: Sequence[Case], around: _Around) -> Look:
    """Return one account as finance's rules see it, and what becomes of each of its cases."""
    record = couple.salesforce
    reason = projecting.reason_of(couple) or _unread(owed, around.unread)
    known = [heard(case, around.tasks.get(case.task)) for case in cases]
    standing = _standing(record, owed, known, around)
    if reason:
        return Look(couple, owed, standing, around.fields, reason=reason)
    findings = {finding.rule: finding for finding in judge(around.rules, standing)}
    rules = {rule.key: rule for rule in around.rules}
    latest = {case.rule: case for case in reversed(cases) if case.state is not State.DOUBLED}
    turns = []
    for key in dict.fromkeys([*findings, *latest]):
        rule, case = rules.get(key), latest.get(key)
        found = _found(rule, findings.get(key), standing, case)
        turns.append(_turn(rule, case, found, around, standing.day))
    for case in cases:
        if case.state is State.DOUBLED:
            turns.append(_turn(rules.get(case.rule), case, Found(), around, standing.day))
    return Look(
        couple,
        owed,
        standing,
        around.fields,
        tuple(turns),
        credit_status.told(around.rules, standing, tuple(findings.values())),
    )


def _unread(owed: Owed, unread: Collection[int]) -> str:
    """Return why nothing is told yet: what an organisation holds is not known in part."""
    missing = sorted({s.name for s in owed.sources if s.connection_id in unread})
    return f"{', '.join(missing)} has not been read yet." if missing else ""


def _turn(
    rule: RiskRule | None, case: Case | None, found: Found, around: _Around, today: date
) -> Turn:
    task = around.tasks.get(case.task) if case else None
    if case is not None and case.state is State.SETTLED and not is_living(task):
        task = None  # it is history
    waiting = found.bare if found.finding is None else None
    return Turn(rule, found.finding, case, task, care(case, task, found, today), waiting)


def _found(
    rule: RiskRule | None, finding: Finding | None, standing: Standing, case: Case | None
) -> Found:
    """Return what a rule finds, and what it would if nothing were promised or disputed.

    That is the case's reason only while it is of its own invoices.
    """
    if rule is None or not rule.active:
        return Found(active=False)
    if finding is not None:
        return Found(finding, finding, rule.quiet_days)
    broken = [one for one in standing.promises if one.day < standing.day]
    promises = tuple(broken) if rule.kind is RiskKind.PROMISE else ()
    bare = judge_one(rule, replace(standing, promises=promises, disputed=frozenset()))
    if bare and case and {*case.invoices, *case.held}.isdisjoint(bare.invoices or case.invoices):
        bare = None
    return Found(finding, bare, rule.quiet_days)


def _standing(
    record: Record | None, owed: Owed, cases: Sequence[Case], around: _Around
) -> Standing:
    at = projecting.standpoint_of(around.own, record, owed.sources)
    promises, disputed = risk_standing.said(cases)
    return risk_standing.standing_of(
        owed,
        at,
        owed.day(around.today),
        home=around.own.base_currency,
        limit=risk_standing.limit_of(record, around.fields),
        promises=promises,
        disputed=disputed,
    )
