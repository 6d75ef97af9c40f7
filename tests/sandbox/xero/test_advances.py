"""Money received in advance and too much: prepayments, overpayments, and their refunds."""

from typing import Any

import pytest

from sandbox.xero import acts
from sandbox.xero.errors import RefusedError
from sandbox.xero.webhooks import Webhooks

from .conftest import Xero
from .credit import LINE, allocate, credit_note, one, received, said, with_bank


@pytest.fixture
def bank(xero: Xero) -> Xero:
    """The client, with the right to write bank transactions."""
    return with_bank(xero)


def test_a_prepayment_takes_a_number_of_the_invoices_and_keeps_its_tax(bank: Xero) -> None:
    made = received(bank, "PREPAYMENT", bank.contact())
    credit = one(bank, "Prepayments", made["PrepaymentID"])
    assert credit["PrepaymentID"] != made["BankTransactionID"]
    assert (credit["Type"], credit["Status"]) == ("RECEIVE-PREPAYMENT", "AUTHORISED")
    assert (credit["SubTotal"], credit["TotalTax"], credit["RemainingCredit"]) == (100, 20, 120)
    assert (credit["InvoiceNumber"], credit["Reference"]) == ("INV-0001", "INV-0001")
    assert bank.invoice(Contact=credit["Contact"])["InvoiceNumber"] == "INV-0002"


def test_an_overpayment_stands_on_what_is_owed_without_tax(bank: Xero) -> None:
    made = received(bank, "OVERPAYMENT", bank.contact(), 30, Reference="twice")
    credit = one(bank, "Overpayments", made["OverpaymentID"])
    assert (credit["Total"], credit["TotalTax"], credit["LineAmountTypes"]) == (30, 0, "NoTax")
    assert credit["LineItems"][0]["AccountCode"] == "610"
    assert credit["Reference"] == "twice"
    assert "Reference" not in one(bank, "BankTransactions", made["BankTransactionID"])


@pytest.mark.parametrize("kind", ["Prepayment", "Overpayment"])
def test_deleting_the_money_voids_the_credit_unless_it_is_used(bank: Xero, kind: str) -> None:
    invoice = bank.invoice(Status="AUTHORISED")
    made = received(bank, kind.upper(), invoice["Contact"]["ContactID"])
    where = f"{kind}s/{made[f'{kind}ID']}"
    used = allocate(bank, where, invoice["InvoiceID"], 20)
    delete = {"BankTransactionID": made["BankTransactionID"], "Status": "DELETED"}
    assert "payment or credit note allocated" in bank.refusals("POST", "BankTransactions",
                                                               {**made, **delete})[0]  # fmt: skip
    bank.call("DELETE", f"{where}/Allocations/{used['AllocationID']}")
    bank.post("BankTransactions", {**made, **delete})
    gone = one(bank, *where.split("/"))
    assert (gone["Status"], gone["RemainingCredit"]) == ("VOIDED", 0)
    assert "must be authorised" in said(allocate(bank, where, invoice["InvoiceID"], 20))[0]
    assert [each["Status"] for each in bank.get(f"{kind}s")[f"{kind}s"]] == ["VOIDED"]


@pytest.mark.parametrize(
    ("kind", "type_", "as_invoice"),
    [
        ("CreditNote", "ARCREDITPAYMENT", "ACCRECCREDIT"),
        ("Prepayment", "ARPREPAYMENTPAYMENT", "ARPREPAYMENT"),
        ("Overpayment", "AROVERPAYMENTPAYMENT", "AROVERPAYMENT"),
    ],
)
def test_a_refund_is_a_payment_that_names_the_credit_as_an_invoice(
    bank: Xero, kind: str, type_: str, as_invoice: str
) -> None:
    contact = bank.contact()
    if kind == "CreditNote":
        key = credit_note(bank, contact)["CreditNoteID"]
    else:
        key = received(bank, kind.upper(), contact)[f"{kind}ID"]
    body = {kind: {f"{kind}ID": key}, "Account": {"Code": "090"}, "Amount": 20}
    made = bank.put("Payments", body)[0]
    assert (made["PaymentType"], made["Invoice"]["Type"]) == (type_, as_invoice)
    assert made["Invoice"]["InvoiceID"] == key
    assert one(bank, f"{kind}s", key)["RemainingCredit"] == 100
    assert bank.refusals("PUT", "Payments", {**body, "Amount": 101}) == [
        "Payment amount exceeds the amount outstanding on this document"
    ]
    rest = bank.put("Payments", {**body, "Amount": 100})[0]
    spent = one(bank, f"{kind}s", key)
    assert (spent["Status"], spent["RemainingCredit"], len(spent["Payments"])) == ("PAID", 0, 2)
    assert bank.call("POST", f"Payments/{rest['PaymentID']}", {"Status": "DELETED"}).ok
    again = one(bank, f"{kind}s", key)
    assert (again["Status"], again["RemainingCredit"]) == ("AUTHORISED", 100)
    listed = bank.get("Payments", where=f'PaymentType=="{type_}"')["Payments"]
    assert sorted(each["Status"] for each in listed) == ["AUTHORISED", "DELETED"]


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"Type": "RECEIVE-TRANSFER"}, "Type must be one of"),
        ({"BankAccount": {"Code": "200"}}, "valid bank account"),
        ({"LineItems": []}, "One or more line items"),
        ({"LineItems": [{**LINE, "UnitAmount": 0}]}, "greater than zero"),
        ({"CurrencyCode": "EUR"}, "that of the bank account"),
        ({"Date": "2025-12-31"}, "lock date"),
        ({"Contact": {"ContactNumber": ""}}, "contact name must be specified"),
        ({"LineItems": [{**LINE, "AccountCode": "610"}]}, "not a valid code"),
    ],
)
def test_what_is_wrong_with_money_is_said(bank: Xero, wrong: dict[str, Any], words: str) -> None:
    acts.edit(bank.world, "Organisation", bank.tenant, {"PeriodLockDate": "2025-12-31"})
    good = {
        "Type": "RECEIVE-PREPAYMENT",
        "Contact": {"ContactID": bank.contact()},
        "BankAccount": {"Code": "090"},
        "LineItems": [LINE],
    }
    refused = bank.refusals("PUT", "BankTransactions", {**good, **wrong})
    assert any(words in each for each in refused), refused
    assert bank.get("Prepayments")["Prepayments"] == []


def test_an_overpayment_has_one_line_on_the_right_account(bank: Xero) -> None:
    body = {
        "Type": "RECEIVE-OVERPAYMENT",
        "Contact": {"ContactID": bank.contact()},
        "BankAccount": {"Code": "090"},
        "LineItems": [LINE, {"UnitAmount": 1}],
    }
    assert bank.refusals("PUT", "BankTransactions", body) == [
        "An overpayment has one line item",
        "An overpayment must be coded to the account of what is owed",
    ]


def test_a_person_books_more_than_is_due(xero: Xero) -> None:
    invoice = xero.invoice(Status="AUTHORISED", CurrencyCode="EUR")
    key = acts.overpay(xero.world, invoice["InvoiceID"], 30)
    assert one(xero, "Invoices", invoice["InvoiceID"])["Status"] == "PAID"
    credit = one(xero, "Overpayments", key)
    assert (credit["RemainingCredit"], credit["CurrencyCode"]) == (30, "EUR")


def test_a_person_credits_allocates_and_takes_back(xero: Xero) -> None:
    line = {**LINE, "DiscountRate": 10, "Quantity": 3}
    invoice = xero.invoice(Status="AUTHORISED", LineItems=[line])
    key = acts.credit_invoice(xero.world, invoice["InvoiceID"])
    note = one(xero, "CreditNotes", key)
    assert (note["Total"], note["Status"]) == (invoice["Total"], "PAID")
    acts.remove_allocation(xero.world, note["Allocations"][0]["AllocationID"])
    acts.void_credit(xero.world, "CreditNote", key)
    part = acts.credit_invoice(xero.world, invoice["InvoiceID"], 12, allocate=False)
    assert one(xero, "CreditNotes", part)["RemainingCredit"] == 12
    shown = one(xero, "Invoices", invoice["InvoiceID"])
    assert (shown["AmountDue"], shown["CreditNotes"]) == (invoice["Total"], [])


def test_a_person_takes_prepaid_money_apart(xero: Xero) -> None:
    invoice = xero.invoice(Status="AUTHORISED")
    key = acts.prepay(xero.world, invoice["Contact"]["ContactID"], 200)
    acts.allocate_credit(xero.world, "Prepayment", key, invoice["InvoiceID"])
    with pytest.raises(RefusedError, match="allocated"):
        acts.void_credit(xero.world, "Prepayment", key)
    payment = acts.refund(xero.world, "Prepayment", key)
    assert one(xero, "Prepayments", key)["Status"] == "PAID"
    acts.remove_payment(xero.world, payment)
    assert one(xero, "Prepayments", key)["RemainingCredit"] == 80


def test_a_promise_is_a_date_that_moves_the_stamp(xero: Xero) -> None:
    invoice = xero.invoice(Status="AUTHORISED")
    acts.promise_payment(xero.world, invoice["InvoiceID"], "2026-04-05")
    shown = one(xero, "Invoices", invoice["InvoiceID"])
    assert shown["ExpectedPaymentDate"] == "/Date(1775347200000+0000)/"
    assert shown["UpdatedDateUTC"] >= invoice["UpdatedDateUTC"]
    acts.promise_payment(xero.world, invoice["InvoiceID"], "")
    assert "ExpectedPaymentDate" not in one(xero, "Invoices", invoice["InvoiceID"])


def test_money_of_a_merged_contact_is_the_winners(bank: Xero) -> None:
    loser, winner = bank.contact("Loser"), bank.contact("Winner")
    made = received(bank, "PREPAYMENT", loser)
    note = credit_note(bank, loser)
    acts.merge_contacts(bank.world, winner, loser)
    for endpoint, key in (
        ("Prepayments", made["PrepaymentID"]),
        ("BankTransactions", made["BankTransactionID"]),
        ("CreditNotes", note["CreditNoteID"]),
    ):
        assert one(bank, endpoint, key)["Contact"]["ContactID"] == winner


def test_a_token_without_the_right_writes_no_bank_transaction(xero: Xero) -> None:
    assert xero.call("GET", "BankTransactions").status_code == 401
    assert xero.call("GET", "Overpayments").status_code == 200


def test_money_and_its_use_are_told_by_webhooks(bank: Xero) -> None:
    hooks = Webhooks(bank.world)
    categories = ["INVOICE", "PREPAYMENT", "OVERPAYMENT", "PAYMENT"]
    hook = {"url": "http://127.0.0.1:1/", "categories": categories, "key": "k"}
    bank.world.set_setting("xero", "webhook", hook)
    invoice = bank.invoice(Status="AUTHORISED")["InvoiceID"]
    contact = one(bank, "Invoices", invoice)["Contact"]["ContactID"]
    hooks._fresh.clear()
    prepaid = acts.prepay(bank.world, contact, 50)
    bank.world.clock.advance(1)
    acts.allocate_credit(bank.world, "Prepayment", prepaid, invoice)
    bank.world.clock.advance(1)
    acts.overpay(bank.world, invoice, 5)
    told = [(e["eventCategory"], e["eventType"], e["resourceId"]) for e in hooks._fresh]
    assert told[:3] == [
        ("PREPAYMENT", "CREATE", prepaid),
        ("PREPAYMENT", "UPDATE", prepaid),
        ("INVOICE", "UPDATE", invoice),
    ]
    assert [each[0] for each in told[3:]] == ["PAYMENT", "INVOICE", "OVERPAYMENT"]
    data = hooks._fresh[1]["data"]
    assert (data["Type"], data["Status"]) == ("RECEIVE-PREPAYMENT", "PAID")
    assert data["UpdatedDateUTCString"].endswith("Z")
    assert "data" not in hooks._fresh[2]


def test_reconciled_money_stays(bank: Xero) -> None:
    made = received(bank, "PREPAYMENT", bank.contact(), IsReconciled=True)
    gone = {"BankTransactionID": made["BankTransactionID"], "Status": "DELETED"}
    refused = bank.refusals("POST", "BankTransactions", {**made, **gone})
    assert refused == ["This transaction has been reconciled and cannot be edited."]
