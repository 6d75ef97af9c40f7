"""Rows that change after a draft was made: the draft stands, and one question tells of it."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest

from sync.core.flow import Condition, TableRow
from sync.core.planning import Action
from sync.core.records import System
from sync.flows.won_opportunity_invoice import FLOW
from tests import builders
from tests.builders import deal, deal_line, rules, with_lines
from tests.flows.acts import DEAL, approve, now, quiet, the_invoice, the_question, written
from tests.flows.books import Books
from tests.flows.test_tax_rows import organisation

EXEMPT = TableRow("tax_type", "EXEMPTOUTPUT")
TRAINING = TableRow("account_code", "205")
WITH_TAX = TableRow("amounts_are", "Inclusive")


@pytest.fixture
def drafted() -> Books:
    """Return books in which the deal has its draft, at 20 percent on account 200."""
    books = Books(FLOW, builders.around(organisation()))
    books.sync(DEAL)
    return books


def change(books: Books, *rows: TableRow) -> None:
    books.around = replace(books.around, rules=rules(*rows))


def code_of(books: Books, name: str = "TaxType") -> str:
    (line,) = the_invoice(books).get("LineItems")
    return str(line[name])


@pytest.mark.parametrize(
    ("row", "cause"),
    [
        (EXEMPT, "moved_tax:OUTPUT2:EXEMPTOUTPUT"),
        (TRAINING, "moved_account:200:205"),
        (WITH_TAX, "moved_amounts:Exclusive:Inclusive"),
    ],
)
def test_a_draft_does_not_follow_a_changed_row_but_asks(
    drafted: Books, row: TableRow, cause: str
) -> None:
    before = the_invoice(drafted)
    change(drafted, row, TableRow("tax_type", "OUTPUT2"))
    plan = drafted.again(DEAL.key)
    assert (plan.action, plan.intents) == (Action.QUESTION, ())
    question = the_question(plan)
    assert (question.cause, question.holds, question.alone) == (cause, False, False)
    assert the_invoice(drafted) == before


def test_the_question_says_both_in_words_and_is_one_for_all_drafts(drafted: Books) -> None:
    drafted.sync(deal(2))
    change(drafted, EXEMPT)
    first = the_question(drafted.again(DEAL.key))
    second = the_question(drafted.again(deal(2).key))
    assert first == second
    assert first.title == (
        "Drafts were made with Output2 (OUTPUT2); today it would be Exemptoutput (EXEMPTOUTPUT)"
    )


def test_a_person_lets_the_drafts_follow(drafted: Books) -> None:
    change(drafted, EXEMPT)
    drafted.decide(the_question(drafted.again(DEAL.key)), "follow")
    assert written(drafted.again(DEAL.key)) == {"lines"}
    assert code_of(drafted) == "EXEMPTOUTPUT"
    assert quiet(drafted.again(DEAL.key))


def test_a_person_leaves_them_and_is_asked_again_only_about_another_change(
    drafted: Books,
) -> None:
    change(drafted, EXEMPT)
    drafted.decide(the_question(drafted.again(DEAL.key)), "stay")
    assert quiet(drafted.again(DEAL.key))
    assert not now(drafted, Amount=Decimal(1250)).questions
    assert code_of(drafted) == "OUTPUT2"
    change(drafted, TableRow("tax_type", "RROUTPUT"))
    assert the_question(drafted.again(DEAL.key)).cause == "moved_tax:OUTPUT2:RROUTPUT"


def test_the_draft_follows_its_deal_meanwhile_with_the_codes_it_has(drafted: Books) -> None:
    change(drafted, EXEMPT)
    plan = now(drafted, Amount=Decimal(1250))
    assert written(plan) == {"lines"}
    assert (code_of(drafted), the_invoice(drafted).get("SubTotal")) == ("OUTPUT2", Decimal(1250))


def test_a_line_that_comes_later_bears_what_the_rows_say_today(drafted: Books) -> None:
    first = deal_line("1000", Description="Harbour survey")
    change(drafted, EXEMPT)
    record = with_lines(
        drafted.records[DEAL.key], first, deal_line("5", Description="Copy"), amount="1005"
    )
    drafted.sync(record)
    codes = [line["TaxType"] for line in the_invoice(drafted).get("LineItems")]
    assert codes == ["OUTPUT2", "EXEMPTOUTPUT"]


def test_a_row_that_asks_now_holds_nothing_up_that_was_made(drafted: Books) -> None:
    change(drafted, TableRow("tax_type", "ask"))
    assert quiet(drafted.again(DEAL.key))
    assert written(now(drafted, Amount=Decimal(1250))) == {"lines"}


@pytest.mark.parametrize("status", ["SUBMITTED", "AUTHORISED", "PAID"])
def test_what_is_approved_stays_without_a_word(drafted: Books, status: str) -> None:
    approve(drafted, status)
    drafted.again(DEAL.key)
    change(drafted, EXEMPT, TRAINING, WITH_TAX)
    assert quiet(drafted.again(DEAL.key))


def test_lines_that_finance_wrote_stay_without_a_word(drafted: Books) -> None:
    line = {**the_invoice(drafted).get("LineItems")[0], "TaxType": "RROUTPUT"}
    drafted.edit(the_invoice(drafted), LineItems=[line])
    drafted.again(DEAL.key)
    change(drafted, EXEMPT)
    plan = drafted.again(DEAL.key)
    assert not written(plan)
    assert not plan.questions
    assert code_of(drafted) == "RROUTPUT"


def test_a_deal_that_moves_to_where_another_row_holds_is_asked_about_too(drafted: Books) -> None:
    abroad = (Condition("Account.BillingCountry", "is", "Norway"),)
    change(drafted, TableRow("tax_type", "ZERORATEDOUTPUT", abroad))
    assert quiet(drafted.again(DEAL.key))
    account = {"Name": "Customer 1 Ltd", "BillingCountry": "Norway"}
    plan = now(drafted, Account=account)
    assert the_question(plan).cause == "moved_tax:OUTPUT2:ZERORATEDOUTPUT"
    assert not written(plan)


def test_two_lines_of_one_name_keep_each_its_own_code(drafted: Books) -> None:
    books = Books(FLOW, builders.around(organisation()))
    zero = TableRow("tax_type", "ZERORATEDOUTPUT", (Condition("line.Quantity", "is", "2"),))
    change(books, zero)
    record = with_lines(deal(3), deal_line("1"), deal_line("2", "2"), amount="5")
    books.sync(record)
    change(books)
    books.again(record.key)
    codes = [line["TaxType"] for line in the_invoice(books).get("LineItems")]
    assert codes == ["OUTPUT2", "ZERORATEDOUTPUT"]


def test_lines_of_one_name_that_change_places_keep_what_is_theirs(drafted: Books) -> None:
    books = Books(FLOW, builders.around(organisation()))
    change(books, TableRow("tax_type", "ZERORATEDOUTPUT", (Condition("Quantity", "is", "2"),)))
    one, two = deal_line("1", Id="a", SortOrder=1), deal_line("2", "2", Id="b", SortOrder=2)
    books.sync(with_lines(deal(3), one, two, amount="5"))
    swapped = with_lines(books.records[deal(3).key], {**one, "SortOrder": 3}, two, amount="5")
    plan = books.sync(swapped)
    assert not plan.questions
    codes = {line["Quantity"]: line["TaxType"] for line in the_invoice(books).get("LineItems")}
    assert codes == {Decimal(2): "ZERORATEDOUTPUT", Decimal(1): "OUTPUT2"}


def test_what_is_billed_again_is_made_by_the_rows_of_today(drafted: Books) -> None:
    drafted.edit(the_invoice(drafted), Status="DELETED")
    change(drafted, EXEMPT)
    drafted.decide(the_question(drafted.again(DEAL.key)), "again")
    plan = drafted.again(DEAL.key)
    lines = next(i for i in plan.intents if i.system is System.XERO).shared["lines"]
    assert [line["tax_type"] for line in lines] == ["EXEMPTOUTPUT"]
