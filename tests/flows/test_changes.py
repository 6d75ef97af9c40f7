"""A draft: replays, changes on both sides, and what people decided."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from sync.core.flow import Empty, FieldRule, TableRow
from sync.core.planning import Action
from sync.core.questions import QuestionKind
from sync.core.records import System
from tests import builders
from tests.builders import deal, deal_line, with_lines
from tests.flows.acts import APPROVED, DEAL, approve, now, quiet, the_invoice, the_question, written
from tests.flows.books import Books


def test_a_replayed_notice_and_a_reopened_deal_won_again_are_the_same_invoice(
    billed: Books,
) -> None:
    assert all(quiet(billed.again(DEAL.key)) for _ in range(5))
    now(billed, IsWon=False)
    assert quiet(now(billed, IsWon=True))
    the_invoice(billed)


def test_a_deal_that_is_not_won_is_left_alone_with_a_reason(books: Books) -> None:
    plan = books.sync(deal(IsWon=False))
    assert quiet(plan)
    assert plan.reason == "The deal is not won."


def test_a_draft_follows_its_deal_with_just_the_fields_that_moved(billed: Books) -> None:
    plan = now(billed, Amount=Decimal("1250.00"), CloseDate=date(2026, 11, 30))
    assert written(plan) == {"lines", "date", "due_date"}
    (update,) = plan.intents
    assert set(update.body) == {"InvoiceID", "LineItems", "Date", "DueDate"}
    assert update.before["date"] == date(2026, 11, 19)
    assert the_invoice(billed).get("Total") == Decimal("1500.00")
    assert billed.records[DEAL.key].get("Counterpart_Invoice_Total__c") == Decimal("1500.00")
    assert quiet(billed.again(DEAL.key))


def test_a_draft_is_never_brought_to_an_amount_that_is_not_the_deals(billed: Books) -> None:
    record = with_lines(billed.records[DEAL.key], deal_line("99.99"), amount="100")
    plan = billed.sync(record)
    assert the_question(plan).cause.startswith("difference:")
    assert not written(plan)


def test_finances_edit_of_a_draft_stands_and_raises_no_question_without_money(
    billed: Books,
) -> None:
    billed.edit(the_invoice(billed), DueDate=date(2027, 1, 31), Reference="PO 77 · by hand")
    edited = the_invoice(billed)
    assert not billed.again(DEAL.key).questions
    assert not written(now(billed, Amount=Decimal(1250))) & {"due_date", "reference"}
    assert the_invoice(billed).get("DueDate") == edited.get("DueDate")
    assert the_invoice(billed).get("Reference") == edited.get("Reference")


def test_finances_other_amount_on_a_draft_is_stated_and_left_in_peace(billed: Books) -> None:
    line = {**the_invoice(billed).get("LineItems")[0], "UnitAmount": Decimal(900)}
    billed.edit(the_invoice(billed), LineItems=[line], SubTotal=Decimal(900), Total=Decimal(1080))
    plan = billed.again(DEAL.key)
    assert "a difference of GBP 100.00" in the_question(plan).explanation
    assert not written(plan)
    billed.decide(the_question(plan), "leave")
    assert quiet(billed.again(DEAL.key))


def test_finances_other_amount_stays_stated_while_other_fields_are_written(
    billed: Books,
) -> None:
    line = {**the_invoice(billed).get("LineItems")[0], "UnitAmount": Decimal(900)}
    billed.edit(the_invoice(billed), LineItems=[line], SubTotal=Decimal(900), Total=Decimal(1080))
    before = the_question(billed.again(DEAL.key))
    plan = now(billed, CloseDate=date(2026, 11, 30))
    assert written(plan) == {"date", "due_date"}
    assert the_question(plan) == before


def test_a_field_is_emptied_in_xero_only_where_its_row_says_so(billed: Books) -> None:
    own = FieldRule("due_date", "Due__c", empty=Empty.ERASE)
    none = TableRow("payment_terms", "=organisation")
    billed.around = replace(billed.around, rules=builders.rules(none, fields=(own,)))
    plan = now(billed, Due__c=None)
    (update,) = (i for i in plan.intents if i.system is System.XERO)
    assert update.body["DueDate"] == ""
    assert the_invoice(billed).get("DueDate") is None
    assert quiet(billed.again(DEAL.key))


def edited_lines(books: Books) -> None:
    """Let finance change the lines' words, and sync."""
    line = {**the_invoice(books).get("LineItems")[0], "Description": "By finance"}
    books.edit(the_invoice(books), LineItems=[line])
    books.again(DEAL.key)


@pytest.mark.parametrize(
    ("choice", "words"),
    [("salesforce", "Harbour survey"), ("xero", "By finance"), ("apart", "By finance")],
)
def test_lines_changed_on_both_sides_wait_for_a_person_and_follow_the_word(
    billed: Books, choice: str, words: str
) -> None:
    edited_lines(billed)
    plan = now(billed, Amount=Decimal(1250))
    conflict = next(q for q in plan.questions if q.kind is QuestionKind.CONFLICT)
    assert conflict.field == "lines"
    assert not written(plan)
    billed.decide(conflict, choice)
    billed.again(DEAL.key)
    assert the_invoice(billed).get("LineItems")[0]["Description"] == words
    after = billed.again(DEAL.key)
    assert not written(after)
    assert QuestionKind.CONFLICT not in {q.kind for q in after.questions}


def test_a_word_on_a_conflict_is_void_once_a_side_moves_again(billed: Books) -> None:
    edited_lines(billed)
    plan = now(billed, Amount=Decimal(1250))
    billed.decide(next(q for q in plan.questions if q.field == "lines"), "salesforce")
    moved = billed.edit(billed.records[DEAL.key], Amount=Decimal(1400))
    again = billed.prepare(moved.key)
    assert "lines" in {q.field for q in again.questions}
    assert not written(again)


def test_a_draft_follows_its_deal_to_another_account_whose_contact_is_made_first(
    billed: Books,
) -> None:
    plan = now(billed, AccountId=builders.account_id(9), Account={"Name": "Nine Ltd"})
    assert plan.action is Action.UPDATE
    assert [i.kind for i in plan.intents] == ["Contact", "Invoice"]
    made = next(c for c in billed.of("Contact") if c.get("Name") == "Nine Ltd")
    assert the_invoice(billed).get("Contact.ContactID") == made.key.id
    assert quiet(billed.again(DEAL.key))


def test_an_uncertain_contact_of_the_new_account_holds_the_draft_as_it_is(
    billed: Books,
) -> None:
    billed.put(builders.contact("Nine Ltd"))
    before = the_invoice(billed)
    plan = now(billed, AccountId=builders.account_id(9), Account={"Name": "Nine Ltd"})
    assert the_question(plan).kind is QuestionKind.DUPLICATE
    assert the_invoice(billed) == before


@pytest.mark.parametrize("status", ["DRAFT", *APPROVED])
def test_a_contact_archived_after_billing_is_nobodys_question(billed: Books, status: str) -> None:
    approve(billed, status)
    billed.again(DEAL.key)
    (contact,) = billed.of("Contact")
    billed.put(replace(contact, gone="archived"))
    assert quiet(billed.again(DEAL.key))


def test_an_archived_contact_of_a_deal_to_be_billed_is_one_question_for_all(books: Books) -> None:
    books.put(builders.contact("Customer 1 Ltd", builders.account_id(), gone="archived"))
    first = the_question(books.sync(DEAL))
    second = the_question(books.sync(deal(2, AccountId=builders.account_id())))
    assert first.title == "“Customer 1 Ltd” is archived in Xero"
    assert first.cause == second.cause
    assert books.of("Invoice") == []


def test_older_deals_are_left_alone_unless_they_are_linked(billed: Books) -> None:
    billed.around = replace(billed.around, starts_from=date(2026, 12, 1))
    plan = billed.sync(deal(2))
    assert plan.reason == "It is of 19 Nov 2026; this flow begins on 1 Dec 2026."
    assert written(now(billed, Amount=Decimal(1250))) == {"lines"}
