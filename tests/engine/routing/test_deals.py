"""Each deal is billed once, in the organisation that it belongs to, or a person is asked."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from connections.models import Pair
from mappings.routing import table_rows
from sync.core.errors import TryAgain
from sync.core.routing_questions import PAIR
from sync.engine import routing
from sync.models import Assignment, Link, Notice, Unplaced
from tests.builders import invoice

from .places import Places

EURO = {"CurrencyIsoCode": "EUR"}


def by_currency(places: Places) -> None:
    """Pounds are billed in the first organisation, euros in the second."""
    places.publish(
        places.row(0, CurrencyIsoCode="GBP", name="Pounds"),
        places.row(1, CurrencyIsoCode="EUR", name="Euros"),
    )


@pytest.mark.parametrize("order", [(0, 1), (1, 0)])
def test_each_deal_is_billed_once_where_the_first_row_that_holds_sends_it(
    places: Places, order: tuple[int, int]
) -> None:
    by_currency(places)
    for number in range(1, 6):
        places.win(number, CurrencyIsoCode="EUR" if number % 2 else "GBP")
    places.settle(*order)
    assert places.billed() == [2, 3]
    assert places.asked() == []
    assert not Unplaced.objects.exists()


def test_the_fields_of_the_rows_ride_on_the_read_that_is_made_anyway(places: Places) -> None:
    places.publish(places.row(1, Legal_Entity__c="IE"), places.row(0))
    places.win(1, Legal_Entity__c="IE")
    places.win(2, Legal_Entity__c="UK")
    places.desks[0].work()
    calls = [fields for kind, fields in places.salesforce.reads if kind == "Opportunity"]
    places.settle()
    assert places.billed() == [1, 1]
    assert len(calls) == 1
    assert "Legal_Entity__c" in calls[0]


def test_without_rows_the_one_pair_that_has_the_flow_on_bills_as_before(places: Places) -> None:
    places.switch(1, "off")
    places.win(1)
    places.settle()
    assert places.billed() == [1, 0]
    assert places.asked() == []


@pytest.mark.parametrize("modes", [("on", "on"), ("shadow", "shadow")])
def test_a_second_organisation_without_rows_bills_nothing_before_a_person_has_said(
    places: Places, modes: tuple[str, str]
) -> None:
    for place, mode in enumerate(modes):
        places.switch(place, mode)
    for number in range(1, 4):
        places.win(number)
    places.settle()
    assert places.billed() == [0, 0]
    (item,) = places.asked()
    assert item.title == "No routing rows for deals"
    assert item.subjects.count() == 3
    assert [choice["value"] for choice in item.choices] == ["retry"]
    assert item.pair == places.pair(0)


def test_what_no_row_takes_is_asked_once_for_all_that_no_row_could_tell_apart(
    places: Places,
) -> None:
    by_currency(places)
    for number in range(1, 4):
        places.win(number, CurrencyIsoCode="JPY")
    places.win(4, CurrencyIsoCode="CHF")
    places.settle(1, 0)
    assert places.billed() == [0, 0]
    assert sorted((i.title, i.subjects.count(), i.pair) for i in places.asked()) == [
        ("No routing row for deals with currency CHF", 1, places.pair(0)),
        ("No routing row for deals with currency JPY", 3, places.pair(0)),
    ]
    (yen,) = [i for i in places.asked() if "JPY" in i.title]
    assert yen.details["routing"]["conditions"] == [
        {"path": "CurrencyIsoCode", "operator": "is", "value": "JPY"}
    ]
    assert Unplaced.objects.filter(pair=None).count() == 4


def test_an_answer_bills_all_of_the_group_in_the_organisation_chosen(places: Places) -> None:
    by_currency(places)
    for number in range(1, 4):
        places.win(number, CurrencyIsoCode="JPY")
    places.settle()
    places.answer(f"{PAIR}{places.pair(1).pk}")
    places.settle()
    assert places.billed() == [0, 3]
    assert places.asked() == []
    assert {row.by for row in Assignment.objects.all()} == {"anna"}
    assert not Unplaced.objects.exists()


def test_a_row_that_is_published_later_bills_what_was_asked_about(places: Places) -> None:
    by_currency(places)
    key = places.win(1, CurrencyIsoCode="JPY")
    places.settle()
    places.publish(places.row(1, CurrencyIsoCode="JPY"))
    places.notice(key)
    places.settle()
    assert places.billed() == [0, 1]
    assert places.asked() == []


def test_a_row_that_asks_is_a_question_and_one_that_says_none_leaves_alone(places: Places) -> None:
    places.publish(
        places.row("ask", CurrencyIsoCode="EUR", name="Euros"),
        places.row("none", CurrencyIsoCode="JPY", name="Yen"),
        places.row(0),
    )
    places.win(1, CurrencyIsoCode="EUR")
    places.win(2, CurrencyIsoCode="JPY")
    places.settle()
    assert places.billed() == [0, 0]
    (item,) = places.asked()
    assert item.title == "The row “Euros” asks where deals with currency EUR belong"
    (left,) = Unplaced.objects.filter(reason__contains="Yen")
    assert left.reason == "By the row “Yen” it belongs to no organisation."


def test_a_row_that_asks_what_the_org_hides_is_a_question_and_never_skipped(
    places: Places,
) -> None:
    places.publish(
        places.row(0, CurrencyIsoCode="GBP"),
        places.row(1, Region__c="IE", name="Ireland"),
        places.row(0),
    )
    places.win(1, CurrencyIsoCode="GBP")
    key = places.win(2, CurrencyIsoCode="EUR", Region__c="IE")
    places.settle()
    assert places.billed() == [1, 0]
    (item,) = places.asked()
    assert "“Ireland” asks for Region__c" in item.title
    places.salesforce.shown = (*places.salesforce.shown, "Region__c")
    places.notice(key)
    places.settle()
    assert places.billed() == [1, 1]
    assert places.asked() == []


def test_a_deal_may_belong_where_its_account_does(places: Places) -> None:
    places.publish(
        places.row("=account", name="As its account"),
        places.row(1, "Account", BillingCountry="Ireland", name="Ireland"),
        places.row(0, "Account", BillingCountry="UK"),
    )
    for number, country in enumerate(("Ireland", "UK", "France"), 1):
        key = places.win(number)
        name = f"Customer {number} Ltd"
        places.change(key, Account={"Name": name, "BillingCountry": country})
    places.settle()
    assert places.billed() == [1, 1]
    (item,) = places.asked()
    assert "account’s billing country France" in item.title


def test_what_belongs_to_a_pair_whose_flow_is_off_waits_is_counted_and_billed_once_it_is_on(
    places: Places,
) -> None:
    by_currency(places)
    places.switch(1, "off")
    key = places.win(1, **EURO)
    places.settle()
    assert places.billed() == [0, 0]
    assert places.asked() == []
    (row,) = Unplaced.objects.all()
    assert (row.pair, row.key) == (places.pair(1), key)
    assert (row.amount, row.currency) == (Decimal(1000), "EUR")
    assert "is off there" in row.reason
    places.switch(1, "on")
    places.settle()
    assert places.billed() == [0, 1]
    assert not Unplaced.objects.exists()


def test_two_pairs_bill_a_hundred_deals_with_as_many_queries_as_ten(
    places: Places,
) -> None:
    by_currency(places)
    counts = []
    for first, last in ((1, 11), (11, 111)):
        for number in range(first, last):
            places.win(number, account=1, CurrencyIsoCode="EUR" if number % 2 else "JPY")
        with CaptureQueriesContext(
            connection,
        ) as captured:
            places.desks[0].work()
        counts.append(len(captured))
    assert counts[1] <= counts[0] + 3, counts


def test_an_invoice_typed_by_hand_in_one_organisation_is_not_made_in_the_other(
    places: Places,
) -> None:
    by_currency(places)
    key = places.win(1, **EURO)
    desk = places.desks[0]
    desk.xero.put("Contact", "c1", {"ContactID": "c1", "Name": "Customer 1 Ltd"})
    made = invoice("INV-77", f"By hand · {key.id}", ContactID="c1")
    desk.xero.put("Invoice", made.key.id, {**made.values, "InvoiceID": made.key.id})
    places.settle(0, 1)
    assert places.billed() == [1, 0]
    assert Link.objects.get(xero_kind="Invoice").pair == places.pair(0)
    assert "belongs_elsewhere" in places.causes()


def test_what_waited_for_a_pair_that_is_off_is_billed_by_the_one_that_is_left(
    places: Places,
) -> None:
    by_currency(places)
    places.switch(1, "off")
    places.win(1, **EURO)
    places.settle()
    Pair.objects.filter(pk=places.pair(1).pk).update(active=False)
    places.win(2, CurrencyIsoCode="GBP")
    places.desks[0].work()
    places.desks[0].work()
    assert places.billed() == [2, 0]
    assert not Unplaced.objects.exists()


def test_rows_tried_tell_what_would_move_in_money_and_write_nothing(places: Places) -> None:
    by_currency(places)
    places.switch(1, "off")
    for number, currency in enumerate(("GBP", "GBP", "EUR", "JPY"), 1):
        places.win(number, CurrencyIsoCode=currency)
    places.settle()
    before = (Notice.objects.count(), Unplaced.objects.count(), len(places.salesforce.sent))
    rows = table_rows([places.row(1, CurrencyIsoCode="GBP"), places.row(0)])
    tried = routing.try_rows(places.org, rows, open_remote=places.desks[0].door)["Opportunity"]
    second, first = places.pair(1).pk, places.pair(0).pk
    assert tried.by_pair() == {
        first: (2, {"EUR": Decimal(1000), "JPY": Decimal(1000)}),
        second: (2, {"GBP": Decimal(2000)}),
    }
    assert len(tried.moved) == 4
    assert len(tried.elsewhere) == 2
    assert tried.unmatched == []
    now = (Notice.objects.count(), Unplaced.objects.count(), len(places.salesforce.sent))
    assert now == before


@pytest.mark.parametrize("reachable", [True, False])
def test_what_new_rows_concern_is_looked_at_again_though_nothing_else_changed(
    places: Places, reachable: bool
) -> None:
    places.publish(places.row("none", CurrencyIsoCode="EUR"), places.row(0))
    places.win(1, **EURO)
    places.win(2)
    places.settle()
    assert places.billed() == [1, 0]
    places.publish(places.row(1, CurrencyIsoCode="EUR"), places.row(0))
    if not reachable:
        places.salesforce.glance = _unreachable  # type: ignore[assignment, method-assign]
    assert routing.published(places.org, places.desks[0].door) >= 1
    places.settle()
    assert places.billed() == [1, 1]
    assert places.asked() == []


def _unreachable(*args: object) -> Any:
    raise TryAgain("Salesforce does not answer.")
