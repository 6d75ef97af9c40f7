"""One Salesforce org and two Xero organisations: one list of products, an item of each in both."""

from __future__ import annotations

import threading
import time

import pytest
from django.db import connection

from sync.core.records import System
from sync.engine import price_drift
from sync.models import KnownRecord
from tests.engine.test_whole import run
from tests.neighbours import connect_books, pair_up, second_organisation

from .store import FLOW, Store

pytestmark = pytest.mark.slow


@pytest.fixture
def abroad(store: Store, monkeypatch: pytest.MonkeyPatch) -> Store:
    """The same Salesforce org beside an Australian organisation, whose currency is AUD."""
    tenant = second_organisation(store.box)
    connect_books(tenant, monkeypatch)
    pair = pair_up("S", "X2")
    run("flow", FLOW, "on", "--pair", pair.name)
    return Store(store.box, pair, tenant)


def settle(*stores: Store) -> None:
    """Sync the pairs in turn until none of them writes; fails where they write for ever."""
    for _ in range(6):
        before = stores[0].written()
        for store in stores:
            store.sync(rounds=1)
        if stores[0].written() == before:
            return
    raise AssertionError("They write for ever.")


def test_a_product_gets_an_item_in_each_with_the_price_of_its_currency(
    store: Store, abroad: Store
) -> None:
    product = store.product("SURVEY-1", "Survey day", "950.00")
    store.price(product, "1900.00", "AUD")
    settle(store, abroad)
    (ours,), (theirs,) = store.items(), abroad.items()
    assert ours["SalesDetails"]["UnitPrice"] == 950
    assert theirs["SalesDetails"]["UnitPrice"] == 1900
    assert (store.links(), abroad.links()) == (
        {product: ours["ItemID"]},
        {product: theirs["ItemID"]},
    )
    assert theirs["SalesDetails"]["TaxType"] == "OUTPUT"  # of the Australian list
    assert ours["SalesDetails"]["TaxType"] == "OUTPUT2"
    carried = store.held_product(product)["Counterpart_Xero_Item_Id__c"]
    assert carried in (ours["ItemID"], theirs["ItemID"])
    assert store.asked() == []


def test_an_item_of_one_organisation_comes_to_the_other_by_its_product(
    store: Store, abroad: Store
) -> None:
    item = abroad.item("BUOY", "Marker buoy", SalesDetails={"UnitPrice": 80, "TaxType": "OUTPUT"})
    settle(store, abroad)
    (product,) = store.products()
    assert product["Counterpart_Xero_Item_Id__c"] == item
    (price,) = store.prices(product["Id"])
    assert (price["UnitPrice"], price["CurrencyIsoCode"]) == (80, "AUD")
    (ours,) = store.items()
    assert ours["Code"] == "BUOY"
    assert "UnitPrice" not in ours["SalesDetails"]  # it has no price in pounds
    abroad.change(item, Name="Buoy, yellow")
    settle(store, abroad)
    assert store.held_item(ours["ItemID"])["Name"] == "Buoy, yellow"
    assert store.asked() == []


def test_a_price_changed_in_one_currency_goes_to_its_organisation_alone(
    store: Store, abroad: Store
) -> None:
    product = store.product("SURVEY-1", price="950.00")
    entry = store.price(product, "1900.00", "AUD")
    settle(store, abroad)
    store.edit("PricebookEntry", entry, UnitPrice=2000)
    settle(store, abroad)
    assert store.items()[0]["SalesDetails"]["UnitPrice"] == 950
    assert abroad.items()[0]["SalesDetails"]["UnitPrice"] == 2000


def test_each_organisation_has_its_own_page_of_what_differs(store: Store, abroad: Store) -> None:
    product = store.product("SURVEY-1", price="950.00")
    store.price(product, "1900.00", "AUD")
    store.item("SURVEY-1", SalesDetails={"UnitPrice": 900})
    there = {"UnitPrice": 1800, "TaxType": "OUTPUT"}
    abroad.item("SURVEY-1", SalesDetails=there)
    settle(store, abroad)
    ours, theirs = price_drift.compare(store.pair), price_drift.compare(abroad.pair)
    assert (ours.currency, theirs.currency) == ("GBP", "AUD")
    (mine,), (other,) = ours.differences, theirs.differences
    assert (mine.drift.salesforce, mine.drift.xero) == (950, 900)
    assert (other.drift.salesforce, other.drift.xero) == (1900, 1800)
    made = price_drift.make_equal(abroad.pair, [mine.mark, other.mark], System.XERO, "anna")
    assert (made.taken, made.moved) == (1, 1)  # the other page's mark is nothing here
    settle(store, abroad)
    prices = {p["CurrencyIsoCode"]: p["UnitPrice"] for p in store.prices(product)}
    assert prices == {"GBP": 950, "AUD": 1800}
    assert len(price_drift.compare(store.pair).differences) == 1


def test_what_another_organisation_still_sells_is_asked_about_before_it_ends(
    store: Store, abroad: Store
) -> None:
    product = store.product("SURVEY-1")
    settle(store, abroad)
    store.remove(store.links()[product])
    store.look_for_gone()
    settle(store, abroad)
    assert store.held_product(product)["IsActive"] is True
    assert store.asked() == ["item_gone"]
    assert "“X2” still sells it." in store.question("item_gone").explanation
    abroad.remove(abroad.links()[product])
    abroad.look_for_gone()
    settle(store, abroad)
    assert store.held_product(product)["IsActive"] is False
    assert store.asked() == []


def test_an_item_no_longer_sold_in_one_is_asked_about_while_the_other_sells_it(
    store: Store, abroad: Store
) -> None:
    product = store.product("SURVEY-1")
    settle(store, abroad)
    store.change(store.links()[product], IsSold=False)
    settle(store, abroad)
    assert store.held_product(product)["IsActive"] is True
    asked = store.question("item_unsold")
    assert asked.title.endswith("no longer sold in Xero, but another organisation sells it")
    store.answer("item_unsold", "stop")
    settle(store, abroad)
    assert store.held_product(product)["IsActive"] is False
    assert store.asked() == []


def test_two_workers_make_one_product_of_a_code_that_is_new_in_both(
    store: Store, abroad: Store
) -> None:
    settle(store, abroad)
    for number in range(3):
        store.item(f"BUOY-{number}")
        abroad.item(f"BUOY-{number}", SalesDetails={"TaxType": "OUTPUT"})
    for each in (store, abroad):
        each.sweep()
    path = "*/composite/sobjects/Product2/*"
    slow = store.box.faults.add(system="salesforce", method="PATCH", path=path, delay=1.5, times=1)
    first = threading.Thread(target=work, args=(store,))
    first.start()
    while slow.id in {each["id"] for each in store.box.faults.active()}:
        time.sleep(0.02)
    abroad.work()  # while the first has sent its products and waits for the answer
    first.join()
    settle(store, abroad)
    assert sorted(one["ProductCode"] for one in store.products()) == ["BUOY-0", "BUOY-1", "BUOY-2"]
    assert len(store.links()) == len(abroad.links()) == 3
    assert store.asked() == []


def work(store: Store) -> None:
    """Work off what is due in a thread of its own."""
    try:
        store.work()
    finally:
        connection.close()


def test_each_organisation_keeps_what_it_knows_of_items_to_itself(
    store: Store, abroad: Store
) -> None:
    store.product("SURVEY-1")
    settle(store, abroad)
    known = KnownRecord.objects.filter(kind="Item").values_list("connection__name", "remote_id")
    assert dict(known) == {
        "X": store.items()[0]["ItemID"],
        "X2": abroad.items()[0]["ItemID"],
    }
