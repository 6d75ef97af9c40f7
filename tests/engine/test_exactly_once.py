"""Promise 1: nothing is billed twice, whatever is lost, doubled or killed."""

from __future__ import annotations

import threading
from datetime import timedelta

import pytest
from django.db import connections
from django.utils import timezone

from sync.models import Link, Notice, Sent, Write
from tests.engine.conftest import Desk
from tests.fakes.remote import busy, fail_500, lose


def test_a_won_deal_becomes_one_invoice_with_its_money_and_its_marker(desk: Desk) -> None:
    key = desk.win()
    (run,) = desk.work()
    assert run.error == ""
    (invoice,) = desk.invoices()
    assert invoice.get("SubTotal") == 1000
    assert invoice.get("Status") == "DRAFT"
    assert str(invoice.get("Reference")).endswith(key.id)
    assert Link.objects.get(xero_kind="Invoice").salesforce_id == key.id
    assert (run.creates, run.confirmed) == (1, 3)  # contact, invoice, and back to Salesforce


def test_the_invoice_is_told_to_the_deal(desk: Desk) -> None:
    key = desk.win()
    desk.work()
    (invoice,) = desk.invoices()
    deal = desk.opportunity(key)
    assert deal.get("Counterpart_Invoice_Id__c") == invoice.key.id
    assert deal.get("Counterpart_Invoice_Number__c") == "INV-0001"
    assert deal.get("Counterpart_Invoice_Total__c") == invoice.get("Total")


def test_the_same_notice_a_hundred_times_makes_one_invoice(desk: Desk) -> None:
    key = desk.win()
    for _ in range(50):
        desk.notice(key)
    desk.work()
    for _ in range(50):
        desk.notice(key)
        desk.work()
    assert len(desk.invoices()) == 1
    assert Write.objects.filter(kind="Invoice").count() == 1


def test_a_second_run_writes_nothing(desk: Desk) -> None:
    key = desk.win()
    desk.work()
    sent = len(desk.xero.sent) + len(desk.salesforce.sent)
    desk.notice(key)
    (run,) = desk.work()
    assert (run.nothings, run.confirmed) == (1, 0)
    assert len(desk.xero.sent) + len(desk.salesforce.sent) == sent


@pytest.mark.parametrize("which", [0, 1])
@pytest.mark.parametrize("moment", ["before", "after"])
@pytest.mark.parametrize("fault", [lose, fail_500])
def test_a_lost_reply_never_makes_a_second_invoice(
    desk: Desk, which: int, moment: str, fault: object
) -> None:
    desk.win()
    nothing = lambda: None  # noqa: E731
    getattr(desk.xero, moment).extend([nothing] * which + [fault])
    desk.work_until_quiet()
    assert len(desk.invoices()) == 1
    assert len(desk.xero.of("Contact")) == 1
    assert not Write.objects.filter(state__in=Write.OPEN).exists()


def test_a_reply_lost_again_and_again_still_makes_one_invoice(desk: Desk) -> None:
    desk.win()
    desk.xero.after = [lose] * 6
    desk.work_until_quiet()
    assert len(desk.invoices()) == 1


def test_a_lost_reply_is_sent_again_under_the_same_key_only_while_xero_knows_it(
    desk: Desk,
) -> None:
    desk.win()
    desk.xero.before = [lambda: None, lose]
    desk.work()
    desk.work_until_quiet()
    keys = [s.idempotency_key for s in desk.xero.sent if s.kind == "Invoice"]
    assert len(keys) == 2
    assert len(set(keys)) == 1


def test_after_six_minutes_a_lost_call_gets_a_new_key(desk: Desk) -> None:
    desk.win()
    desk.xero.before = [lambda: None, lose]
    desk.work()
    Sent.objects.update(sent_at=timezone.now() - timedelta(minutes=10))
    desk.work_until_quiet()
    keys = [s.idempotency_key for s in desk.xero.sent if s.kind == "Invoice"]
    assert len(set(keys)) == 2
    assert len(desk.invoices()) == 1


def test_a_limit_parks_the_flow_and_loses_nothing(desk: Desk) -> None:
    desk.win()
    desk.xero.before = [busy]
    desk.work()
    desk.switch.refresh_from_db()
    assert desk.switch.parked_until is not None
    assert Notice.objects.get().state == Notice.State.WAITING
    desk.work_until_quiet()
    assert len(desk.invoices()) == 1


def test_two_deals_of_one_new_customer_make_one_contact(desk: Desk) -> None:
    desk.win(1, account=7)
    desk.win(2, account=7)
    desk.work()
    assert len(desk.xero.of("Contact")) == 1
    assert len(desk.invoices()) == 2
    contacts = {invoice.get("Contact.ContactID") for invoice in desk.invoices()}
    assert len(contacts) == 1


def test_an_invoice_typed_in_by_hand_is_adopted(desk: Desk) -> None:
    key = desk.win(IsWon=False)
    desk.xero.put(
        "Invoice",
        "11111111-1111-1111-1111-111111111111",
        {
            "InvoiceNumber": "HAND-1",
            "Reference": f"PO 7 {key.id[:15]}",
            "Status": "AUTHORISED",
            "CurrencyCode": "GBP",
            "SubTotal": 1000,
            "Total": 1200,
        },
    )
    desk.change(key, IsWon=True)
    desk.work()
    assert len(desk.invoices()) == 1
    assert Link.objects.get(xero_kind="Invoice").origin == Link.Origin.FOUND
    assert desk.opportunity(key).get("Counterpart_Invoice_Number__c") == "HAND-1"


@pytest.mark.django_db(transaction=True)
def test_two_workers_on_the_same_notices_make_one_invoice_a_deal(desk: Desk) -> None:
    for number in range(1, 6):
        desk.win(number)

    def work() -> None:
        try:
            desk.work()
        finally:
            connections.close_all()

    workers = [threading.Thread(target=work) for _ in range(4)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    desk.work_until_quiet()
    assert len(desk.invoices()) == 5
    assert len(desk.xero.of("Contact")) == 5


def test_a_won_deal_reopened_and_won_again_keeps_its_invoice(desk: Desk) -> None:
    key = desk.win()
    desk.work()
    desk.change(key, IsWon=False)
    desk.work()
    desk.change(key, IsWon=True)
    desk.work()
    assert len(desk.invoices()) == 1
