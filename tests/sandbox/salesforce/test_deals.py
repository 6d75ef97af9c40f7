"""What Salesforce derives in opportunities, their lines and the price books behind them."""

from decimal import Decimal
from typing import Any

import pytest

from sandbox.salesforce import acts
from sandbox.salesforce.defaults import set_up_org

from .conftest import Org


def test_the_stage_decides_whether_a_deal_is_won(org: Org) -> None:
    deal = org.deal(Amount=1000)
    open_deal = org.read("Opportunity", deal)
    assert (open_deal["IsWon"], open_deal["IsClosed"], open_deal["Probability"]) == (
        False, False, 10.0)  # fmt: skip
    assert open_deal["ExpectedRevenue"] == 100
    org.change("Opportunity", deal, StageName="Closed Won")
    won = org.read("Opportunity", deal)
    assert (won["IsWon"], won["IsClosed"], won["Probability"]) == (True, True, 100)
    assert (won["ForecastCategory"], won["ForecastCategoryName"]) == ("Closed", "Closed")
    assert won["LastStageChangeDate"] == won["SystemModstamp"]
    answer = org.refused("PATCH", f"/sobjects/Opportunity/{deal}", json={"IsWon": False})
    assert answer[1] == "INVALID_FIELD_FOR_INSERT_UPDATE"


def test_a_stage_means_what_the_org_says_whatever_its_name(org: Org) -> None:
    acts.rename_stage(org.world, "Closed Won", "Gewonnen")
    names = [one["value"] for field in org.ok("GET", "/sobjects/Opportunity/describe")["fields"]
             if field["name"] == "StageName" for one in field["picklistValues"]]  # fmt: skip
    assert "Gewonnen" in names
    assert "Closed Won" not in names
    deal = org.deal(StageName="Gewonnen")
    assert org.read("Opportunity", deal)["IsWon"] is True
    unknown = org.read("Opportunity", org.deal(StageName="Closed Won"))
    assert (unknown["IsWon"], unknown["Probability"]) == (False, 0)


def test_deals_are_won_lost_and_reopened_by_hand(org: Org) -> None:
    deal = org.deal()
    for act, won, closed in ((acts.close_won, True, True), (acts.close_lost, False, True),
                             (acts.reopen, False, False)):  # fmt: skip
        act(org.world, deal)
        record = org.read("Opportunity", deal)
        assert (record["IsWon"], record["IsClosed"]) == (won, closed)


def test_a_probability_given_is_kept(org: Org) -> None:
    record = org.read("Opportunity", org.deal(Probability=35, Amount="200.00"))
    assert (record["Probability"], record["ExpectedRevenue"]) == (35, 70)


def test_the_period_follows_from_the_close_date(org: Org) -> None:
    assert org.read("Opportunity", org.deal(CloseDate="2026-08-31"))["Fiscal"] == "2026 3"
    own = org.column("SELECT Id FROM Organization")[0]
    org.change("Organization", own, FiscalYearStartMonth=4)
    record = org.read("Opportunity", org.deal(CloseDate="2027-03-31"))
    assert (record["FiscalYear"], record["FiscalQuarter"]) == (2027, 4)


def line(org: Org, deal: str, entry: str, **values: Any) -> str:
    usual = {"OpportunityId": deal, "PricebookEntryId": entry, "Quantity": 1}
    return org.make("OpportunityLineItem", **{**usual, **values})


def test_lines_make_the_amount_and_another_amount_is_ignored_silently(org: Org) -> None:
    deal = org.deal(Amount=5)
    line(org, deal, org.priced(), Quantity=3, UnitPrice=99.99)
    record = org.read("Opportunity", deal)
    assert (record["Amount"], record["HasOpportunityLineItem"]) == (Decimal("299.97"), True)
    assert record["Pricebook2Id"] == org.column("SELECT Id FROM Pricebook2")[0]
    org.change("Opportunity", deal, Amount=5, NextStep="Ring")
    record = org.read("Opportunity", deal)
    assert (record["Amount"], record["NextStep"]) == (Decimal("299.97"), "Ring")


@pytest.mark.parametrize(
    ("quantity", "price", "discount", "total"),
    [("3", "33.33", "10", "89.99"), ("2.5", "0.05", None, "0.13"), ("1", "0.99", "50", "0.50"),
     ("7", "1240.00", "7.5", "8029.00"), ("1", "10", "100", "0"), ("0.335", "10", None, "3.4")],
)  # fmt: skip
def test_a_lines_total_is_rounded_to_the_cent(
    org: Org, quantity: str, price: str, discount: str | None, total: str
) -> None:
    key = line(org, org.deal(), org.priced(), Quantity=quantity, UnitPrice=price, Discount=discount)
    record = org.read("OpportunityLineItem", key)
    assert record["TotalPrice"] == Decimal(total)


def test_price_and_total_together_are_refused(org: Org) -> None:
    deal, entry = org.deal(), org.priced()
    both = {"OpportunityId": deal, "PricebookEntryId": entry, "Quantity": 2, "UnitPrice": 5,
            "TotalPrice": 10}  # fmt: skip
    words = "Cannot change both 'UnitPrice' and 'TotalPrice'"
    answer = org.refused("POST", "/sobjects/OpportunityLineItem", json=both)
    assert answer[1:] == ("INVALID_FIELD", words)
    key = line(org, deal, entry, Quantity=2, TotalPrice=9)
    record = org.read("OpportunityLineItem", key)
    assert (record["UnitPrice"], record["TotalPrice"]) == (4.5, 9)
    path = f"/sobjects/OpportunityLineItem/{key}"
    assert org.refused("PATCH", path, json={"UnitPrice": 5, "TotalPrice": 8})[2] == words
    org.ok("PATCH", path, json={"UnitPrice": 5, "TotalPrice": 9})  # the total is as it was
    assert org.read("OpportunityLineItem", key)["TotalPrice"] == 10


def test_a_line_takes_name_and_list_price_from_the_price_book(org: Org) -> None:
    deal = org.deal(Name="Moor")
    record = org.read("OpportunityLineItem", line(org, deal, org.priced("12.50")))
    assert record["Name"] == "Moor Survey"
    assert (record["ListPrice"], record["UnitPrice"]) == (12.5, 12.5)
    assert record["ProductCode"] == "SV"


def test_a_line_may_name_the_product_alone(org: Org) -> None:
    org.priced("7.00")
    product = org.column("SELECT Id FROM Product2")[0]
    values = {"OpportunityId": org.deal(), "Product2Id": product, "Quantity": 2}
    record = org.read("OpportunityLineItem", org.make("OpportunityLineItem", **values))
    assert record["TotalPrice"] == 14


def test_a_line_needs_its_deal_its_quantity_and_a_price_for_a_discount(org: Org) -> None:
    deal, entry = org.deal(), org.priced()
    whole = {"OpportunityId": deal, "PricebookEntryId": entry, "Quantity": 1, "Discount": 5}
    path = "/sobjects/OpportunityLineItem"
    assert org.refused("POST", path, json=whole)[2] == "Required fields are missing: [UnitPrice]"
    for name in ("OpportunityId", "Quantity"):
        less = {key: value for key, value in whole.items() if key != name} | {"UnitPrice": 1}
        answer = org.refused("POST", path, json=less)
        assert answer[1:] == ("REQUIRED_FIELD_MISSING", f"Required fields are missing: [{name}]")
    answer = org.refused("POST", path, json={**whole, "UnitPrice": 1, "Quantity": 0})
    assert answer[1] == "FIELD_INTEGRITY_EXCEPTION"


def test_the_amount_follows_the_lines_down_to_nothing(org: Org) -> None:
    deal, entry = org.deal(), org.priced()
    first, second = line(org, deal, entry), line(org, deal, entry, UnitPrice=50)
    org.change("OpportunityLineItem", first, Quantity=2)
    assert org.read("Opportunity", deal)["Amount"] == 250
    for key in (first, second):
        org.ok("DELETE", f"/sobjects/OpportunityLineItem/{key}")
    record = org.read("Opportunity", deal)
    assert (record["Amount"], record["HasOpportunityLineItem"]) == (0, False)


def test_a_line_that_keeps_its_total_leaves_the_deals_stamp_alone(org: Org) -> None:
    deal = org.deal()
    key = line(org, deal, org.priced())
    stamp = org.read("Opportunity", deal)["SystemModstamp"]
    org.world.clock.advance(60)
    org.change("OpportunityLineItem", key, Description="Two storeys")
    assert org.read("Opportunity", deal)["SystemModstamp"] == stamp
    org.change("OpportunityLineItem", key, UnitPrice=101)
    assert org.read("Opportunity", deal)["SystemModstamp"] > stamp


def test_prices_of_another_book_currency_or_time_do_not_fit(org: Org) -> None:
    set_up_org(org.world, multicurrency=True, currencies=["EUR"])
    pounds = org.priced()
    product = org.column("SELECT Product2Id FROM PricebookEntry")[0]
    euros = acts.create(org.world, "PricebookEntry", {
        "Product2Id": product, "Pricebook2Id": org.column("SELECT Id FROM Pricebook2")[0],
        "UnitPrice": Decimal(110), "IsActive": True, "CurrencyIsoCode": "EUR"})  # fmt: skip
    book = org.make("Pricebook2", Name="Trade", IsActive=True)
    trade = org.make("PricebookEntry", Product2Id=product, Pricebook2Id=book, UnitPrice=80,
                     IsActive=True)  # fmt: skip
    deal = org.deal()
    line(org, deal, pounds)
    for entry, words in (
        (euros, "pricebook entry currency code does not match opportunity currency code"),
        (trade, "pricebook entry is in a different pricebook than the one assigned to the "
                "opportunity"),
    ):  # fmt: skip
        body = {"OpportunityId": deal, "PricebookEntryId": entry, "Quantity": 1}
        answer = org.refused("POST", "/sobjects/OpportunityLineItem", json=body)
        assert answer[1] == "FIELD_INTEGRITY_EXCEPTION"
        assert words in answer[2]
    org.change("PricebookEntry", pounds, IsActive=False)
    body = {"OpportunityId": deal, "PricebookEntryId": pounds, "Quantity": 1}
    assert "inactive" in org.refused("POST", "/sobjects/OpportunityLineItem", json=body)[2]
    fixed = org.refused("PATCH", f"/sobjects/Opportunity/{deal}", json={"CurrencyIsoCode": "EUR"})
    assert fixed[1] == "FIELD_INTEGRITY_EXCEPTION"
    org.change("Opportunity", deal, Pricebook2Id=book)
    assert org.column("SELECT Id FROM OpportunityLineItem") == []


def test_a_standard_price_comes_first_and_once(org: Org) -> None:
    product = org.make("Product2", Name="P", ProductCode="C")
    book = org.make("Pricebook2", Name="Trade", IsActive=True)
    entry = {"Product2Id": product, "Pricebook2Id": book, "UnitPrice": 5}
    answer = org.refused("POST", "/sobjects/PricebookEntry", json=entry)
    assert answer[1] == "STANDARD_PRICE_NOT_DEFINED"
    standard = org.column("SELECT Id FROM Pricebook2 WHERE IsStandard = true")[0]
    org.make("PricebookEntry", **{**entry, "Pricebook2Id": standard})
    key = org.make("PricebookEntry", **entry)
    again = org.refused("POST", "/sobjects/PricebookEntry", json=entry)
    assert again[1] == "DUPLICATE_VALUE"
    fixed = org.refused("PATCH", f"/sobjects/PricebookEntry/{key}", json={"Product2Id": product})
    assert fixed[1] == "INVALID_FIELD_FOR_INSERT_UPDATE"
    org.change("Product2", product, Name="Q")
    assert org.read("PricebookEntry", key)["Name"] == "Q"


def test_a_price_that_follows_the_standard_price_is_not_changed_by_itself(org: Org) -> None:
    product = org.make("Product2", Name="P", ProductCode="C")
    book = org.make("Pricebook2", Name="Trade", IsActive=True)
    standard = org.column("SELECT Id FROM Pricebook2 WHERE IsStandard = true")[0]
    entry = {"Product2Id": product, "UnitPrice": 5}
    leader = org.make("PricebookEntry", **entry, Pricebook2Id=standard)
    key = org.make("PricebookEntry", Product2Id=product, Pricebook2Id=book, UseStandardPrice=True)
    address = f"/sobjects/PricebookEntry/{key}"
    for values in ({"UnitPrice": 6}, {"UnitPrice": 6, "UseStandardPrice": True}):
        refused = org.refused("PATCH", address, json=values)
        assert refused[:2] == (400, "FIELD_INTEGRITY_EXCEPTION")
    org.change("PricebookEntry", key, IsActive=True)
    org.change("PricebookEntry", leader, UnitPrice=7)
    assert org.read("PricebookEntry", key)["UnitPrice"] == 7
    org.change("PricebookEntry", key, UnitPrice=6, UseStandardPrice=False)
    org.change("PricebookEntry", leader, UnitPrice=8)
    assert org.read("PricebookEntry", key)["UnitPrice"] == 6


def test_one_role_is_the_primary_one(org: Org) -> None:
    people = [org.make("Contact", LastName=name) for name in "AB"]
    deal = org.deal(ContactId=people[0])
    org.make("OpportunityContactRole", OpportunityId=deal, ContactId=people[1], IsPrimary=True)
    rows = org.rows("SELECT ContactId, IsPrimary FROM OpportunityContactRole ORDER BY CreatedDate")
    assert [(row["ContactId"], row["IsPrimary"]) for row in rows] == [
        (people[0], False), (people[1], True)]  # fmt: skip
    assert org.read("Opportunity", deal)["ContactId"] == people[1]


def test_a_product_that_was_sold_cannot_be_deleted(org: Org) -> None:
    line(org, org.deal(), org.priced())
    product = org.column("SELECT Id FROM Product2")[0]
    assert org.refused("DELETE", f"/sobjects/Product2/{product}")[1] == "DELETE_FAILED"
