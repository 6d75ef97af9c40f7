"""An approved, paid or unwanted invoice: never touched, and told where it matters."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from sync.core.planning import Action
from sync.core.records import System
from tests import builders
from tests.flows.acts import APPROVED, DEAL, approve, now, quiet, the_invoice, the_question, written
from tests.flows.books import Books


@pytest.mark.parametrize("status", APPROVED)
def test_an_approved_invoice_is_never_touched_and_the_difference_is_stated(
    billed: Books, status: str
) -> None:
    approve(billed, status)
    before = the_invoice(billed)
    plan = now(billed, Amount=Decimal("1250.50"))
    question = the_question(plan)
    assert "a difference of GBP 250.50" in question.explanation
    assert not question.holds
    assert the_invoice(billed) == before
    assert billed.again(DEAL.key).questions == (question,)


@pytest.mark.parametrize("status", APPROVED)
def test_after_approval_a_change_without_money_is_nobodys_question(
    billed: Books, status: str
) -> None:
    approve(billed, status)
    billed.again(DEAL.key)
    before = the_invoice(billed)
    plan = now(billed, Name="Another name", CloseDate=date(2026, 12, 24))
    assert not plan.questions
    assert not written(plan)
    assert the_invoice(billed) == before
    assert quiet(billed.again(DEAL.key))


def test_a_difference_that_was_left_is_asked_again_only_when_it_changes(billed: Books) -> None:
    approve(billed)
    question = the_question(now(billed, Amount=Decimal(1250)))
    billed.decide(question, "leave")
    assert not billed.again(DEAL.key).questions
    assert not billed.again(DEAL.key).questions
    assert "GBP 300.00" in the_question(now(billed, Amount=Decimal(1300))).explanation


def test_a_difference_that_is_corrected_goes_away_by_itself(billed: Books) -> None:
    approve(billed)
    now(billed, Amount=Decimal(1250))
    assert quiet(now(billed, Amount=Decimal(1000)))


def test_the_deal_is_told_of_every_status(billed: Books) -> None:
    for status, words in [("AUTHORISED", "Awaiting payment"), ("PAID", "Paid")]:
        approve(billed, status)
        plan = billed.again(DEAL.key)
        assert plan.action is Action.UPDATE
        assert written(plan, System.SALESFORCE) == {"invoice_status"}
        assert billed.records[DEAL.key].get("Counterpart_Invoice_Status__c") == words
        assert quiet(billed.again(DEAL.key))


def test_an_invoice_sent_back_to_draft_follows_its_deal_again(billed: Books) -> None:
    approve(billed, "SUBMITTED")
    now(billed, CloseDate=date(2026, 11, 30))
    approve(billed, "DRAFT")
    assert written(now(billed, CloseDate=date(2026, 12, 1))) == {"date", "due_date"}
    assert the_invoice(billed).get("Date") == date(2026, 12, 1)


def test_a_difference_that_was_left_stays_so_in_a_draft(billed: Books) -> None:
    approve(billed, "SUBMITTED")
    billed.decide(the_question(now(billed, Amount=Decimal(1250))), "leave")
    billed.again(DEAL.key)
    approve(billed, "DRAFT")
    plan = billed.again(DEAL.key)
    assert not written(plan)
    assert not plan.questions


@pytest.mark.parametrize("status", ["DRAFT", *APPROVED])
def test_a_deal_no_longer_won_with_a_live_invoice_is_a_question(billed: Books, status: str) -> None:
    approve(billed, status)
    question = the_question(now(billed, IsWon=False))
    assert "is no longer won, but INV-" in question.title
    assert "GBP 1,200.00 stands in Xero" in question.title
    assert the_invoice(billed).get("Status") == status
    billed.decide(question, "leave")
    assert quiet(billed.again(DEAL.key))


def test_a_deleted_deal_with_a_live_invoice_is_a_question(billed: Books) -> None:
    gone = replace(billed.records[DEAL.key], gone="deleted")
    assert "deleted in Salesforce" in the_question(billed.sync(gone)).explanation


@pytest.mark.parametrize("ended", ["VOIDED", "DELETED"])
def test_a_deal_no_longer_won_whose_invoice_has_ended_is_nobodys_question(
    billed: Books, ended: str
) -> None:
    approve(billed, ended)
    assert quiet(now(billed, IsWon=False))


def test_an_approved_invoice_of_another_account_is_a_question(billed: Books) -> None:
    approve(billed)
    plan = now(billed, AccountId=builders.account_id(9), Account={"Name": "Nine Ltd"})
    assert "another customer" in the_question(plan).explanation
    assert [c.get("Name") for c in billed.of("Contact")] == ["Customer 1 Ltd"]
