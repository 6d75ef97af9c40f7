"""Promise 3: nothing is lost; cursors move only after what they cover is on disk."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from django.db import DatabaseError, transaction
from django.utils import timezone

from connections.remote import Changes
from sync.core.records import Key, System
from sync.intake import sweeps
from sync.models import Cursor, Notice
from tests.engine.conftest import Desk
from tests.fakes.remote import deal


def put(desk: Desk, number: int, **values: Any) -> Key:
    """Let a deal be there without a notice."""
    body = deal(number, **values)
    return desk.salesforce.put("Opportunity", body["Id"], body).key


def waiting() -> set[str]:
    """Return the ids that wait."""
    return set(Notice.objects.filter(state="waiting").values_list("remote_id", flat=True))


def test_the_first_sweep_finds_every_won_deal(desk: Desk) -> None:
    keys = {put(desk, number).id for number in range(1, 6)}
    sweeps.sweep(desk.switch.pair, desk.door)
    assert keys <= waiting()


def test_a_sweep_finds_what_events_missed(desk: Desk) -> None:
    sweeps.sweep(desk.switch.pair, desk.door)
    key = put(desk, 1)
    sweeps.sweep(desk.switch.pair, desk.door)
    assert key.id in waiting()


def test_the_same_sweep_a_hundred_times_is_one_notice_and_one_invoice(desk: Desk) -> None:
    put(desk, 1)
    for _ in range(100):
        sweeps.sweep(desk.switch.pair, desk.door)
    assert Notice.objects.filter(remote_id__startswith="006").count() == 1
    desk.work_until_quiet()
    assert len(desk.invoices()) == 1


def test_a_cursor_does_not_move_when_its_notices_cannot_be_saved(desk: Desk) -> None:
    sweeps.sweep(desk.switch.pair, desk.door)
    before = Cursor.objects.get(purpose__startswith="sweep:Opportunity").covered
    put(desk, 1)
    original = desk.salesforce.changed

    def unsavable(kind: str, since: Any) -> Changes:
        found = original(kind, since)
        return replace(found, keys=(*found.keys, Key(System.SALESFORCE, kind, "x" * 100)))

    desk.salesforce.changed = unsavable  # type: ignore[method-assign]
    with pytest.raises(DatabaseError), transaction.atomic():
        sweeps.sweep(desk.switch.pair, desk.door)
    assert Cursor.objects.get(purpose__startswith="sweep:Opportunity").covered == before
    desk.salesforce.changed = original  # type: ignore[method-assign]
    sweeps.sweep(desk.switch.pair, desk.door)
    assert len(waiting()) == 1


def test_a_sweep_reads_again_what_may_have_been_committed_late(desk: Desk) -> None:
    sweeps.sweep(desk.switch.pair, desk.door)
    asked = []
    original = desk.salesforce.changed

    def changed(kind: str, since: Any) -> Changes:
        asked.append(since)
        return original(kind, since)

    desk.salesforce.changed = changed  # type: ignore[method-assign]
    covered = Cursor.objects.get(purpose__startswith="sweep:Opportunity").covered
    sweeps.sweep(desk.switch.pair, desk.door)
    assert covered is not None
    assert covered - asked[0] >= timedelta(minutes=10)


def test_a_look_does_not_repeat_what_it_has_just_said(desk: Desk) -> None:
    Cursor.objects.create(
        connection=desk.switch.pair.salesforce,
        purpose=f"look:Opportunity:{desk.switch.pair_id}",
        covered=desk.salesforce.clock,
    )
    key = put(desk, 1)
    assert sweeps.look(desk.switch.pair, desk.door) == 1
    assert sweeps.look(desk.switch.pair, desk.door) == 0
    desk.salesforce.edit("Opportunity", key.id, Amount=5)
    assert sweeps.look(desk.switch.pair, desk.door) == 1


def test_an_invoice_paid_in_xero_is_told_to_the_deal_by_the_next_sweep(desk: Desk) -> None:
    key = put(desk, 1)
    sweeps.sweep(desk.switch.pair, desk.door)
    desk.work_until_quiet()
    (invoice,) = desk.invoices()
    desk.xero.clock = timezone.now() + timedelta(minutes=1)
    desk.xero.edit("Invoice", invoice.key.id, Status="PAID")
    sweeps.sweep(desk.switch.pair, desk.door)
    desk.work_until_quiet()
    assert desk.opportunity(key).get("Counterpart_Invoice_Status__c") == "Paid"


def test_our_own_writes_come_back_as_nothing(desk: Desk) -> None:
    put(desk, 1)
    sweeps.sweep(desk.switch.pair, desk.door)
    desk.work_until_quiet()
    sent = len(desk.xero.sent) + len(desk.salesforce.sent)
    sweeps.sweep(desk.switch.pair, desk.door)
    desk.work_until_quiet()
    assert len(desk.xero.sent) + len(desk.salesforce.sent) == sent


def test_notices_are_noted_while_the_same_record_is_being_worked_on(desk: Desk) -> None:
    key = desk.win()
    Notice.objects.update(state="claimed")
    desk.notice(key)
    assert Notice.objects.filter(remote_id=key.id).count() == 2
    assert key.system is System.SALESFORCE


def test_the_echo_of_our_own_write_costs_xero_no_call(desk: Desk) -> None:
    put(desk, 1)
    sweeps.sweep(desk.switch.pair, desk.door)
    desk.work_until_quiet()
    assert sweeps.look(desk.switch.pair, desk.door) == 1
    calls = desk.xero.calls
    desk.work_until_quiet()
    assert desk.xero.calls == calls


def test_a_new_deal_beside_an_echo_is_planned_on_a_fresh_index(desk: Desk) -> None:
    put(desk, 1)
    sweeps.sweep(desk.switch.pair, desk.door)
    desk.work_until_quiet()
    key = put(desk, 2)
    typed = {"Reference": key.id, "InvoiceNumber": "HAND", "Status": "DRAFT", "SubTotal": 1000}
    desk.xero.put("Invoice", "55555555-5555-5555-5555-555555555555", typed)
    sweeps.look(desk.switch.pair, desk.door)
    desk.work_until_quiet()
    assert len(desk.invoices()) == 2
