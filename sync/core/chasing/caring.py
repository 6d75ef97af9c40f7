"""Caring: what becomes of a case today, by what its rule finds and what people did to its task."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, timedelta
from enum import StrEnum

from sync.core.risk.findings import Finding

from .cases import Case, State, Task, heard
from .wording import closed_by_us

GONE = "The reason is gone."
BY_A_PERSON = "A person completed the task."
REMOVED = "A person deleted the task."
MERGED = "The account was merged into one that has this task already."


class Move(StrEnum):
    """What is to be written."""

    NOTHING = "nothing"
    OPEN = "open"
    CHANGE = "change"
    CLOSE = "close"


@dataclass(frozen=True)
class Found:
    """What one rule finds of an account today.

    `bare` is what it would find if nothing were promised or disputed: such a reason waits, and is
    not gone. `quiet_days` is how long a person who closed the task is left in peace; `active` is
    False for a rule that was switched off or deleted.
    """

    finding: Finding | None = None
    bare: Finding | None = None
    quiet_days: int = 30
    active: bool = True

    @property
    def stands(self) -> bool:
        """Whether the reason is still there, if only waiting."""
        return self.finding is not None or self.bare is not None


@dataclass(frozen=True)
class Step:
    """What becomes of a case: `case` is how it is known to stand now, None where there was none.

    `level` is what the task is to say after the move, `rises` whether it is passed on to the next
    person.
    """

    move: Move
    case: Case | None
    level: int = 0
    rises: bool = False
    why: str = ""


def care(case: Case | None, task: Task | None, found: Found, today: date) -> Step:
    """Return what becomes of the newest case of one rule and account.

    `task` is None where Salesforce shows it no more.
    """
    if case is not None and case.state is State.SETTLED and is_living(task):
        return _take_up(heard(case, task), found, today)
    if case is None or case.state is State.SETTLED:
        return _begin(case, found)
    case = _as_it_stands(heard(case, task), task, found, today)
    if case.state is State.OPEN:
        return _tend(case, found, today)
    if case.state is State.DOUBLED:
        return Step(Move.CLOSE, case, case.level, why=MERGED)
    if case.state is State.SETTLED:
        return Step(Move.NOTHING, case, why=GONE)
    return _return(case, found, today)


def _begin(case: Case | None, found: Found) -> Step:
    if found.finding is None:
        return Step(Move.NOTHING, case)
    return Step(Move.OPEN, case, found.finding.level)


def is_living(task: Task | None) -> bool:
    """Return whether a task is open in Salesforce."""
    return task is not None and not (task.gone or task.done)


def _take_up(case: Case, found: Found, today: date) -> Step:
    """Return what becomes of a task that a person opened again after its reason was gone.

    Without a reason it is the person's own; a new reason is told in it, from its first level.
    """
    if found.finding is None or case.holds.sleeps(today):
        return Step(Move.NOTHING, case)
    level = found.finding.level
    again = replace(case, state=State.OPEN, closed_on=None, level=level, peak=0)
    return Step(Move.CHANGE, again, level, rises=not _is_held(again, found.finding, today))


def _as_it_stands(case: Case, task: Task | None, found: Found, today: date) -> Case:
    """Return the case with what became of its task in Salesforce."""
    living = is_living(task)
    if case.state in (State.OPEN, State.DOUBLED):
        return case if living else _ended(case, task, found, today)
    if living:
        return replace(case, state=State.OPEN, closed_on=None)  # a person opened it again
    return case if found.stands else replace(case, state=State.SETTLED)


def _ended(case: Case, task: Task | None, found: Found, today: date) -> Case:
    done = task is not None and not task.gone
    ours = task is not None and done and closed_by_us(task.text)
    if ours or not found.stands or case.state is State.DOUBLED:
        return replace(case, state=State.SETTLED, closed_on=today)
    return replace(case, state=State.DONE if done else State.REMOVED, closed_on=today)


def _tend(case: Case, found: Found, today: date) -> Step:
    if not found.stands:
        why = GONE if found.active else "The rule was switched off."
        return Step(Move.CLOSE, case, case.level, why=why)
    finding, holds = found.finding, case.holds
    if finding is None or holds.sleeps(today):
        return Step(Move.NOTHING, case, case.level)
    rises = finding.level > case.peak and not _is_held(case, finding, today)
    level = finding.level if rises else min(finding.level, case.peak)
    return Step(Move.CHANGE, case, level, rises)


def _return(case: Case, found: Found, today: date) -> Step:
    """Return what becomes of a reason whose task a person has ended: left in peace for a while."""
    finding, holds = found.finding, case.holds
    if finding is None or holds.sleeps(today) or (holds.trusts(today) and _is_of(case, finding)):
        return Step(Move.NOTHING, case)
    quiet_until = (case.closed_on or today) + timedelta(days=found.quiet_days)
    rises = finding.level > case.peak and not (holds.disputed and _is_of(case, finding))
    if not rises and today < quiet_until:
        return Step(Move.NOTHING, case)
    return Step(Move.OPEN, case, finding.level, rises)


def _is_held(case: Case, finding: Finding, today: date) -> bool:
    """Return whether what was found may not rise: it is disputed, or promised for a later day."""
    return (case.holds.disputed or case.holds.trusts(today)) and _is_of(case, finding)


def _is_of(case: Case, finding: Finding) -> bool:
    """Return whether what was found is of what people said is disputed or promised."""
    return not finding.invoices or not case.held or not set(case.held).isdisjoint(finding.invoices)
