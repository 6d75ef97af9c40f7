"""The questions of the match desk and the duplicate desk, with everything that they show."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from .errors import DuplicateFound, Fix
from .likeness.choosing import Choice as Chosen
from .likeness.choosing import Decision as Verdict
from .likeness.rules import MatchRules
from .likeness.scoring import Evidence
from .matching import Candidate, Match, Outcome
from .questions import RETRY, Choice, Question, QuestionKind
from .records import System

if TYPE_CHECKING:
    from .pairing import Entry, Terms

SAME = "same"
GROUP = "group:"
SHOWN = 5
_BOOKS = {System.SALESFORCE: "salesforce:Account", System.XERO: "xero:Contact"}
_NAMES = {System.SALESFORCE: "account", System.XERO: "contact"}
_COLUMNS = (
    *("name", "email", "phone", "street", "city", "region", "postcode", "country"),
    *("tax_number", "company_number", "website", "person"),
)


@dataclass(frozen=True)
class Near:
    """A record near the subject, with the evidence that they are one; None: by its partner."""

    entry: Entry
    evidence: Evidence | None

    @property
    def points(self) -> int:
        """The points, 0 where the record is only there by its partner."""
        return self.evidence.points if self.evidence else 0

    @property
    def veto(self) -> str:
        """What forbids to link them without asking, in words."""
        return self.evidence.veto if self.evidence else ""

    @property
    def evidence_words(self) -> tuple[str, ...]:
        """The reasons with their points, one by one."""
        return tuple(str(reason) for reason in self.evidence.reasons) if self.evidence else ()


def book_of(system: System) -> str:
    """Return how the keys of a system's address book begin."""
    return _BOOKS[system]


def cause_of(me: Entry) -> str:
    """Return the cause under which it is asked who a record is."""
    return f"match:{me.key.id}"


def waits_for(near: Near) -> Match:
    """Return that the doubt is asked about as the other record's, so that it is asked once."""
    other = near.entry
    return Match(
        Outcome.WAITS,
        candidates=(other.candidate,),
        waits=f"It is asked about as the {other.key.system.label} {_NAMES[other.key.system]} "
        f"“{other.candidate.name}”.",
    )


def about_match(me: Entry, free: Sequence[Near], terms: Terms, choice: Chosen) -> Match:
    """Return the question which record of the other book this one is."""
    shown = [one for one in free if one.points >= min(terms.rules.ask, free[0].points)][:SHOWN]
    sure = choice.decision is Verdict.LINK and not choice.why
    question = Question(
        QuestionKind.MATCH,
        cause_of(me),
        f"Which {_NAMES[me.key.system.other]} in {me.key.system.other.label} is "
        f"“{me.candidate.name}”?",
        "What was found may be the same but is not certain, so nothing is linked until you say."
        if not sure
        else "It is as good as certain; it links by itself once the flow is switched on.",
        choices=(*_uses(shown), *_others(me, shown), RETRY),
        details={
            "subject": party_of(me),
            "candidates": [_candidate(one) for one in shown],
            "thresholds": {"link": terms.rules.link, "ask": terms.rules.ask},
            "why_asked": _why(choice, sure, terms),
        },
        points=free[0].points,
        sure=sure,
    )
    return Match(Outcome.ASK, None, tuple(n.entry.candidate for n in shown), question=question)


def about_new(me: Entry, terms: Terms) -> Match:
    """Return the question whether a record that resembles nobody is to be made over there."""
    other = me.key.system.other
    question = Question(
        QuestionKind.MATCH,
        cause_of(me),
        f"Shall “{me.candidate.name}” be made in {other.label}?",
        f"No {_NAMES[other]} is near. The rules say that a new one is asked about.",
        choices=(*_others(me, ()), RETRY),
        details={
            "subject": party_of(me),
            "candidates": [],
            "thresholds": {"link": terms.rules.link, "ask": terms.rules.ask},
            "why_asked": f"No {_NAMES[other]} in {other.label} is near.",
        },
    )
    return Match(Outcome.ASK, question=question)


def about_number(me: Entry, other: Candidate) -> Match:
    """Return the problem that a record which is not this one carries its number."""
    there, kind = other.key.system, _NAMES[other.key.system]
    question = Question(
        QuestionKind.PROBLEM,
        f"number_kept:{me.key}",
        f"The {kind} “{other.name}” carries the number of “{me.candidate.name}”",
        f"It was told apart from it, is linked elsewhere or is kept out of sync. Making a new "
        f"{kind} with that number would write over this one.",
        Fix(f"Clear the number on the {kind} in {there.label}, then try again."),
        about=str(other.key),
    )
    return Match(Outcome.ASK, question=question)


def about_refusal(
    me: Entry, near: Sequence[Near], rules: MatchRules, error: DuplicateFound
) -> Question:
    """Return the question that a refused new record raises: is it one of these?

    A new one is offered only where nothing must be unique that another record has.
    """
    shown = sorted(near, key=lambda one: -one.points)[:SHOWN]
    new = [choice for choice in _others(me, shown) if choice.value != "new" or not error.taken[0]]
    return Question(
        QuestionKind.MATCH,
        cause_of(me),
        f"Is “{me.candidate.name}” one of those that {me.key.system.other.label} has already?",
        f"{error} Nothing is made until you say.",
        error.fix,
        choices=(*_uses(shown), *new, RETRY),
        details={
            "subject": party_of(me),
            "candidates": [_candidate(one) for one in shown],
            "thresholds": {"link": rules.link, "ask": rules.ask},
            "why_asked": str(error),
        },
        points=shown[0].points if shown else None,
    )


def about_group(me: Entry, others: Iterable[Near], terms: Terms, best: Near) -> Match:
    """Return the question whether several records are one customer; one for the whole group."""
    near = {one.entry.key: one for one in others if one.entry.key != me.key}
    entries = sorted([me, *(one.entry for one in near.values())], key=lambda e: e.key)
    question = Question(
        QuestionKind.DUPLICATE,
        f"{GROUP}{_fingerprint(entries)}",
        f"{_count(len(entries))} records look like one customer",
        "Nothing is linked or made for them until you say. Nothing is ever deleted or merged by "
        "Counterpart itself.",
        choices=(
            Choice(SAME, "Link as same", "Links them; what you choose is written to both systems."),
            *apart(entries),
            RETRY,
        ),
        details={
            "records": [party_of(entry) for entry in entries],
            "fields": _fields(entries, terms),
            "reasons": [[r.words, r.points] for r in best.evidence.reasons]
            if best.evidence
            else [],
            "points": best.points,
            "thresholds": {"link": terms.rules.link, "ask": terms.rules.ask},
            "primary": _primary(entries),
        },
        points=best.points,
    )
    return Match(
        Outcome.ASK, None, tuple(one.entry.candidate for one in near.values()), question=question
    )


def party_of(entry: Entry) -> dict[str, Any]:
    """Return a record as a desk shows it, as JSON data."""
    raw = {**entry.raw}
    raw["person"] = " ".join(filter(None, (raw.get("first_name"), raw.get("last_name"))))
    return {
        "key": str(entry.key),
        "system": entry.key.system.value,
        "name": entry.candidate.name,
        "address": entry.address,
        "fields": {name: str(raw[name]) for name in _COLUMNS if raw.get(name)},
        "facts": dict(entry.candidate.facts.get("shown") or {}),
    }


def _candidate(near: Near) -> dict[str, Any]:
    reasons = near.evidence.reasons if near.evidence else ()
    best = sorted(reasons, key=lambda reason: -reason.points)[:3]
    return {
        **party_of(near.entry),
        "points": near.points,
        "reasons": [[reason.words, reason.points] for reason in reasons],
        "why": ", ".join(reason.words for reason in best if reason.points > 0),
        "taken": "",
    }


def _why(choice: Chosen, sure: bool, terms: Terms) -> str:
    enough = f"{terms.rules.link} points are enough."
    if sure:
        return f"{enough} It waits because the flow is in shadow."
    return f"{enough} This one waits: {choice.why}." if choice.why else enough


def _uses(shown: Sequence[Near]) -> list[Choice]:
    return [
        Choice(
            f"use:{one.entry.key.id}",
            f"Link with “{one.entry.candidate.name}”",
            "Links the two. Empty fields are then filled from the other side; where both say "
            "something else, you are asked.",
        )
        for one in shown
    ]


def _others(me: Entry, shown: Sequence[Near]) -> list[Choice]:
    system = me.key.system.other
    made = f"Makes a new {_NAMES[system]} in {system.label}; what was found stays as it is."
    return [
        Choice("new", f"Create a new {_NAMES[system]}", made),
        *apart([one.entry for one in shown]),
        Choice(
            "never",
            "Not a customer",
            "Keeps it out of sync for good; the lock can be ended under Locks.",
        ),
    ]


def apart(entries: Iterable[Entry]) -> list[Choice]:
    """Return the answers that tell the subject and each of these apart for good."""
    return [
        choice
        for entry in entries
        for choice in (
            Choice(
                f"not:{entry.key}",
                f"“{entry.candidate.name}” is not the same",
                "Remembered for ever; never asked about again.",
            ),
            Choice(
                f"branch:{entry.key}",
                f"“{entry.candidate.name}” is a parent or branch",
                "Remembered for ever; they stay two customers.",
            ),
        )
    ]


def _fields(entries: Sequence[Entry], terms: Terms) -> dict[str, Any]:
    return {
        name: {
            "label": terms.labels(name),
            "values": {str(e.key): str(e.raw.get(name) or "") for e in entries},
        }
        for name in _COLUMNS
        if any(entry.raw.get(name) for entry in entries)
    }


def _primary(entries: Sequence[Entry]) -> dict[str, str]:
    """Return the main record of each system: a linked one, else one that belongs by itself."""
    found: dict[str, str] = {}
    for entry in sorted(entries, key=lambda e: (e.partner is None, not e.belongs, e.key)):
        found.setdefault(entry.key.system.value, str(entry.key))
    return found


def _fingerprint(entries: Sequence[Entry]) -> str:
    text = " ".join(str(entry.key) for entry in entries)
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def _count(number: int) -> str:
    return {2: "Two", 3: "Three", 4: "Four", 5: "Five"}.get(number, str(number))
