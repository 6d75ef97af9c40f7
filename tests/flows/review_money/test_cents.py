"""Rounding is cents: what is more than that needs a row that says how much, or a person."""

from __future__ import annotations

from decimal import Decimal

import pytest

from sync.core.flow import TableRow
from sync.core.records import System
from tests.builders import changed, deal_line, with_lines
from tests.flows.acts import DEAL
from tests.flows.test_tax_rows import asked, lines, opened, planned, when

MANY = with_lines(DEAL, deal_line("0.123456", "1000000"), amount="123456.00")
"""Xero rounds the price to 0.1235: 44.00 more than the deal."""


@pytest.mark.parametrize("how", ["leave", "line"])
def test_a_row_for_all_differences_decides_about_cents_alone(how: str) -> None:
    question = asked(opened(TableRow("rounding", how)), MANY)
    assert "Xero would make it GBP 123,500.00, the deal is GBP 123,456.00" in question.title
    assert [choice.value for choice in question.choices] == ["leave", "retry"]


def test_a_row_that_names_how_much_is_left_decides_about_more() -> None:
    row = TableRow("rounding", "leave", when("=difference", "50", "below"))
    assert len(lines(opened(row), MANY)) == 1
    tight = TableRow("rounding", "leave", when("=difference", "40", "below"))
    assert asked(opened(tight), MANY)


def test_no_row_makes_a_line_without_tax_of_more_than_cents() -> None:
    row = TableRow("rounding", "line", when("=difference", "50", "below"))
    assert asked(opened(row), MANY)


def test_a_person_may_leave_what_is_more_than_cents() -> None:
    books = opened()
    books.decide(asked(books, MANY), "leave")
    assert len(lines(books, MANY)) == 1


@pytest.mark.parametrize(
    ("price", "quantity", "amount", "by_row"),
    [
        ("0.12344", "1000", "123.44", True),  # 0.04 off
        ("0.00334", "1000", "3.34", True),  # 0.04 off
        ("0.123443", "3000", "370.33", False),  # 0.13 off
    ],
)
def test_ten_cents_are_still_cents(price: str, quantity: str, amount: str, by_row: bool) -> None:
    record = with_lines(DEAL, deal_line(price, quantity), amount=amount)
    plan = planned(opened(TableRow("rounding", "line")), record)
    assert plan.held is not by_row
    if by_row:
        assert plan.couple.shared[System.SALESFORCE]["net"] == Decimal(amount)


def test_each_of_many_lines_may_be_a_cent_off() -> None:
    record = with_lines(DEAL, *(deal_line("0.333") for _ in range(30)), amount="9.99")
    assert len(lines(opened(TableRow("rounding", "line")), record)) == 31


def test_whole_yen_round_to_whole_yen() -> None:
    yen = [deal_line("33.5", Description=f"{n}") for n in range(4)]
    record = changed(with_lines(DEAL, *yen, amount="136"), CurrencyIsoCode="JPY")
    assert lines(opened(TableRow("rounding", "line")), record)[-1]["UnitAmount"] == Decimal(2)
