"""A case: one reason for worry about one account, from its first day until the reason is gone."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from enum import StrEnum
from typing import Any


class State(StrEnum):
    """How a case stands."""

    OPEN = "open"
    DONE = "done"
    REMOVED = "removed"
    DOUBLED = "doubled"
    SETTLED = "settled"


@dataclass(frozen=True)
class Holds:
    """What people said of a case: wait until a day, it is disputed, it is promised for a day."""

    snoozed_until: date | None = None
    disputed: bool = False
    promised_on: date | None = None

    def waits(self, today: date) -> bool:
        """Return whether nothing may be asked of anybody yet: snoozed, or promised and not due."""
        return self.sleeps(today) or self.trusts(today)

    def sleeps(self, today: date) -> bool:
        """Return whether it is put off until a later day."""
        return self.snoozed_until is not None and today < self.snoozed_until

    def trusts(self, today: date) -> bool:
        """Return whether a promised day has not passed yet."""
        return self.promised_on is not None and today <= self.promised_on


HOLDS = frozenset(("snoozed_until", "disputed", "promised_on"))


@dataclass(frozen=True)
class Task:
    """A case's task as Salesforce has it; `gone` and `done` are ends that it came to there.

    `known` are the holds that the org's tasks have fields for.
    """

    id: str
    owner: str
    subject: str = ""
    text: str = ""
    priority: str = ""
    due_on: date | None = None
    severity: int | None = None
    holds: Holds = Holds()
    known: frozenset[str] = HOLDS
    done: bool = False
    gone: bool = False
    stamp: datetime | None = None


@dataclass(frozen=True)
class Case:
    """One rule's reason about one account; it has one task at a time.

    `episode` counts how often the rule has found the account again. `level` is what the task says,
    `peak` the highest that it ever said. `given` is what was last written to the task, field by
    field; `holds` is what people said here, `agreed` what both sides said last, `as_read` what was
    said here when it was read. `marker` finds the task again; `invoices` are the ids of those that
    its task tells of, `held` of those that a dispute or a promise was said of. `owner` is who has
    the task.
    """

    account: str
    rule: str
    episode: int
    state: State = State.OPEN
    level: int = 1
    peak: int = 1
    task: str = ""
    given: Mapping[str, Any] = field(default_factory=dict, hash=False)
    holds: Holds = Holds()
    agreed: Holds = Holds()
    as_read: Holds = field(default=Holds(), compare=False)
    closed_on: date | None = None
    invoices: tuple[str, ...] = ()
    held: tuple[str, ...] = ()
    marker: str = ""
    title: str = ""
    owner: str = ""
    owner_name: str = ""

    def saying(self, holds: Holds) -> Case:
        """Return the case with what people say of it now.

        A dispute or a promise is of the invoices that the task tells of when it is said; what the
        rule finds later on is none of it.
        """
        held = self.held if holds.disputed or holds.promised_on else ()
        disputes = holds.disputed and not self.holds.disputed
        if disputes or holds.promised_on not in (None, self.holds.promised_on):
            held = tuple(dict.fromkeys((*held, *self.invoices)))
        return replace(self, holds=holds, held=held)


def marker(rule: str, account: str, episode: int) -> str:
    """Return what is written into the task of one episode, and into no other task."""
    return f"{rule}:{account}:{episode}"


def heard(case: Case, task: Task | None) -> Case:
    """Return the case with what people said of it on either side, as a three-way merge.

    Where both sides moved a hold apart, the longer wait stands: nobody's word is undone.
    """
    if task is None or task.gone:
        return case
    theirs, ours, was = task.holds, case.holds, case.agreed
    unknown = {name: getattr(ours, name) for name in HOLDS - task.known}
    theirs, was = replace(theirs, **unknown), replace(was, **unknown)
    merged = Holds(
        _later(ours.snoozed_until, theirs.snoozed_until, was.snoozed_until),
        bool(_merged(ours.disputed, theirs.disputed, was.disputed, True)),
        _later(ours.promised_on, theirs.promised_on, was.promised_on),
    )
    return case.saying(merged)


def _later(ours: date | None, theirs: date | None, was: date | None) -> date | None:
    both = max((day for day in (ours, theirs) if day), default=None)
    found: date | None = _merged(ours, theirs, was, both)
    return found


def _merged(ours: Any, theirs: Any, was: Any, apart: Any) -> Any:
    if theirs in (ours, was):
        return ours
    return theirs if ours == was else apart
