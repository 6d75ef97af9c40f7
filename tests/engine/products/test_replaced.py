"""A code that outlives its item or its product: who takes the place of what has ended."""

from __future__ import annotations

from decimal import Decimal

from sandbox.salesforce import acts as salesforce
from sync.engine import indexing
from sync.models import Link

from .store import Store


def settled(store: Store) -> bool:
    """Return whether another sweep writes and asks nothing more."""
    before = store.written()
    store.sync()
    return store.written() == before and store.asked() == []


def item_of(store: Store, product: str) -> str:
    """Return the item that a product is linked to last."""
    links = Link.objects.filter(pair=store.pair, salesforce_id=product)
    return links.order_by("generation").values_list("xero_id", flat=True).last() or ""


def test_an_item_that_finance_deletes_and_enters_anew_is_the_products_from_then_on(
    store: Store,
) -> None:
    product = store.product("TIDE", "Tide tables", "12.00")
    store.sync()
    store.remove(store.links()[product])
    anew = store.item("TIDE", "Tide tables", SalesDetails={"UnitPrice": Decimal("13.00")})
    store.sync()
    assert store.held_product(product)["IsActive"] is True
    assert item_of(store, product) == anew
    assert store.held_product(product)["Counterpart_Xero_Item_Id__c"] == anew
    assert store.held_item(anew)["SalesDetails"]["UnitPrice"] == 13  # stands until made equal
    assert len(store.products()) == 1
    store.look_for_gone()
    assert store.held_product(product)["IsActive"] is True
    assert settled(store)
    key = ("code", "TIDE")
    known = indexing.find(store.pair.xero_id, "Item", [key])[key]
    assert known[0].key.id == anew  # which a deal's line then names
    assert [bool(each.gone) for each in known] == [False, True]


def test_an_item_entered_long_after_the_old_one_was_deleted_is_linked_as_it_is(
    store: Store,
) -> None:
    product = store.product("TIDE", "Tide tables", "12.00")
    store.sync()
    store.remove(store.links()[product])
    store.look_for_gone()
    assert store.held_product(product)["IsActive"] is False
    anew = store.item("TIDE", "Tide tables")
    store.sync()
    assert item_of(store, product) == anew
    assert len(store.products()) == 1
    assert settled(store)


def test_a_product_that_is_no_longer_active_does_not_stand_in_the_way_of_the_new_one(
    store: Store,
) -> None:
    store.product("TIDE", "Tide tables 2025", "11.00", IsActive=False)
    product = store.product("TIDE", "Tide tables 2026", "12.00")
    item = store.item("TIDE", "Tide tables")
    store.sync()
    assert store.links() == {product: item}
    assert settled(store)


def test_a_copy_of_a_product_that_is_no_longer_active_may_have_its_item(store: Store) -> None:
    old = store.product("TIDE", "Tide tables", "12.00")
    store.sync()
    item = item_of(store, old)
    store.edit("Product2", old, IsActive=False)
    copy = store.product("TIDE", "Tide tables", "13.00")
    store.sync()
    asked = store.question("catalogue_taken")
    assert "is no longer active" in asked.explanation
    assert [choice["value"] for choice in asked.choices] == ["take", "retry", "leave"]
    store.answer("catalogue_taken", "take")
    store.sync()
    assert store.links() == {copy: item}
    assert store.held_item(item)["SalesDetails"]["UnitPrice"] == 12  # stands until made equal
    (entry,) = store.prices(copy)
    store.edit("PricebookEntry", entry["Id"], UnitPrice=Decimal(14))
    store.sync()
    assert store.held_item(item)["SalesDetails"]["UnitPrice"] == 14
    assert settled(store)


def test_an_item_whose_only_product_is_not_active_makes_no_second_one(store: Store) -> None:
    product = store.product("TIDE", "Tide tables", "12.00", IsActive=False)
    item = store.item("TIDE", "Tide tables")
    store.sync()
    assert store.links() == {product: item}
    assert len(store.products()) == 1
    assert settled(store)


def test_what_is_sold_again_in_xero_is_active_again_in_salesforce(store: Store) -> None:
    product = store.product("TIDE", "Tide tables", "12.00")
    store.deal(product)
    store.sync()
    item = store.links()[product]
    store.change(item, IsSold=False)
    store.sync()
    store.answer("item_unsold", "stop")
    store.sync()
    assert store.held_product(product)["IsActive"] is False
    store.change(item, IsSold=True, SalesDetails={"UnitPrice": 12, "AccountCode": "200"})
    store.sync()
    assert store.held_product(product)["IsActive"] is True
    assert settled(store)


def test_a_product_that_is_restored_goes_on_with_its_item(store: Store) -> None:
    product = store.product("TIDE", "Tide tables", "12.00")
    store.sync()
    item = store.links()[product]
    store.tick()
    salesforce.delete(store.box.world, "Product2", product)
    store.sync()
    assert store.asked() == ["product_gone"]
    store.tick()
    salesforce.restore(store.box.world, "Product2", product)
    store.edit("Product2", product, Name="Tide tables, north")
    store.sync()
    assert store.held_item(item)["Name"] == "Tide tables, north"
    assert settled(store)
