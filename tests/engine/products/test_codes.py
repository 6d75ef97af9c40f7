"""Codes and names over time: renamed, changed on both sides, longer than Xero has room for."""

from __future__ import annotations

import pytest

from sync.flows.shapes.item_codes import CODE_ROOM, NAME_ROOM, fitted

from .store import Store

LONG = "SUPPORT-HARBOUR-SURVEY-ANNUAL-2026"


def test_a_code_that_changes_on_both_sides_is_asked_about_and_neither_is_lost(
    store: Store,
) -> None:
    product = store.product("SURVEY-1")
    store.sync()
    item = store.links()[product]
    store.edit("Product2", product, ProductCode="SURVEY-A")
    store.change(item, Code="SURVEY-B")
    store.sync()
    assert store.asked() == ["conflict"]
    assert store.held_product(product)["ProductCode"] == "SURVEY-A"
    assert store.held_item(item)["Code"] == "SURVEY-B"
    assert store.links() == {product: item}
    assert len(store.items()) == len(store.products()) == 1
    store.answer("conflict", "xero")
    store.sync()
    assert store.held_product(product)["ProductCode"] == "SURVEY-B"
    assert store.asked() == []


@pytest.mark.parametrize("side", ["Salesforce", "Xero"])
def test_a_code_that_changes_on_one_side_follows_and_the_link_stays(
    store: Store, side: str
) -> None:
    product = store.product("SURVEY-1")
    store.sync()
    item = store.links()[product]
    if side == "Salesforce":
        store.edit("Product2", product, ProductCode="SURVEY-2")
    else:
        store.change(item, Code="SURVEY-2")
    store.sync()
    assert store.held_product(product)["ProductCode"] == store.held_item(item)["Code"] == "SURVEY-2"
    assert store.links() == {product: item}
    assert store.asked() == []


def test_a_long_code_stays_the_same_through_every_rename_and_its_link_leads_back(
    store: Store,
) -> None:
    product = store.product(LONG, "Annual support")
    store.sync()
    item = store.links()[product]
    short = store.held_item(item)["Code"]
    assert short == fitted(LONG, CODE_ROOM)
    for name in ("Support, annual", "Annual support of the harbour survey system, spares included"):
        store.edit("Product2", product, Name=name)
        store.sync()
        assert store.held_item(item)["Code"] == short
        assert store.held_item(item)["Name"] == fitted(name, NAME_ROOM)
    assert store.links() == {product: item}
    assert store.held_product(product)["ProductCode"] == LONG
    store.edit("Product2", product, ProductCode=f"{LONG}-B")
    store.sync()
    assert store.held_item(item)["Code"] == fitted(f"{LONG}-B", CODE_ROOM) != short
    assert store.links() == {product: item}
    store.edit("Product2", product, ProductCode=LONG)
    store.sync()
    assert store.held_item(item)["Code"] == short
    assert store.asked() == []


def test_a_product_whose_own_code_is_what_another_is_shortened_to_is_asked_about(
    store: Store,
) -> None:
    first = store.product(LONG)
    store.sync()
    store.product(fitted(LONG, CODE_ROOM), "Somebody typed it")
    store.sync()
    assert store.asked() == ["catalogue_code"]
    assert list(store.links()) == [first]
    assert len(store.items()) == 1


def test_a_code_that_takes_the_place_of_anothers_is_refused_and_asked_about(store: Store) -> None:
    first, second = store.product("SURVEY-1"), store.product("SURVEY-2")
    store.sync()
    items = store.links()
    store.edit("Product2", second, ProductCode="SURVEY-1")
    store.sync()
    assert len(store.asked()) == 1
    assert store.links() == items
    assert sorted(item["Code"] for item in store.items()) == ["SURVEY-1", "SURVEY-2"]
    store.edit("Product2", first, ProductCode="SURVEY-3")
    store.sync(rounds=4)
    store.edit("Product2", second, Description="Looked at again")
    store.sync()
    assert store.held_item(items[second])["Code"] == "SURVEY-1"
    assert store.asked() == []
