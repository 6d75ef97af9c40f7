"""What a draft's lines were made with stays theirs, also when a deal or a product is renamed."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

from sync.core.flow import Condition, TableRow
from sync.flows.won_opportunity_invoice import FLOW
from tests import builders
from tests.builders import deal, deal_line, item, rules, with_lines
from tests.flows import random_deals
from tests.flows.acts import DEAL, now, quiet, the_invoice, the_question
from tests.flows.books import Books
from tests.flows.test_tax_rows import ROUNDING, organisation

EXEMPT = TableRow("tax_type", "EXEMPTOUTPUT")
TRAINING = TableRow("account_code", "205")


def opened(*rows: TableRow, **values: Any) -> Books:
    """Return books of a British organisation with these rows."""
    known = replace(organisation(), currencies=frozenset({"GBP", "USD"}))
    own = builders.around(known, rules=rules(*rows), salesforce=random_deals.salesforce(), **values)
    return Books(FLOW, own)


def change(books: Books, *rows: TableRow) -> None:
    books.around = replace(books.around, rules=rules(*rows))


def codes(books: Books) -> list[tuple[str, str]]:
    """Return the account and tax of each line of the one invoice."""
    return [(x["AccountCode"], x["TaxType"]) for x in the_invoice(books).get("LineItems")]


@pytest.mark.parametrize("said", [None, "stay"])
def test_a_renamed_deal_keeps_the_tax_and_account_of_its_draft(said: str | None) -> None:
    books = opened()
    books.sync(DEAL)
    change(books, EXEMPT, TRAINING)
    for question in books.again(DEAL.key).questions if said else ():
        books.decide(question, said or "")
    now(books, Name="Harbour survey, second part", Amount=Decimal(1250))
    assert codes(books) == [("200", "OUTPUT2")]
    assert the_invoice(books).get("SubTotal") == Decimal(1250)
    asked = {question.cause for question in books.again(DEAL.key).questions}
    kept = {"moved_tax:OUTPUT2:EXEMPTOUTPUT", "moved_account:200:205"}
    assert asked == (set() if said else kept)


def test_a_renamed_line_keeps_its_codes_at_its_price() -> None:
    books = opened()
    lines = [deal_line("100", "2", Description=name, Id=name) for name in ("One", "Two")]
    books.sync(with_lines(DEAL, *lines, amount="400"))
    change(books, EXEMPT)
    lines[1] = {**lines[1], "Description": "Two, as agreed on the phone"}
    books.sync(with_lines(books.records[DEAL.key], *lines, amount="400"))
    assert [tax for _, tax in codes(books)] == ["OUTPUT2", "OUTPUT2"]


def test_a_renamed_line_of_a_converted_deal_keeps_its_codes() -> None:
    rate = TableRow("currency", "GBP by 0.79", (Condition("CurrencyIsoCode", "is", "USD"),))
    books = opened(rate)
    record = deal(CurrencyIsoCode="USD")
    books.sync(with_lines(record, deal_line("9.99", "100"), amount="999.00"))
    change(books, rate, EXEMPT)
    renamed = deal_line("9.99", "100", Description="Survey day, early")
    books.sync(with_lines(books.records[record.key], renamed, amount="999.00"))
    assert [tax for _, tax in codes(books)] == ["OUTPUT2"]


def test_a_product_keeps_its_codes_under_another_description_and_price() -> None:
    products = {"DAY": item("DAY", "200", "OUTPUT2")}
    line = deal_line("100", Product2={"Name": "Day", "ProductCode": "DAY"})
    books = opened(items=products)
    books.sync(with_lines(DEAL, line, amount="100"))
    change(books, EXEMPT)
    line = {**line, "Description": "A long day", "UnitPrice": Decimal(120)}
    books.sync(with_lines(books.records[DEAL.key], line, amount="120"))
    assert [tax for _, tax in codes(books)] == ["OUTPUT2"]


def test_another_thing_in_the_place_of_one_bears_what_the_rows_say_of_it() -> None:
    books = opened(TableRow("tax_type", "EXEMPTOUTPUT", (Condition("Description", "is", "Book"),)))
    books.sync(with_lines(DEAL, deal_line("100"), amount="100"))
    other = deal_line("30", Description="Book")
    plan = books.sync(with_lines(books.records[DEAL.key], other, amount="30"))
    assert not plan.questions
    assert [tax for _, tax in codes(books)] == ["EXEMPTOUTPUT"]


def test_a_product_called_rounding_is_never_booked_as_the_line_that_we_add() -> None:
    books = Books(FLOW, builders.around(organisation(), rules=rules(TableRow("rounding", "line"))))
    thirds = [deal_line("0.333", Id=str(n)) for n in range(3)]
    books.sync(with_lines(DEAL, *thirds, amount="1.00"))
    assert codes(books)[-1] == (ROUNDING.code, "NONE")
    sold = deal_line("500", Description="Rounding", Id="9")
    record = with_lines(books.records[DEAL.key], *thirds, sold, amount="501.00")
    plan = books.sync(record)
    assert not plan.questions
    assert codes(books)[-2:] == [("200", "OUTPUT2"), (ROUNDING.code, "NONE")]
    assert quiet(books.again(DEAL.key))


def test_a_follow_still_lets_a_renamed_deal_follow() -> None:
    books = opened()
    books.sync(DEAL)
    change(books, EXEMPT)
    books.decide(the_question(books.again(DEAL.key)), "follow")
    now(books, Name="Harbour survey, second part")
    assert [tax for _, tax in codes(books)] == ["EXEMPTOUTPUT"]


def two_days(books: Books, *lines: tuple[str, str]) -> None:
    """Let the deal have two lines of one name, of one and of two pieces unless told otherwise."""
    rows = [
        deal_line(price, quantity, Id=str(place), SortOrder=place)
        for place, (price, quantity) in enumerate(lines)
    ]
    amount = sum(row["UnitPrice"] * row["Quantity"] for row in rows)
    books.sync(with_lines(books.records.get(DEAL.key, DEAL), *rows, amount=str(amount)))


def test_lines_of_one_name_never_change_their_tax_with_each_other() -> None:
    """A line that came after the rows had changed bears today's tax, the elder one its own."""
    books = opened(TableRow("tax_type", "RROUTPUT"))
    two_days(books, ("900", "2"))
    change(books, TableRow("tax_type", "OUTPUT2"))
    two_days(books, ("900", "2"), ("14", "10"))
    assert [tax for _, tax in codes(books)] == ["RROUTPUT", "OUTPUT2"]
    for prices in (
        (("950", "2"), ("15", "10")),
        (("950", "2"), ("15", "2")),
        (("1", "3"), ("2", "3")),
    ):
        two_days(books, *prices)
        assert [tax for _, tax in codes(books)] == ["RROUTPUT", "OUTPUT2"]
    plan = books.again(DEAL.key)
    assert not plan.intents


def test_of_two_lines_of_one_name_the_one_that_is_left_keeps_its_tax() -> None:
    books = opened(TableRow("tax_type", "RROUTPUT"))
    two_days(books, ("900", "2"))
    change(books, TableRow("tax_type", "OUTPUT2"))
    two_days(books, ("900", "2"), ("14", "10"))
    two_days(books, ("14", "10"))
    assert [tax for _, tax in codes(books)] == ["OUTPUT2"]
