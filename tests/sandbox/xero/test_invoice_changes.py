"""What may become of an invoice, and what may still be changed in it."""

from decimal import Decimal

import pytest

from sandbox.xero import acts

from .conftest import Xero

WRONG = "Invoice not of valid status for modification"
PAID = "This document cannot be edited as it has a payment or credit note allocated to it."
ALLOWED = {
    ("DRAFT", "DRAFT"),
    ("DRAFT", "SUBMITTED"),
    ("DRAFT", "AUTHORISED"),
    ("DRAFT", "DELETED"),
    ("SUBMITTED", "SUBMITTED"),
    ("SUBMITTED", "AUTHORISED"),
    ("SUBMITTED", "DRAFT"),
    ("SUBMITTED", "DELETED"),
    ("AUTHORISED", "AUTHORISED"),
    ("AUTHORISED", "VOIDED"),
}
ALL = ("DRAFT", "SUBMITTED", "AUTHORISED", "DELETED", "VOIDED", "PAID")


def made_with(xero: Xero, status: str) -> str:
    begins = {"DELETED": "DRAFT", "VOIDED": "AUTHORISED", "PAID": "AUTHORISED"}
    made = xero.invoice(Status=begins.get(status, status))
    if status == "PAID":
        acts.pay(xero.world, made["InvoiceID"])
    elif status in begins:
        xero.post("Invoices", {"InvoiceID": made["InvoiceID"], "Status": status})
    return str(made["InvoiceID"])


@pytest.mark.parametrize("before", ALL)
def test_only_the_documented_moves_are_allowed(xero: Xero, before: str) -> None:
    for after in ALL:
        key = made_with(xero, before)
        answer = xero.post("Invoices", {"InvoiceID": key, "Status": after})[0]
        may = (before, after) in ALLOWED or (before, after) == ("PAID", "PAID")
        assert (answer["StatusAttributeString"] == "OK") is may, (before, after, answer)
        now = xero.get(f"Invoices/{key}")["Invoices"][0]["Status"]
        assert now == (after if may else before)


def test_a_void_invoice_owes_nothing(xero: Xero) -> None:
    key = made_with(xero, "VOIDED")
    assert xero.get(f"Invoices/{key}")["Invoices"][0]["AmountDue"] == 0


def test_what_is_left_out_stays_as_it_was(xero: Xero) -> None:
    made = xero.invoice(Reference="PO 1", Url="https://crm.example/1")
    changed = xero.post(f"Invoices/{made['InvoiceID']}", {"Reference": "PO 2"})[0]
    same = ("Url", "DueDate", "Total", "InvoiceNumber", "LineItems", "CurrencyRate", "Date")
    assert {name: made[name] for name in same} == {name: changed[name] for name in same}


def test_an_empty_text_clears_a_reference(xero: Xero) -> None:
    made = xero.invoice(Reference="PO 1")
    assert (
        xero.post("Invoices", {"InvoiceID": made["InvoiceID"], "Reference": ""})[0]["Reference"]
        == ""
    )


def test_lines_on_a_change_replace_all_there_were(xero: Xero) -> None:
    base = {"Quantity": 1, "UnitAmount": 10, "AccountCode": "200"}
    made = xero.invoice(LineItems=[{**base, "Description": text} for text in "abc"])
    first, second, _ = made["LineItems"]
    lines = [
        {"LineItemID": second["LineItemID"], "Description": "b, changed"},
        {**base, "Description": first["Description"]},
    ]
    after = xero.post("Invoices", {"InvoiceID": made["InvoiceID"], "LineItems": lines})[0]
    kept, fresh = after["LineItems"]
    assert (kept["LineItemID"], kept["LineAmount"]) == (second["LineItemID"], 10)
    assert fresh["LineItemID"] not in {one["LineItemID"] for one in made["LineItems"]}
    assert after["SubTotal"] == 20


def test_a_changed_price_is_reckoned_anew_on_a_kept_line(xero: Xero) -> None:
    made = xero.invoice()
    line = {"LineItemID": made["LineItems"][0]["LineItemID"], "UnitAmount": 50}
    after = xero.post("Invoices", {"InvoiceID": made["InvoiceID"], "LineItems": [line]})[0]
    assert (after["SubTotal"], after["TotalTax"]) == (50, 10)


def test_turning_prices_inclusive_reckons_the_tax_anew(xero: Xero) -> None:
    made = xero.invoice()
    change = {"InvoiceID": made["InvoiceID"], "LineAmountTypes": "Inclusive"}
    after = xero.post("Invoices", change)[0]
    assert (after["TotalTax"], after["Total"]) == (Decimal("16.67"), 100)


def test_approving_a_draft_checks_the_lines_that_are_there(xero: Xero) -> None:
    made = xero.put("Invoices", xero.draft(LineItems=[{"Description": "x", "UnitAmount": 5}]))[0]
    change = {"InvoiceID": made["InvoiceID"], "Status": "AUTHORISED"}
    assert xero.refusals("POST", "Invoices", change) == ["Account code must be specified"]


def test_a_paid_invoice_lets_go_of_little(xero: Xero) -> None:
    key = made_with(xero, "PAID")
    line = xero.get(f"Invoices/{key}")["Invoices"][0]["LineItems"][0]
    other = xero.contact("Another Ltd")
    easy = {
        "InvoiceID": key,
        "Reference": "late PO",
        "DueDate": "2099-02-28",
        "Contact": {"ContactID": other},
        "LineItems": [
            {"LineItemID": line["LineItemID"], "Description": "said better", "AccountCode": "260"}
        ],
    }
    after = xero.post("Invoices", easy)[0]
    assert (after["StatusAttributeString"], after["Reference"]) == ("OK", "late PO")
    assert after["LineItems"][0]["AccountCode"] == "260"
    assert after["Contact"]["ContactID"] == other


@pytest.mark.parametrize(
    "change",
    [
        {"Date": "2026-01-01"},
        {"CurrencyCode": "EUR"},
        {"LineAmountTypes": "Inclusive"},
        {
            "LineItems": [
                {"Description": "new", "Quantity": 1, "UnitAmount": 100, "AccountCode": "200"}
            ]
        },
        {"Status": "VOIDED"},
        {"Status": "DRAFT"},
    ],
)
def test_money_on_an_invoice_holds_the_rest_fast(xero: Xero, change: dict[str, object]) -> None:
    made = xero.invoice(Status="AUTHORISED", Date="2026-02-02")
    acts.pay(xero.world, made["InvoiceID"], 20)
    said = xero.refusals("POST", "Invoices", {"InvoiceID": made["InvoiceID"], **change})
    assert PAID in said


def test_a_line_of_a_paid_invoice_keeps_its_price(xero: Xero) -> None:
    key = made_with(xero, "PAID")
    line = xero.get(f"Invoices/{key}")["Invoices"][0]["LineItems"][0]["LineItemID"]
    lines = [{"LineItemID": line, "UnitAmount": 90}]
    assert PAID in xero.refusals("POST", "Invoices", {"InvoiceID": key, "LineItems": lines})


def test_sending_a_paid_invoice_back_as_it_is_changes_nothing_and_is_no_error(xero: Xero) -> None:
    key = made_with(xero, "PAID")
    whole = xero.get(f"Invoices/{key}")["Invoices"][0]
    whole["Contact"] = {"ContactID": whole["Contact"]["ContactID"]}
    for name in (
        "CreditNotes",
        "Payments",
        "Prepayments",
        "Overpayments",
        "InvoicePaymentServices",
    ):
        whole.pop(name)
    assert xero.post("Invoices", whole)[0]["StatusAttributeString"] == "OK"


def test_a_locked_period_holds_its_invoices_fast(xero: Xero) -> None:
    made = xero.invoice(Status="AUTHORISED", Date="2026-02-02")
    acts.edit(xero.world, "Organisation", xero.tenant, {"PeriodLockDate": "2026-02-28"})
    for change in ({"Reference": "x"}, {"Status": "VOIDED"}):
        said = xero.refusals("POST", "Invoices", {"InvoiceID": made["InvoiceID"], **change})
        assert "period lock date, currently set at 28 February 2026" in said[0]


def test_a_change_moves_the_stamp_forward(xero: Xero) -> None:
    made = xero.invoice()
    xero.world.clock.advance(5)
    changed = xero.post(f"Invoices/{made['InvoiceID']}", {"Reference": "x"})[0]
    assert changed["UpdatedDateUTC"] > made["UpdatedDateUTC"]


def test_an_unknown_invoice_is_no_invoice(xero: Xero) -> None:
    nobody = "11111111-2222-3333-4444-555555555555"
    assert xero.refusals("POST", "Invoices", {"InvoiceID": nobody}) == [
        "The invoice could not be found."
    ]
    assert xero.call("POST", f"Invoices/{nobody}", {"Invoices": [{}]}).status_code == 404
    assert xero.call("GET", f"Invoices/{nobody}").status_code == 404


@pytest.mark.parametrize(
    ("paid", "change", "moves"),
    [
        (0, {"DueDate": "2099-02-28"}, True),
        (20, {"DueDate": "2099-02-28"}, False),
        (120, {"DueDate": "2099-02-28"}, False),
        (20, {"DueDate": "2099-02-28", "Reference": "x"}, True),
        (20, {"ExpectedPaymentDate": "2099-02-28"}, True),
    ],
)
def test_a_due_date_moves_no_stamp_once_money_came_in(
    xero: Xero, paid: int, change: dict[str, str], moves: bool
) -> None:
    key = xero.invoice(Status="AUTHORISED")["InvoiceID"]
    if paid:
        acts.pay(xero.world, key, paid)
    before = xero.get(f"Invoices/{key}")["Invoices"][0]
    xero.world.clock.advance(5)
    after = xero.post("Invoices", {"InvoiceID": key, **change})[0]
    if "DueDate" in change:
        assert after["DueDateString"] == f"{change['DueDate']}T00:00:00"
    assert (after["UpdatedDateUTC"] > before["UpdatedDateUTC"]) is moves
