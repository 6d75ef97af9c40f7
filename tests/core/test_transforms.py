"""Transforms: what a mapping row makes of the values it reads."""

from __future__ import annotations

from contextlib import suppress
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sync.core.errors import NeedsPerson
from sync.core.flow import FieldRule
from sync.core.mapping import evaluate_one, paths_of
from sync.core.transforms import TRANSFORMS, as_number, fields_of

VALUES = {
    "Name": "Harbour  survey ",
    "Id": "006",
    "Empty": "",
    "None": None,
    "Amount": Decimal("1500.00"),
    "Day": date(2024, 1, 31),
    "Account": {"Name": "Acme", "Rating": None},
}


def made(transform: str, source: str = "", argument: str = "") -> Any:
    """Return what a row with this transform makes of the values above."""
    return evaluate_one(FieldRule("x", source, transform, argument), paths_of(VALUES))


@pytest.mark.parametrize(
    ("transform", "source", "argument", "expected"),
    [
        ("copy", "Account.Name", "", "Acme"),
        ("copy", "Account.Missing.Deeper", "", None),
        ("copy", "", "", None),
        ("first_non_empty", "Empty, None, Account.Name", "", "Acme"),
        ("first_non_empty", "Empty", "", None),
        ("constant", "", "200", "200"),
        ("upper", "Account.Name", "", "ACME"),
        ("trim", "Name", "", "Harbour survey"),
        ("join", "Account.Name, Empty, Id", " / ", "Acme / 006"),
        ("join", "Account.Name, Id", "", "Acme 006"),
        ("template", "", "{Account.Name} · {Empty} · {Id}", "Acme · 006"),
        ("template", "", "over {Amount}", "over 1500"),
        ("template", "", "{No} · {None}", ""),
        ("date_plus_days", "Day", "30", date(2024, 3, 1)),
        ("date_plus_days", "Day", "", date(2024, 1, 31)),
        ("date_plus_days", "None", "30", None),
        ("number", "Amount", "", Decimal("1500.00")),
        ("number", "None", "", None),
        ("number", "Empty", "", None),
    ],
)
def test_what_a_row_makes(transform: str, source: str, argument: str, expected: Any) -> None:
    assert made(transform, source, argument) == expected


@pytest.mark.parametrize(
    ("transform", "source", "argument"),
    [
        ("number", "Account.Name", ""),
        ("date_plus_days", "Day", "a month"),
        ("date_plus_days", "Day", "1.5"),
        ("none_such", "Name", ""),
    ],
)
def test_what_a_row_cannot_make_is_for_a_person(transform: str, source: str, argument: str) -> None:
    with pytest.raises(NeedsPerson) as caught:
        made(transform, source, argument)
    assert caught.value.cause
    assert str(caught.value).endswith(".")


@given(st.one_of(st.text(), st.floats(), st.decimals(), st.booleans(), st.none()))
def test_a_number_is_finite_or_none(value: Any) -> None:
    number = as_number(value)
    assert number is None or number.is_finite()


def test_every_transform_says_what_it_reads() -> None:
    assert fields_of("template", ["Id"], "{Account.Name} {Id}") == ("Id", "Account.Name")
    assert fields_of("copy", ["Id"], "{Account.Name}") == ("Id",)


@given(st.sampled_from(sorted(TRANSFORMS)), st.text())
def test_no_argument_makes_a_transform_fail_but_by_asking_a_person(
    transform: str, argument: str
) -> None:
    with suppress(NeedsPerson):
        made(transform, "Name, Amount", argument)
