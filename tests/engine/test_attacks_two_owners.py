"""Attacks on promise 1: one deal or one invoice that two could claim."""

from __future__ import annotations

from typing import Any

from sync.engine import routing
from sync.models import ReviewItem
from tests.engine.conftest import Desk
from tests.engine.test_attacks_doubling import open_items
from tests.factories import FlowSwitchFactory, PairFactory
from tests.fakes.remote import FakeXero


def second_pair_of_the_same_org(desk: Desk) -> Desk:
    """Return the desk of another organisation that the same Salesforce org bills in."""
    pair = PairFactory.create(salesforce=desk.switch.pair.salesforce)
    return Desk(FlowSwitchFactory.create(pair=pair), desk.salesforce, FakeXero())


def test_one_deal_in_two_pairs_of_one_salesforce_org_is_asked_about_and_billed_by_neither(
    desk: Desk,
) -> None:
    other = second_pair_of_the_same_org(desk)
    key = desk.win(1)
    other.notice(key)
    desk.work_until_quiet()
    other.work_until_quiet()
    assert (len(desk.invoices()), len(other.invoices())) == (0, 0)
    (item,) = ReviewItem.objects.filter(state="open")
    assert item.holds


def test_a_deal_that_one_organisation_has_billed_is_left_alone_by_another_that_comes_later(
    desk: Desk,
) -> None:
    key = desk.win(1)
    desk.work_until_quiet()
    other = second_pair_of_the_same_org(desk)
    other.notice(key)
    desk.notice(key)
    other.work_until_quiet()
    desk.work_until_quiet()
    assert (len(desk.invoices()), len(other.invoices())) == (1, 0)
    assert not ReviewItem.objects.filter(state="open").exists()


def test_two_pairs_at_work_on_one_deal_at_the_same_moment_bill_it_once(desk: Desk) -> None:
    other = second_pair_of_the_same_org(desk)
    key = desk.win(1)
    other.notice(key)
    routing.assign(desk.switch.pair.salesforce_id, key, desk.switch.pair, "anna")
    original = desk.xero.reference

    def reference() -> Any:
        desk.xero.reference = original  # type: ignore[method-assign]
        routing.assign(desk.switch.pair.salesforce_id, key, other.switch.pair, "ben")
        other.work_until_quiet()
        return original()

    desk.xero.reference = reference  # type: ignore[method-assign]
    desk.work_until_quiet()
    assert (len(desk.invoices()), len(other.invoices())) == (0, 1)


def test_a_deal_voided_in_one_organisation_may_be_billed_in_the_other(desk: Desk) -> None:
    other = second_pair_of_the_same_org(desk)
    key = desk.win(1)
    routing.assign(desk.switch.pair.salesforce_id, key, desk.switch.pair, "anna")
    desk.work_until_quiet()
    (invoice,) = desk.invoices()
    desk.xero.edit("Invoice", invoice.key.id, Status="VOIDED")
    desk.notice(invoice.key)
    desk.work_until_quiet()
    other.notice(key)
    other.work_until_quiet()
    assert (len(desk.invoices()), len(other.invoices())) == (0, 0)
    routing.assign(desk.switch.pair.salesforce_id, key, other.switch.pair, "anna")
    other.work_until_quiet()
    assert (len(desk.invoices()), len(other.invoices())) == (0, 1)


def test_an_invoice_that_is_another_deals_already_is_never_taken_in_silence(desk: Desk) -> None:
    desk.win(1)
    desk.work()
    (invoice,) = desk.invoices()
    second = desk.win(2, IsWon=False)
    both = f"{invoice.get('Reference')} {second.id}"
    desk.xero.edit("Invoice", invoice.key.id, InvoiceNumber=f"INV {second.id}", Reference=both)
    desk.change(second, IsWon=True)
    desk.work_until_quiet()
    titles = [item.title for item in open_items()]
    assert any("Survey 2" in title and "already" in title for title in titles), titles
