"""What a line costs and how it is coded."""

from decimal import Decimal
from typing import Any

import pytest

from sandbox.xero import acts

from .conftest import Xero


def line(**more: Any) -> dict[str, Any]:
    return {"Description": "x", "Quantity": 1, "UnitAmount": 10, "AccountCode": "200", **more}


def test_tax_is_rounded_on_each_line_and_then_summed(xero: Xero) -> None:
    rate = acts.create(xero.world, "TaxRate", {"Name": "15%", "EffectiveRate": 15})
    tax = rate.split("/")[1]
    lines = [line(UnitAmount=a, TaxType=tax) for a in ("25.06", "25.61", "25.63")]
    assert xero.invoice(LineItems=lines)["TotalTax"] == Decimal("11.44")


def test_prices_have_two_places_unless_four_are_asked_for(xero: Xero) -> None:
    draft = xero.draft(LineItems=[line(Quantity=1000, UnitAmount="0.1255")])
    assert xero.put("Invoices", draft)[0]["SubTotal"] == Decimal("130.00")
    made = xero.put("Invoices", draft, unitdp=4)[0]
    assert made["SubTotal"] == Decimal("125.50")
    path = f"Invoices/{made['InvoiceID']}"
    assert xero.get(path, unitdp=4)["Invoices"][0]["LineItems"][0]["UnitAmount"] == Decimal(
        "0.1255"
    )
    assert xero.get(path)["Invoices"][0]["LineItems"][0]["UnitAmount"] == Decimal("0.13")


def test_an_unrelated_change_keeps_four_places(xero: Xero) -> None:
    made = xero.put(
        "Invoices", xero.draft(LineItems=[line(Quantity=1000, UnitAmount="0.1255")]), unitdp=4
    )
    changed = xero.post(f"Invoices/{made[0]['InvoiceID']}", {"Reference": "PO"})[0]
    assert changed["SubTotal"] == Decimal("125.50")


def test_inclusive_prices_hold_their_tax(xero: Xero) -> None:
    made = xero.invoice(LineAmountTypes="Inclusive", LineItems=[line(UnitAmount=120)])
    assert (made["SubTotal"], made["TotalTax"], made["Total"]) == (100, 20, 120)


def test_no_tax_has_none_whatever_the_line_says(xero: Xero) -> None:
    made = xero.invoice(LineAmountTypes="NoTax", LineItems=[line(TaxType="OUTPUT2")])
    assert (made["TotalTax"], made["LineItems"][0]["TaxType"]) == (0, "NONE")


def test_discounts_lower_the_line(xero: Xero) -> None:
    made = xero.invoice(
        LineItems=[line(Quantity=3, DiscountRate="7.5"), line(DiscountAmount="1.50")]
    )
    assert [one["LineAmount"] for one in made["LineItems"]] == [Decimal("27.75"), Decimal("8.50")]
    assert (made["TotalDiscount"], made["IsDiscounted"]) == (Decimal("3.75"), True)


def test_a_line_amount_that_does_not_fit_is_refused(xero: Xero) -> None:
    said = xero.refusals("PUT", "Invoices", xero.draft(LineItems=[line(LineAmount=11)]))
    assert said == ["The line total 11.00 does not match the expected line total 10.00"]


def test_a_price_may_follow_from_the_line_amount(xero: Xero) -> None:
    raw = {"Description": "x", "Quantity": 4, "LineAmount": 10, "AccountCode": "200"}
    assert xero.invoice(LineItems=[raw])["LineItems"][0]["UnitAmount"] == Decimal("2.50")


def test_an_item_fills_what_the_line_leaves_out_and_explicit_values_win(xero: Xero) -> None:
    details = {"UnitPrice": "685.00", "AccountCode": "260", "TaxType": "ZERORATEDOUTPUT"}
    item = {"Code": "SV-TOPO", "Description": "Topographical survey", "SalesDetails": details}
    xero.put("Items", item)
    filled, given = xero.invoice(
        Status="AUTHORISED",
        LineItems=[
            {"ItemCode": "sv-topo", "Quantity": 2},
            line(ItemCode="SV-TOPO", Quantity=2, UnitAmount=1),
        ],
    )["LineItems"]
    assert (filled["Description"], filled["AccountCode"], filled["TaxType"]) == (
        "Topographical survey",
        "260",
        "ZERORATEDOUTPUT",
    )
    assert (filled["LineAmount"], given["LineAmount"]) == (1370, 2)
    assert (given["AccountCode"], filled["Item"]["Code"]) == ("200", "SV-TOPO")


def test_an_unknown_item_is_refused(xero: Xero) -> None:
    said = xero.refusals("PUT", "Invoices", xero.draft(LineItems=[line(ItemCode="NOPE")]))
    assert said == ["Item code 'NOPE' is not valid"]


def test_a_draft_loses_an_unknown_account_with_a_warning(xero: Xero) -> None:
    made = xero.put("Invoices", xero.draft(LineItems=[line(AccountCode="999")]))[0]
    assert made["StatusAttributeString"] == "WARNING"
    assert made["Warnings"] == [
        {
            "Message": "Account code '999' has been removed as it does not match a recognised"
            " account."
        }
    ]
    assert "AccountCode" not in made["LineItems"][0]


@pytest.mark.parametrize("code", ["999", "090", "610", "820"])
def test_an_approved_invoice_takes_sales_accounts_only(xero: Xero, code: str) -> None:
    draft = xero.draft(Status="AUTHORISED", LineItems=[line(AccountCode=code)])
    said = xero.refusals("PUT", "Invoices", draft)
    assert said[0] == f"Account code '{code}' is not a valid code for this document."


def test_the_rounding_account_may_be_used(xero: Xero) -> None:
    lines = [line(), line(UnitAmount="-0.01", AccountCode="860")]
    assert xero.invoice(Status="AUTHORISED", LineItems=lines)["Total"] == Decimal("11.99")


def test_an_archived_account_is_refused(xero: Xero) -> None:
    account = xero.books.find("Account", "Code", "260")[0]
    acts.edit(xero.world, "Account", account["AccountID"], {"Status": "ARCHIVED"})
    said = xero.refusals("PUT", "Invoices", xero.draft(LineItems=[line(AccountCode="260")]))
    assert said[0].startswith("Account code '260' has been archived, or has been deleted.")


def test_tax_types_must_exist_and_go_with_the_account(xero: Xero) -> None:
    said = xero.refusals("PUT", "Invoices", xero.draft(LineItems=[line(TaxType="INPUT2")]))
    assert said == ["The TaxType code 'INPUT2' cannot be used with account code '200'."]
    said = xero.refusals("PUT", "Invoices", xero.draft(LineItems=[line(TaxType="VAT")]))
    assert said == [
        "The TaxType code VAT does not exist or cannot be used for this type of transaction.",
        "The TaxType code 'VAT' cannot be used with account code '200'.",
    ]


def test_tracking_is_kept_by_id_so_a_renamed_option_shows_its_new_name(xero: Xero) -> None:
    office = {"Name": "Office", "Option": "Leeds"}
    made = xero.invoice(LineItems=[line(Tracking=[office])])
    tracked = made["LineItems"][0]["Tracking"][0]
    change = {"TrackingOptionID": tracked["TrackingOptionID"], "Name": "North"}
    acts.edit(xero.world, "TrackingCategory", tracked["TrackingCategoryID"], {"Options": [change]})
    again = xero.get(f"Invoices/{made['InvoiceID']}")["Invoices"][0]["LineItems"][0]["Tracking"][0]
    assert (tracked["Option"], again["Option"]) == ("Leeds", "North")
    said = xero.refusals("PUT", "Invoices", xero.draft(LineItems=[line(Tracking=[office])]))
    assert "'Leeds' does not exist" in said[0]


def test_a_line_has_two_tracking_entries_at_most(xero: Xero) -> None:
    entry = {"Name": "Office", "Option": "Leeds"}
    said = xero.refusals("PUT", "Invoices", xero.draft(LineItems=[line(Tracking=[entry] * 3)]))
    assert said == ["A line item may have at most 2 tracking categories"]


def test_yen_have_two_places_like_every_currency(xero: Xero) -> None:
    made = xero.invoice(CurrencyCode="JPY", LineItems=[line(UnitAmount=131000, TaxType="NONE")])
    assert (made["Total"], made["CurrencyCode"]) == (131000, "JPY")


def test_bills_have_no_discounts(xero: Xero) -> None:
    bill = xero.draft(Type="ACCPAY", LineItems=[line(AccountCode="429", DiscountRate=5)])
    assert "Discounts" in xero.refusals("PUT", "Invoices", bill)[0]


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ({"UnitAmount": "10000000000"}, "UnitAmount must not exceed 9,999,999,999.99"),
        ({"Quantity": 10**13}, "Quantity must have 13 digits or fewer"),
        ({"Quantity": 10, "UnitAmount": "9999999999"}, "LineAmount must not exceed"),
        ({"DiscountRate": 101}, "DiscountRate must be between"),
        ({"Description": "x" * 4001}, "4000 characters"),
    ],
)
def test_a_line_out_of_its_limits_is_refused(
    xero: Xero, values: dict[str, object], words: str
) -> None:
    assert words in xero.refusals("PUT", "Invoices", xero.draft(LineItems=[line(**values)]))[0]


@pytest.mark.parametrize("amount", ["1e400", "NaN", True, [], {}, "ten"])
def test_what_is_no_number_refuses_the_call(xero: Xero, amount: object) -> None:
    draft = xero.draft(LineItems=[line(UnitAmount=amount)])
    assert xero.call("PUT", "Invoices", {"Invoices": [draft]}).status_code == 400
