"""Attacks on promise 3: a limit, a second pair or a death must not lose a deal or its news."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from sync.core.records import Key, System
from sync.engine import claiming, indexing
from sync.intake import sweeps
from sync.models import Link, Notice, ReviewItem
from tests.engine.conftest import Desk
from tests.factories import FlowSwitchFactory, PairFactory
from tests.fakes.remote import FakeSalesforce, busy


def know_customers(desk: Desk, *numbers: int) -> None:
    """Let Xero have the contacts of these accounts already."""
    for number in numbers:
        desk.xero.put(
            "Contact",
            f"33333333-3333-3333-3333-{number:012}",
            {
                "Name": f"Customer {number} Ltd",
                "ContactStatus": "ACTIVE",
                "ContactNumber": f"0015g00000{number:05}AAA",
            },
        )


def second_pair_on_the_same_books(desk: Desk) -> Desk:
    """Return another Salesforce org's desk that bills in the same Xero organisation."""
    pair = PairFactory.create(xero=desk.switch.pair.xero)
    return Desk(FlowSwitchFactory.create(pair=pair), FakeSalesforce(), desk.xero)


def test_a_limit_on_the_first_call_loses_none_of_the_deals_of_the_second(desk: Desk) -> None:
    know_customers(desk, *range(1, 61))
    for number in range(1, 61):
        desk.win(number)
    desk.xero.before = [busy]
    desk.work_until_quiet()
    assert len(desk.invoices()) == 60


def test_news_of_an_invoice_waits_when_the_deal_cannot_be_told_yet(desk: Desk) -> None:
    key = desk.win()
    desk.work()
    (invoice,) = desk.invoices()
    paid = desk.xero.edit("Invoice", invoice.key.id, Status="PAID")
    sweeps.sweep(desk.switch.pair, desk.door)
    Notice.objects.exclude(remote_id=paid.key.id).delete()
    desk.salesforce.before = [busy]
    desk.work_until_quiet()
    assert desk.opportunity(key).get("Counterpart_Invoice_Status__c") == "Paid"


def test_a_payment_seen_while_another_draft_is_checked_still_reaches_its_deal(desk: Desk) -> None:
    first, second = desk.win(1), desk.win(2)
    desk.work()
    paid = Link.objects.get(salesforce_id=second.id).xero_id
    original = desk.xero.changed
    looks = iter([False, True])

    def changed(kind: str, since: Any) -> Any:
        if kind == "Invoice" and next(looks, False):
            desk.xero.edit("Invoice", paid, Status="PAID")
        return original(kind, since)

    desk.xero.changed = changed  # type: ignore[method-assign]
    desk.change(first, Amount=desk.opportunity(first).get("Amount") + 1)
    desk.work_until_quiet()
    assert desk.opportunity(second).get("Counterpart_Invoice_Status__c") == "Paid"


def test_two_pairs_on_one_xero_organisation_both_hear_of_their_invoices(desk: Desk) -> None:
    other = second_pair_on_the_same_books(desk)
    key = other.win(2)
    other.work_until_quiet()
    sweeps.sweep(other.switch.pair, other.door)
    other.work_until_quiet()
    other.salesforce.clock = timezone.now() + timedelta(hours=1)
    sweeps.sweep(other.switch.pair, other.door)
    other.work_until_quiet()
    (invoice,) = other.invoices()
    other.xero.clock = timezone.now() + timedelta(minutes=1)
    other.xero.edit("Invoice", invoice.key.id, Status="PAID")
    sweeps.sweep(desk.switch.pair, desk.door)  # the other pair's sweep comes later
    sweeps.sweep(other.switch.pair, other.door)
    for _ in range(3):
        desk.work_until_quiet()
        other.work_until_quiet()
    assert other.opportunity(key).get("Counterpart_Invoice_Status__c") == "Paid"


def test_what_the_index_read_is_noticed_even_if_the_worker_dies_right_after(desk: Desk) -> None:
    desk.win()
    desk.work_until_quiet()
    (invoice,) = desk.invoices()
    desk.xero.edit("Invoice", invoice.key.id, Status="PAID")
    indexing.refresh(desk.door(desk.switch.pair.xero, None), "Invoice")  # type: ignore[arg-type]
    assert Notice.objects.filter(state="waiting", remote_id=invoice.key.id).exists()


def test_old_invoices_that_belong_to_no_deal_are_not_queued_at_the_first_reading(
    desk: Desk,
) -> None:
    for number in range(300):
        desk.xero.put(
            "Invoice",
            f"44444444-4444-4444-4444-{number:012}",
            {"Reference": f"Order {number}", "Status": "PAID"},
        )
    sweeps.sweep(desk.switch.pair, desk.door)
    assert not Notice.objects.filter(kind="Invoice").exists()


def test_a_record_that_killed_every_worker_is_given_up_with_a_question(desk: Desk) -> None:
    key = desk.win()
    Notice.objects.update(
        state=Notice.State.CLAIMED,
        attempts=claiming.MAX_DEATHS,
        lease_until=timezone.now() - timedelta(hours=1),
    )
    desk.work()
    assert Notice.objects.get(remote_id=key.id).state == Notice.State.STUCK
    (item,) = ReviewItem.objects.filter(state="open")
    assert item.subjects.get().subject == str(key)


def test_a_limit_for_two_hundred_notices_costs_few_queries(
    desk: Desk, django_assert_max_num_queries: Any
) -> None:
    know_customers(desk, *range(1, 121))
    desk.win(500)
    desk.work_until_quiet()  # the organisation is known now
    for number in range(1, 121):
        desk.win(number)
    desk.xero.before = [busy]
    with django_assert_max_num_queries(90):
        desk.work()
    assert Notice.objects.filter(state=Notice.State.WAITING).count() == 120


@pytest.mark.parametrize("fresh", [False, True])
def test_a_released_notice_folds_into_the_one_that_came_meanwhile(desk: Desk, fresh: bool) -> None:
    key = Key(System.SALESFORCE, "Opportunity", "0065g0000000001AAA")
    desk.notice(key)
    batch = claiming.claim(desk.switch.pair_id, desk.switch.flow, 10)
    if fresh:
        desk.notice(key)
    claiming.release(batch, timezone.now(), "again")
    assert Notice.objects.filter(state=Notice.State.WAITING).count() == 1
    assert not Notice.objects.filter(state=Notice.State.CLAIMED).exists()
