"""Step 3 for address books, at last: of those who would take one record, one alone gets it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from .matching import Match, Outcome
from .records import Key

WAITS = "It is being linked with another record in this very moment."


def settle(matched: Mapping[Key, Match]) -> dict[Key, Match]:
    """Return the matches of a batch so that no record has two main partners, or is made twice.

    What a person said comes before what was found, and that before a new record. A person's
    choice of a record that is another's main partner by now is a further record of it; any other
    that comes too late waits, since the records will look different then.
    """
    partners: dict[Key, Key] = {}
    ranked = sorted(matched.items(), key=lambda pair: _rank(pair[1]))
    settled = {subject: _settled(subject, match, partners) for subject, match in ranked}
    return {subject: settled[subject] for subject in matched}


def _rank(match: Match) -> int:
    if match.by_person:
        return 0
    return 1 if match.outcome in (Outcome.FOUND, Outcome.FURTHER) else 2


def _settled(subject: Key, match: Match, partners: dict[Key, Key]) -> Match:
    """Return the match, or what is left of it; note in `partners` who is whose from now on."""
    theirs = match.candidate.key if match.candidate is not None else subject
    if match.outcome is Outcome.FOUND:
        return _found(subject, theirs, match, partners)
    if match.outcome is Outcome.WAITS:
        return match
    if subject in partners:
        return _too_late(match)
    if match.outcome in (Outcome.NEW, Outcome.FURTHER):
        partners[subject] = theirs
    return match


def _found(subject: Key, theirs: Key, match: Match, partners: dict[Key, Key]) -> Match:
    if partners.get(subject) == theirs:
        return match  # found from the other side too
    taken = {subject, theirs} & partners.keys()
    if len(taken) == 2 or (taken and not match.by_person):
        return _too_late(match)
    partners.setdefault(subject, theirs)
    partners.setdefault(theirs, subject)
    return replace(match, outcome=Outcome.FURTHER) if taken else match


def _too_late(match: Match) -> Match:
    shown = match.candidates or ((match.candidate,) if match.candidate is not None else ())
    return Match(Outcome.WAITS, candidates=shown, waits=WAITS)
