"""Merging: what one side said goes to the other, and nothing else ever does."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from sync.core.agreed import Agreed, Common, Conflict, Merged
from sync.core.flow import BOTH, TO_XERO, Empty, FieldRule, Owner
from sync.core.merging import EMPTY_VALUES, Word, about, adopt, merge
from sync.core.records import System
from tests.core.strategies import COMMON, FILLED, RULES, VALUES

SHARED = FieldRule("field", writes=BOTH)
ONE_WAY = FieldRule("field", writes=TO_XERO)
BASES = st.none() | COMMON
WORDS = st.sampled_from(["", "salesforce", "xero", "apart"])


def one(
    rule: FieldRule, ours: Any, theirs: Any, base: Common | None = None, word: str = ""
) -> Merged:
    """Return the merge of one field."""
    agreed = {"field": base} if base else {}
    return merge([rule], {"field": ours}, {"field": theirs}, agreed, {"field": Word(word)})


def written(merged: Merged) -> dict[System, Any]:
    """Return the value written to each side that is written."""
    return {s: values["field"] for s, values in merged.writes.items() if "field" in values}


def same(ours: Any, theirs: Any) -> bool:
    return bool(ours == theirs) or (ours in EMPTY_VALUES and theirs in EMPTY_VALUES)


@given(RULES, VALUES, VALUES, BASES, WORDS)
def test_no_value_is_invented(
    rule: FieldRule, ours: Any, theirs: Any, base: Common | None, word: str
) -> None:
    for system, value in written(one(rule, ours, theirs, base, word)).items():
        assert value == (ours if system is System.XERO else theirs)


@given(RULES, VALUES, BASES, WORDS)
def test_equal_sides_are_never_written(
    rule: FieldRule, value: Any, base: Common | None, word: str
) -> None:
    merged = one(rule, value, value, base, word)
    assert not written(merged)
    assert not merged.conflicts


@given(RULES, VALUES, VALUES, BASES, WORDS)
def test_only_the_sides_that_a_rule_names_are_written_and_never_both(
    rule: FieldRule, ours: Any, theirs: Any, base: Common | None, word: str
) -> None:
    sides = set(written(one(rule, ours, theirs, base, word)))
    assert sides <= rule.writes
    assert len(sides) <= 1
    assert not (rule.create_only and sides)


@given(RULES, VALUES, VALUES, BASES, WORDS)
def test_an_empty_value_never_erases_where_the_rule_says_keep(
    rule: FieldRule, ours: Any, theirs: Any, base: Common | None, word: str
) -> None:
    merged = one(replace(rule, empty=Empty.KEEP), ours, theirs, base, word)
    assert all(value not in EMPTY_VALUES for value in written(merged).values())


@given(FILLED, FILLED, FILLED)
def test_where_one_side_moved_its_value_goes_to_the_other(was: Any, held: Any, now: Any) -> None:
    assume(now not in (was, held))
    assert written(one(SHARED, now, held, Common(was, held))) == {System.XERO: now}
    assert written(one(SHARED, held, now, Common(held, was))) == {System.SALESFORCE: now}


@given(FILLED, FILLED, FILLED, FILLED)
def test_where_both_moved_apart_a_person_decides_and_agreed_keeps_its_value(
    was_ours: Any, was_theirs: Any, ours: Any, theirs: Any
) -> None:
    assume(ours not in (was_ours, theirs) and theirs != was_theirs)
    base = Common(was_ours, was_theirs)
    merged = one(SHARED, ours, theirs, base)
    assert merged.conflicts == (Conflict("field", base, ours, theirs),)
    assert not written(merged)
    assert merged.agreed == {"field": base}


@given(RULES, VALUES, VALUES, BASES, WORDS)
def test_a_merge_that_was_applied_writes_nothing_the_second_time(
    rule: FieldRule, ours: Any, theirs: Any, base: Common | None, word: str
) -> None:
    first = one(rule, ours, theirs, base, word)
    sides = {System.SALESFORCE: ours, System.XERO: theirs}
    agreed: dict[str, Common] = dict(first.agreed)
    for system, value in written(first).items():
        sides[system] = value
        agreed["field"] = Common(value, value)
    second = one(rule, sides[System.SALESFORCE], sides[System.XERO], agreed.get("field"))
    assert not written(second)
    assert second.conflicts == (() if word else first.conflicts)
    assert second.agreed == agreed


@given(FILLED, FILLED, st.sampled_from(list(System)))
def test_what_a_remote_makes_of_our_value_is_no_move_of_anybody(
    sent: Any, returned: Any, system: System
) -> None:
    pair = (sent, returned) if system is System.XERO else (returned, sent)
    for owner in Owner:
        rule = FieldRule("field", owner=owner, writes=BOTH)
        merged = one(rule, *pair, Common(*pair))
        assert not written(merged)
        assert not merged.conflicts


@given(FILLED, FILLED, BASES)
def test_an_owned_field_has_its_owners_value_whatever_the_other_side_says(
    ours: Any, theirs: Any, base: Common | None
) -> None:
    assume(ours != theirs)
    assume(base is None or not (base.salesforce == ours and base.xero == theirs))
    for owner, expected in ((Owner.SALESFORCE, ours), (Owner.XERO, theirs)):
        rule = FieldRule("field", owner=owner, writes=BOTH)
        assert list(written(one(rule, ours, theirs, base)).values()) == [expected]


@given(VALUES, VALUES, FILLED)
def test_a_difference_left_as_it_is_stays_until_a_side_moves(
    ours: Any, theirs: Any, moved: Any
) -> None:
    assume(not same(ours, theirs) and moved not in (ours, theirs))
    left = one(SHARED, ours, theirs, word="apart").agreed["field"]
    again = one(SHARED, ours, theirs, left)
    assert not written(again)
    assert not again.conflicts
    assert one(SHARED, moved, theirs, left).conflicts
    assert one(SHARED, ours, moved, left).conflicts


@given(FILLED, FILLED, BASES)
def test_a_persons_word_is_carried_out(ours: Any, theirs: Any, base: Common | None) -> None:
    assume(ours != theirs)
    assert written(one(SHARED, ours, theirs, base, "salesforce")) == {System.XERO: ours}
    assert written(one(SHARED, ours, theirs, base, "xero")) == {System.SALESFORCE: theirs}
    assert not written(one(SHARED, ours, theirs, base, "apart"))


@given(VALUES, VALUES, VALUES)
def test_an_edit_on_the_written_side_of_a_one_way_field_is_accepted_without_asking(
    agreed: Any, edited: Any, again: Any
) -> None:
    assume(not same(edited, agreed))
    first = one(ONE_WAY, agreed, edited, Common(agreed, agreed))
    assert not written(first)
    assert not first.conflicts
    second = one(ONE_WAY, agreed, again, first.agreed["field"])
    assert not written(second)
    assert not second.conflicts


def test_a_one_way_field_edited_in_xero_is_not_overwritten_when_the_deal_moves_later() -> None:
    edited = one(ONE_WAY, "a", "by hand", Common("a", "a")).agreed["field"]
    assert one(ONE_WAY, "b", "by hand", edited).conflicts


def test_a_field_that_was_emptied_and_filled_again_raises_no_question() -> None:
    base = Common("a", "a")
    emptied = one(SHARED, "", "a", base)
    assert not written(emptied)
    assert written(one(SHARED, "b", "a", emptied.agreed["field"])) == {System.XERO: "b"}


def test_a_cleared_field_in_xero_is_not_filled_again_without_asking() -> None:
    cleared = one(ONE_WAY, "a", "", Common("a", "a")).agreed["field"]
    assert one(ONE_WAY, "b", "", cleared).conflicts


def test_a_blank_on_the_side_that_is_never_written_makes_no_conflict_of_an_edit() -> None:
    merged = one(ONE_WAY, None, "by hand", Common("a", "a"))
    assert not merged.conflicts
    assert not written(merged)


def test_an_empty_value_erases_where_the_rule_says_so() -> None:
    rule = FieldRule("field", writes=BOTH, empty=Empty.ERASE)
    assert written(one(rule, "", "a", Common("a", "a"))) == {System.XERO: ""}


@pytest.mark.parametrize(("ours", "theirs"), [(None, ""), ("", None), ([], None)])
def test_nothing_and_an_empty_text_are_the_same(ours: Any, theirs: Any) -> None:
    merged = one(SHARED, ours, theirs)
    assert not merged.agreed["field"].apart
    assert written(one(SHARED, "a", theirs, merged.agreed["field"])) == {System.XERO: "a"}


def test_a_side_that_alone_has_a_value_gives_it_when_nothing_was_agreed() -> None:
    assert written(one(SHARED, "a", None)) == {System.XERO: "a"}
    assert written(one(SHARED, None, "a")) == {System.SALESFORCE: "a"}


def test_two_values_that_never_agreed_are_a_question() -> None:
    assert one(SHARED, "a", "b").conflicts


def test_a_field_that_neither_side_has_is_left_out() -> None:
    merged = merge([SHARED], {}, {}, {})
    assert merged.agreed == {}


@given(VALUES, VALUES)
def test_an_adopted_record_is_written_nothing_and_asked_nothing(ours: Any, theirs: Any) -> None:
    rule = FieldRule("field", owner=Owner.SHARED, writes=BOTH)
    agreed: Agreed = adopt([rule], {"field": ours}, {"field": theirs})
    merged = merge([rule], {"field": ours}, {"field": theirs}, agreed)
    assert not written(merged)
    assert not merged.conflicts


def test_an_adopted_record_still_tells_what_it_owns() -> None:
    rule = FieldRule("field", owner=Owner.XERO, writes=BOTH)
    agreed = adopt([rule], {"field": None}, {"field": "INV-1"})
    merged = merge([rule], {"field": None}, {"field": "INV-1"}, agreed)
    assert written(merged) == {System.SALESFORCE: "INV-1"}


def test_adopting_agrees_on_nothing_that_neither_side_has() -> None:
    assert adopt([FieldRule("line.quantity")], {"field": "a"}, {"field": "a"}) == {}


def test_an_answer_holds_for_equal_values_however_they_are_written() -> None:
    first = Conflict("lines", None, [{"price": Decimal("1.5")}], "b")
    second = Conflict("lines", None, [{"price": Decimal("1.500")}], "b")
    other = Conflict("lines", None, [{"price": Decimal("1.51")}], "b")
    assert about(first) == about(second) != about(other)
