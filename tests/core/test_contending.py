"""Of those who would take one record in the same batch, one alone gets it."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from sync.core.contending import settle
from sync.core.matching import PERSON, Candidate, Match, Outcome
from sync.core.records import Key, System

ACCOUNTS = [Key(System.SALESFORCE, "Account", f"a{n}") for n in range(3)]
CONTACTS = [Key(System.XERO, "Contact", f"c{n}") for n in range(3)]


def found(key: Key, *, said: bool = False) -> Match:
    """Return that a record was found, or that a person said it is the one."""
    candidate = Candidate(key, key.id, frozenset())
    return Match(Outcome.FOUND, candidate, (candidate,), PERSON if said else ("same name",))


def new(*, said: bool = False) -> Match:
    """Return that a new record is to be made."""
    return Match(Outcome.NEW, reasons=PERSON if said else ())


def test_two_who_find_each_other_are_one() -> None:
    ours, theirs = ACCOUNTS[0], CONTACTS[0]
    matched = {ours: found(theirs), theirs: found(ours)}
    assert settle(matched) == matched


def test_the_second_choice_of_a_person_becomes_a_further_record() -> None:
    one, two, theirs = ACCOUNTS[0], ACCOUNTS[1], CONTACTS[0]
    settled = settle({one: found(theirs, said=True), two: found(theirs, said=True)})
    assert [settled[one].outcome, settled[two].outcome] == [Outcome.FOUND, Outcome.FURTHER]


def test_what_was_found_waits_for_what_a_person_said() -> None:
    one, two, theirs = ACCOUNTS[0], ACCOUNTS[1], CONTACTS[0]
    settled = settle({one: found(theirs), theirs: found(two, said=True)})
    assert [settled[one].outcome, settled[theirs].outcome] == [Outcome.WAITS, Outcome.FOUND]


def test_nothing_new_is_made_of_a_record_that_another_takes() -> None:
    ours, theirs = ACCOUNTS[0], CONTACTS[0]
    settled = settle({theirs: new(), ours: found(theirs, said=True)})
    assert settled[theirs].outcome is Outcome.WAITS


def test_nobody_takes_a_record_of_which_a_person_said_that_it_is_new() -> None:
    ours, theirs = ACCOUNTS[0], CONTACTS[0]
    settled = settle({ours: found(theirs), theirs: new(said=True)})
    assert [settled[ours].outcome, settled[theirs].outcome] == [Outcome.WAITS, Outcome.NEW]


def matches(other: list[Key]) -> st.SearchStrategy[Match]:
    """Return matches of any sort with records of the other book."""
    said = st.booleans()
    return st.one_of(
        st.builds(lambda key, by: found(key, said=by), st.sampled_from(other), said),
        st.builds(lambda by: new(said=by), said),
    )


@given(
    st.dictionaries(st.sampled_from(ACCOUNTS), matches(CONTACTS)),
    st.dictionaries(st.sampled_from(CONTACTS), matches(ACCOUNTS)),
)
def test_no_record_ever_gets_two_main_partners(
    ours: dict[Key, Match], theirs: dict[Key, Match]
) -> None:
    settled = settle({**ours, **theirs})
    mains = {
        frozenset({subject, match.candidate.key if match.candidate else Key.parse("xero:new:1")})
        for subject, match in settled.items()
        if match.outcome in (Outcome.FOUND, Outcome.NEW)
    }
    for key in (*ACCOUNTS, *CONTACTS):
        assert sum(key in pair for pair in mains) <= 1
