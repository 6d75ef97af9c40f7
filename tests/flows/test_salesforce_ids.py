"""Salesforce ids: fifteen characters, eighteen, and found in what people type."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sync.flows.shapes.salesforce_ids import find, to_18

# Pairs printed in Salesforce's own API guides.
KNOWN = [
    ("001D000000IqhSL", "001D000000IqhSLIAZ"),
    ("0D5B000000SKZ7V", "0D5B000000SKZ7VKAX"),
    ("00QD000000FP14J", "00QD000000FP14JMAT"),
    ("a00D0000008pQSN", "a00D0000008pQSNIA2"),
    ("00530000009M943", "00530000009M943AAC"),
]
LETTERS = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
IDS = st.text(LETTERS, min_size=12, max_size=12).map("006".__add__)


@pytest.mark.parametrize(("short", "long"), KNOWN)
def test_known_pairs(short: str, long: str) -> None:
    assert to_18(short) == long


@given(IDS)
def test_the_long_form_keeps_the_short_one_and_is_its_own_long_form(short: str) -> None:
    long = to_18(short)
    assert long[:15] == short
    assert len(long) == 18
    assert to_18(long) == long


@given(IDS, IDS)
def test_long_forms_differ_even_where_case_is_lost(one: str, other: str) -> None:
    assert (to_18(one).casefold() == to_18(other).casefold()) == (one == other)


@given(IDS)
def test_an_id_is_found_wherever_and_however_it_is_typed(short: str) -> None:
    long = to_18(short)
    for text in (short, long, long.upper(), long.lower(), f"PO 7 · {long}", f"x/r/{short}/view"):
        assert find(text, "006") == (long,)


@pytest.mark.parametrize("text", ["", "INV-0042", "0060 1234", "006000000000000000", "A006x"])
def test_ordinary_words_and_numbers_are_no_ids(text: str) -> None:
    assert find(text, "006") == ()


def test_ids_of_other_kinds_are_left() -> None:
    assert find("001D000000IqhSLIAZ", "006") == ()


def test_an_id_that_is_named_twice_is_found_once() -> None:
    short = "0065g00000Ab001"
    assert find(f"{short} {to_18(short)}", "006") == (to_18(short),)


@pytest.mark.parametrize("text", ["", "short", "with-a-dash-in-", "001D000000IqhSLIAZ"])
def test_other_text_is_returned_unchanged(text: str) -> None:
    assert to_18(text) == text
