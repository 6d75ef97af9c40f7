"""Products become items and items products, and both follow what changes."""

from __future__ import annotations

from decimal import Decimal

from .store import Store


def test_a_new_product_becomes_one_item_with_its_price_and_the_second_run_writes_nothing(
    store: Store,
) -> None:
    product = store.product("SURVEY-1", "Survey day", "950.00", Description="One day on site")
    store.sync()
    (item,) = store.items()
    assert (item["Code"], item["Name"], item["Description"]) == (
        *("SURVEY-1", "Survey day"),
        "One day on site",
    )
    assert item["SalesDetails"]["UnitPrice"] == Decimal("950.00")
    assert item["SalesDetails"]["AccountCode"] == "200"
    assert store.links() == {product: item["ItemID"]}
    assert store.held_product(product)["Counterpart_Xero_Item_Id__c"] == item["ItemID"]
    before = store.written()
    store.sync()
    assert store.written() == before
    assert store.asked() == []


def test_a_new_item_becomes_a_product_with_a_standard_price(store: Store) -> None:
    item = store.item("BUOY", "Marker buoy", Description="Yellow", SalesDetails={"UnitPrice": 42})
    store.sync()
    (product,) = store.products()
    assert (product["Name"], product["ProductCode"], product["IsActive"]) == (
        *("Marker buoy", "BUOY"),
        True,
    )
    assert product["Description"] == "Yellow"
    (price,) = store.prices(product["Id"])
    assert (price["UnitPrice"], price["CurrencyIsoCode"], price["IsActive"]) == (42, "GBP", True)
    assert price["Pricebook2Id"] == store.standard()
    assert store.links() == {product["Id"]: item}
    before = store.written()
    store.sync()
    assert (store.written(), store.asked()) == (before, [])
