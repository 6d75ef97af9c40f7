"""What happens to a billed deal, and what finance is asked."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from sync.engine import deciding
from sync.models import (
    FlowSwitch,
    KnownOrganisation,
    Link,
    ReviewItem,
    ReviewSubject,
    Write,
)
from tests.engine.conftest import Desk


def open_items() -> list[ReviewItem]:
    """Return the open review items."""
    return list(ReviewItem.objects.filter(state="open").order_by("id"))


def billed(desk: Desk, **values: Any) -> tuple[Any, Any]:
    """Bill one deal; return its key and its invoice."""
    key = desk.win(**values)
    desk.work()
    (invoice,) = desk.invoices()
    return key, invoice


def test_a_deal_changed_while_its_invoice_is_a_draft_changes_the_draft(desk: Desk) -> None:
    key, invoice = billed(desk)
    desk.change(key, Amount=Decimal("1200.00"))
    (run,) = desk.work()
    (after,) = desk.invoices()
    assert run.updates == 1
    assert after.key == invoice.key
    assert after.get("SubTotal") == 1200
    assert open_items() == []


@pytest.mark.parametrize("status", ["AUTHORISED", "PAID", "SUBMITTED"])
def test_an_approved_invoice_is_never_touched_and_the_difference_is_asked_about(
    desk: Desk, status: str
) -> None:
    key, invoice = billed(desk)
    desk.xero.edit("Invoice", invoice.key.id, Status=status)
    sent = len(desk.xero.sent)
    desk.change(key, Amount=Decimal("1200.00"))
    desk.work()
    (item,) = open_items()
    assert "GBP 200.00" in item.explanation
    assert desk.invoices()[0].get("SubTotal") == 1000
    assert len(desk.xero.sent) == sent


def test_leaving_a_difference_is_remembered_until_the_deal_changes_again(desk: Desk) -> None:
    key, invoice = billed(desk)
    desk.xero.edit("Invoice", invoice.key.id, Status="AUTHORISED")
    desk.change(key, Amount=Decimal("1200.00"))
    desk.work()
    deciding.decide(open_items()[0].pk, "leave", "Priya")
    desk.work_until_quiet()
    assert open_items() == []
    desk.notice(key)
    desk.work_until_quiet()
    assert open_items() == []
    desk.change(key, Amount=Decimal("1300.00"))
    desk.work_until_quiet()
    assert len(open_items()) == 1


def test_an_edit_of_finance_stands_and_both_changing_is_a_conflict(desk: Desk) -> None:
    key, invoice = billed(desk)
    desk.xero.edit("Invoice", invoice.key.id, DueDate=date(2027, 1, 31))
    desk.notice(key)
    desk.work_until_quiet()
    assert desk.invoices()[0].get("DueDate") == date(2027, 1, 31)
    assert open_items() == []
    desk.change(key, CloseDate=date(2026, 11, 25))
    desk.work_until_quiet()
    kinds = [item.kind for item in open_items()]
    assert kinds == [ReviewItem.Kind.CONFLICT]
    assert desk.invoices()[0].get("DueDate") == date(2027, 1, 31)


def test_a_conflict_is_carried_out_as_decided(desk: Desk) -> None:
    key, invoice = billed(desk)
    desk.xero.edit("Invoice", invoice.key.id, DueDate=date(2027, 1, 31))
    desk.change(key, CloseDate=date(2026, 11, 25))
    desk.work_until_quiet()
    (item,) = open_items()
    deciding.decide(item.pk, "salesforce", "Priya")
    desk.work_until_quiet()
    assert desk.invoices()[0].get("DueDate") == date(2026, 12, 25)
    assert desk.invoices()[0].get("Date") == date(2026, 11, 25)
    assert open_items() == []


def test_a_deal_no_longer_won_asks_and_the_question_goes_when_the_draft_does(desk: Desk) -> None:
    key, invoice = billed(desk)
    desk.change(key, IsWon=False)
    desk.work()
    (item,) = open_items()
    assert "no longer won" in item.title
    desk.xero.edit("Invoice", invoice.key.id, Status="DELETED")
    desk.notice(key)
    desk.work()
    assert open_items() == []


def test_a_voided_invoice_is_made_again_only_when_a_person_says_so(desk: Desk) -> None:
    key, invoice = billed(desk)
    desk.xero.edit("Invoice", invoice.key.id, Status="VOIDED")
    desk.notice(key)
    desk.work_until_quiet()
    assert desk.invoices() == []
    (item,) = open_items()
    deciding.decide(item.pk, "again", "Priya")
    desk.work_until_quiet()
    (second,) = desk.invoices()
    assert second.key != invoice.key
    assert Link.objects.filter(xero_kind="Invoice").count() == 2
    assert desk.opportunity(key).get("Counterpart_Invoice_Id__c") == second.key.id
    desk.notice(key)
    desk.work_until_quiet()
    assert len(desk.invoices()) == 1
    assert open_items() == []


def test_one_cause_for_many_deals_is_one_item_with_the_money_it_holds(desk: Desk) -> None:
    desk.xero.locked = date(2026, 11, 30)
    for number in range(1, 7):
        desk.win(number)
    desk.work()
    (item,) = open_items()
    held = ReviewSubject.objects.filter(item=item, closed_at__isnull=True)
    assert held.count() == 6
    assert sum(row.amount or 0 for row in held) == 6000
    assert desk.invoices() == []


def test_solving_the_cause_releases_all_that_it_held(desk: Desk) -> None:
    desk.xero.locked = date(2026, 11, 30)
    for number in range(1, 4):
        desk.win(number)
    desk.work()
    desk.xero.locked = None

    KnownOrganisation.objects.all().delete()
    deciding.decide(open_items()[0].pk, "retry", "Priya")
    desk.work_until_quiet()
    assert len(desk.invoices()) == 3
    assert open_items() == []


def test_a_refusal_of_xero_becomes_a_problem_in_its_own_words(desk: Desk) -> None:
    desk.xero.refuse = lambda body: "Email address must be valid." if "Name" in body else ""
    desk.win()
    desk.work()
    (item,) = open_items()
    assert "Email address must be valid." in item.title
    assert Write.objects.get(kind="Contact").state == Write.State.REFUSED
    desk.xero.refuse = lambda body: ""
    deciding.decide(item.pk, "retry", "Priya")
    desk.work_until_quiet()
    assert len(desk.invoices()) == 1
    assert open_items() == []


def test_a_contact_of_the_same_name_is_asked_about_and_the_answer_is_kept(desk: Desk) -> None:
    contact = desk.xero.put(
        "Contact",
        "22222222-2222-2222-2222-222222222222",
        {"Name": "Customer 1 Ltd", "ContactStatus": "ACTIVE"},
    )
    desk.win()
    desk.work()
    (item,) = open_items()
    assert item.kind == ReviewItem.Kind.DUPLICATE
    assert desk.invoices() == []
    deciding.decide(item.pk, f"use:{contact.key.id}", "Priya")
    desk.work_until_quiet()
    (invoice,) = desk.invoices()
    assert invoice.get("Contact.ContactID") == contact.key.id
    assert Link.objects.get(xero_kind="Contact").origin == Link.Origin.PERSON
    desk.win(2, account=1)
    desk.work_until_quiet()
    assert len(desk.invoices()) == 2
    assert open_items() == []


def test_a_draft_that_moved_since_it_was_read_is_planned_again(desk: Desk) -> None:
    key, invoice = billed(desk)
    moved = lambda: desk.xero.edit("Invoice", invoice.key.id, DueDate=date(2027, 1, 31))  # noqa: E731
    original = desk.xero.changed
    calls = iter([False, True])

    def changed(kind: str, since: Any) -> Any:
        if kind == "Invoice" and next(calls, False):
            moved()
        return original(kind, since)

    desk.xero.changed = changed  # type: ignore[method-assign]
    desk.change(key, CloseDate=date(2026, 11, 25))
    desk.work_until_quiet()
    assert desk.invoices()[0].get("DueDate") == date(2027, 1, 31)


def test_old_deals_are_left_alone_when_the_flow_begins_later(desk: Desk) -> None:
    FlowSwitch.objects.update(starts_from=date(2026, 11, 1))
    desk.win(1, CloseDate=date(2026, 10, 31))
    desk.win(2, CloseDate=date(2026, 11, 1))
    desk.work()
    assert len(desk.invoices()) == 1


def test_missing_custom_fields_cost_only_the_message_back(desk: Desk) -> None:
    desk.salesforce.written_back = ()
    desk.win()
    (run,) = desk.work()
    assert len(desk.invoices()) == 1
    assert (run.confirmed, run.error) == (2, "")


def test_a_second_invoice_for_a_billed_deal_is_asked_about_until_one_is_gone(desk: Desk) -> None:
    key, invoice = billed(desk)
    second = desk.xero.put(
        "Invoice",
        "33333333-3333-3333-3333-333333333333",
        {**invoice.values, "InvoiceNumber": "HAND-9", "Status": "AUTHORISED"},
    )
    desk.notice(key)
    desk.work_until_quiet()
    (item,) = open_items()
    assert "billed twice" in item.title
    assert "HAND-9" in item.title
    desk.xero.edit("Invoice", second.key.id, Status="VOIDED")
    desk.notice(key)
    desk.work_until_quiet()
    assert open_items() == []


def test_a_contact_merged_in_xero_is_followed_without_a_question(desk: Desk) -> None:
    key, invoice = billed(desk)
    desk.xero.edit("Invoice", invoice.key.id, Status="AUTHORISED")
    winner = "44444444-4444-4444-4444-444444444444"
    desk.xero.put("Contact", winner, {"Name": "Customer 1 Group", "ContactStatus": "ACTIVE"})
    loser = invoice.get("Contact.ContactID")
    old = desk.xero.records["Contact", loser]
    desk.xero.put("Contact", loser, old.values, gone=f"merged:{winner}")
    desk.notice(key)
    desk.work_until_quiet()
    assert open_items() == []
    desk.win(2, account=1)
    desk.work_until_quiet()
    contacts = {i.get("Contact.ContactID") for i in desk.invoices() if i.key != invoice.key}
    assert contacts == {winner}
