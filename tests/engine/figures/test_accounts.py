"""From Xero to the account: all its invoices, whoever raised them, in all organisations."""

from __future__ import annotations

from decimal import Decimal

import pytest
from django.test import Client
from django.urls import reverse

from connections.live import open_remote
from connections.salesforce import describing
from mappings.models import FieldMapping
from mappings.shipped import ensure
from sandbox.salesforce import acts as salesforce
from sandbox.xero import acts as xero
from sync.core.records import Key, System
from sync.engine import running, switching, telling, unlinking
from sync.intake import previewing
from sync.models import FlowSwitch, PlanRow, Write
from tests.engine.test_whole import run

from .street import FLOW, Street

pytestmark = [pytest.mark.slow, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def customer(street: Street) -> tuple[str, str]:
    """An account and its contact, linked."""
    account, contact = street.account(), street.contact()
    street.link(account, contact)
    return account, contact


def test_an_invoice_that_xero_alone_knows_counts(street: Street, customer: tuple[str, str]) -> None:
    account, contact = customer
    street.sync()
    assert set(street.told(account).values()) <= {None, False}
    street.invoice(contact, "120.00")
    street.sync()
    told = street.told(account)
    assert (told["Outstanding"], told["Overdue"]) == (Decimal("120.00"), Decimal("0.00"))
    assert (told["Open_Invoices"], told["Finance_As_Of"] is not None) == (1, True)


def test_further_contacts_count_and_others_do_not(
    street: Street, customer: tuple[str, str]
) -> None:
    account, contact = customer
    branch, stranger = street.contact("Acme Bristol"), street.contact("Somebody else")
    street.link(account, branch, role="further")
    for one in (contact, branch, stranger):
        street.invoice(one, "100.00")
    street.sync()
    assert street.told(account)["Outstanding"] == Decimal("200.00")


def test_two_organisations_add_up_by_salesforces_rates(
    street: Street, customer: tuple[str, str]
) -> None:
    account, contact = customer
    far = street.contact("Acme NZ", 1)
    street.link(account, far, 1)
    street.invoice(contact, "100.00")
    owed = street.invoice(far, "50.00", 1, CurrencyCode="NZD")
    street.sync()
    told = street.told(account)
    assert told["Outstanding"] == Decimal("125.00")
    assert told["Balances"].splitlines() == [
        "GBP 100.00 outstanding, GBP 0.00 overdue",
        "NZD 50.00 outstanding, NZD 0.00 overdue · GBP 25.00 at 0.5",
        "Fernhill New Zealand: NZD 50.00 outstanding, NZD 0.00 overdue",
        "Fernhill Surveys Ltd: GBP 100.00 outstanding, GBP 0.00 overdue",
    ]
    street.pay(owed)
    street.sync()
    told = street.told(account)
    assert (told["Outstanding"], told["Last_Payment"]) == (Decimal("100.00"), Decimal("25.00"))


def test_a_customer_of_two_organisations_is_told_by_one_pair(
    street: Street, customer: tuple[str, str]
) -> None:
    account, contact = customer
    far = street.contact("Acme NZ", 1)
    street.link(account, far, 1)
    for place, one in enumerate((contact, far)):
        street.invoice(one, "10.00", place, CurrencyCode="GBP")
    street.sync()
    assert street.told(account)["Outstanding"] == Decimal("20.00")
    assert {w.pair_id for w in Write.objects.all()} == {street.pairs[0].pk}
    FlowSwitch.objects.filter(pair=street.pairs[0]).update(mode="shadow")
    street.invoice(far, "5.00", 1, CurrencyCode="GBP")
    street.sync()
    assert street.told(account)["Outstanding"] == Decimal("25.00")
    FlowSwitch.objects.filter(pair=street.pairs[0]).update(mode="off")
    street.invoice(far, "5.00", 1, CurrencyCode="GBP")
    street.sync(1)
    assert street.told(account)["Outstanding"] == Decimal("20.00")  # what is off does not count


def test_a_merged_contacts_invoices_count_once(street: Street, customer: tuple[str, str]) -> None:
    account, contact = customer
    other = street.contact("Acme Limited")
    street.invoice(contact, "30.00")
    street.invoice(other, "70.00")
    street.sync()
    assert street.told(account)["Outstanding"] == Decimal("30.00")
    street.tick()
    xero.merge_contacts(street.box.world, other, contact)  # the linked one is gone
    street.sync()
    assert street.told(account)["Outstanding"] == Decimal("100.00")


def test_an_invoice_that_moves_to_another_customer_leaves_the_first(
    street: Street, customer: tuple[str, str]
) -> None:
    account, contact = customer
    other, elsewhere = street.account("Beta Ltd"), street.contact("Beta Ltd")
    street.link(other, elsewhere)
    invoice = street.invoice(contact, "30.00")
    street.sync()
    street.loudly(invoice, Contact={"ContactID": elsewhere})
    street.sync()
    assert street.told(other)["Outstanding"] == Decimal("30.00")
    assert street.told(account)["Outstanding"] is None


def test_an_unlinked_customer_is_told_nothing_any_more(
    street: Street, customer: tuple[str, str]
) -> None:
    account, contact = customer
    link = street.link(street.account("Beta Ltd"), street.contact("Beta Ltd"))
    street.invoice(contact, "30.00")
    street.sync()
    assert street.told(account)["Outstanding"] == Decimal("30.00")
    mine = type(link).objects.get(salesforce_id=account)
    unlinking.unlink(mine.pk, "ann", "They are two companies.")
    street.pass_days(1)
    street.sync()
    told = street.told(account)
    assert (told["Outstanding"], told["Balances"], told["Finance_As_Of"]) == (None, None, None)


def test_a_locked_account_is_left_alone(street: Street, customer: tuple[str, str]) -> None:
    account, contact = customer
    telling.lock(
        street.pairs[0], Key(System.SALESFORCE, "Account", account), "Group company", "ann"
    )
    street.invoice(contact)
    street.sync()
    assert street.told(account)["Outstanding"] is None


def test_an_account_that_says_so_itself_is_left_alone(
    street: Street, customer: tuple[str, str]
) -> None:
    account, contact = customer
    salesforce.edit(street.box.world, "Account", account, {"Counterpart_Do_Not_Sync__c": True})
    street.invoice(contact)
    street.sync()
    assert street.told(account)["Outstanding"] is None


def test_a_preview_and_a_shadow_write_nothing(street: Street, customer: tuple[str, str]) -> None:
    account, contact = customer
    street.invoice(contact)
    switch = street.switch()
    keys = previewing.likely_keys(switch, None, open_remote)
    _, plans = running.preview(switch, keys)
    assert [plan.subject.id for plan in plans if plan.intents] == [account]
    FlowSwitch.objects.update(mode="shadow")
    street.sync()
    assert PlanRow.objects.filter(state="shadow", action="update").exists()
    assert not Write.objects.exists()
    assert street.told(account)["Outstanding"] is None


def test_nothing_is_written_while_writes_are_paused(
    street: Street, customer: tuple[str, str]
) -> None:
    account, contact = customer
    switching.pause("ann", "Month end")
    street.invoice(contact)
    street.sync()
    assert street.told(account)["Outstanding"] is None
    switching.resume("ann")
    street.sync()
    assert street.told(account)["Outstanding"] == Decimal("100.00")


def test_switching_on_tells_what_the_index_knows_already(
    street: Street, customer: tuple[str, str]
) -> None:
    account, contact = customer
    street.invoice(contact)
    FlowSwitch.objects.update(mode="shadow")
    street.sync()
    for pair in street.pairs:
        run("flow", FLOW, "on", "--pair", pair.name)
    street.sync()
    assert street.told(account)["Outstanding"] == Decimal("100.00")


def test_a_person_may_have_another_field_filled(street: Street, customer: tuple[str, str]) -> None:
    account, contact = customer
    ensure(street.pairs[0], FLOW)
    row = FieldMapping.objects.get(pair=street.pairs[0], flow=FLOW, target="account.outstanding")
    row.source = "AnnualRevenue"
    row.save()
    street.invoice(contact)
    street.sync()
    assert street.raw(account)["AnnualRevenue"] == Decimal(100)
    assert street.told(account)["Outstanding"] is None


def test_the_switch_says_what_it_will_fill_and_what_the_org_lacks(
    street: Street, customer: tuple[str, str], admin_client: Client
) -> None:
    street.invoice(customer[1])
    FlowSwitch.objects.update(mode="shadow")
    street.sync()
    url = reverse("admin:sync_flowswitch_change", args=[street.switch().pk])
    page = admin_client.post(url, {"mode": "on"}).content.decode()
    assert "In shadow, 1 record would have been told something new" in page
    assert "not there yet" not in page
    fields = street.box.world.setting("salesforce", "custom_fields")
    street.box.world.set_setting("salesforce", "custom_fields", fields | {"Account": []})
    describing.forget(street.pairs[0].salesforce_id)
    page = admin_client.post(url, {"mode": "on"}).content.decode()
    assert "Account.Counterpart_Outstanding__c" in page
    assert street.switch().mode == "shadow"
