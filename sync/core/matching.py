"""Step 3 of 8, match. Find the counterpart of a record by its keys, and never guess on a tie."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from .records import Key

if TYPE_CHECKING:
    from .couples import Couple
    from .flow import Flow
    from .questions import Question

MARK = "~"
"""Before the names of the scorer's keys in the index, where exact keys have the bare names."""
PERSON = ("a person decided it",)
"""The reasons of a match that a person decided."""
IndexKey = tuple[str, str]
"""A name and a normalised value under which a record can be found: ("number", "0015g…")."""


@dataclass(frozen=True)
class Candidate:
    """A record known by the local index: its keys, whether it is gone, and a few facts."""

    key: Key
    name: str
    keys: frozenset[IndexKey]
    gone: str = ""
    status: str = ""
    facts: Mapping[str, Any] = field(default_factory=dict, hash=False)
    called: str = ""
    """Roughly what it is called, so that those who share a key can be counted."""


@dataclass(frozen=True)
class Wanted:
    """What a record is looked for by. `decisive` keys name the record itself, each `strong` key
    nearly proves it, `weak` keys only raise a question. `name` is for the question's words.
    """

    name: str
    decisive: tuple[IndexKey, ...] = ()
    strong: tuple[IndexKey, ...] = ()
    weak: tuple[IndexKey, ...] = ()

    def every_key(self) -> tuple[IndexKey, ...]:
        """Return all keys, to look candidates up with."""
        return self.decisive + self.strong + self.weak


class Outcome(StrEnum):
    """What matching came to."""

    LINKED = "linked"
    FOUND = "found"
    NEW = "new"
    ASK = "ask"
    GONE = "gone"
    FURTHER = "further"
    WAITS = "waits"


@dataclass(frozen=True)
class Match:
    """The answer of matching: for ASK all `candidates`, best first; else `candidate` or none.

    FURTHER: the subject belongs to `candidate`, which has a main counterpart already. WAITS: it is
    left alone until something else is done, for the reason in `waits`.
    """

    outcome: Outcome
    candidate: Candidate | None = None
    candidates: tuple[Candidate, ...] = ()
    reasons: tuple[str, ...] = ()
    wanted: Wanted | None = None
    question: Question | None = None
    """What is asked instead of guessing, where matching itself knows how to ask."""
    waits: str = ""
    """Why nothing is done about the subject for now, in words."""

    @property
    def by_person(self) -> bool:
        """Whether a person decided it."""
        return self.reasons == PERSON


_WORDS = {
    "number": "carries this record's Salesforce id",
    "deal": "carries this deal's Salesforce id",
    "tax": "same tax number",
    "company": "same company number",
    "account": "same account number",
    "name_email": "same name and e-mail",
    "name": "same name",
    "email": "same e-mail",
}


def match_couple(
    flow: Flow, couple: Couple, own: Iterable[Candidate], needed: Mapping[str, Iterable[Candidate]]
) -> Couple:
    """Return the couple with the match of its counterpart and of every record it needs.

    `own` are the candidates for the counterpart, `needed` those of each need by its name; both
    hold what the index knows under the wanted keys. Stored links come first and are the
    caller's: a couple with a link, or a need already matched, keeps it.
    """
    record = couple.salesforce
    if record is None or record.gone or flow.unwanted(record):
        return couple
    pool, wanted = tuple(own), flow.wanted(record)
    found = couple.match or _own_match(flow, couple, wanted, pool)
    needs = {
        need.name: couple.needs.get(need.name)
        or _decided(couple, need.name, match(need.wanted(record), needed.get(need.name, ())))
        for need in flow.needs
    }
    return replace(
        couple, match=found, needs=needs, twins=() if found else _twins(couple, wanted, pool)
    )


def _twins(couple: Couple, wanted: Wanted, own: Iterable[Candidate]) -> tuple[Candidate, ...]:
    """Return the living records, besides the linked one, that carry the subject's own marker."""
    if couple.link is None:
        return ()
    mine, keys = couple.link.counterpart, set(wanted.decisive)
    return tuple(c for c in own if c.key != mine and not c.gone and c.keys & keys)


def _own_match(
    flow: Flow, couple: Couple, wanted: Wanted, own: Sequence[Candidate]
) -> Match | None:
    """Return the match of a couple's counterpart; None where its link stands.

    In the place of a linked counterpart that has ended or vanished, a living one that names the
    record is taken: a person billed it again by hand.
    """
    if couple.link is not None:
        if couple.xero is not None and flow.ended(couple) is None:
            return None
        others = [c for c in own if c.key != couple.link.counterpart]
        found = _decided(couple, "", match(replace(wanted, strong=(), weak=()), others))
        return found if found.outcome in (Outcome.FOUND, Outcome.ASK) else None
    found = _decided(couple, "", match(wanted, own))
    # one that has ended, but was this one: linked, and asked about as such
    return replace(found, outcome=Outcome.FOUND) if found.outcome is Outcome.GONE else found


def ask_about(found: Match) -> str:
    """Return the facts that an answer to an uncertain match holds for: the candidates' ids."""
    return ",".join(sorted(candidate.key.id for candidate in found.candidates))


def cause_of(name: str, found: Match) -> str:
    """Return the cause under which an uncertain match is asked about: one a wanted record."""
    wanted = found.wanted or Wanted("")
    return f"which_{name or 'record'}:{wanted.decisive[0][1] if wanted.decisive else wanted.name}"


def _decided(couple: Couple, name: str, found: Match) -> Match:
    """Return the match as a person decided it, or as it was found."""
    if found.outcome is not Outcome.ASK:
        return found
    choice = couple.decided(cause_of(name, found), ask_about(found))
    if choice == "new":
        return replace(found, outcome=Outcome.NEW, reasons=PERSON)
    chosen = [c for c in found.candidates if choice == f"use:{c.key.id}"]
    if not chosen:
        return found
    return replace(found, outcome=Outcome.FOUND, candidate=chosen[0], reasons=PERSON)


def match(wanted: Wanted, candidates: Iterable[Candidate]) -> Match:
    """Return the one candidate that the keys prove, a question, or that there is none.

    Decisive keys come first, then strong ones, then weak ones. Within each class the candidates
    that still live are considered; more than one is a question, and so are any weak match and
    a strong one that by a decisive key names another record.
    """
    pool = tuple(candidates)
    for keys, certain in ((wanted.decisive, True), (wanted.strong, True), (wanted.weak, False)):
        hits = [c for c in pool if c.keys & set(keys)]
        alive = [c for c in hits if not c.gone]
        if len(alive) == 1 and certain and not _names_another(wanted, alive[0]):
            return Match(Outcome.FOUND, alive[0], (alive[0],), reasons(wanted, alive[0]), wanted)
        if alive:
            ranked = tuple(sorted(alive, key=lambda c: (-len(reasons(wanted, c)), c.name)))
            return Match(Outcome.ASK, None, ranked, (), wanted)
        if hits and keys is wanted.decisive:
            return Match(Outcome.GONE, hits[0], tuple(hits), reasons(wanted, hits[0]), wanted)
    return Match(Outcome.NEW, wanted=wanted)


def _names_another(wanted: Wanted, candidate: Candidate) -> bool:
    names = {name for name, _ in wanted.decisive}
    return candidate.keys.isdisjoint(wanted.decisive) and any(
        name in names for name, _ in candidate.keys
    )


def reasons(wanted: Wanted, candidate: Candidate) -> tuple[str, ...]:
    """Return in words which keys the candidate shares with what is wanted, strongest first."""
    shared = [name for name, value in wanted.every_key() if (name, value) in candidate.keys]
    return tuple(_WORDS.get(name, f"same {name}") for name in dict.fromkeys(shared))
