"""A quote becomes one opportunity, which then follows it, over HTTP with nothing faked."""

from __future__ import annotations

from datetime import timedelta

import pytest

from sandbox.xero import quote_acts
from sync.models import Link, Write
from tests.engine.test_whole import run

from .shop import QUOTES, Shop

pytestmark = [pytest.mark.slow, pytest.mark.django_db(transaction=True)]


def test_a_quote_becomes_one_opportunity_of_its_customers_account(shop: Shop) -> None:
    ends = (shop.now() + timedelta(days=50)).isoformat()
    quote = shop.quote("1000.00", "250.50", Title="Harbour survey", ExpiryDate=ends)
    shop.sync()
    deal = shop.deal_of(quote)
    assert deal["AccountId"] == shop.account
    assert deal["StageName"] == "Proposal/Price Quote"
    assert (str(deal["Amount"]), deal["CurrencyIsoCode"]) == ("1250.50", "GBP")
    assert deal["CloseDate"] == ends
    assert deal["Name"].startswith("Harbour survey · ")
    assert deal["Counterpart_Quote_Status__c"] == "Sent"
    assert quote in deal["Counterpart_Quote_Url__c"]
    before = shop.written()
    shop.sync()
    assert shop.written() == before
    assert len(shop.deals()) == 1
    assert shop.asked() == []


def test_the_deal_follows_its_quote_until_it_is_accepted(shop: Shop) -> None:
    quote = shop.quote(Status="DRAFT")
    shop.sync()
    assert shop.deal_of(quote)["StageName"] == "Prospecting"
    quote_acts.send_quote(shop.box.world, quote)
    shop.sync()
    assert shop.deal_of(quote)["StageName"] == "Proposal/Price Quote"
    shop.accept(quote)
    shop.sync()
    assert shop.deal_of(quote)["StageName"] == "Negotiation/Review"
    assert shop.invoices() == []


def test_a_stage_moved_on_by_hand_is_not_pushed_back(shop: Shop) -> None:
    quote = shop.quote()
    shop.sync()
    shop.move(shop.deal_of(quote)["Id"], StageName="Negotiation/Review")
    shop.change("Quote", quote, Contact={"ContactID": shop.contact}, Title="Another title")
    shop.sync()
    assert shop.deal_of(quote)["StageName"] == "Negotiation/Review"
    assert shop.deal_of(quote)["Name"].startswith("Another title")


def test_lines_become_product_lines_and_follow_the_quote(shop: Shop) -> None:
    shop.product("DIVE"), shop.product("BOAT")
    line = {"AccountCode": "200", "TaxType": "OUTPUT2"}
    dive = {**line, "Description": "Dive", "Quantity": 3, "UnitAmount": "33.33", "ItemCode": "DIVE"}
    boat = {
        **line, "Description": "Boat", "Quantity": 2, "UnitAmount": "19.99", "ItemCode": "BOAT",
        "DiscountRate": "12.5",
    }  # fmt: skip
    quote = shop.quote(lines=[dive, boat])
    shop.sync()
    deal = shop.deal_of(quote)
    rows = shop.lines_of(deal["Id"])
    assert sorted(str(row["TotalPrice"]) for row in rows) == ["34.98", "99.99"]
    assert str(deal["Amount"]) == "134.97"
    kept = shop.box.world.table("xero", "Quote")[quote]["LineItems"]
    first = {**dive, "LineItemID": kept[0]["LineItemID"], "Quantity": 4}
    shop.change("Quote", quote, LineItems=[first])
    shop.sync()
    (row,) = shop.lines_of(deal["Id"])
    assert (str(row["Quantity"]), str(row["TotalPrice"])) == ("4.00", "133.32")
    assert str(shop.deal_of(quote)["Amount"]) == "133.32"
    before = shop.written()
    shop.sync()
    assert shop.written() == before
    assert shop.asked() == []


def test_a_product_that_lacks_is_named_and_the_amount_stands_alone(shop: Shop) -> None:
    shop.raise_("Item", Code="ODD", Name="Odd", IsSold=True)
    line = {
        "Description": "Odd", "Quantity": 1, "UnitAmount": "80", "ItemCode": "ODD",
        "AccountCode": "200", "TaxType": "OUTPUT2",
    }  # fmt: skip
    quote = shop.quote(lines=[line])
    shop.sync()
    deal = shop.deal_of(quote)
    assert shop.lines_of(deal["Id"]) == []
    assert str(deal["Amount"]) == "80.00"
    assert "ODD" in deal["Description"]
    assert shop.asked() == ["quote_product"]
    shop.product("ODD2")
    product = shop.enter("Product2", Name="Odd", ProductCode="ODD", IsActive=True)
    entries = shop.box.world.table("salesforce", "PricebookEntry").values()
    book = next(one["Pricebook2Id"] for one in entries)
    shop.enter(
        "PricebookEntry", Pricebook2Id=book, Product2Id=product, UnitPrice="1", IsActive=True,
        CurrencyIsoCode="GBP",
    )  # fmt: skip
    shop.answer("quote_product", "retry")
    shop.sync()
    assert len(shop.lines_of(deal["Id"])) == 1
    assert shop.asked() == []


def test_a_quote_whose_customer_is_not_linked_waits_and_goes_on_by_itself(shop: Shop) -> None:
    Link.objects.all().delete()
    quote = shop.quote()
    shop.sync()
    assert shop.deals() == []
    assert shop.asked() == ["quote_customer"]
    shop.link(shop.account, shop.contact)
    shop.answer("quote_customer", "retry")
    shop.sync()
    assert shop.deal_of(quote)["AccountId"] == shop.account
    assert shop.asked() == []


def test_a_quote_whose_reference_names_an_opportunity_is_its_quote(shop: Shop) -> None:
    deal = shop.deal(Amount="5", Name="By hand")
    quote = shop.quote(Reference=f"Work for {deal[:15]}")
    shop.sync()
    assert shop.deal_of(quote)["Id"] == deal
    assert (shop.deal_of(quote)["Name"], str(shop.deal_of(quote)["Amount"])) == ("By hand", "5.00")
    assert shop.deal_of(quote)["StageName"] == "Prospecting"
    assert len(shop.deals()) == 1


def test_a_likely_opportunity_is_asked_about_and_none_is_made(shop: Shop) -> None:
    deal = shop.deal(Amount="1000")
    quote = shop.quote("1000.00")
    shop.sync()
    assert [d["Id"] for d in shop.deals()] == [deal]
    assert shop.asked() == ["which_deal"]
    shop.answer("which_deal", f"use:{deal}")
    shop.sync()
    assert shop.deal_of(quote)["Id"] == deal
    assert shop.asked() == []


def test_a_person_may_say_that_the_likely_one_is_another(shop: Shop) -> None:
    deal = shop.deal(Amount="1000")
    quote = shop.quote("1000.00")
    shop.sync()
    shop.answer("which_deal", "new")
    shop.sync()
    assert shop.deal_of(quote)["Id"] != deal
    assert len(shop.deals()) == 2


def test_a_won_deal_is_not_reopened_and_a_lost_one_not_won(shop: Shop) -> None:
    quote = shop.quote()
    shop.sync(QUOTES)
    deal = shop.deal_of(quote)["Id"]
    shop.move(deal, StageName="Closed Lost")
    shop.accept(quote)
    shop.sync(QUOTES)
    assert shop.deal_of(quote)["StageName"] == "Closed Lost"
    assert shop.asked() == ["quote_gainsays"]


def test_a_declined_quote_closes_its_deal(shop: Shop) -> None:
    quote = shop.quote()
    shop.sync()
    shop.tick()
    quote_acts.decline_quote(shop.box.world, quote)
    shop.sync()
    assert shop.deal_of(quote)["StageName"] == "Closed Lost"
    assert shop.asked() == []


def test_a_declined_quote_closes_no_deal_that_has_another(shop: Shop) -> None:
    first = shop.quote()
    shop.sync()
    deal = shop.deal_of(first)["Id"]
    second = shop.quote("900.00", Reference=deal)
    shop.sync()
    assert Link.objects.get(xero_id=second).role == Link.Role.FURTHER
    shop.tick()
    quote_acts.decline_quote(shop.box.world, first)
    shop.sync()
    assert shop.deal_of(first)["StageName"] == "Proposal/Price Quote"
    assert shop.asked() == ["quote_ended"]
    shop.answer("quote_ended", f"use:{second}")
    shop.sync()
    assert shop.deal_of(second)["Id"] == deal
    assert Link.objects.get(xero_id=second).role == Link.Role.MAIN
    assert shop.asked() == []
    shop.accept(second)
    shop.sync()
    assert len(shop.deals()) == 1


def test_old_quotes_that_ended_before_become_nothing(shop: Shop) -> None:
    quote = shop.quote()
    quote_acts.decline_quote(shop.box.world, quote)
    shop.sync()
    assert shop.deals() == []
    assert shop.asked() == []


def test_a_deal_that_was_deleted_is_not_made_again(shop: Shop) -> None:
    from sandbox.salesforce import acts  # noqa: PLC0415

    quote = shop.quote()
    shop.sync()
    acts.delete(shop.box.world, "Opportunity", shop.deal_of(quote)["Id"])
    shop.accept(quote)
    shop.sync()
    assert shop.deals() == []
    assert shop.asked() == ["quote_without_deal"]


def test_in_shadow_nothing_is_written_and_the_plan_is_kept(shop: Shop) -> None:
    run("flow", QUOTES, "shadow", "--pair", shop.pairs[0].name)
    shop.quote()
    runs = shop.sync(QUOTES)
    assert sum(each.creates for each in runs) >= 1
    assert shop.deals() == []
    assert Write.objects.count() == 0


def test_a_preview_tells_what_a_sync_would_do(shop: Shop) -> None:
    shop.quote()
    said = run("sync", QUOTES, "--preview", "--json", "--pair", shop.pairs[0].name)
    assert '"create": 1' in said
    assert shop.deals() == []


def test_a_line_that_salesforce_refuses_leaves_all_out_until_a_person_says_again(
    shop: Shop,
) -> None:
    shop.product("DIVE"), shop.product("BOAT")
    line = {"AccountCode": "200", "TaxType": "OUTPUT2", "Quantity": 1, "UnitAmount": "50"}
    dive = {**line, "Description": "Dive", "ItemCode": "DIVE"}
    boat = {**line, "Description": "Boat", "ItemCode": "BOAT"}
    quote = shop.quote(lines=[dive])
    shop.sync()
    deal = shop.deal_of(quote)["Id"]
    assert len(shop.lines_of(deal)) == 1
    kept = shop.box.world.table("xero", "Quote")[quote]["LineItems"][0]["LineItemID"]
    shop.change("Quote", quote, LineItems=[{**dive, "LineItemID": kept}, boat])
    code = "FIELD_CUSTOM_VALIDATION_EXCEPTION"
    refusal = {"statusCode": code, "message": "No boats in winter", "fields": []}
    shop.box.faults.add(
        system="salesforce", method="PATCH", path="*/composite/sobjects/OpportunityLineItem/*",
        status=200, body=[{"success": False, "errors": [refusal]}], times=1,
    )  # fmt: skip
    shop.sync()
    assert shop.lines_of(deal) == []
    assert str(shop.deal_of(quote)["Amount"]) == "100.00"
    assert shop.asked() == ["quote_lines_refused"]
    before = shop.written()
    shop.sync()
    assert shop.written() == before
    shop.answer("quote_lines_refused", "again")
    shop.sync()
    assert len(shop.lines_of(deal)) == 2
    assert str(shop.deal_of(quote)["Amount"]) == "100.00"
    assert shop.asked() == []


def test_a_batch_of_quotes_costs_few_calls_whatever_its_size(shop: Shop) -> None:
    shop.product("DIVE")
    line = {
        "AccountCode": "200", "TaxType": "OUTPUT2", "Quantity": 1, "UnitAmount": "50",
        "Description": "Dive", "ItemCode": "DIVE",
    }  # fmt: skip
    for number in range(40):
        shop.quote(lines=[{**line, "UnitAmount": str(50 + number)}])
    runs = [each for each in shop.sync(QUOTES) if each.creates]
    assert sum(each.creates for each in runs) == 40
    assert len(shop.deals()) == 40
    (first,) = runs
    assert first.calls_salesforce <= 20  # seven to read, two to write, the rest to describe the org
    assert first.calls_xero <= 12  # four kinds, and the organisation's lists
