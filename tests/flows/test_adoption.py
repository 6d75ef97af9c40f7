"""Invoices typed by hand, ended ones and vanished ones: nothing is ever billed twice."""

from __future__ import annotations

from decimal import Decimal

import pytest

from sync.core.planning import Action, Plan
from sync.core.questions import Question, QuestionKind
from sync.core.records import Record, System
from tests import builders
from tests.builders import changed, deal, deal_id, invoice
from tests.flows.books import Books

DEAL = deal()
CUSTOMER = builders.contact("Customer 1 Ltd", builders.account_id())


def live(books: Books) -> list[Record]:
    return [r for r in books.of("Invoice") if r.get("Status") not in ("VOIDED", "DELETED")]


def the_question(plan: Plan) -> Question:
    (question,) = plan.questions
    return question


def creates(plan: Plan) -> list[str]:
    return [i.kind for i in plan.intents if i.system is System.XERO and i.target is None]


@pytest.fixture
def known(books: Books) -> Books:
    """Return books that know the customer."""
    books.put(CUSTOMER)
    return books


@pytest.mark.parametrize(
    "typed",
    [
        invoice("INV-1", f"Harbour {deal_id()}"),
        invoice("INV-1", f"Harbour {deal_id()[:15]}"),
        invoice("INV-1", f"harbour {deal_id().upper()}"),
        invoice(f"INV-{deal_id()}", ""),
        invoice("INV-1", "", Url=f"https://acme.example/{deal_id()}/view"),
        invoice("INV-1", deal_id(), Status="AUTHORISED"),
        invoice("INV-1", deal_id(), Status="PAID"),
    ],
    ids=lambda record: f"{record.get('InvoiceNumber')} {record.get('Reference')}"[:30],
)
def test_an_invoice_typed_by_hand_is_adopted_and_told_but_not_rewritten(
    known: Books, typed: Record
) -> None:
    known.put(typed)
    plan = known.sync(DEAL)
    assert plan.adopts == typed.key
    assert {i.system for i in plan.intents} == {System.SALESFORCE}
    assert known.records[typed.key] == typed
    assert known.records[DEAL.key].get("Counterpart_Invoice_Id__c") == typed.key.id
    after = known.again(DEAL.key)
    assert (after.action, after.questions) == (Action.NOTHING, ())


def test_an_adopted_invoice_of_another_amount_is_asked_about_until_it_is_left(
    known: Books,
) -> None:
    known.put(invoice("INV-1", deal_id(), net="900"))
    first = the_question(known.sync(DEAL))
    assert "a difference of GBP 100.00" in first.explanation
    assert known.again(DEAL.key).questions == (first,)
    known.decide(first, "leave")
    assert not known.again(DEAL.key).questions


def test_an_adopted_invoice_of_another_customer_is_asked_about_until_it_is_left(
    known: Books,
) -> None:
    stranger = {"ContactID": builders.xero_id("Somebody else")}
    known.put(invoice("INV-1", deal_id(), Contact=stranger))
    first = the_question(known.sync(DEAL))
    assert "another customer" in first.explanation
    assert known.again(DEAL.key).questions == (first,)
    known.decide(first, "leave")
    assert not known.again(DEAL.key).questions


def test_an_adopted_invoice_of_a_contact_that_may_be_the_customer_is_not_said_to_be_anothers(
    books: Books,
) -> None:
    """Whoever put the deal's id on it knew whom it is for; the name alone would be asked about."""
    books.put(builders.contact("Customer 1 Ltd", ""), invoice("INV-1", deal_id()))
    assert not books.sync(DEAL).questions
    assert not books.again(DEAL.key).questions


def test_an_adopted_draft_that_finance_typed_is_not_rewritten_when_the_deal_moves(
    known: Books,
) -> None:
    typed = invoice("INV-1", deal_id())
    known.put(typed)
    known.sync(DEAL)
    plan = known.sync(changed(known.records[DEAL.key], Amount=Decimal(1250)))
    assert "lines" in {question.field for question in plan.questions}
    assert known.records[typed.key] == typed


def test_two_invoices_that_carry_the_id_are_a_question_and_the_answer_links_one(
    known: Books,
) -> None:
    known.put(invoice("INV-1", deal_id()), invoice("INV-2", deal_id()))
    plan = known.sync(DEAL)
    question = the_question(plan)
    assert question.kind is QuestionKind.DUPLICATE
    assert "new" not in {choice.value for choice in question.choices}
    assert not plan.intents
    known.decide(question, f"use:{builders.xero_id('INV-2')}")
    assert known.again(DEAL.key).adopts == builders.invoice("INV-2", "").key
    assert not known.again(DEAL.key).questions


def test_a_suppliers_bill_that_names_the_deal_is_not_its_invoice(known: Books) -> None:
    known.put(invoice(f"BILL {deal_id()}", "", Type="ACCPAY"))
    assert creates(known.sync(DEAL)) == ["Invoice"]


def test_an_invoice_of_another_deal_is_not_adopted(known: Books) -> None:
    known.put(invoice("INV-1", deal_id(2)))
    assert creates(known.sync(DEAL)) == ["Invoice"]


@pytest.mark.parametrize("ended", ["VOIDED", "DELETED"])
@pytest.mark.parametrize("by_hand", [False, True])
def test_a_deal_whose_invoice_was_ended_is_billed_again_once_when_a_person_says_so(
    known: Books, ended: str, *, by_hand: bool
) -> None:
    if by_hand:
        known.put(invoice("INV-1", deal_id(), Status=ended))
    else:
        known.sync(DEAL)
        known.edit(known.of("Invoice")[0], Status=ended)
    question = the_question(known.sync(known.records.get(DEAL.key, DEAL)))
    assert live(known) == []
    assert ended.lower() in question.title
    known.decide(question, "again")
    for _ in range(4):
        known.again(DEAL.key)
    assert len(live(known)) == 1
    assert known.links[deal_id()].generation == 2
    assert known.records[DEAL.key].get("Counterpart_Invoice_Id__c") == live(known)[0].key.id


def test_the_deal_is_told_that_its_invoice_was_voided(known: Books) -> None:
    known.sync(DEAL)
    known.edit(known.of("Invoice")[0], Status="VOIDED")
    known.again(DEAL.key)
    assert known.records[DEAL.key].get("Counterpart_Invoice_Status__c") == "Voided"


def test_a_voided_invoice_that_was_left_stays_left_and_the_next_is_asked_about_anew(
    known: Books,
) -> None:
    known.sync(DEAL)
    known.edit(known.of("Invoice")[0], Status="VOIDED")
    known.decide(the_question(known.again(DEAL.key)), "leave")
    assert not known.again(DEAL.key).questions
    assert live(known) == []


def test_a_second_voided_invoice_is_asked_about_though_the_first_was_made_again(
    known: Books,
) -> None:
    known.sync(DEAL)
    known.edit(known.of("Invoice")[0], Status="VOIDED")
    known.decide(the_question(known.again(DEAL.key)), "again")
    known.again(DEAL.key)
    known.edit(live(known)[0], Status="VOIDED")
    assert not creates(known.again(DEAL.key))
    assert the_question(known.prepare(DEAL.key))
    assert live(known) == []


def test_an_again_said_in_a_dry_run_still_makes_only_one_invoice(known: Books) -> None:
    """The voided one was never linked, since a dry run writes nothing."""
    known.put(invoice("INV-1", deal_id(), Status="VOIDED"), DEAL)
    known.decide(the_question(known.prepare(DEAL.key)), "again")
    assert not known.links
    for _ in range(4):
        known.again(DEAL.key)
    assert len(live(known)) == 1


def test_an_invoice_that_finance_typed_in_place_of_a_voided_one_is_adopted(known: Books) -> None:
    known.sync(DEAL)
    known.edit(known.of("Invoice")[0], Status="VOIDED")
    typed = invoice("INV-77", f"Harbour survey · {deal_id()}")
    known.put(typed)
    plan = known.again(DEAL.key)
    assert plan.adopts == typed.key
    assert not creates(plan)
    assert not plan.questions
    assert known.links[deal_id()].counterpart == typed.key
    assert known.records[DEAL.key].get("Counterpart_Invoice_Id__c") == typed.key.id
    assert known.again(DEAL.key).action is Action.NOTHING


def test_bill_it_again_makes_nothing_where_finance_billed_it_again_already(known: Books) -> None:
    known.sync(DEAL)
    known.edit(known.of("Invoice")[0], Status="VOIDED")
    known.decide(the_question(known.again(DEAL.key)), "again")
    known.put(invoice("INV-77", deal_id()), invoice("INV-78", deal_id()))
    plan = known.again(DEAL.key)
    assert not creates(plan)
    assert the_question(plan).kind is QuestionKind.DUPLICATE


def test_an_invoice_that_xero_shows_no_more_is_not_made_again_in_silence(known: Books) -> None:
    known.sync(DEAL)
    del known.records[known.of("Invoice")[0].key]
    plan = known.again(DEAL.key)
    assert "cannot be found in Xero" in the_question(plan).title
    assert not plan.intents
    known.decide(the_question(plan), "again")
    for _ in range(3):
        known.again(DEAL.key)
    assert len(live(known)) == 1


def test_a_second_live_invoice_with_the_id_is_told_until_it_is_left_or_ended(
    known: Books,
) -> None:
    known.sync(DEAL)
    copied = known.edit(invoice("INV-77", deal_id()))
    question = the_question(known.again(DEAL.key))
    assert "may be billed twice" in question.title
    assert {one.key for one in question.named} == {found.key for found in live(known)}
    assert all(one.money is not None and one.counted == "with tax" for one in question.named)
    assert not question.holds
    known.edit(copied, Status="VOIDED")
    assert not known.again(DEAL.key).questions
    known.edit(copied, Status="DRAFT")
    known.decide(question, "leave")
    assert not known.again(DEAL.key).questions


def test_two_contacts_of_one_mail_are_asked_about_and_the_answer_lasts(books: Books) -> None:
    twins = [builders.contact(n, EmailAddress="pay@acme.example") for n in ("Acme A", "Acme B")]
    books.put(*twins)
    roles = builders.primary("pay@acme.example")
    plan = books.sync(deal(OpportunityContactRoles=roles))
    question = the_question(plan)
    assert (question.kind, question.field) == (QuestionKind.DUPLICATE, "contact")
    assert [c.value for c in question.choices] == [
        *(f"use:{twin.key.id}" for twin in twins),
        "new",
        "retry",
    ]
    assert not books.of("Invoice")
    books.decide(question, f"use:{twins[1].key.id}")
    books.again(DEAL.key)
    assert live(books)[0].get("Contact.ContactID") == twins[1].key.id
    books.sync(deal(2, AccountId=builders.account_id(1)))
    assert {r.get("Contact.ContactID") for r in live(books)} == {twins[1].key.id}


def test_none_of_them_makes_a_contact_while_the_candidates_are_the_same(books: Books) -> None:
    twins = [builders.contact(n, EmailAddress="pay@acme.example") for n in ("Acme A", "Acme B")]
    books.put(*twins)
    record = deal(OpportunityContactRoles=builders.primary("pay@acme.example"))
    books.decide(the_question(books.sync(record)), "new")
    books.put(builders.contact("Acme C", EmailAddress="pay@acme.example"))
    assert not books.again(DEAL.key).intents
    books.decide(the_question(books.prepare(DEAL.key)), "new")
    assert creates(books.again(DEAL.key)) == ["Contact", "Invoice"]


def test_a_contact_of_the_very_name_cannot_be_made_a_second_time(books: Books) -> None:
    books.put(builders.contact("Customer 1 Ltd"))
    question = the_question(books.sync(DEAL))
    assert "new" not in {choice.value for choice in question.choices}
    assert question.title == "Is “Customer 1 Ltd” in Xero the contact of Customer 1 Ltd?"
