"""The questions that an uncertain match or a conflict raises, in finance's words."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Any

from .couples import Couple, Decision
from .matching import Candidate, Match, Outcome, ask_about, cause_of, reasons
from .money import Money
from .named import Named
from .questions import AGAIN, LEAVE, RETRY, Choice, Question, QuestionKind


def of_matches(couple: Couple, needed: Iterable[str] = ()) -> list[Question]:
    """Return the questions of the couple's own match and of the needs that are named."""
    matches = [("", couple.match), *((name, couple.needs.get(name)) for name in needed)]
    asked = [
        m.question or _which_one(name, m) for name, m in matches if m and m.outcome is Outcome.ASK
    ]
    gone = [_gone(name, m) for name, m in matches if m and m.outcome is Outcome.GONE]
    return asked + gone


def of_vanished(couple: Couple) -> Question | None:
    """Return the question when the counterpart that was linked or found cannot be read.

    Taken for missing it would be made a second time.
    """
    theirs = couple.adopts or (couple.link.counterpart if couple.link else None)
    if theirs is None or couple.xero is not None:
        return None
    name = couple.salesforce.get("Name") if couple.salesforce else None
    return Question(
        QuestionKind.PROBLEM,
        f"vanished:{theirs.id}",
        f"The {theirs.kind.lower()} of “{name or couple.subject.id}” cannot be found in Xero",
        f"It is {theirs.id}, which Xero no longer shows. Nothing is made in its place unless you "
        "say so.",
        choices=(RETRY, LEAVE, AGAIN),
        about=theirs.id,
        alone=True,
    )


def of_twins(couple: Couple) -> list[Question]:
    """Return the question that a second live counterpart raises: it may be billed twice."""
    own = couple.xero
    seen = {i for d in couple.decisions.values() if d.cause.startswith("which_") for i in _ids(d)}
    twins = [twin for twin in couple.twins if twin.key.id not in seen]  # a person chose among them
    if not twins or own is None:
        return []
    name = couple.salesforce.get("Name") if couple.salesforce else couple.subject.id
    first = str(own.get("InvoiceNumber") or own.get("Name") or own.key.id)
    others = ", ".join(sorted(twin.name for twin in twins))
    asked = Question(
        QuestionKind.DUPLICATE,
        f"twins:{own.key.id}",
        f"“{name}” may be billed twice: {first} and {others}",
        f"{first} is linked to it, and {others} carries its id as well. If both bill the same "
        "work, void or delete one in Xero; this question then goes away by itself.",
        choices=(LEAVE, RETRY),
        about=",".join(sorted(twin.key.id for twin in twins)),
        alone=True,
        holds=False,
        named=(
            Named(own.key, first, "Linked to it", _total(own.get("Total"), own.get("CurrencyCode")),
                  "with tax"),
            *(_twin(twin) for twin in sorted(twins, key=lambda twin: twin.name)),
        ),
    )  # fmt: skip
    return [] if couple.decided(asked.cause, asked.about) == LEAVE.value else [asked]


def _twin(twin: Candidate) -> Named:
    money = _total(twin.facts.get("total"), twin.facts.get("currency"))
    return Named(twin.key, twin.name, "Carries its id", money, "with tax")


def _total(amount: Any, currency: Any) -> Money | None:
    known = isinstance(amount, Decimal) and bool(currency)
    return Money(amount, str(currency)) if known else None


def _ids(decision: Decision) -> list[str]:
    return decision.about.split(",")


def show(value: Any) -> str:
    """Return a shared value as a person reads it."""
    if value in (None, "", [], ()):
        return "nothing"
    if isinstance(value, Mapping):
        return f"“{value.get('words', value)}”"
    if isinstance(value, list):
        return f"{len(value)} lines" if len(value) != 1 else "1 line"
    return f"“{value}”"


def _which_one(name: str, found: Match) -> Question:
    wanted = found.wanted.name if found.wanted else "this record"
    thing = name or "invoice"
    one = len(found.candidates) == 1
    uses = tuple(_use(found, candidate) for candidate in found.candidates[:5])
    new = Choice(
        "new",
        f"None of them: make a new {thing}",
        f"Makes one new {thing} in Xero and bills it; what was found stays as it is.",
    )
    offered = (*uses, new) if name and not _name_taken(found) else uses
    return Question(
        QuestionKind.DUPLICATE,
        cause_of(name, found),
        f"Is “{found.candidates[0].name}” in Xero the {thing} of {wanted}?"
        if one
        else f"Which {thing} in Xero belongs to {wanted}?",
        "What was found may be the same but is not certain, so nothing is billed until you say.",
        choices=(*offered, RETRY),
        about=ask_about(found),
        field=name,
    )


def _use(found: Match, candidate: Candidate) -> Choice:
    why = "; ".join(reasons(found.wanted, candidate)) if found.wanted else ""
    name = candidate.name or candidate.key.id
    effect = f"Links it, now and for later deals; no field of it is changed. Found by: {why}."
    return Choice(f"use:{candidate.key.id}", f"Use “{name}”", effect)


def _name_taken(found: Match) -> bool:
    """Return whether an active record already has the very name a new one would bear."""
    names = {key for key in found.wanted.every_key() if key[0] == "name"} if found.wanted else set()
    return any(names & candidate.keys for candidate in found.candidates)


def _gone(name: str, found: Match) -> Question:
    candidate = found.candidate
    label = candidate.name if candidate else "The record"
    state = candidate.gone.partition(":")[0] if candidate else "gone"
    remote_id = candidate.key.id if candidate else ""
    return Question(
        QuestionKind.PROBLEM,
        f"{name or 'record'}_{state}:{remote_id}",
        f"“{label}” is {state} in Xero",
        f"Xero takes no invoice for a contact that is {state}. Restore “{label}” in Xero; "
        "the deals that wait for it go on by themselves.",
    )
