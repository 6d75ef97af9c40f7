"""Events from both sandboxed systems over HTTP to this server's doors, and on to the other side."""

from __future__ import annotations

import time
from collections.abc import Iterator
from typing import Any

import pytest
from django.utils import timezone
from django_q.models import OrmQ
from pytest_django import Settings
from pytest_django.live_server_helper import LiveServer

from connections import doors
from connections.models import Connection, EventDoor
from sandbox.outgoing import TICK
from sandbox.salesforce import acts as salesforce
from sandbox.server import Box
from sandbox.xero import acts as xero
from sandbox.xero.webhooks import key_of_app
from sync import tasks
from sync.intake import gaps
from sync.models import Cursor, Delivery, Event, Notice
from tests.engine.test_whole import CERTAIN, box, deal_named, invoices, run, sync

__all__ = ["box"]
pytestmark = [pytest.mark.slow, pytest.mark.django_db(transaction=True)]
SECONDS = 20.0


@pytest.fixture
def told(box: Box, live_server: LiveServer, settings: Settings) -> Iterator[Box]:
    """Both systems tell this server of their changes, and what was there is known."""
    settings.PUBLIC_URL = live_server.url
    org, books = Connection.objects.get(name="S"), Connection.objects.get(name="X")
    sync()
    OrmQ.objects.all().delete()
    address = doors.address(doors.open_for_salesforce(org))
    box.outbound.add("Won", address, becomes="IsWon")
    door = doors.open_for_xero(books, key_of_app())
    made = box.webhooks.subscribe(doors.address(door), key_of_app())
    assert made["status"] == "ok"
    OrmQ.objects.all().delete()
    yield box
    box.webhooks.remove()
    box.outbound.remove()


def work() -> None:
    """Do what the queue holds, as a worker would, but for what only the clock starts."""
    while rung := list(OrmQ.objects.order_by("id")):
        OrmQ.objects.filter(pk__in=[each.pk for each in rung]).delete()
        for each in rung:
            task = each.task
            getattr(tasks, task["func"].rpartition(".")[2])(*task["args"])


def until(met: Any) -> None:
    """Work until something has come true."""
    end = time.monotonic() + SECONDS
    while not met():
        work()
        assert time.monotonic() < end, "it never came true"
        time.sleep(0.05)


def all_sent(box: Box) -> None:
    """Work until the sandbox has sent every event of what has been done so far."""
    time.sleep(5 * TICK)
    until(lambda: box.webhooks.waiting == 0)


def status(box: Box, deal: str) -> Any:
    """Return the invoice's status as the deal has it."""
    record = box.world.table("salesforce", "Opportunity")[deal]
    return record["Counterpart_Invoice_Status__c"]


def billed(box: Box) -> tuple[str, str]:
    """Let a deal be won and billed by events alone; return it and its invoice."""
    deal = deal_named(box, CERTAIN)
    salesforce.close_won(box.world, deal)
    until(lambda: invoices(box, deal) and status(box, deal) == "Draft")
    return deal, invoices(box, deal)[0]["InvoiceID"]


def test_a_won_deal_is_billed_and_its_payment_told_without_any_sweep(told: Box) -> None:
    deal, invoice = billed(told)
    xero.approve(told.world, invoice)
    until(lambda: status(told, deal) == "Awaiting payment")
    xero.pay(told.world, invoice)
    until(lambda: status(told, deal) == "Paid")
    assert Notice.objects.filter(source="event").exists()
    assert len(invoices(told, deal)) == 1


def test_events_astray_change_nothing_but_the_time(told: Box) -> None:
    deal, invoice = billed(told)
    wrong = {"missing": 0.3, "doubled": 0.5, "late_seconds": 1, "together": 1}
    told.world.set_setting("xero", "event_troubles", wrong)
    contacts = list(told.world.table("xero", "Contact"))[:10]
    for number in range(3):
        for contact in contacts:
            values = {"EmailAddress": f"m{number}@fernhill.example"}
            xero.edit(told.world, "Contact", contact, values)
    xero.approve(told.world, invoice)
    xero.pay(told.world, invoice)
    all_sent(told)
    work()
    told.world.set_setting("xero", "event_troubles", None)
    xero.edit(told.world, "Contact", contacts[0], {"EmailAddress": "last@fernhill.example"})
    all_sent(told)
    Delivery.objects.update(received_at=timezone.now() - 2 * gaps.PATIENCE)
    EventDoor.objects.update(confirmed_at=timezone.now() - 3 * gaps.PATIENCE)
    Cursor.objects.filter(purpose__startswith=gaps.TURN).delete()
    assert gaps.check() > 0
    until(lambda: status(told, deal) == "Paid")
    until(lambda: not Event.objects.filter(done_at=None).exists())
    assert len(invoices(told, deal)) == 1


def test_a_door_that_is_down_gets_everything_later(told: Box) -> None:
    deal = deal_named(told, CERTAIN)
    secret = EventDoor.objects.get(system="salesforce").secret
    EventDoor.objects.filter(system="salesforce").update(secret="x" * 43)
    salesforce.close_won(told.world, deal)
    end = time.monotonic() + SECONDS
    while not told.outbound.log.entries() and time.monotonic() < end:
        time.sleep(0.05)
    assert not Event.objects.exists()
    EventDoor.objects.filter(system="salesforce").update(secret=secret)
    told.world.clock.advance(16)
    until(lambda: invoices(told, deal))


def test_events_of_an_account_reach_its_customer(told: Box) -> None:
    """An account is read by its id, with its people, as a sweep reads it."""
    address = told.outbound.messages["Won"]["endpoint"]
    told.outbound.add("Account saved", address, kind="Account")
    run("flow", "account_contact", "on")
    for _ in range(3):
        sync("account_contact")
    until(lambda: told.outbound.waiting == 0)
    work()
    account = next(
        key
        for key, one in told.world.table("salesforce", "Account").items()
        if one["Counterpart_Xero_Contact_Id__c"]
    )
    contact = told.world.table("salesforce", "Account")[account]["Counterpart_Xero_Contact_Id__c"]
    salesforce.edit(told.world, "Account", account, {"Phone": "+44 20 7946 0999"})
    until(lambda: "7946" in str(told.world.table("xero", "Contact")[contact]["Phones"]))
