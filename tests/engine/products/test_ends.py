"""What one side sells no longer: deactivated, deleted, and what open deals make of it."""

from __future__ import annotations

import re

from django.contrib.auth.models import Group, User
from django.test import Client
from django.urls import reverse

from sync.core import snapshots
from sync.models import Write

from .store import Store


def test_a_product_that_is_deactivated_leaves_its_item_as_it_is(store: Store) -> None:
    product = store.product("SURVEY-1")
    store.sync()
    item = store.links()[product]
    held = dict(store.held_item(item))
    store.edit("Product2", product, IsActive=False)
    store.sync()
    assert store.held_item(item) == held
    assert store.asked() == []


def test_where_the_table_says_so_it_is_no_longer_sold_in_xero_and_sold_again_whole(
    store: Store,
) -> None:
    store.rule("ended_in", "stop", "xero")
    product = store.product("SURVEY-1", price="950.00", Description="One day")
    store.sync()
    item = store.links()[product]
    store.edit("Product2", product, IsActive=False)
    store.sync()
    assert (store.held_item(item)["IsSold"], store.held_item(item)["SalesDetails"]) == (False, {})
    before = store.written()
    store.sync()
    assert store.written() == before
    store.edit("Product2", product, IsActive=True)
    store.sync()
    held = store.held_item(item)
    assert (held["IsSold"], held["Description"]) == (True, "One day")
    assert (held["SalesDetails"]["UnitPrice"], held["SalesDetails"]["AccountCode"]) == (950, "200")
    assert store.asked() == []


def test_what_open_deals_sell_is_asked_about_when_it_is_deactivated(store: Store) -> None:
    store.rule("ended_in", "stop", "xero")
    product = store.product("SURVEY-1")
    store.deal(product, "Harbour")
    store.deal(product, "Old pier", "Closed Lost")
    store.sync()
    item = store.links()[product]
    store.edit("Product2", product, IsActive=False)
    store.sync()
    assert store.asked() == ["product_inactive"]
    asked = store.question("product_inactive")
    assert asked.explanation.startswith("It is sold by the open deal “Harbour” over GBP 100.00. ")
    assert "Old pier" not in asked.explanation
    assert store.held_item(item)["IsSold"] is True
    store.answer("product_inactive", "stop")
    store.sync()
    assert store.held_item(item)["IsSold"] is False
    assert store.asked() == []


def test_the_question_names_every_deal_with_its_money_and_a_way_to_it(
    store: Store, client: Client
) -> None:
    product = store.product("SURVEY-1")
    deals = [store.deal(product, name) for name in ("Harbour", "Pier", "Quay", "Weir")]
    for deal in deals[:2]:
        store.enter("OpportunityLineItem", OpportunityId=deal, Product2Id=product, Quantity=2,
                    UnitPrice=75)  # fmt: skip
    store.sync()
    store.remove(store.links()[product])
    store.look_for_gone()
    asked = store.question("item_gone")
    assert asked.explanation.startswith(
        "It is sold by 4 open deals over GBP 700.00: “Harbour”, “Pier”, “Quay” and 1 more. "
    )
    auditor = User.objects.create_user("auditor", is_staff=True)
    auditor.groups.add(Group.objects.get(name="Auditors"))
    client.force_login(auditor)
    page = client.get(f"{reverse('admin:sync_reviewitem_changelist')}?item={asked.pk}")
    text = page.content.decode()
    for deal, name in zip(deals, ("Harbour", "Pier", "Quay", "Weir"), strict=True):
        link = re.search(rf'<a href="([^"]*)"[^>]*>{name}</a>', text)
        assert link is not None
        assert deal in link[1]
    assert text.count("250.00") == 2
    assert "before tax" in text


def test_a_deleted_item_deactivates_its_product(store: Store) -> None:
    product = store.product("SURVEY-1")
    other = store.product("SURVEY-2")
    store.sync()
    store.remove(store.links()[product])
    store.sync()
    assert store.held_product(product)["IsActive"] is True  # not looked for yet
    store.look_for_gone()
    assert store.held_product(product)["IsActive"] is False
    assert store.held_product(other)["IsActive"] is True
    before = store.written()
    store.sync()
    assert (store.written(), store.asked()) == (before, [])
    assert len(store.items()) == 1


def test_a_deleted_item_that_open_deals_sell_is_asked_about_and_made_again_once(
    store: Store,
) -> None:
    product = store.product("SURVEY-1", price="950.00")
    store.deal(product)
    store.sync()
    old = store.links()[product]
    store.remove(old)
    store.look_for_gone()
    assert store.asked() == ["item_gone"]
    assert store.held_product(product)["IsActive"] is True
    store.answer("item_gone", "again")
    store.sync()
    (item,) = store.items()
    assert item["ItemID"] != old
    assert item["SalesDetails"]["UnitPrice"] == 950
    assert store.held_product(product)["Counterpart_Xero_Item_Id__c"] == item["ItemID"]
    before = store.written()
    store.sync()
    assert (store.written(), store.asked()) == (before, [])


def test_a_deleted_item_may_be_left(store: Store) -> None:
    product = store.product("SURVEY-1")
    store.deal(product)
    store.sync()
    store.remove(store.links()[product])
    store.look_for_gone()
    store.answer("item_gone", "leave")
    store.sync()
    assert store.held_product(product)["IsActive"] is True
    assert (store.items(), store.asked()) == ([], [])


def test_many_that_are_deleted_at_once_are_all_found_in_few_calls(store: Store) -> None:
    products = [store.product(f"SURVEY-{number:02}") for number in range(30)]
    store.sync()
    for item in list(store.links().values())[:27]:
        store.remove(item)
    store.look_for_gone()
    assert sum(store.held_product(each)["IsActive"] for each in products) == 3


def test_a_list_that_comes_short_ends_nothing(store: Store) -> None:
    products = [store.product(f"SURVEY-{number}") for number in range(3)]
    store.sync()
    # so it is answered where a filter of the list has gone wrong
    store.box.faults.add(
        system="xero", method="GET", path="*/Items", status=200, body={"Items": []}, times=1
    )
    store.look_for_gone()
    assert store.box.faults.active() == []
    assert [store.held_product(each)["IsActive"] for each in products] == [True] * 3
    assert store.asked() == []


def test_tracked_stock_is_never_counted_anew_and_keeps_its_accounts(store: Store) -> None:
    store.rule("account_code", "260")
    item = store.item(
        "PUMP",
        InventoryAssetAccountCode="630",
        PurchaseDetails={"UnitPrice": 70, "COGSAccountCode": "310"},
    )
    if not store.held_item(item)["IsTrackedAsInventory"]:
        raise AssertionError("the sandbox did not take it as tracked")
    store.sync()
    (product,) = store.products()
    before = dict(store.held_item(item))
    (entry,) = store.prices(product["Id"])
    store.edit("PricebookEntry", entry["Id"], UnitPrice=120)
    store.edit("Product2", product["Id"], Name="Bilge pump")
    store.sync()
    held = store.held_item(item)
    assert (held["Name"], held["SalesDetails"]["UnitPrice"]) == ("Bilge pump", 120)
    sent = [snapshots.load(row.body) for row in Write.objects.filter(kind="Item")]
    assert sent
    named = {name for body in sent for name in body}
    assert named <= {"ItemID", "Code", "Name", "Description", "SalesDetails"}
    for name in ("QuantityOnHand", "TotalCostPool", "InventoryAssetAccountCode"):
        assert held.get(name) == before.get(name)
    assert held["PurchaseDetails"] == before["PurchaseDetails"]
    assert held["SalesDetails"]["AccountCode"] == before["SalesDetails"]["AccountCode"]
    store.edit("Product2", product["Id"], IsActive=False)
    store.sync()
    assert store.held_item(item)["IsSold"] is True
