"""Refusing: the questions that a refused or an unanswered write raises."""

from __future__ import annotations

from connections.remote import Answer
from sync.core.errors import Fix, NeedsPerson
from sync.core.questions import Question, from_error
from sync.core.records import System
from sync.models import Write


def no_answer(row: Write) -> Question:
    """Return the question about a write that has been in doubt for long."""
    system = System(row.system).label
    words = f"{system} has not said for a long time whether it has made the {row.kind.lower()}."
    hint = (
        f"Look in {system} whether it is there. It is looked up again and again, and sent again "
        "where it is missing; when that succeeds this question goes away by itself."
    )
    return from_error(NeedsPerson(words, cause=f"in_doubt:{row.key}", fix=Fix(hint)))


def refusal(row: Write, answer: Answer) -> Question:
    """Return the question that a refusal raises, in the remote's own words."""
    if isinstance(answer.error, NeedsPerson):
        return from_error(answer.error)
    words = answer.message or "It gave no reason."
    system = System(row.system).label
    return from_error(
        NeedsPerson(f"{system} refused the {row.kind}: {words}", cause=f"refused:{row.key}")
    )
