"""Events become notices by few calls, whoever told how much how often."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client
from django.utils import timezone
from django_q.models import OrmQ

from connections.remote import Lane
from sync import tasks
from sync.core import snapshots
from sync.core.errors import TryAgain
from sync.engine import indexing, running, turns
from sync.intake import hearing, storing, sweeps
from sync.intake.storing import Heard
from sync.models import Cursor, Event, FlowSwitch, KnownRecord, Notice
from tests.fakes.remote import DEAL, deal
from tests.intake.conftest import ORG, TENANT, Hall, rings
from tests.intake.post import delivery, event, message, send_salesforce, send_xero
from tests.intake.telling import invoices, tell, waiting


def test_an_event_becomes_a_notice_by_one_call(hall: Hall) -> None:
    (one,) = invoices(hall, 1)
    tell(hall, one)
    assert hearing.hear(hall.xero_id, hall.door) == 1
    notice = Notice.objects.get()
    assert (notice.remote_id, notice.source) == (one, "event")
    assert hall.xero.calls == 1
    assert KnownRecord.objects.filter(remote_id=one).exists()
    assert waiting() == 0


def test_forty_events_are_one_call_and_forty_one_are_two(hall: Hall) -> None:
    asked: list[int] = []
    read = hall.xero.read
    hall.xero.read = lambda kind, ids, fields=(): asked.append(len(ids)) or read(kind, ids)  # type: ignore[method-assign,func-returns-value]
    tell(hall, *invoices(hall, 40))
    assert hearing.hear(hall.xero_id, hall.door) == 40
    assert asked == [40]


def test_the_same_record_told_a_hundred_times_is_read_once(hall: Hall) -> None:
    (one,) = invoices(hall, 1)
    now = timezone.now()
    for second in range(100):
        tell(hall, one, when=now + timedelta(milliseconds=second))
    hearing.hear(hall.xero_id, hall.door)
    assert hall.xero.calls == 1


def test_events_out_of_order_end_in_the_record_as_it_is(hall: Hall) -> None:
    (one,) = invoices(hall, 1, Status="AUTHORISED")
    now = timezone.now()
    tell(hall, one, when=now)
    hall.xero.edit("Invoice", one, Status="PAID")
    tell(hall, one, when=now - timedelta(minutes=1))
    hearing.hear(hall.xero_id, hall.door)
    known = KnownRecord.objects.get(remote_id=one)
    assert snapshots.load(known.values)["Status"] == "PAID"


def test_what_a_sweep_has_read_meanwhile_costs_no_call(hall: Hall) -> None:
    (one,) = invoices(hall, 1)
    sweeps.sweep(hall.switch.pair, hall.door)
    calls = hall.xero.calls
    tell(hall, one, when=hall.xero.clock - timedelta(minutes=3))
    hearing.hear(hall.xero_id, hall.door)
    assert hall.xero.calls == calls
    assert waiting() == 0


def test_what_came_a_moment_after_a_sweep_is_read(hall: Hall) -> None:
    (one,) = invoices(hall, 1)
    sweeps.sweep(hall.switch.pair, hall.door)
    calls = hall.xero.calls
    tell(hall, one, when=hall.xero.clock - timedelta(seconds=1))
    hearing.hear(hall.xero_id, hall.door)
    assert hall.xero.calls == calls + 1


def test_kinds_that_no_flow_in_use_starts_on_cost_nothing(hall: Hall) -> None:
    FlowSwitch.objects.update(mode=FlowSwitch.Mode.OFF)
    tell(hall, *invoices(hall, 3))
    hearing.hear(hall.xero_id, hall.door)
    assert hall.xero.calls == 0
    assert waiting() == 0


@pytest.mark.parametrize("kind", ["Payment", "CreditNote", "Overpayment", "Prepayment"])
def test_a_payment_or_credit_note_lets_the_invoices_be_asked_for(hall: Hall, kind: str) -> None:
    (one,) = invoices(hall, 1)
    tell(hall, str(uuid4()), str(uuid4()), kind=kind)
    hearing.hear(hall.xero_id, hall.door)
    assert hall.xero.calls == 1
    assert Notice.objects.get().remote_id == one


def test_events_wait_when_xero_cannot_be_read(hall: Hall) -> None:
    (one,) = invoices(hall, 1)
    tell(hall, one)
    read = hall.xero.read

    def busy(*_: Any) -> Any:
        raise TryAgain("Xero is down.")

    hall.xero.read = busy  # type: ignore[method-assign,assignment]
    with pytest.raises(TryAgain):
        hearing.hear(hall.xero_id, hall.door)
    assert waiting() == 1
    hall.xero.read = read  # type: ignore[method-assign]
    assert hearing.hear(hall.xero_id, hall.door) == 1


def test_deals_that_salesforce_tells_of_become_notices_without_a_call(hall: Hall) -> None:
    storing.keep(hall.salesforce_door, [Heard("Opportunity", DEAL, "n1")])
    assert hearing.hear(hall.salesforce_id, hall.door) == 1
    notice = Notice.objects.get()
    assert (notice.remote_id, notice.source) == (DEAL, "event")
    assert hall.salesforce.calls == 0


def test_a_ring_that_was_lost_is_made_up_for(
    hall: Hall, stranger: Client, django_capture_on_commit_callbacks: Any
) -> None:
    send_xero(stranger, hall.xero_door, delivery(event(TENANT)))  # the ring is never heard
    Cursor.objects.filter(purpose=storing.RING).update(next_at=timezone.now())
    turns.take_turn(hall.switch.pair.salesforce, "daily", lambda: 60.0)
    with django_capture_on_commit_callbacks(execute=True):
        tasks.tick()
    assert any(task.func() == "sync.tasks.hear" for task in OrmQ.objects.all())


def test_an_event_that_comes_while_others_are_read_is_read_too(hall: Hall) -> None:
    first, second = invoices(hall, 2)
    tell(hall, first)
    read = hall.xero.read

    def meanwhile(kind: str, ids: Any, fields: Any = ()) -> Any:
        hall.xero.read = read  # type: ignore[method-assign]
        tell(hall, second)
        return read(kind, ids, fields)

    hall.xero.read = meanwhile  # type: ignore[method-assign]
    assert hearing.hear(hall.xero_id, hall.door) == 2
    assert waiting() == 0


def test_whoever_keeps_an_event_while_others_are_read_rings_anew(
    hall: Hall, django_capture_on_commit_callbacks: Any
) -> None:
    first, second = invoices(hall, 2)
    tell(hall, first)
    read, rung = hall.xero.read, []

    def meanwhile(kind: str, ids: Any, fields: Any = ()) -> Any:
        with django_capture_on_commit_callbacks(execute=True):
            tell(hall, second)
        rung.append(rings())
        hall.xero.read = read  # type: ignore[method-assign]
        return read(kind, ids, fields)

    hall.xero.read = meanwhile  # type: ignore[method-assign]
    hearing.hear(hall.xero_id, hall.door)
    assert rung == [1]


def test_from_the_message_to_the_notice(hall: Hall, stranger: Client) -> None:
    body = deal(1)
    hall.salesforce.put("Opportunity", body["Id"], body)
    send_salesforce(stranger, hall.salesforce_door, message(ORG, [body["Id"]]))
    assert tasks.hear(hall.salesforce_id) == 1
    assert Notice.objects.get().remote_id == body["Id"]


def test_a_ring_that_finds_nothing_left_does_not_silence_the_next(
    hall: Hall, django_capture_on_commit_callbacks: Any
) -> None:
    first, second = invoices(hall, 2)
    with django_capture_on_commit_callbacks(execute=True):
        tell(hall, first)
    Event.objects.update(done_at=timezone.now())  # whoever was at work already has read it
    hearing.hear(hall.xero_id, hall.door)
    with django_capture_on_commit_callbacks(execute=True):
        tell(hall, second)
    assert rings() == 2


def test_an_invoice_that_xero_told_of_is_read_once_and_nothing_beside_it(hall: Hall) -> None:
    body = deal(1)
    hall.salesforce.put("Opportunity", body["Id"], body)
    sweeps.sweep(hall.switch.pair, hall.door)
    running.work_off(hall.switch, open_remote=hall.door)
    (invoice,) = hall.xero.live_invoices()
    Cursor.objects.filter(purpose__startswith="index:").update(
        read_at=timezone.now() - timedelta(minutes=5)
    )
    calls = hall.xero.calls
    hall.xero.edit("Invoice", invoice.key.id, Status="AUTHORISED")
    tell(hall, invoice.key.id)
    hearing.hear(hall.xero_id, hall.door)
    running.work_off(hall.switch, open_remote=hall.door)
    told = hall.salesforce.records["Opportunity", body["Id"]]
    assert told.get("Counterpart_Invoice_Status__c") == "Awaiting payment"
    assert hall.xero.calls == calls + 1


def test_a_deal_without_a_link_is_planned_on_a_fresh_index_whoever_told_of_it(hall: Hall) -> None:
    """A contact typed by hand meanwhile is found, though an event named another record."""
    body = deal(1)
    hall.salesforce.put("Opportunity", body["Id"], body)
    sweeps.sweep(hall.switch.pair, hall.door)
    indexing.refresh(hall.door(hall.switch.pair.xero, Lane.BACKGROUND), "Contact")
    Notice.objects.all().delete()
    Cursor.objects.filter(purpose__startswith="index:").update(
        read_at=timezone.now() - timedelta(minutes=5)
    )
    by_hand = {"Name": body["Account"]["Name"], "ContactNumber": body["AccountId"]}
    hall.xero.put("Contact", str(uuid4()), by_hand)
    typed = {"Reference": body["Id"], "InvoiceNumber": "HAND", "Status": "VOIDED"}
    remote_id = hall.xero.put("Invoice", str(uuid4()), typed).key.id
    tell(hall, remote_id)
    hearing.hear(hall.xero_id, hall.door)
    running.work_off(hall.switch, open_remote=hall.door)
    assert KnownRecord.objects.filter(kind="Contact", name=by_hand["Name"]).exists()
    assert len(hall.xero.of("Contact")) == 1


def test_a_credit_note_that_is_read_itself_lets_the_invoices_it_touches_be_read_too(
    hall: Hall,
) -> None:
    FlowSwitch.objects.create(pair=hall.switch.pair, flow="credit_risk", mode="on")
    (one,) = invoices(hall, 1)
    credit = str(uuid4())
    hall.xero.put("CreditNote", credit, {"Status": "AUTHORISED", "Type": "ACCRECCREDIT"})
    tell(hall, credit, kind="CreditNote")
    hearing.hear(hall.xero_id, hall.door)
    known = set(KnownRecord.objects.values_list("kind", "remote_id"))
    assert {("CreditNote", credit), ("Invoice", one)} <= known
    assert waiting() == 0
