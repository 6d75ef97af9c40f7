"""What a doubting reviewer tried on routing: nothing billed twice, nothing nowhere in silence."""

from __future__ import annotations

from typing import Any

import pytest
from django.utils import timezone

from connections.models import Pair
from sync.core.records import Key, System
from sync.core.routing_questions import PAIR
from sync.engine import deciding, routing, routing_telling
from sync.models import KnownRecord, Link, Unplaced

from .places import Places, opened

pytestmark = pytest.mark.slow
EURO = {"CurrencyIsoCode": "EUR"}


def by_currency(places: Places) -> None:
    """Pounds are billed in the first organisation, euros in the second."""
    places.publish(
        places.row(0, CurrencyIsoCode="GBP", name="Pounds"),
        places.row(1, CurrencyIsoCode="EUR", name="Euros"),
    )


def quoted(places: Places, place: int, **values: Any) -> Key:
    """A won deal that has a living quote in one organisation."""
    key = places.win(1, **values)
    Link.objects.create(
        pair=places.pair(place), flow="quote_opportunity", salesforce_kind="Opportunity",
        salesforce_id=key.id, xero_kind="Quote", xero_id="q1", origin="created",
    )  # fmt: skip
    return key


def test_a_deal_quoted_where_nothing_is_billed_and_that_no_row_takes_is_asked_about(
    places: Places,
) -> None:
    by_currency(places)
    places.switch(0, "off")
    quoted(places, 0, CurrencyIsoCode="JPY")
    places.settle()
    assert places.billed() == [0, 0]
    assert places.causes() == ["quoted_elsewhere"]


def test_a_row_that_leaves_deals_alone_does_so_though_they_were_quoted(places: Places) -> None:
    places.publish(places.row("none", CurrencyIsoCode="JPY", name="Yen"), places.row(1))
    places.switch(0, "off")
    quoted(places, 0, CurrencyIsoCode="JPY")
    places.settle()
    assert places.billed() == [0, 0]
    assert "Yen" in Unplaced.objects.get().reason


def test_a_quoted_deal_of_a_pair_whose_flow_is_off_is_counted_as_waiting(places: Places) -> None:
    by_currency(places)
    places.switch(0, "off")
    quoted(places, 0, CurrencyIsoCode="GBP")
    places.settle()
    assert places.billed() == [0, 0]
    (one,) = routing.waiting()
    assert (one.pair, one.count) == (places.pair(0), 1)


def test_a_deal_whose_account_moves_while_its_pair_has_not_got_to_it_is_not_lost(
    places: Places,
) -> None:
    places.publish(
        places.row(0, Account__dot__BillingCountry="UK"),
        places.row(1, Account__dot__BillingCountry="Ireland"),
    )
    key = places.win(1, Account={"Name": "Customer 1 Ltd", "BillingCountry": "Ireland"})
    places.desks[0].work()  # it belongs to the second, which is slow
    places.salesforce.edit(
        "Opportunity", key.id, Account={"Name": "Customer 1 Ltd", "BillingCountry": "UK"}
    )
    places.settle()
    assert places.billed() == [1, 0]


def test_what_a_slow_pair_had_not_billed_when_it_was_taken_out_is_billed_by_the_other(
    places: Places,
) -> None:
    by_currency(places)
    places.win(1, **EURO)
    places.desks[0].work()
    Pair.objects.filter(pk=places.pair(1).pk).update(active=False)
    places.win(2, CurrencyIsoCode="GBP")
    for _ in range(2):
        places.desks[0].let_time_pass()
        places.desks[0].work()
    assert places.billed() == [2, 0]


def test_what_a_slow_pair_had_not_billed_when_its_flow_went_off_is_counted(
    places: Places,
) -> None:
    by_currency(places)
    places.win(1, **EURO)
    places.desks[0].work()
    places.switch(1, "off")
    assert [(one.pair, one.count) for one in routing.waiting()] == [(places.pair(1), 1)]


def test_a_deal_billed_where_nobody_works_any_more_is_asked_about_by_one_pair_only(
    db: None,
) -> None:
    places = opened(3)
    places.publish(places.row(2))
    key = places.win(1)
    places.settle()
    assert places.billed() == [0, 0, 1]
    places.switch(2, "off")
    places.publish(places.row(1))
    places.notice(key)
    places.settle()
    assert places.billed() == [0, 0, 1]
    assert places.causes() == ["billed_elsewhere"]


def test_a_question_that_is_open_in_a_pair_that_rests_is_not_asked_by_another(
    places: Places,
) -> None:
    places.publish(places.row(0, CurrencyIsoCode="GBP"))
    key = places.win(1, **EURO)
    places.settle()
    first = places.pair(0).xero
    first.paused_at = timezone.now()
    first.save()
    places.notice(key)
    places.desks[1].let_time_pass()
    places.desks[1].work()
    assert [item.pair for item in places.asked()] == [places.pair(0)]


def test_a_question_of_a_pair_that_was_switched_off_ends_and_another_asks(
    places: Places,
) -> None:
    places.publish(places.row(0, CurrencyIsoCode="GBP"))
    key = places.win(1, **EURO)
    places.settle()
    places.switch(0, "off")
    places.notice(key)
    places.settle()
    assert len(places.asked()) == 1
    (item,) = places.asked()
    deciding.decide(item.pk, f"{PAIR}{places.pair(1).pk}", "anna")
    places.settle()
    assert places.billed() == [0, 1]
    assert places.asked() == []


def test_an_answer_for_a_pair_that_was_taken_out_is_refused_in_words(places: Places) -> None:
    places.publish(places.row(0, CurrencyIsoCode="GBP"))
    places.win(1, **EURO)
    places.settle()
    (item,) = places.asked()
    Pair.objects.filter(pk=places.pair(1).pk).update(active=False)
    with pytest.raises(deciding.NotOffered):
        deciding.decide(item.pk, f"{PAIR}{places.pair(1).pk}", "anna")


def test_an_old_again_bills_nothing_after_the_deal_was_billed_and_ended_elsewhere(
    places: Places,
) -> None:
    places.publish(places.row(0, Legal_Entity__c="UK"), places.row(1, Legal_Entity__c="IE"))
    key = places.win(1, Legal_Entity__c="UK")
    places.settle()
    places.void(0)
    places.settle()
    places.change(key, Legal_Entity__c="IE")
    places.settle()
    places.answer("again")
    places.settle()
    assert places.billed() == [0, 1]
    places.void(1)
    places.settle()
    assert places.billed() == [0, 0]
    assert places.causes() == ["invoice_ended"]
    places.change(key, Legal_Entity__c="UK")
    places.settle()
    assert places.billed() == [0, 0]
    assert "invoice_ended" in places.causes()


def test_a_parent_that_is_there_but_not_shown_decides_nothing(places: Places) -> None:
    places.salesforce.shown = (*places.salesforce.shown, "Territory2")
    places.publish(places.row(1, Territory2__dot__Name="EMEA"), places.row(0, name="The rest"))
    places.win(1, Territory2Id="0MI000000000001", Territory2=None)
    places.settle()
    assert places.billed() == [0, 0]
    assert places.causes() == ["routing"]


def test_a_question_tried_again_in_one_pair_wakes_the_pair_that_it_belongs_to(
    places: Places,
) -> None:
    places.publish(
        places.row(1, Account__dot__BillingCountry="Ireland"),
        places.row(0, Account__dot__BillingCountry="UK"),
    )
    key = places.win(1, Account={"Name": "Customer 1 Ltd", "BillingCountry": "France"})
    places.settle()
    assert places.causes() == ["routing"]
    places.salesforce.edit(
        "Opportunity", key.id, Account={"Name": "Customer 1 Ltd", "BillingCountry": "Ireland"}
    )
    places.answer("retry")
    places.settle()
    assert places.billed() == [0, 1]
    assert places.asked() == []


def test_a_word_for_an_account_that_was_merged_away_is_asked_about_not_forgotten(
    places: Places,
) -> None:
    places.publish(places.row("=account"), places.row(0, "Account"))
    gone, kept = "0015g0000000009AAA", "0015g0000000001AAA"
    places.assign(Key(System.SALESFORCE, "Account", gone), 1)
    KnownRecord.objects.create(
        connection=places.org, system="salesforce", kind="Account", remote_id=gone,
        gone=f"merged:{kept}",
    )  # fmt: skip
    places.win(1)
    places.settle()
    assert places.billed() == [0, 0]
    (item,) = places.asked()
    assert "anna said where an account belongs that was merged into" in item.title
    places.assign(Key(System.SALESFORCE, "Account", kept), 0)
    places.settle()
    assert places.billed() == [1, 0]
    assert places.asked() == []


def test_deals_that_go_as_their_accounts_say_that_no_row_places_accounts(places: Places) -> None:
    places.publish(places.row("=account", name="As its account"))
    places.win(1)
    places.settle()
    (item,) = places.asked()
    assert item.title == "The row “As its account” sends deals where no row places their accounts"
    assert [choice["value"] for choice in item.choices] == ["retry"]


def test_a_pair_whose_sign_in_has_ended_leaves_the_asking_to_another(places: Places) -> None:
    places.publish(places.row(0, CurrencyIsoCode="GBP"))
    credential = places.pair(0).xero.credential
    credential.broken_since = timezone.now()
    credential.save()
    places.win(1, **EURO)
    places.desks[1].work()
    assert [item.pair for item in places.asked()] == [places.pair(1)]


def test_what_waits_for_a_pair_that_was_taken_out_is_billed_though_nothing_else_happens(
    places: Places,
) -> None:
    by_currency(places)
    places.switch(1, "off")
    places.win(1, **EURO)
    places.settle()
    Pair.objects.filter(pk=places.pair(1).pk).update(active=False)
    places.switch(0, "off")
    assert routing_telling.release() == 0
    assert Unplaced.objects.exists()
    places.switch(0, "on")
    assert routing_telling.release() == 1
    places.desks[0].work()
    assert places.billed() == [1, 0]
    assert not Unplaced.objects.exists()


@pytest.mark.parametrize("order", [(0, 1), (1, 0)])
def test_a_second_organisation_in_shadow_without_rows_stops_nothing_in_the_first(
    places: Places, order: tuple[int, int]
) -> None:
    places.switch(1, "shadow")
    for number in range(1, 4):
        places.win(number)
    places.settle(*order)
    assert places.billed() == [3, 0]
    assert places.asked() == []
    places.switch(1, "on")
    places.win(4)
    places.settle(*order)
    assert places.billed() == [3, 0]
    assert [item.subjects.count() for item in places.asked()] == [1]
