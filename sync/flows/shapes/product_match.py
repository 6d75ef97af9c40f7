"""Which item a product is: by the id it carries, by its code; the same name alone only asks."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field

from sync.core.couples import Couple
from sync.core.flow import RuleSet
from sync.core.matching import PERSON, Candidate, Match, Outcome, Wanted
from sync.core.questions import LEAVE, RETRY, Choice, Question, QuestionKind
from sync.core.records import Key, Record, System
from sync.core.texts import text_key

from . import product
from .item_codes import code_key

SHOWN = 5
TAKE = Choice(
    "take",
    "Let it have the item",
    "The old product is linked no longer; what differs stays until you make it equal.",
)
"""The answer that an item goes from a product that is no longer active to its successor."""


@dataclass(frozen=True)
class Shelf:
    """What is known around one record that has no counterpart yet.

    `pool` are the other system's records under its keys, `twins` those of its own system with its
    code, `taken` has the names of who is linked already by the key of their counterpart.
    """

    pool: Sequence[Candidate] = ()
    twins: Sequence[Candidate] = ()
    taken: dict[Key, str] = field(default_factory=dict, hash=False)
    coded: Collection[str] = ()
    """The codes (upper-case) among the pool's that a record of its own system has."""
    living: Collection[str] = ()
    """The ids of items that products of the pool carry and that are there: not of other books."""
    resting: Collection[Key] = ()
    """The items whose own product is no longer active, or is gone."""


def wanted_by(record: Record, rules: RuleSet) -> Wanted:
    """Return what a record's counterpart is looked for by: the item's id, its code, its name."""
    if record.key.system is System.XERO:
        name, code = str(record.get("Name") or ""), str(record.get("Code") or "")
        carried = record.key.id
    else:
        name, code = product.name(record, rules), product.code(record, rules)
        carried = product.item_id(record)
    return Wanted(
        name or code,
        (("item", carried),) if carried else (),
        (("code", code_key(code)),),
        (("name", text_key(name)),) if name else (),
    )


def choose(couple: Couple, wanted: Wanted, shelf: Shelf) -> Match:
    """Return the counterpart of a product or an item, a question, or that there is none."""
    alive = [c for c in shelf.pool if not c.gone]
    own = set(wanted.decisive)
    for found in (c for c in alive if own & c.keys):
        return _found(found, shelf, couple, "carries its id")
    if shelf.twins:
        return _asked(_of_twins(couple, wanted, shelf.twins))
    coded = [c for c in alive if c.keys & set(wanted.strong)]
    coded = [c for c in coded if not c.facts.get("unwanted")] or coded
    if len(coded) > 1:
        return _asked(_of_one_code(wanted, coded))
    if coded:
        return _by_code(couple, wanted, coded[0], shelf)
    return _by_name(couple, wanted, alive, shelf)


def _by_code(couple: Couple, wanted: Wanted, found: Candidate, shelf: Shelf) -> Match:
    carried = _carried(found)
    other = couple.subject.id != carried and carried in shelf.living
    if other and found.key not in shelf.taken:
        return _which(couple, wanted, [found], "It has its code, but carries another item’s id.")
    return _found(found, shelf, couple, "same code")


def _carried(found: Candidate) -> str:
    """Return the id of the item that a product carries, or empty."""
    if found.key.system is System.XERO:
        return ""
    return next((value for name, value in found.keys if name == "item"), "")


def _found(found: Candidate, shelf: Shelf, couple: Couple, why: str) -> Match:
    """Return that it was found; one that is another's already is a question."""
    if found.key not in shelf.taken:
        return Match(Outcome.FOUND, found, (found,), (why,))
    asked = _of_taken(couple, found, shelf.taken[found.key], rests=found.key in shelf.resting)
    if TAKE in asked.choices and couple.decided(asked.cause, asked.about) == TAKE.value:
        return Match(Outcome.FOUND, found, (found,), PERSON)
    return _asked(asked)


def _by_name(couple: Couple, wanted: Wanted, alive: Sequence[Candidate], shelf: Shelf) -> Match:
    """Return the question about records of the same name that are nobody's by their codes."""
    named = [
        c
        for c in alive
        if c.keys & set(wanted.weak) and c.key not in shelf.taken and not _is_spoken_for(c, shelf)
    ]
    if not named:
        return Match(Outcome.NEW, wanted=wanted)
    if couple.subject.system is System.XERO and any(not c.facts.get("unwanted") for c in named):
        # one doubt is asked once: at the product
        return Match(Outcome.WAITS, candidates=tuple(named), waits=f"“{named[0].name}” is asked.")
    return _which(couple, wanted, named, "It has the same name, but another code.")


def _is_spoken_for(found: Candidate, shelf: Shelf) -> bool:
    return any(name == "code" and value in shelf.coded for name, value in found.keys)


def _which(couple: Couple, wanted: Wanted, named: Sequence[Candidate], why: str) -> Match:
    """Return the match that a person said, else the question."""
    cause, about = f"which_item:{couple.subject.id}", ",".join(sorted(c.key.id for c in named))
    choice = couple.decided(cause, about)
    if choice == "new":
        return Match(Outcome.NEW, None, tuple(named), PERSON, wanted)
    if choice == LEAVE.value:
        return Match(Outcome.WAITS, waits="A person left it alone.")
    for found in named:
        if choice == f"use:{found.key.id}":
            return Match(Outcome.FOUND, found, tuple(named), PERSON)
    there = couple.subject.system.other
    thing = "item" if there is System.XERO else "product"
    uses = tuple(
        Choice(
            f"use:{c.key.id}",
            f"It is “{c.name}” ({_code(c)})",
            "Links the two; what differs stays until you make it equal.",
        )
        for c in named[:SHOWN]
    )
    return _asked(
        Question(
            QuestionKind.DUPLICATE,
            cause,
            f"Is “{wanted.name}” the {thing} “{named[0].name}” of {there.label}?",
            f"{why} Nothing is made or changed until you say.",
            choices=(
                *uses,
                Choice("new", f"None of them: make a new {thing}", f"Makes one in {there.label}."),
                LEAVE,
                RETRY,
            ),
            about=about,
            alone=True,
        ),
        tuple(named),
    )


def _of_taken(couple: Couple, found: Candidate, owner: str, *, rests: bool) -> Question:
    here, there = couple.subject.system.label, couple.subject.system.other.label
    free = f"“{owner}” is no longer active. Let this one have the item in its place, or give it "
    held = f"Another record of {here} has its code or its id as well. Give one of the two "
    return Question(
        QuestionKind.PROBLEM,
        f"catalogue_taken:{found.key.id}",
        f"“{found.name}” ({_code(found)}) in {there} is linked to “{owner}” already",
        f"{free if rests else held}a code of its own.",
        choices=(TAKE, RETRY, LEAVE) if rests else (RETRY, LEAVE),
        about=f"{found.key.id}:{couple.subject.id}",
    )


def _of_twins(couple: Couple, wanted: Wanted, twins: Sequence[Candidate]) -> Question:
    code = wanted.strong[0][1] if wanted.strong else ""
    names = ", ".join(sorted(f"“{twin.name}”" for twin in twins)[:SHOWN])
    return Question(
        QuestionKind.PROBLEM,
        f"catalogue_code:{code}",
        f"Several products have the code {code}",
        f"Besides “{wanted.name}” it is the code of {names}. Xero takes each code once, and cannot "
        "tell capital letters apart. Give each product a code of its own in Salesforce.",
        choices=(RETRY,),
        about=",".join(sorted(twin.key.id for twin in twins)),
    )


def _of_one_code(wanted: Wanted, coded: Sequence[Candidate]) -> Question:
    names = ", ".join(sorted(f"“{c.name}”" for c in coded)[:SHOWN])
    return Question(
        QuestionKind.PROBLEM,
        f"catalogue_code:{wanted.strong[0][1]}",
        f"Several products have the code {wanted.strong[0][1]}",
        f"{names} have the code of the item “{wanted.name}”. Give each product a code of its own "
        "in Salesforce, or deactivate those that are not sold.",
        choices=(RETRY,),
        about=",".join(sorted(c.key.id for c in coded)),
    )


def _asked(question: Question, candidates: tuple[Candidate, ...] = ()) -> Match:
    return Match(Outcome.ASK, candidates=candidates, question=question)


def _code(found: Candidate) -> str:
    return str(found.facts.get("code") or "no code")
