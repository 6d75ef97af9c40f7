"""Undoing a link touches neither record, is kept, and is not undone by itself."""

from __future__ import annotations

import pytest

from sync.engine import telling, unlinking
from sync.engine.unlinking import CannotUnlink
from sync.models import Decision, FlowSwitch, Link, Notice, ReviewItem, Verdict, Write
from tests.engine.conftest import Desk

pytestmark = pytest.mark.django_db


@pytest.fixture
def billed(desk: Desk) -> Desk:
    """A desk with one deal billed, whose account got a contact in Xero."""
    desk.win(1)
    desk.work_until_quiet()
    return desk


def contact_link() -> Link:
    """Return the link of the account and its contact."""
    return Link.objects.get(xero_kind="Contact")


def test_the_link_goes_and_both_records_stay_as_they_are(billed: Desk) -> None:
    link = contact_link()
    before = dict(billed.xero.records), dict(billed.salesforce.records)
    unlinking.unlink(link.pk, "priya", "Two branches")
    assert not Link.objects.filter(pk=link.pk).exists()
    assert (dict(billed.xero.records), dict(billed.salesforce.records)) == before


def test_who_undid_it_when_and_why_is_kept_with_what_was_agreed(billed: Desk) -> None:
    link = contact_link()
    unlinking.unlink(link.pk, "priya", "Two branches")
    item = ReviewItem.objects.get(cause=f"unlinked|{link.pk}")
    decision = Decision.objects.get(item=item)
    assert (item.state, item.solved_by, item.note) == ("solved", "priya", "Two branches")
    assert (decision.by, decision.subject) == ("priya", str(link.salesforce_key))
    assert item.details["unlinked"]["xero"] == str(link.xero_key)
    assert item.details["unlinked"]["agreed"] == link.agreed
    assert item.details["unlinked"]["reasons"] == link.reasons


def test_the_two_are_told_apart_so_that_nothing_links_them_again(billed: Desk) -> None:
    link = contact_link()
    unlinking.unlink(link.pk, "priya", "Two branches")
    apart = telling.apart_from(link.pair, [link.salesforce_key])
    assert apart[link.salesforce_key] == {link.xero_key}
    verdict = Verdict.objects.get()
    assert (verdict.kind, verdict.by, verdict.note) == ("different", "priya", "Two branches")


def test_the_write_that_made_the_contact_stands_for_the_account_no_more(billed: Desk) -> None:
    link = contact_link()
    write = Write.objects.get(kind="Contact", verb="create")
    key = write.key
    unlinking.unlink(link.pk, "priya", "Two branches")
    write.refresh_from_db()
    assert write.key == f"{key}:unlinked:{link.pk}"
    assert (write.state, write.remote_id) == ("confirmed", link.xero_id)


def test_both_records_are_planned_again_by_every_flow_that_starts_on_them(billed: Desk) -> None:
    link = contact_link()
    pair = billed.switch.pair
    FlowSwitch.objects.create(pair=pair, flow="account_contact", mode=FlowSwitch.Mode.SHADOW)
    Notice.objects.all().delete()
    unlinking.unlink(link.pk, "priya", "Two branches")
    noted = Notice.objects.filter(flow="account_contact", source="decision")
    ids = set(noted.values_list("remote_id", flat=True))
    assert ids == {link.salesforce_id, link.xero_id}


def test_an_invoice_stays_linked_or_its_deal_would_be_billed_again(billed: Desk) -> None:
    link = Link.objects.get(xero_kind="Invoice")
    with pytest.raises(CannotUnlink, match="made once more"):
        unlinking.unlink(link.pk, "priya", "I want to")
    assert Link.objects.filter(pk=link.pk).exists()
    assert not Verdict.objects.exists()


@pytest.mark.parametrize("state", Write.OPEN)
def test_a_link_stays_while_a_write_for_its_account_is_on_its_way(billed: Desk, state: str) -> None:
    link = contact_link()
    Write.objects.filter(kind="Contact").update(state=state)
    with pytest.raises(CannotUnlink, match="on its way"):
        unlinking.unlink(link.pk, "priya", "Two branches")
    assert Link.objects.filter(pk=link.pk).exists()


def test_of_two_who_undo_a_link_the_second_is_told(billed: Desk) -> None:
    link = contact_link()
    unlinking.unlink(link.pk, "priya", "Two branches")
    with pytest.raises(CannotUnlink, match="colleague"):
        unlinking.unlink(link.pk, "ana", "Me too")
    assert ReviewItem.objects.filter(cause__startswith="unlinked").count() == 1


def test_the_next_deal_of_the_account_does_not_link_them_again(billed: Desk) -> None:
    link = contact_link()
    unlinking.unlink(link.pk, "priya", "Two branches")
    billed.win(2)
    billed.work_until_quiet()
    again = Link.objects.filter(xero_kind="Contact", xero_id=link.xero_id)
    assert not again.exists()
