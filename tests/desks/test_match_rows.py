"""One record beside another: what is the same, what differs, and what speaks for and against."""

from __future__ import annotations

import pytest

from sync.admin import match_desk_rows as rows
from tests.desks.matches import THRESHOLDS, account, candidate, contact

LEFT = contact(1, "Harbour & Vine P/L", phone="+61 3 9555 0142", city="Williamstown")


@pytest.mark.parametrize(
    ("points", "sure", "colour", "words"),
    [
        (60, True, "good", "60 strong"), (60, False, "warn", "60 rival"),
        (59, True, "warn", "59 ask"), (30, False, "warn", "30 ask"), (29, True, "", "29 weak"),
        (None, False, "", "none"),
    ],
)  # fmt: skip
def test_only_what_could_be_accepted_at_once_is_good(
    points: int | None, sure: bool, colour: str, words: str
) -> None:
    badge = rows.badge(points, THRESHOLDS, sure=sure)
    assert (badge[0], badge[2]) == (colour, words)


def test_each_field_that_either_side_has_is_a_line_with_what_it_is() -> None:
    right = account(
        1, "Harbour & Vine Pty Ltd", {"deals": "has a won deal"}, phone="+61395550142",
        website="https://vine.example", city="Geelong",
    )  # fmt: skip
    states = {line.label: line.state for line in rows.lines(LEFT, right)}
    assert states == {
        "Name": "differs",
        "Phone": "same",
        "Town": "differs",
        "Website": "missing",
        "Deals": "fact",
    }


def test_a_number_with_zeros_in_front_is_the_same_as_the_matching_says() -> None:
    left = contact(1, "Quantock Quarry", company_number="4417733")
    right = account(1, "Quantock Quarry", company_number="04417733")
    assert {line.label: line.state for line in rows.lines(left, right)}["Company number"] == "same"


def test_markup_in_a_name_stays_text() -> None:
    line = rows.lines(contact(1, "<b>Vine</b> Ltd"), account(1, "<b>Vine</b> Events Ltd"))[0]
    assert "<b>" not in str(line.left)
    assert "&lt;b&gt;" in str(line.left)


def test_what_counts_most_stands_first_and_what_speaks_against_last() -> None:
    right = candidate(
        account(1, "Vine"), ("same town", 6), ("other phone", -4), ("same tax number", 45)
    )
    found = rows.suggestion(1, LEFT, right, [])
    assert [(r.words, r.points) for r in found.reasons] == [
        ("Same tax number", "+45"),
        ("Same town", "+6"),
        ("Other phone", "−4"),
    ]


def test_only_what_is_offered_can_be_answered_for_a_candidate() -> None:
    key = account(1, "Vine")["key"]
    offered = ["use:0015g0000000001AAA", f"branch:{key}", "new"]
    assert rows.suggestion(1, LEFT, account(1, "Vine"), offered).acts == {"use", "branch"}


def test_a_record_of_which_little_is_kept_can_still_be_shown() -> None:
    bare = {"key": LEFT["key"]}
    found = rows.suggestion(1, bare, {"key": "salesforce:Account:0015g0000000001AAA"}, [])
    assert found.name == "salesforce:Account:0015g0000000001AAA"
    assert rows.own(bare) == []
