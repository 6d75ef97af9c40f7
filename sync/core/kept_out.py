"""Those kept out of sync: nobody's partner, and yet no reason to make the same customer anew."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from . import desk_questions as ask
from .matching import Match
from .questions import RETRY

if TYPE_CHECKING:
    from .pairing import Books, Entry, Terms


def nearest(me: Entry, books: Books, terms: Terms) -> ask.Near | None:
    """Return the record kept out of sync that would link by its likeness alone, or None."""
    near = [ask.Near(entry, evidence) for entry, evidence in books.kept_out(me)]
    sure = [one for one in near if one.points >= terms.rules.link and not one.veto]
    return max(sure, key=lambda one: one.points, default=None) if terms.creation != "no" else None


def about(me: Entry, aside: ask.Near, terms: Terms) -> Match:
    """Return the question whether a record is new though one that is kept out seems to be it."""
    found = ask.about_new(me, terms)
    if found.question is None:
        raise ValueError("A question about a new record is missing.")
    name, there = aside.entry.candidate.name, aside.entry.key.system.label
    why = f"“{name}” in {there} looks the same. {aside.entry.kept_out.rstrip('.')}."
    question = replace(
        found.question,
        explanation=f"{why} Nothing is linked or made until you say. If it is the same, end its "
        "lock instead.",
        choices=(*found.question.choices[:-1], *ask.apart([aside.entry]), RETRY),
        details={**found.question.details, "why_asked": why},
        points=aside.points,
    )
    return replace(found, question=question)
