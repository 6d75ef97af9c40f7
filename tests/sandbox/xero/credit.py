"""Credit documents for the tests: made and read over HTTP."""

from typing import Any

import requests

from .conftest import BASIC, Xero

LINE = {"Description": "Survey", "Quantity": 1, "UnitAmount": 100, "AccountCode": "200"}
SCOPES = "accounting.banktransactions accounting.contacts accounting.invoices accounting.payments"


def with_bank(xero: Xero) -> Xero:
    """The client with a token that may write bank transactions, too."""
    data = {"grant_type": "client_credentials", "scope": SCOPES}
    answer = requests.post(f"{xero.url}/connect/token", data=data, auth=BASIC, timeout=10)
    xero.session.headers["Authorization"] = f"Bearer {answer.json()['access_token']}"
    return xero


def note_body(contact: str, **more: Any) -> dict[str, Any]:
    """The body of a sales credit note of 100.00 net."""
    usual = {"Type": "ACCRECCREDIT", "Date": "2026-03-01", "LineItems": [LINE]}
    return {**usual, "Contact": {"ContactID": contact}, **more}


def credit_note(xero: Xero, contact: str, **more: Any) -> dict[str, Any]:
    """A new approved credit note of 120.00, as it comes back."""
    made = xero.put("CreditNotes", note_body(contact, **{"Status": "AUTHORISED", **more}))[0]
    assert made["StatusAttributeString"] == "OK", made
    return dict(made)


def received(xero: Xero, kind: str, contact: str, amount: Any = 120, **more: Any) -> dict[str, Any]:
    """Money received in advance (PREPAYMENT) or too much (OVERPAYMENT), as it comes back."""
    line = {"Description": "Money", "Quantity": 1, "UnitAmount": amount}
    line |= {"AccountCode": "200"} if kind == "PREPAYMENT" else {}
    bank = next(one for one in xero.books.records("Account") if one["Type"] == "BANK")
    body = {
        "Type": f"RECEIVE-{kind}",
        "Contact": {"ContactID": contact},
        "BankAccount": {"AccountID": bank["AccountID"]},
        "LineAmountTypes": "Inclusive",
        "LineItems": [line],
        **more,
    }
    made = xero.put("BankTransactions", body)[0]
    assert made["StatusAttributeString"] == "OK", made
    return dict(made)


def allocate(xero: Xero, place: str, invoice: str, amount: Any, **more: Any) -> dict[str, Any]:
    """The answer to an allocation; `place` is such as CreditNotes/{id}."""
    body = {"Amount": amount, "Date": "2026-03-02", "Invoice": {"InvoiceID": invoice}, **more}
    answer = xero.call(
        "PUT",
        f"{place}/Allocations",
        {"Allocations": [body]},
        params={"summarizeErrors": "false"},
    )
    assert answer.status_code == 200, answer.text
    return dict(answer.json()["Allocations"][0])


def said(answer: dict[str, Any]) -> list[str]:
    """What is said against a refused element."""
    return [one["Message"] for one in answer.get("ValidationErrors", [])]


def one(xero: Xero, endpoint: str, key: str) -> dict[str, Any]:
    """A record by itself."""
    return dict(xero.get(f"{endpoint}/{key}")[endpoint][0])
