"""Items, payments, and what a person does by hand."""

from decimal import Decimal
from typing import Any

import pytest

from sandbox.xero import acts
from sandbox.xero.errors import RefusedError

from .conftest import Xero


def test_items_are_unique_by_code_and_changed_by_it(xero: Xero) -> None:
    made = xero.put("Items", {"Code": "SV", "Name": "Survey"})[0]
    said = xero.refusals("PUT", "Items", {"Code": "sv"})
    assert said == ["Price List Item with Code 'SV' already exists"]
    changed = xero.post("Items", {"Code": "SV", "Description": "By the hour"})[0]
    assert (changed["ItemID"], changed["Name"]) == (made["ItemID"], "Survey")


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ({"Code": "x" * 31}, "30 characters"),
        ({"Code": "A", "Name": "x" * 51}, "50 characters"),
        ({"Code": ""}, "code must be specified"),
        ({"Code": "A", "SalesDetails": {"AccountCode": "999"}}, "'999' is not a valid code"),
        ({"Code": "A", "SalesDetails": {"TaxType": "NOPE"}}, "'NOPE' does not exist"),
    ],
)
def test_an_item_out_of_its_limits_is_refused(
    xero: Xero, values: dict[str, object], words: str
) -> None:
    assert words in xero.refusals("PUT", "Items", values)[0]


def test_an_item_that_is_not_sold_has_no_sales_details(xero: Xero) -> None:
    item = {"Code": "SV", "Description": "x", "SalesDetails": {"UnitPrice": 5}}
    xero.put("Items", item)
    after = xero.post("Items", {"Code": "SV", "IsSold": False})[0]
    assert (after["SalesDetails"], "Description" in after) == ({}, False)


def test_a_deleted_item_leaves_no_trace_and_a_used_one_stays(xero: Xero) -> None:
    free, used = xero.put("Items", {"Code": "FREE"}, {"Code": "USED", "Description": "x"})
    xero.invoice(LineItems=[{"ItemCode": "USED"}])
    assert xero.call("DELETE", f"Items/{free['ItemID']}").status_code == 204
    answer = xero.call("DELETE", f"Items/{used['ItemID']}")
    assert answer.status_code == 400
    assert answer.json()["Elements"][0]["ItemID"] == used["ItemID"]
    assert [one["Code"] for one in xero.get("Items")["Items"]] == ["USED"]


def test_a_part_payment_and_the_rest_make_an_invoice_paid(xero: Xero) -> None:
    key = xero.invoice(Status="AUTHORISED")["InvoiceID"]
    acts.pay(xero.world, key, Decimal("50.50"))
    part = xero.get(f"Invoices/{key}")["Invoices"][0]
    assert (part["Status"], part["AmountPaid"], part["AmountDue"]) == (
        "AUTHORISED",
        Decimal("50.50"),
        Decimal("69.50"),
    )
    acts.pay(xero.world, key)
    paid = xero.get(f"Invoices/{key}")["Invoices"][0]
    assert (paid["Status"], paid["AmountDue"]) == ("PAID", 0)
    assert [one["Amount"] for one in paid["Payments"]] == [Decimal("50.50"), Decimal("69.50")]
    assert "FullyPaidOnDate" in paid


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"Amount": 121}, "Payment amount exceeds the amount outstanding on this document"),
        ({"Amount": 0}, "must be greater than zero"),
        ({"Account": {"Code": "200"}}, "Account must be a bank account"),
        ({"Invoice": {"InvoiceNumber": "NOPE"}}, "could not be found"),
    ],
)
def test_a_payment_that_does_not_fit_is_refused(
    xero: Xero, change: dict[str, object], words: str
) -> None:
    key = xero.invoice(Status="AUTHORISED")["InvoiceID"]
    payment = {"Invoice": {"InvoiceID": key}, "Account": {"Code": "090"}, "Amount": 5}
    assert words in xero.refusals("PUT", "Payments", {**payment, **change})[0]


def test_only_approved_invoices_can_be_paid(xero: Xero) -> None:
    with pytest.raises(RefusedError, match="Authorised documents"):
        acts.pay(xero.world, xero.invoice()["InvoiceID"])


def test_a_payment_taken_back_leaves_the_invoice_due(xero: Xero) -> None:
    key = xero.invoice(Status="AUTHORISED")["InvoiceID"]
    payment = acts.pay(xero.world, key)
    xero.call("POST", f"Payments/{payment}", {"Status": "DELETED"})
    after = xero.get(f"Invoices/{key}")["Invoices"][0]
    assert (after["Status"], after["AmountDue"], after["Payments"]) == ("AUTHORISED", 120, [])
    assert "FullyPaidOnDate" not in after
    assert xero.get(f"Payments/{payment}")["Payments"][0]["Status"] == "DELETED"
    assert xero.call("POST", f"Payments/{payment}", {"Status": "DELETED"}).status_code == 400


def test_by_hand_the_same_rules_hold_as_by_api(xero: Xero) -> None:
    key = acts.create(xero.world, "Invoice", xero.draft(InvoiceNumber="M-1"))
    with pytest.raises(RefusedError, match="must be unique"):
        acts.create(xero.world, "Invoice", xero.draft(InvoiceNumber="M-1"))
    with pytest.raises(RefusedError, match="valid status"):
        acts.void(xero.world, key)
    with pytest.raises(RefusedError, match="already assigned"):
        acts.create(xero.world, "Contact", {"Name": "AIRE VALLEY HOUSING"})
    with pytest.raises(RefusedError, match="Error converting value 'much'"):
        acts.pay(xero.world, key, "much")
    acts.approve(xero.world, key)
    with pytest.raises(RefusedError, match="valid status"):
        acts.delete_draft(xero.world, key)
    acts.edit(xero.world, "Invoice", key, {"Reference": "typed"})
    acts.void(xero.world, key)
    shown = xero.get(f"Invoices/{key}")["Invoices"][0]
    assert (shown["Status"], shown["Reference"]) == ("VOIDED", "typed")
    with pytest.raises(RefusedError, match="no Invoice"):
        acts.approve(xero.world, "11111111-2222-3333-4444-555555555555")
    with pytest.raises(RefusedError, match="Nobody can enter"):
        acts.create(xero.world, "ManualJournal", {})


def test_settings_can_be_made_by_hand(xero: Xero) -> None:
    account = {"Code": "205", "Name": "Recharges", "Type": "REVENUE", "TaxType": "OUTPUT2"}
    acts.create(xero.world, "Account", account)
    with pytest.raises(RefusedError, match="already"):
        acts.create(xero.world, "Account", account)
    acts.create(xero.world, "Currency", {"Code": "CHF"})
    acts.create(xero.world, "BrandingTheme", {"Name": "Overseas"})
    acts.create(xero.world, "TrackingCategory", {"Name": "Crew", "Options": [{"Name": "Red"}]})
    line = {
        "Description": "x",
        "AccountCode": "205",
        "Quantity": 1,
        "UnitAmount": 10,
        "Tracking": [{"Name": "crew", "Option": "red"}],
    }
    made = xero.invoice(CurrencyCode="CHF", LineItems=[line])
    assert made["Total"] == 12


def test_stock_is_kept_with_both_accounts_of_their_types(xero: Xero) -> None:
    def item(code: str, stock: str | None, **bought: str) -> dict[str, Any]:
        kept = {"InventoryAssetAccountCode": stock} if stock else {}
        return {"Code": code, **kept, "PurchaseDetails": bought}

    assert "both" in xero.refusals("PUT", "Items", item("A", "630"))[0]
    assert "both" in xero.refusals("PUT", "Items", item("A", None, COGSAccountCode="310"))[0]
    for wrong in ("400", "nope", "090"):
        refused = xero.refusals("PUT", "Items", item("A", wrong, COGSAccountCode="310"))
        assert refused == [f"Account code '{wrong}' is not a valid code for this item."]
    both = item("A", "630", COGSAccountCode="310", AccountCode="400")
    assert "either" in xero.refusals("PUT", "Items", both)[0]
    made = xero.put("Items", item("A", "630", COGSAccountCode="310"))[0]
    assert made["IsTrackedAsInventory"] is True
    changed = xero.post("Items", {"Code": "A", "PurchaseDetails": {"UnitPrice": 5}})[0]
    assert changed["IsTrackedAsInventory"] is True
    assert changed["PurchaseDetails"]["COGSAccountCode"] == "310"


@pytest.mark.parametrize("code", ["090", "610", "820"])
def test_an_item_takes_no_account_that_nobody_sells_on(xero: Xero, code: str) -> None:
    item = {"Code": "A", "SalesDetails": {"AccountCode": code}}
    assert xero.refusals("PUT", "Items", item) == [
        f"Account code '{code}' is not a valid code for this item."
    ]
