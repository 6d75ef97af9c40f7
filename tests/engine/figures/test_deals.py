"""From Xero to the deal: each payment and its way back, over HTTP with both sandboxed systems."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest

from connections.live import open_remote
from connections.remote import Lane
from connections.salesforce import describing
from sandbox.xero import acts as xero
from sandbox.xero.books import Books
from sandbox.xero.payments import delete_payment
from sync.engine import deciding, lacking
from sync.models import Link, Notice, ReviewItem, Write

from .street import FLOW, Street

pytestmark = [pytest.mark.slow, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def billed(street: Street) -> tuple[str, str]:
    """A deal and its invoice over 100.00."""
    account, contact = street.account(), street.contact()
    deal, invoice = street.deal(account), street.invoice(contact)
    street.link(account, contact)
    street.link(deal, invoice)
    street.sync()
    return deal, invoice


def test_each_payment_is_told_and_taken_back(street: Street, billed: tuple[str, str]) -> None:
    deal, invoice = billed
    assert street.told(deal)["Payment_Status"] == "Awaiting payment"
    assert street.told(deal)["Invoice_Amount_Due"] == Decimal("100.00")
    street.pay(invoice, Decimal("40.00"))
    street.sync()
    told = street.told(deal)
    assert (told["Payment_Status"], told["Invoice_Paid"]) == ("Part-paid", Decimal("40.00"))
    assert told["Invoice_Amount_Due"] == Decimal("60.00")
    assert "paid · GBP 40.00" in told["Invoice_Payments"]
    last = street.pay(invoice)
    street.sync()
    told = street.told(deal)
    assert (told["Payment_Status"], told["Invoice_Amount_Due"]) == ("Paid", Decimal("0.00"))
    assert told["Invoice_Paid_On"] == street.now().date().isoformat()
    street.tick()
    payment = street.box.world.table("xero", "Payment")[last]
    delete_payment(Books(street.box.world, payment["TenantID"]), payment)
    street.sync()
    told = street.told(deal)
    assert (told["Payment_Status"], told["Invoice_Paid_On"]) == ("Part-paid", None)
    assert told["Invoice_Payments"].count("paid") == 1


def test_a_voided_and_a_credited_invoice_are_told(street: Street, billed: tuple[str, str]) -> None:
    deal, invoice = billed
    street.loudly(invoice, AmountCredited=Decimal(100), AmountDue=Decimal(0), Status="PAID")
    street.sync()
    assert street.told(deal)["Payment_Status"] == "Credited"
    street.loudly(invoice, AmountCredited=Decimal(0), AmountDue=Decimal(100), Status="AUTHORISED")
    street.sync()
    assert street.told(deal)["Payment_Status"] == "Awaiting payment"
    street.tick()
    xero.void(street.box.world, invoice)
    street.sync()
    told = street.told(deal)
    assert (told["Payment_Status"], told["Invoice_Count"]) == ("Voided", 0)
    assert told["Invoice_Amount_Due"] == Decimal("0.00")


def test_the_page_that_the_customer_sees_is_asked_for_once(
    street: Street, billed: tuple[str, str]
) -> None:
    street.sync()
    address = street.told(billed[0])["Invoice_Online_Url"]
    assert address.startswith("https://in.xero.com/")
    for _ in range(3):
        street.sync()
    entries = street.box.journal.entries()
    assert sum(entry["path"].endswith("/OnlineInvoice") for entry in entries) == 1


def test_a_second_run_writes_nothing(street: Street, billed: tuple[str, str]) -> None:
    street.sync()
    before, stamp = street.written(), street.raw(billed[0])["SystemModstamp"]
    for _ in range(3):
        street.sync()
    assert (street.written(), street.raw(billed[0])["SystemModstamp"]) == (before, stamp)
    assert not Notice.objects.exclude(state=Notice.State.DONE).exists()


def test_an_invoice_falls_due_without_any_event(street: Street, billed: tuple[str, str]) -> None:
    deal, _ = billed
    account = street.raw(deal)["AccountId"]
    street.pass_days(30)
    street.sync()
    assert street.told(deal)["Payment_Status"] == "Awaiting payment"
    street.pass_days(2)
    street.sync()
    told = street.told(deal)
    assert told["Payment_Status"] == "Overdue"
    assert told["Invoice_Days_Overdue"] in (1, 2)
    assert street.told(account)["Overdue"] == Decimal("100.00")
    days = told["Invoice_Days_Overdue"]
    street.pass_days(1)
    street.sync()
    assert street.told(deal)["Invoice_Days_Overdue"] == days + 1
    assert street.told(account)["Oldest_Days_Overdue"] == days + 1


def test_a_due_date_that_moves_without_a_stamp_is_found_by_night(
    street: Street, billed: tuple[str, str]
) -> None:
    deal, invoice = billed
    street.pass_days(33)
    street.sync()
    assert street.told(deal)["Payment_Status"] == "Overdue"
    moved = (street.now().date() + timedelta(days=14)).isoformat()
    street.quietly(invoice, DueDate=moved)
    street.sync()
    assert street.told(deal)["Payment_Status"] == "Overdue"  # nobody told us
    street.pass_days(1)
    street.sync()
    street.pass_days(0.3)
    street.sync()
    told = street.told(deal)
    assert (told["Payment_Status"], told["Invoice_Due_Date"]) == ("Awaiting payment", moved)


def test_every_generation_of_a_deals_invoice_counts(
    street: Street, billed: tuple[str, str]
) -> None:
    deal, first = billed
    contact = street.box.world.table("xero", "Invoice")[first]["Contact"]["ContactID"]
    street.tick()
    xero.void(street.box.world, first)
    again = street.invoice(contact, "80.00")
    link = street.link(deal, again, generation=2)
    street.sync()
    told = street.told(deal)
    assert (told["Payment_Status"], told["Invoice_Count"]) == ("Awaiting payment", 1)
    assert told["Invoice_Amount_Due"] == Decimal("80.00")
    assert Link.objects.get(pk=link.pk).agreed == {}


@pytest.mark.parametrize("moment", ["before", "after"])
def test_a_lost_answer_is_told_in_the_end(
    street: Street, billed: tuple[str, str], moment: str
) -> None:
    deal, invoice = billed
    street.pay(invoice)
    street.box.faults.add(
        system="salesforce", method="PATCH", path="*sobjects*", lost=moment, times=1
    )
    for _ in range(3):
        street.sync()
    assert street.told(deal)["Payment_Status"] == "Paid"
    assert not Write.objects.filter(state__in=Write.OPEN).exists()


def test_a_deal_that_salesforce_refuses_to_change_is_a_question_that_goes_away(
    street: Street, billed: tuple[str, str]
) -> None:
    deal, invoice = billed
    field = "Counterpart_Payment_Status__c"
    rule = {"kind": "Opportunity", "field": field, "op": "changed"}
    world = street.box.world
    world.set_setting("salesforce", "validation_rules", [rule | {"message": "Leave it."}])
    street.pay(invoice)
    street.sync()
    assert street.told(deal)["Payment_Status"] == "Awaiting payment"
    item = ReviewItem.objects.get(state="open")
    assert "Leave it." in f"{item.title} {item.explanation}"
    world.set_setting("salesforce", "validation_rules", [])
    deciding.recheck([item])
    street.sync()
    assert street.told(deal)["Payment_Status"] == "Paid"
    assert not ReviewItem.objects.filter(state="open").exists()


def test_fields_that_the_org_lacks_are_left_out(street: Street, billed: tuple[str, str]) -> None:
    deal, invoice = billed
    world = street.box.world
    fields = dict(world.setting("salesforce", "custom_fields"))
    gone = ("Counterpart_Invoice_Payments__c", "Counterpart_Invoice_As_Of__c")
    fields["Opportunity"] = [one for one in fields["Opportunity"] if one["name"] not in gone]
    world.set_setting("salesforce", "custom_fields", fields)
    describing.forget(street.pairs[0].salesforce_id)
    street.pay(invoice)
    street.sync()
    assert street.told(deal)["Payment_Status"] == "Paid"
    shown = open_remote(street.pairs[0].salesforce, Lane.PERSON).fields
    assert lacking.lacking(street.pairs[0], FLOW, shown) == tuple(f"Opportunity.{n}" for n in gone)
