"""The writes that one account's turns come to: tasks that are opened, changed, held and closed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from typing import Any

from sync.core.chasing import cases, tasks, wording
from sync.core.chasing.caring import Move, is_living
from sync.core.chasing.cases import HOLDS, Case, Holds, State, Task
from sync.core.chasing.tasks import Wanted
from sync.core.intents import Intent
from sync.core.mapping import look_up
from sync.core.questions import Question
from sync.core.records import Key, Record, System
from sync.core.risk.findings import Finding, severity_of
from sync.core.risk.rules import RiskRule
from sync.flows.credit_risk import COMPLETED
from sync.flows.shapes import task as vendor

from . import risk_cases, risk_links, risk_tasks
from .risk_links import Pages
from .risk_looks import Look, Turn
from .risk_tasks import Staff
from .work import Work


@dataclass(frozen=True)
class Shape:
    """What the org's tasks are like: their fields, and the priorities in its list."""

    fields: frozenset[str]
    priorities: frozenset[str]

    @property
    def holds(self) -> frozenset[str]:
        """The holds that can be said in a task."""
        return frozenset(name for name in HOLDS if vendor.NAMES[name] in self.fields)


@dataclass
class Writes:
    """What one account's turns come to."""

    work: Work
    look: Look
    account: Record
    staff: Staff
    shape: Shape
    pages: Pages
    intents: list[Intent] = field(default_factory=list)
    questions: dict[str, Question] = field(default_factory=dict)
    cases: list[Case] = field(default_factory=list)

    def take(self, turn: Turn) -> None:
        """Add what one turn comes to."""
        case, task, move = turn.step.case, turn.task, turn.step.move
        if move is not Move.NOTHING and not self.shape.fields:
            self._ask(risk_tasks.no_package())
        elif move is Move.OPEN and turn.rule is not None and turn.finding is not None:
            self._open(turn, turn.rule, turn.finding, case)
        elif case is None:
            return
        elif move is Move.NOTHING or task is None:
            self._hold(turn, case)
        elif move is Move.CHANGE and turn.rule is not None and turn.finding is not None:
            self._change(turn, turn.rule, turn.finding, case, task)
        elif move is Move.CLOSE:
            self._close(turn, case, task)

    def _open(self, turn: Turn, rule: RiskRule, finding: Finding, before: Case | None) -> None:
        level = turn.step.level
        wanted = self._wanted(rule, finding, level, level)
        if not wanted.owner:
            self._ask(self.staff.nobody(self.account))
            return
        holds = _carried(before)
        episode = before.episode + 1 if before else 1
        case = Case(
            account=self.account.key.id,
            rule=rule.key,
            episode=episode,
            level=level,
            peak=level,
            given=tasks.given_after(None, None, wanted, asdict(wanted)),
            holds=holds,
            agreed=tasks.agreed(None, holds, self.shape.holds),
            invoices=finding.invoices,
            held=before.held if before and holds != Holds() else (),
            marker=cases.marker(rule.key, self.account.key.id, episode),
            title=rule.title,
        )
        case = self._owned(case, None, wanted.owner)
        values = {**asdict(wanted), **{name: v for name, v in asdict(holds).items() if v}}
        entry = [f"Level {level}: a task for {self.staff.name_of(wanted.owner)}."]
        self._intend(turn, case, values, self._facts(case, rule, finding, entry))
        if before is not None and before != turn.case:
            self.cases.append(before)

    def _change(self, turn: Turn, rule: RiskRule, finding: Finding, case: Case, task: Task) -> None:
        step = turn.step
        peak = max(case.peak, step.level)
        wanted = self._wanted(rule, finding, step.level, peak)
        orphaned = self.staff.is_gone(task.owner)
        if not wanted.owner and (orphaned or step.rises):
            self._ask(self.staff.nobody(self.account))
        values = tasks.changed(case, task, wanted, rises=step.rises, orphaned=orphaned)
        values |= tasks.held(case, task)
        after = replace(
            case,
            level=step.level,
            peak=peak,
            given=tasks.given_after(case, task, wanted, values),
            agreed=tasks.agreed(case, case.holds, self.shape.holds),
            invoices=finding.invoices,
            title=rule.title,
        )
        after = self._owned(after, task, values.get("owner", ""))
        entry = _told(values, self.staff, step.level if step.rises else 0)
        self._intend(turn, after, values, self._facts(after, rule, finding, entry))

    def _close(self, turn: Turn, case: Case, task: Task) -> None:
        day = self.look.standing.day
        why = f"{turn.step.why} {risk_links.now_owed(self.look.standing)}"
        status = look_up(self.work.rules, COMPLETED, self.account.get) or vendor.COMPLETED
        after = self._owned(replace(case, state=State.SETTLED, closed_on=day), task)
        facts = risk_cases.facts_of(after, closed_why=why, entry=[f"Closed: {why}"])
        self._intend(turn, after, tasks.closed(task, day, why, status), facts)

    def _hold(self, turn: Turn, case: Case) -> None:
        """Tell a task that is left alone what was said here, and keep what people did to it."""
        task = turn.task
        living = task is not None and not task.gone
        values = tasks.held(case, task) if task is not None and living else {}
        both = tasks.agreed(case, case.holds, self.shape.holds)
        after = self._owned(replace(case, agreed=both) if living else case, task)
        text = self._waiting(turn, after)
        was = str(after.given.get("text") or "")
        kept = wording.renewed(task.text, was, text) if task is not None and text else None
        if kept is None or turn.rule is None or turn.waiting is None:
            self._intend(turn, after, values, risk_cases.facts_of(after))
            return
        after = replace(after, given={**after.given, "text": text})
        facts = self._facts(after, turn.rule, turn.waiting, [])
        self._intend(turn, after, {**values, "text": kept}, facts)

    def _waiting(self, turn: Turn, case: Case) -> str:
        """Return what the task of a reason that only waits should say; empty where it is left."""
        day = self.look.standing.day
        line = wording.waiting(case.holds, day)
        found, rule = turn.waiting, turn.rule
        if found is None or rule is None or not line or case.holds.sleeps(day):
            return ""
        if not is_living(turn.task) or case.state is not State.OPEN:
            return ""
        told = [f"{rule.title}, level {case.level}.", line, *found.words]
        return wording.body(told, self.pages.links(self.look.owed, found))

    def _intend(
        self, turn: Turn, case: Case, values: Mapping[str, Any], facts: Mapping[str, Any]
    ) -> None:
        """Add the write of these values, or only what is known of the case where there is none."""
        task = turn.task if turn.step.move is not Move.OPEN else None
        body = vendor.body(values, self.shape.fields)
        if not body:
            self.cases.append(self._owned(case, task))
            return
        if turn.case is not None and turn.step.case is not None:
            now = self._owned(turn.step.case, turn.task)
            facts = {**facts, "heard": risk_cases.heard(turn.case, now)}
        shared = {f"task.{name}": value for name, value in values.items()}
        place = {"Id": task.id} if task else {vendor.RULE_KEY: case.marker, "WhatId": case.account}
        self.intents.append(
            Intent(
                System.SALESFORCE,
                vendor.KIND,
                f"update {vendor.KIND} {case.marker}" if task else f"new {vendor.KIND} {case.rule}",
                {**place, **body},
                self.account.key,
                case.marker,
                target=Key(System.SALESFORCE, vendor.KIND, task.id) if task else None,
                flow=self.work.flow.key,
                shared={**shared, risk_cases.FACTS: facts},
                before={f"task.{name}": _before(task, name) for name in values} if task else {},
                based_on=task.stamp.isoformat() if task and task.stamp else "",
            )
        )

    def _wanted(self, rule: RiskRule, finding: Finding, level: int, peak: int) -> Wanted:
        """Return what the task should say at a level; its owner is that of the highest so far."""
        told = replace(finding, level=level, severity=severity_of(rule, level))
        links = self.pages.links(self.look.owed, finding)
        return Wanted(
            self.staff.choose(self.account, peak),
            wording.subject(rule.title, self.look.name),
            wording.body([f"{rule.title}, level {level}.", *finding.words], links),
            self._priority(told),
            tasks.day_to_act(self.look.standing.day, level),
            told.severity,
        )

    def _priority(self, finding: Finding) -> str:
        """Return the finding's priority; empty where the org has renamed it, and keeps its own."""
        listed = self.shape.priorities
        return finding.priority.value if not listed or finding.priority.value in listed else ""

    def _facts(
        self, case: Case, rule: RiskRule, finding: Finding, entry: Sequence[str]
    ) -> dict[str, Any]:
        return risk_cases.facts_of(
            case,
            account_name=self.look.name,
            severity=severity_of(rule, case.level),
            amount=finding.amount,
            currency=finding.currency,
            words=list(finding.words),
            entry=list(entry),
        )

    def _owned(self, case: Case, task: Task | None, owner: str = "") -> Case:
        """Return the case with who has its task: whom it was just given to, else as it was read."""
        has = owner or (task.owner if task is not None and not task.gone else case.owner)
        if has == case.owner and case.owner_name:
            return case
        return replace(case, owner=has, owner_name=self.staff.name_of(has)[:255])

    def _ask(self, question: Question) -> None:
        self.questions[question.cause] = question


def _carried(before: Case | None) -> Holds:
    """Return what is still said of the same reason when a person ended its task before."""
    if before is None or before.state is State.SETTLED:
        return Holds()
    return replace(before.holds, snoozed_until=None)


def _told(values: Mapping[str, Any], staff: Staff, level: int) -> list[str]:
    """Return for the history who has the task now, and which level it has risen to (0: none)."""
    to = staff.name_of(values["owner"]) if "owner" in values else ""
    if level:
        return [f"Level {level}{f': passed on to {to}' if to else ''}."]
    return [f"Given to {to}."] if to else []


def _before(task: Task, name: str) -> Any:
    if name == "status":
        return "Open"
    return getattr(task.holds if hasattr(task.holds, name) else task, name)
