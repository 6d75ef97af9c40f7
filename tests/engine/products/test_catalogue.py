"""Products become items and items products, and both follow what changes."""

from __future__ import annotations

from decimal import Decimal

from sync import tasks

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


def test_a_person_who_looks_now_sees_what_sweeps_read_but_seldom(store: Store) -> None:
    item = store.item("BUOY", "Marker buoy")
    store.sync()
    store.change(item, Name="Buoy, yellow")
    tasks.sweep(store.pair.pk)
    store.work()
    (product,) = store.products()
    assert product["Name"] == "Marker buoy"
    tasks.sweep_for_a_person(store.pair.pk)
    store.work()
    assert store.held_product(product["Id"])["Name"] == "Buoy, yellow"


def test_salesforces_price_and_description_go_to_xero_and_xeros_account_stays(
    store: Store,
) -> None:
    product = store.product("SURVEY-1", price="950.00")
    store.sync()
    (item,) = (store.links()[product],)
    store.change(item, SalesDetails={"AccountCode": "260", "TaxType": "NONE"})
    (entry,) = store.prices(product)
    store.edit("PricebookEntry", entry["Id"], UnitPrice=Decimal("975.50"))
    store.edit("Product2", product, Description="Now with tide tables")
    store.sync()
    held = store.held_item(item)
    assert held["Description"] == "Now with tide tables"
    assert held["SalesDetails"] == {
        **held["SalesDetails"],
        "UnitPrice": Decimal("975.50"),
        "AccountCode": "260",
        "TaxType": "NONE",
    }
    before = store.written()
    store.sync()
    assert (store.written(), store.asked()) == (before, [])


def test_a_price_that_finance_types_in_xero_is_salesforces_again(store: Store) -> None:
    product = store.product("SURVEY-1", price="950.00")
    store.sync()
    item = store.links()[product]
    store.change(item, SalesDetails={"UnitPrice": 1})
    store.sync()
    assert store.held_item(item)["SalesDetails"]["UnitPrice"] == Decimal("950.00")
    before = store.written()
    store.sync()
    assert store.written() == before


def test_a_name_follows_whoever_changed_it_and_both_at_once_are_asked(store: Store) -> None:
    product = store.product("SURVEY-1", "Survey day")
    store.sync()
    item = store.links()[product]
    store.change(item, Name="Survey day, small boat")
    store.sync()
    assert store.held_product(product)["Name"] == "Survey day, small boat"
    store.edit("Product2", product, Name="Survey day, any boat")
    store.sync()
    assert store.held_item(item)["Name"] == "Survey day, any boat"
    store.edit("Product2", product, Name="One")
    store.change(item, Name="Other")
    store.sync()
    assert store.asked() == ["conflict"]
    assert (store.held_product(product)["Name"], store.held_item(item)["Name"]) == ("One", "Other")


def test_a_product_and_an_item_of_one_code_are_linked_as_they_are(store: Store) -> None:
    item = store.item("Survey-1", "Survey, per day", SalesDetails={"UnitPrice": 900})
    product = store.product("SURVEY-1", "Survey day", "950.00")
    store.sync()
    assert store.links() == {product: item}
    assert store.held_item(item)["Name"] == "Survey, per day"
    assert store.held_item(item)["SalesDetails"]["UnitPrice"] == 900
    assert store.held_product(product)["Name"] == "Survey day"
    assert len(store.items()) == len(store.products()) == 1
    before = store.written()
    store.sync()
    assert (store.written(), store.asked()) == (before, [])


def test_long_codes_and_names_are_shortened_and_never_written_back(store: Store) -> None:
    name = "Annual support and maintenance of the harbour survey system, with spare parts"
    code = "SUPPORT-HARBOUR-SURVEY-ANNUAL-2026"
    product = store.product(code, name)
    store.sync()
    (item,) = store.items()
    assert (len(item["Code"]), len(item["Name"])) == (30, 50)
    assert store.links() == {product: item["ItemID"]}
    held = store.held_product(product)
    assert (held["ProductCode"], held["Name"]) == (code, name)
    store.product(code + "-B", name + " and more")
    store.sync()
    assert len({one["Code"] for one in store.items()}) == 2
    assert store.held_item(item["ItemID"])["Code"] == item["Code"]
    store.change(item["ItemID"], Name="Support")
    store.sync()
    assert store.asked() == ["name_lost"]
    assert store.held_product(product)["Name"] == name
    store.answer("name_lost", "take")
    store.sync()
    assert store.held_product(product)["Name"] == "Support"
    assert store.asked() == []


def test_a_product_without_a_code_gets_its_items(store: Store) -> None:
    product = store.product(None, "Survey day")
    store.sync()
    (item,) = store.items()
    assert item["Code"] == product
    assert store.held_product(product)["ProductCode"] == product
    before = store.written()
    store.sync()
    assert store.written() == before


def test_two_products_of_one_code_are_asked_about_and_nothing_is_made(store: Store) -> None:
    store.product("SURVEY-1", "Survey day")
    other = store.product("survey-1", "Survey week")
    store.sync()
    assert store.items() == []
    assert store.asked() == ["catalogue_code"]
    store.edit("Product2", other, ProductCode="SURVEY-7")
    store.sync()
    assert store.asked() == []
    assert sorted(item["Code"] for item in store.items()) == ["SURVEY-1", "SURVEY-7"]


def test_a_product_with_the_code_of_a_linked_one_gets_no_item(store: Store) -> None:
    store.product("SURVEY-1", "Survey day")
    store.sync()
    store.product("SURVEY-1", "Survey night")
    store.sync()
    assert store.asked() == ["catalogue_code"]
    assert len(store.items()) == 1


def test_the_same_name_under_another_code_only_asks(store: Store) -> None:
    item = store.item("OLD-17", "Survey day")
    product = store.product("SURVEY-1", "survey  day")
    store.sync()
    assert store.asked() == ["which_item"]
    assert (len(store.items()), len(store.products())) == (1, 1)
    store.answer("which_item", f"use:{item}")
    store.sync()
    assert store.links() == {product: item}
    assert store.asked() == []
    assert store.held_item(item)["Code"] == "OLD-17"


def test_none_of_the_same_name_makes_both(store: Store) -> None:
    store.item("OLD-17", "Survey day")
    store.product("SURVEY-1", "Survey day")
    store.sync()
    store.answer("which_item", "new")
    store.sync()
    assert (len(store.items()), len(store.products())) == (2, 2)
    assert len(store.links()) == 2
    assert store.asked() == []
