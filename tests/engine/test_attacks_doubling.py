"""Attacks on promise 1: ways to have one deal billed twice."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import transaction
from django.utils import timezone

from sync.core.records import Key
from sync.engine import deciding, outbox, pipeline, recording, switching, writing
from sync.engine.work import open_work
from sync.flows.registry import every_flow
from sync.models import Link, ReviewItem, Run, Sent, Write
from tests.engine.conftest import Desk
from tests.engine.test_attacks_losing import know_customers
from tests.fakes.remote import busy, lose


def nothing() -> None:
    """Let a call pass."""


def by_hand(desk: Desk, key: Key, number: str, **values: Any) -> Any:
    """Type an invoice with the deal's id into Xero."""
    return desk.xero.put(
        "Invoice",
        f"55555555-5555-5555-5555-{len(desk.xero.records):012}",
        {
            "InvoiceNumber": number,
            "Reference": f"by hand {key.id}",
            "Type": "ACCREC",
            "Status": "DRAFT",
            "CurrencyCode": "GBP",
            "SubTotal": Decimal(1000),
            "Total": Decimal(1200),
            **values,
        },
    )


def open_items() -> list[ReviewItem]:
    """Return the open review items."""
    return list(ReviewItem.objects.filter(state="open").order_by("id"))


def test_a_lost_call_is_not_repeated_whole_when_finance_billed_one_of_its_deals_by_hand(
    desk: Desk,
) -> None:
    know_customers(desk, 1, 2)
    first, second = desk.win(1), desk.win(2)
    desk.xero.before = [lose]
    desk.work()
    by_hand(desk, first, "HAND-1")
    desk.work_until_quiet()
    Sent.objects.update(sent_at=timezone.now() - timedelta(minutes=10))
    desk.notice(first, second)
    desk.work_until_quiet()
    references = [str(invoice.get("Reference"))[-18:] for invoice in desk.invoices()]
    assert sorted(references) == sorted([first.id, second.id])


def test_a_limit_met_while_settling_does_not_end_the_doubt(desk: Desk) -> None:
    know_customers(desk, 1)
    desk.win(1)
    desk.xero.before = [lose, busy]
    desk.work_until_quiet()
    keys = {s.idempotency_key for s in desk.xero.sent if s.kind == "Invoice"}
    assert len(keys) == 1  # Xero may still be carrying out the first call
    assert len(desk.invoices()) == 1


def test_of_two_invoices_that_carry_the_mark_a_person_says_which_is_it(desk: Desk) -> None:
    know_customers(desk, 1)
    key = desk.win(1)
    desk.xero.after = [lose]
    desk.work()
    by_hand(desk, key, "HAND-1")
    desk.work_until_quiet()
    assert len(desk.invoices()) == 2
    (item,) = open_items()
    assert item.kind == ReviewItem.Kind.DUPLICATE
    assert not Link.objects.filter(xero_kind="Invoice").exists()


def test_a_draft_typed_by_hand_while_a_call_was_lost_is_not_overwritten(desk: Desk) -> None:
    know_customers(desk, 1)
    key = desk.win(1)
    desk.xero.before = [lose]
    desk.work()
    line = {"Description": "as agreed by phone", "Quantity": 1, "UnitAmount": Decimal(1000)}
    typed = by_hand(desk, key, "HAND-1", LineItems=[line])
    desk.work_until_quiet()
    desk.change(key, Amount=Decimal(1500))
    desk.work_until_quiet()
    (invoice,) = desk.invoices()
    assert invoice.key == typed.key
    assert invoice.get("LineItems") == [line]
    assert open_items()


def test_a_second_live_invoice_of_a_billed_deal_is_no_secret(desk: Desk) -> None:
    key = desk.win(1)
    desk.work()
    late = by_hand(desk, key, "HAND-1")
    desk.notice(late.key)
    desk.work_until_quiet()
    (item,) = open_items()
    assert "HAND-1" in item.title + item.explanation
    desk.xero.edit("Invoice", late.key.id, Status="DELETED")
    desk.notice(late.key)
    desk.work_until_quiet()
    assert open_items() == []


def test_an_old_voided_invoice_is_not_taken_for_the_lost_new_one(desk: Desk) -> None:
    know_customers(desk, 1)
    key = desk.win(1)
    by_hand(desk, key, "OLD-1", Status="VOIDED")
    by_hand(desk, key, "OLD-2", Status="VOIDED")
    desk.work()
    (item,) = open_items()
    deciding.decide(item.pk, "again", "Priya")
    desk.xero.after = [lose]
    desk.work_until_quiet()
    (invoice,) = desk.invoices()
    assert Link.objects.filter(xero_id=invoice.key.id).exists()
    assert open_items() == []


def test_a_write_that_another_worker_is_sending_is_not_sent_by_this_one(desk: Desk) -> None:
    """As if the lane had been lost with its database session."""
    know_customers(desk, 1)
    key = desk.win(1)
    run = Run.objects.create(pair=desk.switch.pair, flow=desk.switch.flow)
    flow = every_flow()[desk.switch.flow]
    work = open_work(desk.switch, flow, run, "billing", desk.door)  # type: ignore[arg-type]
    plans = pipeline.prepare(work, [key])
    (row,) = outbox.save(work, plans, recording.save_plans(work, plans))
    Write.objects.update(state=Write.State.SENDING)
    with pytest.raises(Exception, match="Another worker"):
        writing.send(work, [row], writing.Outcome(), "key")
    assert desk.xero.sent == []


def test_nothing_is_sent_inside_somebody_elses_transaction(desk: Desk) -> None:
    desk.win(1)
    with transaction.atomic():
        desk.work()
    assert desk.xero.sent == []


def test_a_pause_stops_the_settling_of_doubts_at_the_next_call(desk: Desk) -> None:
    know_customers(desk, 1, 2)
    desk.win(1)
    desk.xero.before = [lose]
    desk.work()
    desk.win(2)
    desk.xero.before = [nothing, lose, lambda: switching.pause("Priya", "stop")]
    desk.work()  # the first is sent again, the second is lost in its turn
    Sent.objects.update(sent_at=timezone.now() - timedelta(minutes=10))
    Write.objects.filter(kind="Invoice").update(state=Write.State.IN_DOUBT, remote_id="")
    Link.objects.filter(xero_kind="Invoice").delete()
    for invoice in desk.xero.of("Invoice"):
        desk.xero.edit("Invoice", invoice.key.id, Reference="", Url="")
    sent = len(desk.xero.sent)
    desk.let_time_pass()
    desk.work()
    assert len(desk.xero.sent) == sent + 1
