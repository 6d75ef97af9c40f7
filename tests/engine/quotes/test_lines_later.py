"""What becomes of product lines when sales has worked on the deal, or sells a product no more."""

from __future__ import annotations

import pytest

from sandbox.salesforce import acts as salesforce
from sync.models import Run

from .shop import QUOTES, Shop

pytestmark = [pytest.mark.slow, pytest.mark.django_db(transaction=True)]
WARE = {"AccountCode": "200", "TaxType": "OUTPUT2", "Quantity": 1}


def price(shop: Shop, code: str) -> str:
    """Let sales enter the product that a quote's item lacks, with its price."""
    product = shop.enter("Product2", Name=code.title(), ProductCode=code, IsActive=True)
    books = shop.box.world.table("salesforce", "Pricebook2").values()
    book = next(one["Id"] for one in books if one["IsStandard"])
    shop.enter(
        "PricebookEntry", Pricebook2Id=book, Product2Id=product, UnitPrice="1", IsActive=True,
        CurrencyIsoCode="GBP",
    )  # fmt: skip
    return product


def lacking(shop: Shop, amount: str = "80") -> str:
    """Let finance quote an item that Salesforce does not sell yet."""
    shop.raise_("Item", Code="ODD", Name="Odd", IsSold=True)
    line = {**WARE, "Description": "Odd", "UnitAmount": amount, "ItemCode": "ODD"}
    return shop.quote(lines=[line])


def test_an_amount_that_a_salesperson_typed_outlives_a_product_that_comes_later(
    shop: Shop,
) -> None:
    quote = lacking(shop)
    shop.sync(QUOTES)
    deal = shop.deal_of(quote)["Id"]
    shop.move(deal, Amount="70")
    price(shop, "ODD")
    shop.answer("quote_product", "retry")
    shop.sync(QUOTES)
    assert str(shop.deal_of(quote)["Amount"]) == "70.00"


def test_a_salespersons_own_lines_are_not_doubled_once_the_product_comes(shop: Shop) -> None:
    quote = lacking(shop)
    shop.sync(QUOTES)
    deal = shop.deal_of(quote)["Id"]
    own = shop.product("OWN", "80")
    entries = shop.box.world.table("salesforce", "PricebookEntry").values()
    entry = next(one["Id"] for one in entries if one["Product2Id"] == own)
    shop.enter(
        "OpportunityLineItem",
        OpportunityId=deal,
        PricebookEntryId=entry,
        Quantity=1,
        UnitPrice="80",
    )
    price(shop, "ODD")
    shop.answer("quote_product", "retry")
    shop.sync(QUOTES)
    assert len(shop.lines_of(deal)) == 1
    assert str(shop.deal_of(quote)["Amount"]) == "80.00"


def test_a_linked_deal_of_a_salesperson_gets_no_lines_later(shop: Shop) -> None:
    deal = shop.deal(Amount="60", Name="By hand")
    shop.raise_("Item", Code="ODD", Name="Odd", IsSold=True)
    line = {**WARE, "Description": "Odd", "UnitAmount": "80", "ItemCode": "ODD"}
    quote = shop.quote(lines=[line], Reference=deal)
    shop.sync(QUOTES)
    assert shop.deal_of(quote)["Id"] == deal
    price(shop, "ODD")
    shop.answer("quote_product", "retry")
    shop.sync(QUOTES)
    assert shop.lines_of(deal) == []
    assert str(shop.deal_of(quote)["Amount"]) == "60.00"


def test_a_retired_product_takes_no_line_off_a_standing_deal(shop: Shop) -> None:
    product = shop.product("DIVE")
    line = {**WARE, "Description": "Dive", "UnitAmount": "50", "ItemCode": "DIVE"}
    quote = shop.quote(lines=[line])
    shop.sync(QUOTES)
    deal = shop.deal_of(quote)["Id"]
    assert len(shop.lines_of(deal)) == 1
    salesforce.edit(shop.box.world, "Product2", product, {"IsActive": False})
    shop.accept(quote)
    shop.sync(QUOTES)
    assert len(shop.lines_of(deal)) == 1


def test_a_line_that_may_not_be_deleted_is_not_tried_without_end(shop: Shop) -> None:
    shop.product("DIVE"), shop.product("BOAT")
    dive = {**WARE, "Description": "Dive", "UnitAmount": "50", "ItemCode": "DIVE"}
    boat = {**WARE, "Description": "Boat", "UnitAmount": "50", "ItemCode": "BOAT"}
    quote = shop.quote(lines=[dive, boat])
    shop.sync(QUOTES)
    kept = shop.box.world.table("xero", "Quote")[quote]["LineItems"][0]["LineItemID"]
    code = "INSUFFICIENT_ACCESS_OR_READONLY"
    refusal = {"statusCode": code, "message": "insufficient access rights", "fields": []}
    shop.box.faults.add(
        system="salesforce", method="DELETE", path="*/composite/sobjects*",
        status=200, body=[{"success": False, "errors": [refusal]}], times=200,
    )  # fmt: skip
    shop.change("Quote", quote, LineItems=[{**dive, "LineItemID": kept}])
    before = Run.objects.count()
    shop.sync(QUOTES, rounds=1)
    assert Run.objects.count() - before <= 3
    assert len(shop.asked()) == 1
