"""A deal that belongs elsewhere by now: what stands stays, and nothing is billed twice."""

from __future__ import annotations

from decimal import Decimal

import pytest

from sync.core.records import Key, System
from sync.engine import routing
from sync.models import ReviewItem, Unplaced

from .places import Places

pytestmark = pytest.mark.slow


def billed_in_the_first(places: Places, status: str = "DRAFT") -> Key:
    """A deal in pounds is billed in the first organisation; then its currency belongs elsewhere."""
    places.publish(places.row(0, Legal_Entity__c="UK"), places.row(1, Legal_Entity__c="IE"))
    key = places.win(1, Legal_Entity__c="UK")
    places.settle()
    assert places.billed() == [1, 0]
    (invoice,) = places.desks[0].invoices()
    if status != "DRAFT":
        places.desks[0].xero.edit("Invoice", invoice.key.id, Status=status)
        places.notice(invoice.key)
        places.settle()
    return key


@pytest.mark.parametrize("status", ["DRAFT", "AUTHORISED", "PAID"])
def test_an_invoice_that_stands_stays_is_kept_in_step_and_asked_about_once(
    places: Places, status: str
) -> None:
    key = billed_in_the_first(places, status)
    places.change(key, Legal_Entity__c="IE")
    places.settle()
    assert places.billed() == [1, 0]
    (item,) = places.asked()
    assert item.title.startswith(f"Belongs to “{places.pair(1)}” by the row")
    assert f"stands in “{places.pair(0)}”" in item.title
    assert item.pair == places.pair(0)
    assert not item.holds
    if status == "DRAFT":
        places.change(key, Amount=Decimal("2000.00"))
        places.settle()
        (invoice,) = places.desks[0].invoices()
        assert invoice.get("SubTotal") == 2000


def test_one_question_stands_for_all_invoices_of_a_row(places: Places) -> None:
    places.publish(places.row(0))
    for number in range(1, 5):
        places.win(number)
    places.settle()
    places.publish(places.row(1, name="All to the second"))
    places.notice(*(r.key for r in places.salesforce.of("Opportunity")))
    places.settle()
    assert places.billed() == [4, 0]
    (item,) = places.asked()
    assert item.subjects.count() == 4
    places.answer("leave")
    places.settle()
    assert places.asked() == []
    places.notice(*(r.key for r in places.salesforce.of("Opportunity")))
    places.settle()
    assert places.asked() == []
    assert places.billed() == [4, 0]


@pytest.mark.parametrize("status", ["DRAFT", "AUTHORISED"])
@pytest.mark.parametrize("order", [(0, 1), (1, 0)])
def test_an_invoice_that_is_voided_where_it_stood_is_made_where_it_belongs_once(
    places: Places, status: str, order: tuple[int, int]
) -> None:
    key = billed_in_the_first(places, status)
    places.change(key, Legal_Entity__c="IE")
    places.settle(*order)
    places.void(0)
    places.settle(*order)
    assert places.billed() == [0, 1]
    assert places.asked() == []
    (invoice,) = places.desks[1].invoices()
    deal = places.salesforce.records["Opportunity", key.id]
    assert deal.get("Counterpart_Invoice_Id__c") == invoice.key.id
    places.notice(key)
    places.settle(*order)
    assert places.billed() == [0, 1]


def test_the_pair_that_voided_it_tells_the_other_though_that_had_no_notice(places: Places) -> None:
    key = billed_in_the_first(places)
    places.salesforce.edit("Opportunity", key.id, Legal_Entity__c="IE")
    places.void(0)
    places.settle()
    assert places.billed() == [0, 1]


def test_what_was_ended_before_it_belonged_elsewhere_is_not_billed_there_by_itself(
    places: Places,
) -> None:
    key = billed_in_the_first(places)
    places.void(0)
    places.settle()
    assert places.causes() == ["invoice_ended"]
    places.change(key, Legal_Entity__c="IE")
    places.settle()
    assert places.billed() == [0, 0]
    assert places.causes() == ["invoice_ended"]
    places.answer("again")
    places.settle()
    assert places.billed() == [0, 1]
    assert places.asked() == []


def test_what_a_person_left_unbilled_stays_unbilled_when_rows_change(places: Places) -> None:
    key = billed_in_the_first(places)
    places.void(0)
    places.settle()
    places.answer("leave")
    places.settle()
    places.change(key, Legal_Entity__c="IE")
    places.settle()
    places.notice(key)
    places.settle(1, 0)
    assert places.billed() == [0, 0]
    assert places.asked() == []
    places.assign(key, 1)  # but a person's word for this very deal counts
    places.settle()
    assert places.billed() == [0, 1]


def test_what_was_ended_in_a_pair_that_is_off_by_now_is_asked_about_where_it_belongs(
    places: Places,
) -> None:
    key = billed_in_the_first(places)
    places.void(0)
    places.settle()
    places.switch(0, "off")
    places.change(key, Legal_Entity__c="IE")
    places.settle()
    assert places.billed() == [0, 0]
    asked = [item for item in places.asked() if item.pair == places.pair(1)]
    assert [item.cause.partition(":")[0] for item in asked] == ["billed_before"]


def test_billing_again_where_it_was_voided_makes_none_while_another_has_it(places: Places) -> None:
    key = billed_in_the_first(places)
    places.void(0)
    places.settle()
    (item,) = places.asked()
    places.assign(key, 1)
    desk = places.desks[1]
    desk.work_until_quiet()
    assert places.billed() == [0, 1]
    if ReviewItem.objects.filter(pk=item.pk, state="open").exists():
        places.answer("again")
    places.notice(key)
    places.settle()
    assert places.billed() == [0, 1]


def test_a_persons_word_comes_before_every_row_and_may_be_taken_back(places: Places) -> None:
    places.publish(places.row(0))
    places.switch(1, "off")
    key = places.win(1)
    places.assign(key, 1)
    places.settle()
    assert places.billed() == [0, 0]
    (row,) = Unplaced.objects.all()
    assert "by the word of anna" in row.reason
    routing.unassign(places.org.pk, key, "ben")
    places.settle()
    assert places.billed() == [1, 0]


def test_a_deal_is_billed_where_its_account_was_assigned_by_a_row_that_says_so(
    places: Places,
) -> None:
    places.publish(places.row("=account"), places.row(0, "Account"))
    places.switch(1, "off")
    key = places.win(1)
    account = Key(System.SALESFORCE, "Account", "0015g0000000001AAA")
    places.assign(account, 1)
    places.settle()
    assert places.billed() == [0, 0]
    assert Unplaced.objects.get().account_id == account.id
    places.assign(account, 0)  # the deal has no notice of its own
    places.settle()
    assert places.billed() == [1, 0]
    assert key.id in str(places.desks[0].invoices()[0].get("Reference"))
