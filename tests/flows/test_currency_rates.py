"""The rate that Xero is given: by a row, for the currency that is billed in, once."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest

from sync.core.flow import Condition, TableRow
from tests.builders import deal, rules
from tests.flows.acts import now, quiet, the_invoice, written
from tests.flows.test_currency import DOLLARS, EARLIER, body, fixed, opened


@pytest.mark.parametrize(
    ("row", "currency", "rate"),
    [
        ("salesforce", "EUR", "1.183345"),
        ("salesforce", "JPY", "196.412"),
        ("1.2", "EUR", "1.2"),
        ("xero", "EUR", None),
        ("salesforce", "GBP", None),
        ("1.2", "GBP", None),
    ],
)
def test_the_rate_that_xero_is_given(row: str, currency: str, rate: str | None) -> None:
    record = deal(CurrencyIsoCode=currency, Amount=Decimal("1000"))
    made = body(opened(fixed(row, currency, "rate")), record)
    assert made.get("CurrencyRate") == (Decimal(rate) if rate else None)


def test_a_rate_row_may_ask_for_the_currency_that_is_billed_in() -> None:
    of_euros = TableRow("rate", "1.2", (Condition("=currency", "is", "EUR"),))
    books = opened(of_euros, fixed("EUR by 0.9"))
    assert body(books, DOLLARS)["CurrencyRate"] == Decimal("1.2")


def test_a_rate_that_was_given_stays_until_the_day_moves() -> None:
    books = opened(TableRow("rate", "salesforce"))
    euros = deal(CurrencyIsoCode="EUR")
    books.sync(euros)
    assert the_invoice(books).get("CurrencyRate") == Decimal("1.183345")
    books.around = replace(books.around, rules=rules(fixed("1.5", "EUR", "rate")))
    assert quiet(books.again(euros.key))
    plan = now(books, CloseDate=EARLIER)
    assert written(plan) == {"rate", "date", "due_date"}
    assert the_invoice(books).get("CurrencyRate") == Decimal("1.5")


def test_a_rate_that_finance_corrects_in_xero_stands() -> None:
    books = opened(TableRow("rate", "salesforce"))
    euros = deal(CurrencyIsoCode="EUR")
    books.sync(euros)
    books.edit(the_invoice(books), CurrencyRate=Decimal("1.19"))
    assert not written(books.again(euros.key))
    assert not written(now(books, Amount=Decimal(1250))) & {"rate"}
    assert the_invoice(books).get("CurrencyRate") == Decimal("1.19")


@pytest.mark.parametrize(("choice", "rate"), [("salesforce", "1.16"), ("xero", "1.19")])
def test_a_new_rate_on_a_draft_whose_rate_finance_corrected_is_asked_about(
    choice: str, rate: str
) -> None:
    books = opened(TableRow("rate", "salesforce"))
    euros = deal(CurrencyIsoCode="EUR")
    books.sync(euros)
    books.edit(the_invoice(books), CurrencyRate=Decimal("1.19"))
    books.again(euros.key)
    plan = now(books, CloseDate=EARLIER)
    (conflict,) = [q for q in plan.questions if q.field == "rate"]
    assert "EUR 1.16 for GBP 1 (Salesforce" in str(conflict)
    assert not written(plan)
    books.decide(conflict, choice)
    books.again(euros.key)
    assert the_invoice(books).get("CurrencyRate") == Decimal(rate)
    assert quiet(books.again(euros.key))
