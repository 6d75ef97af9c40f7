"""Who meets whom: a faint likeness to somebody free is asked about before one is made anew."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from sync.core.couples import Couple
from sync.core.likeness.choosing import Rated
from sync.core.likeness.parties import Party, party
from sync.core.likeness.reasons import Reason
from sync.core.likeness.rules import SHIPPED
from sync.core.likeness.scoring import Evidence
from sync.core.matching import Candidate, Match, Outcome
from sync.core.pairing import Entry, Terms, pair_up
from sync.core.records import Key

ACCOUNT, CONTACT = "salesforce:Account:001A", "xero:Contact:c-1"
RIVAL = "salesforce:Account:001B"


def entry(key: str, name: str) -> Entry:
    """Return a free record that belongs."""
    return Entry(
        Candidate(Key.parse(key), name, frozenset()), party({"id": key, "name": name}), {}, True
    )


class Town:
    """Both books: an account, a contact, and another account; how like the contact each is."""

    def __init__(self, points: int, rival: int = 0) -> None:
        self.entries = {
            ACCOUNT: entry(ACCOUNT, "Wye Valley Rivers Trust"),
            CONTACT: entry(CONTACT, "Wye Valley Rivers Tr."),
            RIVAL: entry(RIVAL, "Wye Rivers"),
        }
        self._points = {ACCOUNT: points, RIVAL: rival}

    def look(self, party: Party) -> Sequence[Rated]:
        here = party.id in self._points
        near = [CONTACT] if here else list(self._points)
        return [(self.entries[n].party, self._evidence(party.id if here else n)) for n in near]

    def _evidence(self, account: str) -> Evidence:
        points = self._points[account]
        return Evidence(points, (Reason("name", points),), "")

    def twins(self, me: Entry) -> Sequence[Rated]:
        return []

    def kept_out(self, me: Entry) -> Sequence[tuple[Entry, Evidence]]:
        return []

    def entry(self, party_id: str) -> Entry | None:
        return self.entries.get(party_id)

    def named(self, me: Entry) -> Sequence[Entry]:
        return []

    def carriers(self, me: Entry) -> Sequence[Candidate]:
        return []

    def rate(self, one: Party, other: Party) -> Evidence:
        return Evidence(0, (), "")


def meet(key: str, town: Town, *, creation: str = "yes", both: bool = True) -> Match:
    """Return the match of one of the town's records."""
    terms = Terms(SHIPPED, ask_first=False, creation=creation, both=both)
    return pair_up(Couple(Key.parse(key)), town.entries[key], town, terms)


@pytest.mark.parametrize(
    ("points", "outcome"),
    [(SHIPPED.new - 1, Outcome.NEW), (SHIPPED.new, Outcome.ASK), (SHIPPED.ask - 1, Outcome.ASK)],
)
def test_a_faint_likeness_is_asked_about_from_its_points_on(points: int, outcome: Outcome) -> None:
    assert meet(CONTACT, Town(points)).outcome is outcome


def test_a_faint_doubt_is_asked_once_as_the_contacts() -> None:
    town = Town(SHIPPED.new)
    assert meet(ACCOUNT, town).outcome is Outcome.WAITS
    assert meet(CONTACT, town).outcome is Outcome.ASK


def test_the_account_asks_itself_where_no_contact_would() -> None:
    found = meet(ACCOUNT, Town(SHIPPED.new), both=False)
    assert found.question is not None
    assert "a new one would be made" in found.question.details["why_asked"]


def test_nothing_is_asked_where_nothing_would_be_made() -> None:
    found = meet(CONTACT, Town(SHIPPED.new), creation="no")
    assert (found.outcome, found.question) == (Outcome.NEW, None)


def test_nobody_is_asked_about_a_stranger_that_is_more_like_another() -> None:
    town = Town(SHIPPED.new, rival=SHIPPED.new + SHIPPED.margin)
    assert meet(ACCOUNT, town).outcome is Outcome.NEW
