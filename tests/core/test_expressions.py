"""A calculated row is exact, strict about kinds, and cannot be made to do anything else."""

from __future__ import annotations

import time
from contextlib import suppress
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sync.core.errors import NeedsPerson
from sync.core.expressions import calculate, fault, names_of
from sync.core.transforms import TRANSFORMS, fields_of

VALUES: dict[str, Any] = {
    "Amount": Decimal("1250.10"),
    "Rate": Decimal("0.15"),
    "Name": "Kestrel Quay",
    "Empty": None,
    "Closed": date(2026, 1, 31),
    "Stamp": datetime(2026, 1, 31, 12, tzinfo=UTC),
    "Won": True,
    "Account.Discount__c": Decimal(10),
    "Lines": [{"a": 1}],
}


def made(source: str) -> Any:
    return calculate(source, VALUES.get)


@pytest.mark.parametrize(
    ("source", "result"),
    [
        ("Amount - Amount * Rate", Decimal("1062.585")),
        ("0.1 + 0.2", Decimal("0.3")),
        ("1250.10 - 187.515", Decimal("1062.585")),
        ("Amount * (1 - Account.Discount__c / 100)", Decimal("1125.09")),
        ("round(2.165, 2)", Decimal("2.17")),
        ("round(-2.165, 2)", Decimal("-2.17")),
        ("10 / 4", Decimal("2.5")),
        ("7 % 4", Decimal(3)),
        ("'large' if Amount > 1000 else 'small'", "large"),
        ("upper(Name) + ' ' + text(Amount)", "KESTREL QUAY 1250.1"),
        ("if_empty(Empty, 0) + 1", Decimal(1)),
        ("is_empty(Empty) and not is_empty(Name)", True),
        ("Closed + 30", date(2026, 3, 2)),
        ("days(Closed, -31)", date(2025, 12, 31)),
        ("Closed - days(Closed, -31)", Decimal(31)),
        ("year(Closed) * 100 + month(Closed)", Decimal(202601)),
        ("left(Name, 7)", "Kestrel"),
        ("contains(Name, 'QUAY')", True),
        ("max(1, Amount, 3)", Decimal("1250.10")),
        ("number('12.50') * 2", Decimal("25.00")),
        ("1 < 2 < 3", True),
        ("Won == True", True),
        ("Empty == None", True),
    ],
)
def test_what_it_comes_to(source: str, result: Any) -> None:
    assert made(source) == result
    assert type(made(source)) is type(result)


@pytest.mark.parametrize(
    ("source", "sentence"),
    [
        ("Amount * Empty", "a field in it is empty"),
        ("Amount + Name", "calculates with a text as if it were a number"),
        ("Won * 2", "calculates with yes or no"),
        ("Name > 1", "compares a text with a number"),
        ("Closed == 1", "compares a date with a number"),
        ("Closed < Stamp", "a date with a date and its time"),
        ("Closed == Stamp", "a date with a date and its time"),
        ("Amount / 0", "divided by zero"),
        ("Amount % 0", "divided by zero"),
        ("Closed + 0.5", "no whole number"),
        ("Closed + 99999", "too many"),
        ("number(Name)", "is no number"),
        ("Lines + 1", "more than one value"),
        ("Missing + 1", "a field in it is empty"),
        ("round(Amount, 11)", "from 0 to 10"),
        ("year(Name)", "asks for the year of a text"),
    ],
)
def test_what_does_not_work_out_asks_a_person_and_never_guesses(source: str, sentence: str) -> None:
    with pytest.raises(NeedsPerson, match="cannot be calculated") as error:
        made(source)
    assert sentence in str(error.value)


ATTACKS = [
    "().__class__.__bases__[0].__subclasses__()",
    "Name.__class__",
    "_x",
    "Name._private",
    "__import__('os').system('id')",
    "open('/etc/passwd')",
    "eval('1')",
    "getattr(Name, 'upper')",
    "Name.upper()",
    "(1).real",
    "'a'.join(['b'])",
    "9**9**9",
    "1 << 99",
    "~1",
    "1 | 2",
    "7 // 2",
    "a @ b",
    "[x for x in Name]",
    "lambda: 1",
    "f'{Name}'",
    "Name[0]",
    "{1: 2}",
    "[1, 2]",
    "(1, 2)",
    "x := 1",
    "x = 1",
    "1; 2",
    "Name is None",
    "'K' in Name",
    "upper(*Name)",
    "upper(value=Name)",
    "upper(Name, Name)",
    "upper()",
    "upper",
    "round(1, 2, 3)",
    "1e999",
    "1j",
    "0x10",
    "b'x'",
    "...",
    "yield 1",
    "await x",
    "é",
    "A.B.C.D.E.F.G",
    "(Amount).x.y if 1 else 2()",
    "'" + "a" * 499,
    "a" * 501,
    "(" * 240 + "1" + ")" * 240,
    "-" * 400 + "1",
    "not " * 100 + "1",
    "",
    "   ",
    "Amount *",
    "Amount \x00",
]


@pytest.mark.parametrize("source", [s for s in ATTACKS if s != "upper"])
def test_what_is_no_plain_calculation_is_refused_with_a_sentence(source: str) -> None:
    told = fault(source)
    assert told.endswith((".", "?", "."))
    assert len(told) > 15
    with pytest.raises(NeedsPerson):
        made(source)


@pytest.mark.parametrize(
    "source",
    [
        "+".join(["Long"] * 100),
        "+".join(["text(Long)"] * 45),
        "*".join(["Huge"] * 90),
        "trim(" * 30 + "Long" + ")" * 30,
        "Huge / 7 / 7 / 7 / 7 / 7 / 7 / 7",
    ],
)
def test_big_values_end_soon(source: str) -> None:
    values = {"Long": "x " * 16_000, "Huge": Decimal("9" * 28)}
    begun = time.monotonic()
    with suppress(NeedsPerson):
        calculate(source, values.get)
    assert time.monotonic() - begun < 2


def test_a_mistyped_way_is_told_the_right_one() -> None:
    assert "Did you mean round?" in fault("rund(Amount)")


def test_the_fields_of_an_expression_are_read_like_those_of_a_template() -> None:
    source = "Amount * (1 - Account.Discount__c) + Amount"
    assert names_of(source) == ("Amount", "Account.Discount__c")
    assert fields_of("expression", [], source) == ("Amount", "Account.Discount__c")
    assert fields_of("expression", [], "Amount *") == ()


def test_it_is_one_of_the_transforms() -> None:
    assert TRANSFORMS["expression"]([], "Amount * 2", VALUES.get) == Decimal("2500.20")


amounts = st.decimals(-(10**9), 10**9, allow_nan=False, allow_infinity=False, places=4)


@given(amounts, amounts, amounts)
def test_sums_and_products_are_those_of_exact_numbers(a: Decimal, b: Decimal, c: Decimal) -> None:
    values = {"A": a, "B": b, "C": c}
    assert calculate("A * B + C", values.get) == a * b + c
    assert calculate("A - B == -(B - A)", values.get) is True


@given(st.text(max_size=120))
def test_any_text_is_calculated_or_refused_and_breaks_nothing(source: str) -> None:
    told = fault(source)
    with pytest.raises(NeedsPerson) if told else suppress(NeedsPerson):
        calculate(source, VALUES.get)
