"""What must not happen: in shadow, with faults, in other currencies, with others' own work."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

import pytest
from pytest_django import Settings

from sync.core.records import System
from sync.engine import price_drift
from sync.models import PlanRow, Write

from .store import Store, opened


@pytest.fixture
def shadow(
    settings: Settings, monkeypatch: pytest.MonkeyPatch, transactional_db: None
) -> Iterator[Store]:
    """A store whose flow only plans."""
    with opened(settings, monkeypatch, "shadow") as made:
        yield made


def test_in_shadow_plans_are_kept_and_nothing_is_written(shadow: Store) -> None:
    shadow.product("SURVEY-1")
    shadow.item("BUOY")
    shadow.sync()
    assert (len(shadow.items()), len(shadow.products())) == (1, 1)
    assert PlanRow.objects.filter(action="create").count() >= 2
    assert not Write.objects.exists()


def test_a_refused_item_is_asked_about_and_the_others_are_made(store: Store) -> None:
    store.rule("tax_type", "NOSUCH")
    store.product("SURVEY-1")
    store.sync()
    assert store.items() == []
    assert len(store.asked()) == 1
    store.rule("tax_type", "=item,=account")
    store.product("SURVEY-2")
    store.sync()
    assert [item["Code"] for item in store.items()] == ["SURVEY-2"]


def test_an_item_typed_by_hand_while_its_product_waits_is_taken_and_not_made_again(
    store: Store,
) -> None:
    product = store.product("SURVEY-1")
    fault = store.box.faults.add(system="xero", method="PUT", path="*/Items", status=503, times=1)
    store.sync(rounds=1)
    assert fault.id not in {each["id"] for each in store.box.faults.active()}
    item = store.item("survey-1")
    store.sync()
    assert store.links() == {product: item}
    assert len(store.items()) == 1


def test_a_price_that_a_salesperson_enters_meanwhile_is_not_made_twice(store: Store) -> None:
    store.item("BUOY", SalesDetails={"UnitPrice": 40})
    store.box.faults.add(
        system="salesforce", method="POST", path="*/composite/sobjects", lost="before", times=1
    )
    store.sync(rounds=1)
    (product,) = store.products()
    store.price(product["Id"], "41.00")
    store.sync()
    (price,) = store.prices(product["Id"])
    assert price["UnitPrice"] == Decimal("41.00")
    assert store.items()[0]["SalesDetails"]["UnitPrice"] == Decimal("41.00")
    assert store.asked() == []


def test_euro_prices_are_left_to_salesforce(store: Store) -> None:
    product = store.product("SURVEY-1", price="1100", currency="EUR")
    store.sync()
    (item,) = store.items()
    assert "UnitPrice" not in item["SalesDetails"]
    store.price(product, "950")
    store.sync()
    assert store.items()[0]["SalesDetails"]["UnitPrice"] == 950
    assert sorted(p["UnitPrice"] for p in store.prices(product)) == [950, 1100]


def test_what_was_made_equal_holds_for_once(store: Store) -> None:
    store.product("SURVEY-1", "Survey", "950")
    item = store.item("SURVEY-1", "Survey", SalesDetails={"UnitPrice": 900})
    store.sync()
    (found,) = price_drift.compare(store.pair).differences
    made = price_drift.make_equal(store.pair, [found.mark], System.XERO, "anna")
    assert (made.taken, made.moved) == (1, 0)
    store.sync()
    (product,) = store.products()
    (price,) = store.prices(product["Id"])
    assert price["UnitPrice"] == 900
    assert price_drift.compare(store.pair).differences == ()
    again = price_drift.make_equal(store.pair, [found.mark], System.XERO, "anna")
    assert (again.taken, again.moved) == (0, 1)
    store.edit("PricebookEntry", price["Id"], UnitPrice=990)
    store.sync()
    assert store.held_item(item)["SalesDetails"]["UnitPrice"] == 990
    assert store.prices(product["Id"])[0]["UnitPrice"] == 990
