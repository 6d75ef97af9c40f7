"""Currencies: billed as sold, converted only by a row that says by which rate, never relabelled."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest

from sync.core.flow import Condition, FieldRule, TableRow
from sync.core.organisation import Reference
from sync.core.planning import Action, Plan
from sync.core.questions import Question
from sync.core.records import Record, System
from sync.flows.won_opportunity_invoice import FLOW
from tests import builders
from tests.builders import TODAY, deal, deal_line, rules, uk, with_lines
from tests.flows import random_deals
from tests.flows.acts import now, quiet, the_invoice, the_question, written
from tests.flows.books import Books

EARLIER = TODAY - timedelta(days=30)
DOLLARS = deal(CurrencyIsoCode="USD", Amount=Decimal("1000.00"))
ALL = frozenset({"GBP", "EUR", "USD", "JPY", "KWD"})


def opened(*rows: TableRow, **values: Any) -> Books:
    """Return books of an organisation in pounds with these rows and an org that has rates."""
    fields = {"rules": rules(*rows), "salesforce": random_deals.salesforce(), **values}
    return Books(FLOW, builders.around(fields.pop("reference", uk(currencies=ALL)), **fields))


def fixed(value: str, currency: str = "USD", table: str = "currency") -> TableRow:
    """Return a row with a rate of its own, which must say of which currency it is."""
    return TableRow(table, value, (Condition("=currency", "is", currency),))


def body(books: Books, record: Record) -> dict[str, Any]:
    """Return what the deal's plan sends to Xero."""
    books.put(record)
    plan = books.prepare(record.key)
    assert plan.action is Action.CREATE, [q.title for q in plan.questions]
    return dict(next(i for i in plan.intents if i.kind == "Invoice").body)


def asked(books: Books, record: Record = DOLLARS) -> Question:
    """Return the one question of a deal that must not be billed."""
    books.put(record)
    plan = books.prepare(record.key)
    assert (plan.action, plan.intents) == (Action.QUESTION, ())
    return the_question(plan)


def words(plan: Plan) -> list[str]:
    return [check.words for check in plan.checks]


def test_a_deal_is_billed_in_its_own_currency_and_xero_has_the_rate() -> None:
    made = body(opened(), DOLLARS)
    assert made["CurrencyCode"] == "USD"
    assert "CurrencyRate" not in made
    assert made["LineItems"][0]["UnitAmount"] == Decimal("1000.00")


def test_a_row_that_only_names_another_currency_never_bills_the_same_figure_in_it() -> None:
    question = asked(opened(TableRow("currency", "GBP")))
    assert question.cause == "currency_row:USD:GBP"
    assert "not by which rate" in question.title
    assert question.fix.argument == "currency"


def test_a_row_that_names_the_deals_own_currency_changes_nothing() -> None:
    assert body(opened(TableRow("currency", "USD")), DOLLARS)["CurrencyCode"] == "USD"


@pytest.mark.parametrize(
    ("row", "day", "total", "told"),
    [
        ("GBP by 0.79", TODAY, "790.00", "USD 1,000.00 × 0.79 (fixed in a mapping row)"),
        ("GBP by salesforce", TODAY, "750.00", "(Salesforce, from 30 Oct 2026) = GBP 750.00"),
        ("GBP by salesforce", EARLIER, "775.19", "(Salesforce, from 20 Sep 2026) = GBP 775.19"),
        ("gbp by Salesforce", TODAY, "750.00", "GBP 750.00"),
    ],
)
def test_a_deal_is_converted_by_a_row_that_says_how(
    row: str, day: date, total: str, told: str
) -> None:
    books = opened(fixed(row))
    record = builders.changed(DOLLARS, CloseDate=day)
    made = body(books, record)
    assert made["CurrencyCode"] == "GBP"
    assert "CurrencyRate" not in made
    plan = books.prepare(record.key)
    assert str(plan.money) == f"GBP {total}"
    assert any(told in each for each in words(plan))


def test_the_rate_its_day_and_its_source_are_kept_with_the_plan_and_the_link() -> None:
    books = opened(TableRow("currency", "GBP by salesforce"))
    plan = books.sync(DOLLARS)
    kept = plan.couple.shared[System.SALESFORCE]["rate"]["conversion"]
    assert kept == {
        "currency": "GBP",
        "base": "USD",
        "value": Decimal(1) / Decimal("1.333337"),
        "source": "salesforce",
        "day": TODAY - timedelta(days=20),
    }
    assert books.links[DOLLARS.key.id].agreed["rate"].salesforce["conversion"] == kept


def test_a_converted_total_is_not_told_to_a_deal_in_another_currency() -> None:
    books = opened(fixed("GBP by 0.79"))
    books.sync(DOLLARS)
    told = books.records[DOLLARS.key]
    assert told.get("Counterpart_Invoice_Total__c") is None
    assert told.get("Counterpart_Invoice_Number__c")
    assert quiet(books.again(DOLLARS.key))


def test_a_converted_draft_keeps_its_rate_when_rates_and_rows_move() -> None:
    books = opened(TableRow("currency", "GBP by salesforce"))
    books.sync(DOLLARS)
    dearer = replace(random_deals.salesforce(), dated_rates={}, rates={"USD": Decimal(2)})
    books.around = replace(books.around, salesforce=dearer)
    assert quiet(books.again(DOLLARS.key))
    books.around = replace(books.around, rules=rules(fixed("EUR by 0.9")))
    assert quiet(books.again(DOLLARS.key))
    books.around = replace(books.around, rules=rules())
    assert quiet(books.again(DOLLARS.key))


def test_a_converted_draft_follows_its_deals_amount_at_the_rate_it_was_made_with() -> None:
    books = opened(fixed("GBP by 0.79"))
    books.sync(DOLLARS)
    books.around = replace(books.around, rules=rules(fixed("GBP by 0.5")))
    plan = now(books, Amount=Decimal("2000.00"))
    assert written(plan) == {"lines"}
    assert the_invoice(books).get("SubTotal") == Decimal("1580.00")


def test_a_draft_in_its_own_currency_is_not_converted_by_a_row_that_came_later() -> None:
    books = opened()
    books.sync(DOLLARS)
    books.around = replace(books.around, rules=rules(fixed("GBP by 0.79")))
    assert quiet(books.again(DOLLARS.key))
    assert the_invoice(books).get("CurrencyCode") == "USD"


def test_salesforces_rate_is_that_of_the_close_date_whatever_day_the_invoice_has() -> None:
    mapped = rules(
        TableRow("currency", "GBP by salesforce"), fields=(FieldRule("date", "Start__c"),)
    )
    books = opened(rules=mapped)
    books.put(builders.changed(DOLLARS, CloseDate=EARLIER, Start__c=TODAY))
    plan = books.prepare(DOLLARS.key)
    assert str(plan.money) == "GBP 775.19"
    assert plan.couple.shared[System.SALESFORCE]["date"] == TODAY


def test_a_new_close_date_takes_that_days_rate() -> None:
    books = opened(TableRow("currency", "GBP by salesforce"))
    books.sync(DOLLARS)
    plan = now(books, CloseDate=EARLIER)
    assert {"lines", "date"} <= written(plan)
    assert the_invoice(books).get("SubTotal") == Decimal("775.19")


def test_what_is_billed_once_more_is_billed_by_the_rows_of_today() -> None:
    books = opened(fixed("GBP by 0.79"))
    books.sync(DOLLARS)
    books.edit(the_invoice(books), Status="DELETED")
    books.around = replace(books.around, rules=rules(fixed("GBP by 0.5")))
    books.decide(the_question(books.again(DOLLARS.key)), "again")
    books.again(DOLLARS.key)
    living = [i for i in books.of("Invoice") if i.get("Status") == "DRAFT"]
    assert [i.get("SubTotal") for i in living] == [Decimal("500.00")]


@pytest.mark.parametrize(
    ("row", "cause"),
    [
        (TableRow("rate", "salesforce"), "rate_row:GBP:USD"),
        (TableRow("currency", "GBP by salesforce"), "currency_row:USD:GBP"),
        (fixed("0", table="rate"), "rate_row:0"),
        (fixed("nonsense", table="rate"), "rate_row:nonsense"),
        (fixed("NaN", table="rate"), "rate_row:nan"),
        (fixed("0.0000001", table="rate"), "rate_row:USD:decimals"),
        (fixed("GBP by -1"), "currency_row:-1"),
        (TableRow("currency", "pounds"), "currency_row:pounds"),
        (TableRow("currency", "ask"), "ask:currency"),
        (TableRow("rate", "ask"), "ask:rate"),
    ],
)
def test_a_rate_that_is_not_there_is_a_question_and_never_one_to_one(
    row: TableRow, cause: str
) -> None:
    bare = Reference(builders.NOON, "Fernhill", "GB", "GBP", "Europe/London")
    assert asked(opened(row, salesforce=bare)).cause.startswith(cause)


def test_a_day_before_the_first_dated_rate_is_a_question() -> None:
    old = builders.changed(DOLLARS, CloseDate=TODAY - timedelta(days=99))
    question = asked(opened(TableRow("currency", "GBP by salesforce")), old)
    assert question.title == "Salesforce has no rate between USD and GBP on 12 Aug 2026."


def test_what_a_rate_makes_nothing_of_is_a_question() -> None:
    question = asked(opened(fixed("GBP by 0.000001")))
    assert "comes to GBP 0.00 once it is converted" in question.title


def test_a_currency_that_xero_lacks_is_a_question_that_names_both_ways_out() -> None:
    question = asked(opened(reference=uk()))
    assert question.cause == "currency:USD"
    assert "Settings › Currencies" in question.explanation
    assert "table of currencies" in question.explanation


def test_a_conversion_into_a_currency_that_xero_lacks_is_a_question() -> None:
    assert asked(opened(fixed("CHF by 0.9"))).cause == "currency:CHF"


def test_lines_are_converted_one_by_one_and_the_cents_are_asked_about() -> None:
    lines = [deal_line("0.10"), deal_line("0.10"), deal_line("0.10")]
    record = with_lines(DOLLARS, *lines, amount="0.30")
    row = fixed("GBP by 0.75")
    question = asked(opened(row), record)
    assert "GBP 0.24, the deal is GBP 0.23" in question.title
    assert [c.value for c in question.choices] == ["leave", "line", "retry"]
    made = body(opened(row, TableRow("rounding", "leave")), record)
    assert [line["UnitAmount"] for line in made["LineItems"]] == [Decimal("0.08")] * 3


def test_the_price_of_one_thing_is_converted_to_money_and_of_many_to_four_decimals() -> None:
    lines = [deal_line("9.99"), deal_line("9.99", "1000")]
    record = with_lines(DOLLARS, *lines, amount="9999.99")
    rows = fixed("GBP by 0.7337"), TableRow("rounding", "leave")
    made = body(opened(*rows), record)
    assert [line["UnitAmount"] for line in made["LineItems"]] == [
        Decimal("7.33"),
        Decimal("7.3297"),
    ]


@pytest.mark.parametrize(
    ("currency", "amount", "fine"),
    [
        ("JPY", "150000", True),
        ("JPY", "1500.50", False),
        ("KWD", "12.34", True),
        ("KWD", "12.345", False),
        ("EUR", "0.01", True),
    ],
)
def test_currencies_of_no_two_and_three_decimals(currency: str, amount: str, fine: bool) -> None:
    books = opened()
    record = deal(CurrencyIsoCode=currency, Amount=Decimal(amount))
    books.put(record)
    plan = books.prepare(record.key)
    assert plan.action is (Action.CREATE if fine else Action.QUESTION)


def test_yen_with_a_tax_that_no_yen_can_pay_are_told() -> None:
    books = opened()
    record = deal(CurrencyIsoCode="JPY", Amount=Decimal(1234))
    books.put(record)
    assert any(
        "JPY 1,480.8, which 0 decimals of JPY" in w for w in words(books.prepare(record.key))
    )
