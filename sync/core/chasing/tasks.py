"""Tasks: which fields of a case's task are written, and which a person has made their own."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import asdict, dataclass, replace
from datetime import date, timedelta
from typing import Any

from sync.core.texts import text_key

from . import wording
from .cases import Case, Holds, Task

DAYS_TO_ACT: Mapping[int, int] = {1: 5, 2: 3, 3: 1}
"""Working days that a task of each level gives; the days of a task do not move by themselves."""
AT_A_RISE = ("owner", "priority", "due_on")
"""What is written anew when a case rises a level, whoever changed it before."""


@dataclass(frozen=True)
class Wanted:
    """What a case's task should say; `text` is Counterpart's part alone."""

    owner: str
    subject: str
    text: str
    priority: str
    due_on: date
    severity: int


def day_to_act(today: date, level: int) -> date:
    """Return the day by which a task of the level should be done, never on a weekend."""
    day, left = today, DAYS_TO_ACT.get(level, 1)
    while left:
        day += timedelta(days=1)
        left -= day.weekday() < 5
    return day


def opened(case: Case | None, wanted: Wanted) -> dict[str, Any]:
    """Return the fields of a new task."""
    return asdict(wanted)


def changed(
    case: Case, task: Task, wanted: Wanted, *, rises: bool, orphaned: bool
) -> dict[str, Any]:
    """Return the fields of an open task that are to be written.

    What a person changed is theirs: it stays until the case rises a level. A task whose owner is
    gone (`orphaned`) is given on.
    """
    values: dict[str, Any] = {}
    for name in ("owner", "subject", "priority", "due_on"):
        now, should = getattr(task, name), getattr(wanted, name)
        if name == "due_on" and not rises:
            continue
        moved = now != case.given.get(name, now)
        may = not moved or (rises and name in AT_A_RISE) or (name == "owner" and orphaned)
        if may and should and now != should:
            values[name] = should
    if task.severity != wanted.severity:
        values["severity"] = wanted.severity
    was = str(case.given.get("text") or "")
    tell = wording.retold if rises else wording.renewed
    text = tell(task.text, was, wanted.text)
    if text is not None and text_key(text) != text_key(task.text):
        values["text"] = text
    return values


def held(case: Case, task: Task) -> dict[str, Any]:
    """Return what was said here and is not in the task yet."""
    return {
        name: value
        for name, value in asdict(case.holds).items()
        if name in task.known and value != getattr(task.holds, name)
    }


def agreed(case: Case | None, holds: Holds, known: Collection[str]) -> Holds:
    """Return what both sides say once a task is told; of what it has no field for, as before."""
    was = case.agreed if case else Holds()
    return replace(was, **{name: getattr(holds, name) for name in known})


def closed(task: Task | None, day: date, why: str, status: str) -> dict[str, Any]:
    """Return the fields that complete a task and say why."""
    return {"status": status, "text": wording.closing(task.text if task else "", day, why)}


def given_after(
    case: Case | None, task: Task | None, wanted: Wanted, written: Mapping[str, Any]
) -> dict[str, Any]:
    """Return what counts as written by us afterwards; what a person changed is not among it."""
    given = dict(case.given) if case else {}
    for name in ("owner", "subject", "priority", "due_on"):
        now = getattr(task, name) if task else None
        if name in written or now == getattr(wanted, name):
            given[name] = getattr(wanted, name)
    ours = wording.parted(task.text)[0] if task else ""
    if "text" in written or text_key(ours) == text_key(wanted.text):
        given["text"] = wanted.text
    return given
