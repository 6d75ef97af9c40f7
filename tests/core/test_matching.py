"""Matching: found by what proves it, asked where it does not, never guessed on a tie."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sync.core.couples import Couple, Decision, LinkFacts
from sync.core.matching import (
    Candidate,
    IndexKey,
    Match,
    Outcome,
    Wanted,
    ask_about,
    cause_of,
    match,
    match_couple,
    reasons,
)
from sync.core.records import Key, System
from sync.flows.shapes import CANDIDATES
from sync.flows.won_opportunity_invoice import FLOW
from tests import builders

NUMBER, STRONG, WEAK = ("number", "001"), ("name_email", "acme|a@b.example"), ("name", "acme")
ACME = Wanted("Acme", (NUMBER,), (STRONG,), (WEAK,))


def known(name: str, *keys: IndexKey, gone: str = "") -> Candidate:
    return Candidate(Key(System.XERO, "Contact", name), name, frozenset(keys), gone)


POOLS = st.lists(
    st.builds(
        lambda number, keys, gone: known(f"c{number}", *keys, gone=gone),
        st.integers(0, 9),
        st.sets(st.sampled_from([NUMBER, STRONG, WEAK, ("number", "002"), ("name", "other")])),
        st.sampled_from(["", "archived"]),
    ),
    max_size=5,
    unique_by=lambda candidate: candidate.key,
)


@given(POOLS)
def test_what_is_taken_without_asking_lives_and_is_alone_in_its_class(
    pool: list[Candidate],
) -> None:
    found = match(ACME, pool)
    alive = [c for c in pool if not c.gone]
    numbered = [c for c in alive if NUMBER in c.keys]
    if found.outcome is Outcome.FOUND:
        assert found.candidate in alive
        rivals = numbered or [c for c in alive if STRONG in c.keys]
        assert rivals == [found.candidate]
    if len(numbered) > 1:
        assert found.outcome is Outcome.ASK


@given(POOLS)
def test_a_new_record_is_made_only_where_nothing_living_shares_a_key(
    pool: list[Candidate],
) -> None:
    found = match(ACME, pool)
    sharing = [c for c in pool if not c.gone and c.keys & set(ACME.every_key())]
    assert (found.outcome is Outcome.NEW) <= (not sharing)


@given(POOLS)
def test_the_order_of_the_candidates_changes_nothing(pool: list[Candidate]) -> None:
    shuffled = sorted(pool, key=lambda c: c.key.id, reverse=True)
    one, other = match(ACME, pool), match(ACME, shuffled)
    assert one.outcome is other.outcome
    if one.outcome is Outcome.FOUND:
        assert one.candidate == other.candidate


def test_a_decisive_key_beats_a_strong_one_and_a_strong_one_a_weak_one() -> None:
    by_number, by_mail, by_name = known("a", NUMBER), known("b", STRONG), known("c", WEAK)
    assert match(ACME, [by_name, by_mail, by_number]).candidate == by_number
    assert match(ACME, [by_name, by_mail]).candidate == by_mail


def test_a_tie_is_a_question_in_every_class() -> None:
    for key in (NUMBER, STRONG, WEAK):
        found = match(ACME, [known("a", key), known("b", key)])
        assert found.outcome is Outcome.ASK
        assert [c.name for c in found.candidates] == ["a", "b"]


def test_one_weak_match_is_a_question() -> None:
    assert match(ACME, [known("a", WEAK)]).outcome is Outcome.ASK


def test_nothing_alike_is_new() -> None:
    assert match(ACME, [known("a", ("name", "other"))]).outcome is Outcome.NEW


def test_a_gone_one_that_names_the_record_is_not_replaced_in_silence() -> None:
    found = match(ACME, [known("a", NUMBER, gone="archived")])
    assert (found.outcome, found.candidate.name if found.candidate else "") == (Outcome.GONE, "a")


def test_a_living_one_wins_over_a_gone_one() -> None:
    pool = [known("a", NUMBER, gone="archived"), known("b", NUMBER)]
    assert match(ACME, pool).candidate == pool[1]


def test_a_gone_one_that_is_only_alike_does_not_count() -> None:
    for key in (STRONG, WEAK):
        assert match(ACME, [known("a", key, gone="archived")]).outcome is Outcome.NEW


def test_a_strong_match_that_carries_another_records_id_is_a_question() -> None:
    twin = known("a", STRONG, ("number", "002"))
    assert match(ACME, [twin]).outcome is Outcome.ASK


def test_the_best_candidate_is_offered_first() -> None:
    found = match(ACME, [known("a", WEAK), known("b", WEAK, ("x", "y"))])
    better = match(
        replace(ACME, weak=(WEAK, ("email", "m"))),
        [known("a", WEAK), known("b", WEAK, ("email", "m"))],
    )
    assert [c.name for c in found.candidates] == ["a", "b"]
    assert [c.name for c in better.candidates] == ["b", "a"]


def test_reasons_are_in_words() -> None:
    assert reasons(ACME, known("a", WEAK, STRONG)) == ("same name and e-mail", "same name")


def test_two_accounts_of_one_name_are_asked_about_apart() -> None:
    one = Match(Outcome.ASK, wanted=Wanted("Acme", (("number", "001"),)))
    other = Match(Outcome.ASK, wanted=Wanted("Acme", (("number", "002"),)))
    assert cause_of("contact", one) != cause_of("contact", other)


DEAL = builders.deal(1)
TWO = [
    builders.contact("Customer 1 Ltd"),
    replace(builders.contact("b", Name="Customer 1 Ltd")),
]


def asked_with(choice: str, about: str = "") -> Match:
    """Return the contact's match after a person chose, between two contacts of one name."""
    pool = [CANDIDATES["Contact"](record) for record in TWO]
    first = match_couple(FLOW, Couple(DEAL.key, DEAL), [], {"contact": pool}).needs["contact"]
    cause = cause_of("contact", first)
    decision = Decision(cause, choice, about=about or ask_about(first))
    couple = Couple(DEAL.key, DEAL, decisions={cause: decision})
    return match_couple(FLOW, couple, [], {"contact": pool}).needs["contact"]


def test_a_person_may_choose_one_of_the_candidates() -> None:
    found = asked_with(f"use:{TWO[1].key.id}")
    assert found.outcome is Outcome.FOUND
    assert found.candidate
    assert found.candidate.key == TWO[1].key
    assert found.reasons == ("a person decided it",)


def test_a_person_may_say_that_none_of_them_is_meant() -> None:
    assert asked_with("new").outcome is Outcome.NEW


@pytest.mark.parametrize("choice", ["new", f"use:{TWO[1].key.id}"])
def test_an_answer_holds_only_while_the_candidates_are_the_same(choice: str) -> None:
    assert asked_with(choice, about=TWO[0].key.id).outcome is Outcome.ASK


def test_a_chosen_record_that_is_no_candidate_is_not_taken() -> None:
    assert asked_with(f"use:{builders.xero_id('stranger')}").outcome is Outcome.ASK


def test_a_deal_that_is_not_won_is_matched_with_nothing() -> None:
    lost = builders.changed(DEAL, IsWon=False)
    couple = match_couple(FLOW, Couple(lost.key, lost), [], {})
    assert couple.match is None
    assert not couple.needs


def test_a_link_is_kept_whatever_else_carries_the_id() -> None:
    mine = builders.invoice("INV-1", builders.deal_id())
    copy = CANDIDATES["Invoice"](builders.invoice("INV-2", builders.deal_id()))
    couple = Couple(DEAL.key, DEAL, mine, LinkFacts(mine.key, {}))
    assert match_couple(FLOW, couple, [copy], {}).match is None
