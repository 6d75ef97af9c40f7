"""The transforms that translate, cut, split and convert."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from sync.core.errors import NeedsPerson
from sync.core.transforms import TRANSFORMS


def made(transform: str, value: Any, argument: str = "") -> Any:
    return TRANSFORMS[transform]([value], argument, lambda path: None)


@pytest.mark.parametrize(
    ("transform", "value", "argument", "result"),
    [
        ("lower", "QUAY", "", "quay"),
        ("cut", "Kestrel Quay", "8", "Kestrel"),
        ("cut", None, "8", ""),
        ("or_else", None, "none", "none"),
        ("or_else", "", "none", "none"),
        ("or_else", Decimal(0), "none", Decimal(0)),
        ("end_of_month", date(2026, 1, 31), "0", date(2026, 1, 31)),
        ("end_of_month", date(2026, 1, 31), "1", date(2026, 2, 28)),
        ("end_of_month", date(2027, 12, 1), "2", date(2028, 2, 29)),
        ("end_of_month", date(2026, 1, 1), "-1", date(2025, 12, 31)),
        ("end_of_month", None, "1", None),
        ("look_up", "gb", "GB = United Kingdom; else = abroad", "United Kingdom"),
        ("look_up", "FR", "GB = United Kingdom; else = abroad", "abroad"),
        ("look_up", "FR", "GB = United Kingdom", None),
        ("look_up", Decimal("20.0"), "20 = OUTPUT2", "OUTPUT2"),
        ("look_up", None, "else = x", "x"),
        ("split_name", "Anna Maria Dijk", "first", "Anna Maria"),
        ("split_name", "Anna van der Dijk", "last", "van der Dijk"),
        ("split_name", "van Dijk, Anna", "first", "Anna"),
        ("split_name", "van Dijk, Anna", "last", "van Dijk"),
        ("split_name", "Cher", "last", "Cher"),
        ("split_name", "Cher", "first", ""),
        ("split_name", None, "last", ""),
        ("convert", Decimal("100.10"), "0.7912 GBP, 1 Nov 2026", Decimal("79.20")),
        ("convert", Decimal("100.10"), "151.5 JPY", Decimal(15165)),
        ("convert", Decimal("10"), "0.30705 KWD", Decimal("3.071")),
        ("convert", None, "0.7912 GBP", None),
    ],
)
def test_what_a_transform_makes(transform: str, value: Any, argument: str, result: Any) -> None:
    assert made(transform, value, argument) == result


@pytest.mark.parametrize(
    ("transform", "value", "argument"),
    [
        ("cut", "x", "soon"),
        ("cut", "x", "0"),
        ("cut", "x", "1.5"),
        ("end_of_month", date(2026, 1, 1), "x"),
        ("end_of_month", date(9999, 12, 1), "1"),
        ("split_name", "x", "middle"),
        ("convert", Decimal(1), "cheap"),
        ("convert", "x", "0.5 GBP"),
    ],
)
def test_what_cannot_be_used_asks_a_person(transform: str, value: Any, argument: str) -> None:
    with pytest.raises(NeedsPerson):
        made(transform, value, argument)
