"""A rate that a row fixes is that of one currency: no yen is billed at the rate of the dollar."""

from __future__ import annotations

from decimal import Decimal

import pytest

from sync.core.flow import Condition, TableRow
from tests.builders import deal
from tests.flows.test_currency import asked, body, opened

YEN = deal(CurrencyIsoCode="JPY", Amount=Decimal(150_000))


def row(table: str, value: str, path: str = "", wanted: str = "", operator: str = "is") -> TableRow:
    return TableRow(table, value, (Condition(path, operator, wanted),) if path else ())


@pytest.mark.parametrize(
    "open_to_all",
    [
        row("currency", "GBP by 0.79"),
        row("currency", "GBP by 0.79", "Name", "survey", "contains"),
        row("currency", "GBP by 0.79", "=currency", "USD; JPY", "in"),
        row("currency", "GBP by 0.79", "=currency", "USD", "is not"),
        row("rate", "1.2"),
        row("rate", "1.2", "=currency", "EUR", "is not"),
    ],
)
def test_a_rate_for_every_currency_bills_nobody(open_to_all: TableRow) -> None:
    question = asked(opened(open_to_all), YEN)
    assert "to every currency, JPY among them" in question.title
    assert question.fix.argument == open_to_all.table


@pytest.mark.parametrize("path", ["=currency", "CurrencyIsoCode"])
@pytest.mark.parametrize(("operator", "wanted"), [("is", "JPY"), ("is", " jpy "), ("in", "JPY")])
def test_a_rate_for_one_currency_is_taken_for_it(path: str, operator: str, wanted: str) -> None:
    made = body(opened(row("currency", "GBP by 0.005", path, wanted, operator)), YEN)
    assert (made["CurrencyCode"], made["LineItems"][0]["UnitAmount"]) == ("GBP", Decimal(750))
    assert body(opened(row("rate", "190", path, wanted, operator)), YEN)["CurrencyRate"] == 190


def test_a_rate_for_the_deals_currency_is_none_of_the_one_that_it_is_billed_in() -> None:
    into = row("currency", "EUR by 0.0061", "=currency", "JPY")
    question = asked(opened(into, row("rate", "190", "CurrencyIsoCode", "JPY")), YEN)
    assert "to every currency, EUR among them" in question.title
