"""A deal that was quoted in one organisation is not billed in another of the same org."""

from __future__ import annotations

from decimal import Decimal

import pytest

from sandbox.salesforce import acts as salesforce
from sync.models import Link
from tests.engine.test_whole import run

from .shop import BILLING, LINE, QUOTES, Shop

pytestmark = [pytest.mark.slow, pytest.mark.django_db(transaction=True)]


def test_a_deal_quoted_in_another_organisation_is_not_billed_here(shop: Shop) -> None:
    run("flow", QUOTES, "on", "--pair", shop.pairs[1].name)
    contact = shop.raise_("Contact", 1, Name="Acme Ltd")
    shop.link(shop.account, contact, 1)
    quote = shop.quote(place=1, contact=contact)
    shop.sync(places=(0, 1))
    shop.win(shop.deal_of(quote)["Id"])
    shop.sync(places=(0, 1))
    assert shop.invoices() == []
    assert shop.asked() == ["quoted_elsewhere"]
    run("flow", BILLING, "on", "--pair", shop.pairs[1].name)
    shop.sync(places=(1, 0))
    assert len(shop.invoices()) == 1
    assert Link.objects.get(xero_kind="Invoice").pair == shop.pairs[1]


def test_a_deal_that_another_pair_is_just_making_of_a_quote_is_not_billed_here(shop: Shop) -> None:
    deal = shop.deal(StageName="Closed Won", Amount="10")
    shop.move(deal, Counterpart_Quote_Id__c="6f6f6f6f-0000-4000-8000-000000000001")
    shop.sync()
    assert shop.invoices() == []
    assert shop.asked() == ["quoted_elsewhere"]
    shop.move(deal, Counterpart_Quote_Id__c=None)
    shop.sync()
    assert len(shop.invoices()) == 1
    assert shop.asked() == []


def test_a_product_marked_with_the_item_of_another_organisation_is_sold_in_this_one(
    shop: Shop,
) -> None:
    product = shop.product("SURVEY")
    theirs = shop.raise_("Item", 1, Code="SURVEY", Name="Survey", IsSold=True)
    assert theirs
    marked = next(iter(shop.box.world.table("xero", "Item")))
    salesforce.edit(shop.box.world, "Product2", product, {"Counterpart_Xero_Item_Id__c": marked})
    run("flow", QUOTES, "on", "--pair", shop.pairs[1].name)
    contact = shop.raise_("Contact", 1, Name="Acme Ltd")
    shop.link(shop.account, contact, 1)
    line = {**LINE, "ItemCode": "SURVEY", "Quantity": 2, "UnitAmount": Decimal("50.00")}
    quote = shop.quote(place=1, contact=contact, lines=[line])
    shop.sync(places=(0, 1))
    (sold,) = shop.lines_of(shop.deal_of(quote)["Id"])
    assert (sold["Product2Id"], sold["Quantity"], sold["UnitPrice"]) == (product, 2, 50)
