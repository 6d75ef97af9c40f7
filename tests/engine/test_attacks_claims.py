"""Attacks on claims, sessions and switches: what leaks, stays stuck or is forgotten."""

from __future__ import annotations

import contextlib
import threading
import unicodedata
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from django.db import DatabaseError, connection, connections
from django.utils import timezone

from sync.engine import claiming, deciding, indexing, switching
from sync.models import FlowSwitch, Link, Notice, ReviewItem, Write
from tests.engine.conftest import Desk
from tests.engine.test_attacks_doubling import open_items
from tests.engine.test_changes import billed
from tests.fakes.remote import busy


def end_session_of(pid: int) -> None:
    """End a database session from another one, as a restart of the server would."""

    def end() -> None:
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_terminate_backend(%s)", [pid])
        connections.close_all()

    thread = threading.Thread(target=end)
    thread.start()
    thread.join()


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("moment", ["before", "after"])
@pytest.mark.parametrize("call", [0, 1])
def test_a_lost_database_session_bills_nothing_twice_and_loses_nothing(
    desk: Desk, moment: str, call: int
) -> None:
    for number in range(1, 4):
        desk.win(number)

    def lose_session() -> None:
        end_session_of(connection.connection.info.backend_pid)

    getattr(desk.xero, moment).extend([lambda: None] * call + [lose_session])
    with contextlib.suppress(DatabaseError):
        desk.work()
    connection.close()
    desk.work_until_quiet()
    assert len(desk.invoices()) == 3
    assert len(desk.xero.of("Contact")) == 3
    assert not Write.objects.filter(state__in=Write.OPEN).exists()


@pytest.mark.django_db(transaction=True)
def test_a_new_session_does_not_hold_the_lane_of_the_old_one(desk: Desk) -> None:
    with claiming.lane(desk.switch.pair_id, desk.switch.flow) as ours:
        assert ours()
        end_session_of(connection.connection.info.backend_pid)
        connection.close()
        connection.ensure_connection()
        assert not ours()


def test_claims_of_another_worker_are_not_let_go(desk: Desk) -> None:
    desk.win()
    batch = claiming.claim(desk.switch.pair_id, desk.switch.flow, 10)
    Notice.objects.update(claimed_by="another worker")
    claiming.release(batch, timezone.now(), "mine no longer")
    claiming.finish(batch)
    assert Notice.objects.get().state == Notice.State.CLAIMED


def test_a_record_given_up_once_is_no_longer_stuck_when_it_has_been_done(desk: Desk) -> None:
    def broken(*args: Any) -> Any:
        raise RuntimeError("bug")

    original = desk.salesforce.read
    desk.salesforce.read = broken  # type: ignore[method-assign, assignment]
    desk.win()
    desk.work_until_quiet()
    assert Notice.objects.get().state == Notice.State.STUCK
    desk.salesforce.read = original  # type: ignore[method-assign]
    (item,) = open_items()
    deciding.decide(item.pk, "retry", "Priya")
    desk.work_until_quiet()
    assert len(desk.invoices()) == 1
    assert open_items() == []
    assert not Notice.objects.filter(state=Notice.State.STUCK).exists()


def test_an_intention_that_is_given_up_does_not_stay_open_for_ever(desk: Desk) -> None:
    key = desk.win()
    desk.xero.before = [busy]
    desk.work()
    assert Write.objects.filter(state=Write.State.INTENDED).exists()
    desk.change(key, IsWon=False)
    desk.work_until_quiet()
    assert not Write.objects.filter(state__in=Write.OPEN).exists()
    desk.change(key, IsWon=True)
    desk.work_until_quiet()
    assert len(desk.invoices()) == 1


def test_what_finance_did_while_a_flow_was_off_is_seen_when_it_goes_on(desk: Desk) -> None:
    key, invoice = billed(desk)
    pair, flow = desk.switch.pair, desk.switch.flow
    switching.switch_flow(pair, flow, FlowSwitch.Mode.OFF, "Ada")
    desk.xero.clock = timezone.now()
    desk.xero.edit("Invoice", invoice.key.id, Status="PAID")
    indexing.refresh(desk.door(pair.xero, None), "Invoice")  # type: ignore[arg-type]
    Notice.objects.all().delete()
    switching.switch_flow(pair, flow, FlowSwitch.Mode.ON, "Ada")
    desk.work_until_quiet()
    assert desk.opportunity(key).get("Counterpart_Invoice_Status__c") == "Paid"


def test_the_same_name_in_another_unicode_form_is_the_same_name(desk: Desk) -> None:
    name = unicodedata.normalize("NFD", "Café Müller Ltd")
    contact = {"Name": name, "ContactStatus": "ACTIVE"}
    desk.xero.put("Contact", "77777777-7777-7777-7777-000000000001", contact)
    desk.win(Account={"Name": unicodedata.normalize("NFC", name)})
    desk.work()
    (item,) = open_items()
    assert item.kind == ReviewItem.Kind.DUPLICATE


def test_a_moment_is_the_day_it_was_where_the_books_are_kept(desk: Desk) -> None:
    late = datetime(2026, 7, 31, 23, 30, tzinfo=UTC)  # 1 August in London
    desk.win(CloseDate=late)
    desk.work()
    assert desk.invoices()[0].get("Date") == date(2026, 8, 1)


@pytest.mark.django_db(transaction=True)
def test_a_decision_and_its_notices_are_saved_together(desk: Desk) -> None:
    desk.win(AccountId=None)
    desk.work()
    (item,) = open_items()
    item.choices = [{"value": "leave", "label": "Leave"}]
    item.save()
    item.subjects.update(subject=f"salesforce:{'K' * 61}:1")  # no notice can be saved of it
    with pytest.raises(DatabaseError):
        deciding.decide(item.pk, "leave", "Priya")
    assert not item.decisions.exists()


def test_links_are_one_a_deal_after_all_this(desk: Desk) -> None:
    key, _ = billed(desk)
    for _ in range(3):
        desk.notice(key)
        desk.work_until_quiet()
    assert Link.objects.filter(salesforce_id=key.id).count() == 1
    assert Notice.objects.filter(due_at__gt=timezone.now() + timedelta(days=1)).count() == 0
