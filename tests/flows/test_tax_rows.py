"""Tax: the type that a row names and no other of the same percentage, cents as the rows say."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

from sync.core.flow import Condition, TableRow
from sync.core.organisation import Account, Reference
from sync.core.planning import Action, Plan
from sync.core.questions import Question
from sync.core.records import Record, System
from sync.flows.won_opportunity_invoice import FLOW
from tests import builders
from tests.builders import deal, deal_line, rules, tax_rate, uk, with_lines
from tests.flows.acts import DEAL, now, quiet, the_invoice, the_question, written
from tests.flows.books import Books

ROUNDING = Account("a7", "860", "Rounding", "CURRLIAB", "NONE", True, "ROUNDING", "LIABILITY")
CODES = {
    "OUTPUT2": "20",
    "RROUTPUT": "5",
    "ZERORATEDOUTPUT": "0",
    "EXEMPTOUTPUT": "0",
    "ECZROUTPUT": "0",
    "DRCHARGESUPPLY20": "0",
}
ANY = {"REVENUE", "LIABILITY"}


def organisation() -> Reference:
    """Return a British organisation with several types of no percent, and a rounding account."""
    known = [tax_rate(code, code.title(), rate) for code, rate in CODES.items()]
    plain = tax_rate("NONE", "No VAT", "0", classes=ANY)
    bought = tax_rate("INPUT2", "VAT on Expenses", "20", classes={"EXPENSE"})
    return uk(tax_rates=(*known, plain, bought), accounts=(*uk().accounts, ROUNDING))


def opened(*rows: TableRow) -> Books:
    """Return books of that organisation with these rows."""
    return Books(FLOW, builders.around(organisation(), rules=rules(*rows)))


def when(path: str, value: str, operator: str = "is") -> tuple[Condition, ...]:
    return (Condition(path, operator, value),)


def planned(books: Books, record: Record = DEAL) -> Plan:
    books.put(record)
    return books.prepare(record.key)


def lines(books: Books, record: Record = DEAL) -> list[dict[str, Any]]:
    """Return the lines that the deal's plan sends to Xero."""
    plan = planned(books, record)
    assert plan.action is Action.CREATE, [q.title for q in plan.questions]
    body = next(i for i in plan.intents if i.kind == "Invoice").body
    return [dict(line) for line in body["LineItems"]]


def asked(books: Books, record: Record = DEAL) -> Question:
    plan = planned(books, record)
    assert (plan.action, plan.intents) == (Action.QUESTION, ())
    return the_question(plan)


@pytest.mark.parametrize(
    ("condition", "values"),
    [
        (when("Account.BillingCountry", "Ireland"), {"account": {"BillingCountry": "Ireland"}}),
        (when("Account.BillingState", "NI; Leinster", "in"), {"account": {"BillingState": "NI"}}),
        (when("Territory2.Name", "EU", "contains"), {"Territory2": {"Name": "EU North"}}),
        (when("Account.Tax_Status__c", "Exempt"), {"account": {"Tax_Status__c": "exempt"}}),
        (when("line.Opportunity.Region__c", "EU"), {"Region__c": "EU"}),
        (when("Product2.Family", "Books"), {}),
        (when("line.Product2.Family", "Books"), {}),
        (when("=account", "200"), {}),
        (when("=currency", "GBP"), {}),
        (when("=amount", "500", "above"), {}),
    ],
)
def test_a_row_may_ask_for_place_product_customer_and_account(
    condition: tuple[Condition, ...], values: dict[str, Any]
) -> None:
    line = deal_line("1000", Product2={"Family": "Books"})
    record = deal(OpportunityLineItems=[line], **values)
    row = TableRow("tax_type", "EXEMPTOUTPUT", condition)
    (found,) = lines(opened(row), record)
    assert found["TaxType"] == "EXEMPTOUTPUT"


def test_the_first_row_that_holds_wins_and_the_last_is_for_all_others() -> None:
    books = opened(
        TableRow("tax_type", "RROUTPUT", when("Product2.Family", "Books")),
        TableRow("tax_type", "OUTPUT2", when("Product2.Family", "B", "contains")),
        TableRow("tax_type", "EXEMPTOUTPUT"),
        TableRow("tax_type", "ZERORATEDOUTPUT", when("Product2.Family", "Music")),
    )
    named = [deal_line("1", Product2={"Family": f}) for f in ("Books", "Bikes", "Music")]
    found = lines(books, with_lines(DEAL, *named, amount="3"))
    assert [x["TaxType"] for x in found] == ["RROUTPUT", "OUTPUT2", "EXEMPTOUTPUT"]


def test_where_no_row_is_for_a_line_or_one_says_ask_a_person_is_asked() -> None:
    books = opened()
    only = TableRow("tax_type", "OUTPUT2", when("Product2.Family", "Books"))
    kept = tuple(row for row in FLOW.tables if row.table != "tax_type")
    books.around = replace(books.around, rules=replace(rules(), tables=(only, *kept)))
    assert "no row is for this case" in asked(books).title
    assert asked(opened(TableRow("tax_type", "ask"))).cause == "ask:tax_type"


def test_mixed_rates_reverse_charge_zero_rated_exempt_and_none_stay_apart() -> None:
    codes = [*CODES, "NONE"]
    books = opened(*(TableRow("tax_type", c, when("Product2.Family", c)) for c in codes))
    named = [deal_line("100", Product2={"Family": code}) for code in codes]
    record = with_lines(DEAL, *named, amount="700")
    assert [line["TaxType"] for line in lines(books, record)] == codes
    assert planned(books, record).couple.shared[System.SALESFORCE]["gross"] == Decimal("725.00")


def test_a_type_of_the_same_percentage_is_another_type() -> None:
    books = opened(TableRow("tax_type", "ZERORATEDOUTPUT"))
    books.sync(DEAL)
    line = {**the_invoice(books).get("LineItems")[0], "TaxType": "EXEMPTOUTPUT"}
    books.edit(the_invoice(books), LineItems=[line])
    books.again(DEAL.key)
    plan = now(books, Amount=Decimal(2000))
    assert "lines" in {q.field for q in plan.questions}
    assert not written(plan)


@pytest.mark.parametrize(
    ("code", "words"), [("INPUT2", "be used with account"), ("TAX20", "does not exist")]
)
def test_a_type_that_does_not_fit_is_asked_about_though_its_percentage_would(
    code: str, words: str
) -> None:
    question = asked(opened(TableRow("tax_type", code)))
    assert words in question.title


def test_prices_without_any_tax_name_no_type_and_stay_quiet() -> None:
    books = opened(TableRow("amounts_are", "NoTax"))
    (line,) = lines(books)
    assert "TaxType" not in line
    books.sync(DEAL)
    told = {**the_invoice(books).get("LineItems")[0], "TaxType": "NONE"}
    books.edit(the_invoice(books), LineItems=[told])
    assert quiet(books.again(DEAL.key))


THREE = [deal_line("0.333", "1") for _ in range(3)]
OFF = with_lines(DEAL, *THREE, amount="1.00")


@pytest.mark.parametrize("amounts", ["Exclusive", "Inclusive", "NoTax"])
def test_a_rounding_line_makes_the_invoice_the_deal_to_the_cent(amounts: str) -> None:
    books = opened(TableRow("rounding", "line"), TableRow("amounts_are", amounts))
    found = lines(books, OFF)
    code = {} if amounts == "NoTax" else {"TaxType": "NONE"}
    assert found[-1] == {
        "Description": "Rounding",
        "Quantity": Decimal(1),
        "UnitAmount": Decimal("0.01"),
        "AccountCode": "860",
        **code,
    }
    books.sync(OFF)
    assert quiet(books.again(OFF.key))


def test_a_difference_that_is_left_is_told_and_never_asked_about_again() -> None:
    books = opened(TableRow("rounding", "leave"))
    plan = books.sync(OFF)
    assert any("GBP -0.01 off the deal’s GBP 1.00" in check.words for check in plan.checks)
    assert quiet(books.again(OFF.key))
    books.edit(the_invoice(books), Status="AUTHORISED")
    after = books.again(OFF.key)
    assert not after.questions
    books.around = replace(books.around, rules=rules())
    assert not books.again(OFF.key).questions


@pytest.mark.parametrize(("choice", "lines_made"), [("leave", 3), ("line", 4)])
def test_a_person_may_say_what_becomes_of_the_cents_of_one_deal(
    choice: str, lines_made: int
) -> None:
    books = opened()
    question = asked(books, OFF)
    assert question.alone
    assert [c.value for c in question.choices] == ["leave", "line", "retry"]
    books.decide(question, choice)
    assert len(lines(books, OFF)) == lines_made


def test_what_was_said_of_some_cents_is_not_said_of_others() -> None:
    books = opened()
    books.decide(asked(books, OFF), "leave")
    other = with_lines(OFF, *THREE, *THREE, amount="2.00")
    assert "GBP 1.98, the deal is GBP 2.00" in asked(books, other).title


@pytest.mark.parametrize(
    ("prices", "amount"), [(["99.99"], "100"), (["0.333"] * 3, "1.02"), (["1.00"] * 3, "2.99")]
)
def test_what_rounding_cannot_explain_is_a_question_whatever_the_rows_say(
    prices: list[str], amount: str
) -> None:
    record = with_lines(DEAL, *(deal_line(price) for price in prices), amount=amount)
    for how in ("leave", "line"):
        question = asked(opened(TableRow("rounding", how)), record)
        assert question.cause.startswith("difference:")
        assert [c.value for c in question.choices] == ["retry"]


def test_rows_may_leave_small_differences_and_ask_about_others() -> None:
    small = TableRow("rounding", "leave", when("=difference", "0.015", "below"))
    assert len(lines(opened(small), OFF)) == 3
    six = with_lines(DEAL, *THREE, *THREE, amount="2.00")
    assert asked(opened(small), six).choices[0].value == "leave"


def test_without_a_rounding_account_no_line_is_made() -> None:
    books = opened(TableRow("rounding", "line"))
    books.around = replace(books.around, reference=uk())
    assert asked(books, OFF).cause == "no_rounding_account"


def test_fils_that_xero_cannot_hold_are_left_or_asked_about_but_no_line() -> None:
    record = deal(CurrencyIsoCode="KWD", Amount=Decimal("12.345"))
    books = opened(TableRow("rounding", "line"))
    assert [c.value for c in asked(books, record).choices] == ["leave", "retry"]
    (line,) = lines(opened(TableRow("rounding", "leave")), record)
    assert line["UnitAmount"] == Decimal("12.345")


def test_the_cents_between_tax_on_lines_and_on_the_sum_are_told_before_sending() -> None:
    record = with_lines(DEAL, *(deal_line("0.12") for _ in range(3)), amount="0.36")
    told = [check.words for check in planned(opened(), record).checks]
    assert any(
        "Tax is GBP 0.06, counted on each line as Xero does; on the sum it would be GBP 0.07 "
        "(a difference of GBP -0.01)" in words
        for words in told
    )


@pytest.mark.parametrize(
    ("line", "cause"),
    [
        (deal_line("10", "1.00001"), "too_fine:"),
        (deal_line("10", "1", "12.34567"), "too_fine:"),
        (deal_line("10", "1", "101"), "discount:"),
    ],
)
def test_figures_that_xero_would_round_or_refuse_are_asked_about(
    line: dict[str, Any], cause: str
) -> None:
    amount = line["Quantity"] * line["UnitPrice"] * (1 - (line["Discount"] or Decimal(0)) / 100)
    record = with_lines(DEAL, line, deal_line("100"), amount=str(round(amount + 100, 2)))
    causes = {q.cause.partition(":")[0] + ":" for q in planned(opened(), record).questions}
    assert cause in causes


def test_a_total_below_nothing_with_tax_is_asked_about() -> None:
    books = opened(
        TableRow("tax_type", "OUTPUT2", when("Product2.Family", "Back")),
        TableRow("tax_type", "ZERORATEDOUTPUT"),
    )
    back = deal_line("-900", Product2={"Family": "Back"})
    record = with_lines(DEAL, deal_line("1000"), back, amount="100")
    assert asked(books, record).cause.startswith("negative:")
