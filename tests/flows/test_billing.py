"""A won deal becomes one invoice: what is written into it."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sync.core.flow import Condition, FieldRule, TableRow
from sync.core.intents import COUNTERPART, Intent
from sync.core.planning import Action, Plan
from sync.core.records import Key, Record, System
from sync.flows.shapes import salesforce_ids
from sync.flows.won_opportunity_invoice import FLOW
from tests import builders
from tests.builders import deal, deal_id, deal_line, rules, with_lines
from tests.flows.books import Books

DEAL = deal()


def planned(record: Record = DEAL, **around: Any) -> Plan:
    """Return the plan of a deal in books that hold nothing yet."""
    held = Books(FLOW, builders.around(**around))
    held.put(record)
    return held.prepare(record.key)


def intent(plan: Plan, name: str = COUNTERPART) -> Intent:
    """Return the one intent of a plan that has this name."""
    (found,) = [i for i in plan.intents if i.name == name]
    return found


def body(record: Record = DEAL, **around: Any) -> dict[str, Any]:
    """Return the body of the invoice that the deal's plan makes."""
    plan = planned(record, **around)
    assert plan.action is Action.CREATE, [q.title for q in plan.questions]
    return dict(intent(plan).body)


def test_the_first_win_makes_one_contact_and_one_draft() -> None:
    plan = planned()
    assert [(i.system, i.kind, i.target) for i in plan.intents] == [
        (System.XERO, "Contact", None),
        (System.XERO, "Invoice", None),
    ]
    assert dict(intent(plan).body) == {
        "Type": "ACCREC",
        "Contact": {"ContactID": "@contact"},
        "Date": "2026-11-19",
        "DueDate": "2026-12-19",
        "CurrencyCode": "GBP",
        "Reference": f"Harbour survey · {deal_id()}",
        "LineAmountTypes": "Exclusive",
        "Status": "DRAFT",
        "Url": f"https://salesforce.example/{deal_id()}",
        "LineItems": [
            {
                "Description": "Harbour survey",
                "Quantity": Decimal(1),
                "UnitAmount": Decimal("1000.00"),
                "AccountCode": "200",
                "TaxType": "OUTPUT2",
            }
        ],
    }
    assert str(plan.money) == "GBP 1,000.00"
    assert all(check.question is None for check in plan.checks)


def test_the_contact_stands_for_the_account_so_that_its_deals_share_it() -> None:
    made = intent(planned(), "contact")
    assert made.about == Key(System.SALESFORCE, "Account", builders.account_id())
    assert made.marker == builders.account_id()


def test_a_known_contact_is_named_by_its_id_alone(books: Books) -> None:
    books.put(builders.contact("Customer 1 Ltd", builders.account_id()))
    plan = books.sync(DEAL)
    assert [i.kind for i in plan.intents] == ["Invoice"]
    assert intent(plan).body["Contact"] == {"ContactID": builders.xero_id("Customer 1 Ltd")}


def test_two_deals_of_one_account_share_its_contact(books: Books) -> None:
    books.sync(DEAL)
    books.sync(deal(2, AccountId=builders.account_id(1)))
    assert len(books.of("Contact")) == 1
    assert len(books.of("Invoice")) == 2


def test_after_the_write_the_deal_is_told(books: Books) -> None:
    books.sync(DEAL)
    (made,) = books.of("Invoice")
    told = books.records[DEAL.key]
    assert told.get("Counterpart_Invoice_Id__c") == made.key.id
    assert told.get("Counterpart_Invoice_Number__c") == made.get("InvoiceNumber")
    assert told.get("Counterpart_Invoice_Status__c") == "Draft"
    assert told.get("Counterpart_Invoice_Total__c") == Decimal("1200.00")
    assert told.get("Counterpart_Invoice_Url__c") == f"https://xero.example/{made.key.id}"


def test_fields_that_the_org_lacks_are_not_written(books: Books) -> None:
    kept = tuple(r for r in FLOW.fields if not r.optional)
    books.around = replace(books.around, rules=replace(rules(), fields=kept))
    books.sync(DEAL)
    assert books.records[DEAL.key].values == DEAL.values


def test_lines_come_from_the_deals_lines_in_their_order() -> None:
    record = with_lines(
        deal(),
        deal_line("10", "2", SortOrder=2, Id="b", Description="Second"),
        deal_line("80", SortOrder=1, Id="a", Description=None, Product2={"Name": "First"}),
        amount="100",
    )
    assert [(x["Description"], x["Quantity"]) for x in body(record)["LineItems"]] == [
        ("First", 1),
        ("Second", 2),
    ]


def test_lines_read_in_another_order_are_no_change(books: Books) -> None:
    lines = [deal_line("10", Id="a", SortOrder=1), deal_line("90", Id="b", SortOrder=1)]
    books.sync(with_lines(DEAL, *lines, amount="100"))
    again = with_lines(books.records[DEAL.key], *reversed(lines), amount="100")
    assert books.sync(again).action is Action.NOTHING


def test_a_product_code_is_an_item_code_only_where_xero_sells_that_item() -> None:
    codes = ["s-1", "unknown", "bought", "x" * 40]
    lines = [deal_line("25", Product2={"ProductCode": code}) for code in codes]
    items = {
        "S-1": builders.item("S-1", "205", "ZERORATEDOUTPUT"),
        "BOUGHT": builders.item("BOUGHT", sold=False),
    }
    found = body(with_lines(deal(), *lines, amount="100"), items=items)["LineItems"]
    assert [line.get("ItemCode", "") for line in found] == ["S-1", "", "", ""]
    assert [line["AccountCode"] for line in found] == ["205", "200", "200", "200"]
    assert found[0]["TaxType"] == "ZERORATEDOUTPUT"


def test_the_codes_to_look_up_are_those_of_the_lines() -> None:
    record = with_lines(
        deal(), deal_line("1", Product2={"ProductCode": "s-1"}), deal_line("1"), amount="2"
    )
    assert FLOW.item_codes(record, rules()) == {"S-1"}


def test_the_customers_own_tax_rate_comes_first(books: Books) -> None:
    books.put(
        builders.contact("A", builders.account_id(), AccountsReceivableTaxType="ZERORATEDOUTPUT")
    )
    (line,) = intent(books.sync(DEAL)).body["LineItems"]
    assert line["TaxType"] == "ZERORATEDOUTPUT"


def test_discounts_and_prices_of_four_decimals_are_sent_as_they_are_counted() -> None:
    record = with_lines(
        deal(), deal_line("33.33335", "3"), deal_line("100", "1", "12.5"), amount="187.50"
    )
    first, second = body(record)["LineItems"]
    assert first["UnitAmount"] == Decimal("33.3334")
    assert second["DiscountRate"] == Decimal("12.5")
    assert "LineAmount" not in first


def test_prices_with_tax_are_held_against_the_deal_with_tax() -> None:
    inclusive = rules(TableRow("amounts_are", "inclusive"))
    record = with_lines(deal(), deal_line("119.99"), amount="119.99")
    plan = planned(record, rules=inclusive)
    assert intent(plan).body["LineAmountTypes"] == "Inclusive"
    assert str(plan.money) == "GBP 99.99"


@pytest.mark.parametrize(
    ("currency", "amount"), [("JPY", "150000"), ("KWD", "12.34"), ("EUR", "0.01")]
)
def test_other_currencies_of_the_organisation(currency: str, amount: str) -> None:
    record = deal(CurrencyIsoCode=currency, Amount=Decimal(amount))
    assert body(record)["CurrencyCode"] == currency


def test_a_deal_without_a_currency_is_in_the_orgs_own() -> None:
    assert body(deal(CurrencyIsoCode=None), home_currency="EUR")["CurrencyCode"] == "EUR"


def test_rows_choose_status_theme_account_tax_and_tracking() -> None:
    small = (Condition("=amount", "below", "5000"), Condition("=currency", "is", "GBP"))
    north = (Condition("Opportunity.Region__c", "is", "north"),)
    chosen = rules(
        TableRow("status", "AUTHORISED", small),
        TableRow("theme", "ABCD"),
        TableRow("account_code", "205", (Condition("line.Product2.Family", "is", "Training"),)),
        TableRow("tax_type", "OUTPUT2", (Condition("Region__c", "is", "North"),)),
        TableRow("tracking_1", builders.tracked("Region", "North").upper(), north),
        TableRow("tracking_2", builders.tracked("Team", "Field")),
    )
    line = deal_line("100", Product2={"Family": "Training"})
    record = with_lines(deal(Region__c="North"), line, amount="100")
    made = body(record, rules=chosen)
    assert (made["Status"], made["BrandingThemeID"]) == ("AUTHORISED", "abcd")
    (item,) = made["LineItems"]
    assert (item["AccountCode"], item["TaxType"]) == ("205", "OUTPUT2")
    sent = {(t["TrackingCategoryID"], t["TrackingOptionID"]) for t in item["Tracking"]}
    assert sent == {
        tuple(builders.tracked("Region", "North").split("/")),
        tuple(builders.tracked("Team", "Field").split("/")),
    }


def test_which_table_gives_a_tracking_option_makes_no_difference() -> None:
    pair = builders.tracked("Region", "North"), builders.tracked("Team", "Field")
    one, other = (
        planned(rules=rules(TableRow("tracking_1", first), TableRow("tracking_2", second)))
        for first, second in (pair, pair[::-1])
    )
    assert intent(one).shared["lines"] == intent(other).shared["lines"]


def test_a_mapped_date_may_be_a_time_or_a_text() -> None:
    for value in (builders.NOON, "2026-11-19", date(2026, 11, 19)):
        own = FieldRule("date", "Start__c")
        assert body(deal(Start__c=value), rules=rules(fields=(own,)))["Date"] == "2026-11-19"


def test_a_salesforce_address_that_xero_would_refuse_is_left_out() -> None:
    made = body(addresses=lambda key: f"https://xeroform.example/{key.id}")
    assert "Url" not in made


@given(st.text(max_size=400), st.integers(1, 99))
def test_a_reference_always_ends_with_the_deals_id_and_fits(name: str, number: int) -> None:
    plan = planned(deal(number, Name=name or "x", OpportunityLineItems=[deal_line("1000")]))
    reference = intent(plan).body["Reference"]
    assert reference.endswith(deal_id(number))
    assert len(reference) <= 255
    assert salesforce_ids.find(reference, "006") == (deal_id(number),)


def test_the_longest_name_leaves_a_whole_id_in_the_reference() -> None:
    reference = body(deal(Name="n" * 300))["Reference"]
    assert len(reference) == 255
    assert reference.endswith(f"n · {deal_id()}")


def test_another_deals_id_in_a_name_does_not_make_the_invoice_that_deals_too() -> None:
    reference = body(deal(Name=f"Renewal of {deal_id(7)}"))["Reference"]
    assert reference == f"Renewal of · {deal_id()}"


def test_a_reference_template_of_ones_own_still_ends_with_the_id() -> None:
    own = FieldRule("reference", transform="template", argument="{Name}")
    assert body(rules=rules(fields=(own,)))["Reference"] == f"Harbour survey · {deal_id()}"
