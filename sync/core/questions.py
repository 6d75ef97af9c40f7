"""Questions: what only a person can answer, as plain data."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from dataclasses import field as dataclass_field
from enum import StrEnum
from typing import Any

from .errors import Fix, NeedsPerson
from .named import Named


class QuestionKind(StrEnum):
    """What sort of answer is asked for."""

    PROBLEM = "problem"
    MATCH = "match"
    DUPLICATE = "duplicate"
    CONFLICT = "conflict"
    APPROVAL = "approval"


@dataclass(frozen=True)
class Choice:
    """One answer: `value` is what the core understands, `label` what the person reads."""

    value: str
    label: str
    effect: str = ""


RETRY = Choice("retry", "Try again", "Reads both records afresh and plans again.")
LEAVE = Choice("leave", "Leave as it is", "Nothing is written; not asked again unless it changes.")


AGAIN = Choice("again", "Make it again", "Makes a new record; the old one stays as it is.")


@dataclass(frozen=True)
class Question:
    """One question about one subject.

    Equal `cause`s of many subjects become one review item unless `alone`. `about` pins the
    facts that the answer holds for: when they change, the question is asked again.
    `holds` tells whether the subject's writes to Xero wait for the answer. `details` is what the
    question's desk shows, as JSON data; `points` are the best candidate's, and `sure` tells that
    they would do by themselves and that no other comes near. `named` are records that it speaks
    of, to be looked at.
    """

    kind: QuestionKind
    cause: str
    title: str
    explanation: str
    fix: Fix = Fix("")
    choices: tuple[Choice, ...] = (RETRY,)
    about: str = ""
    alone: bool = False
    holds: bool = True
    field: str = ""
    details: Mapping[str, Any] = dataclass_field(default_factory=dict, hash=False)
    points: int | None = None
    sure: bool = False
    named: tuple[Named, ...] = ()


@dataclass(frozen=True)
class Check:
    """One thing that was held against the organisation: in words, and the question if it failed."""

    words: str
    question: Question | None = None


def from_error(error: NeedsPerson) -> Question:
    """Return the problem that a NeedsPerson states."""
    return Question(
        QuestionKind.PROBLEM, error.cause, str(error), error.fix.hint or str(error), error.fix
    )
