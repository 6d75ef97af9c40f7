"""Payments of invoices: booked against an invoice, or deleted again."""

from decimal import Decimal

from sandbox.store import Record
from sandbox.xero.books import Books
from sandbox.xero.errors import RefusedError
from sandbox.xero.history import note
from sandbox.xero.invoice_fields import check_open
from sandbox.xero.invoice_writing import find_invoice
from sandbox.xero.money import ZERO, cents
from sandbox.xero.reading import Given, day, guid, number, part, text


def write_payment(books: Books, given: Given) -> Record:
    """Book a payment and take it off its invoice. Raises RefusedError with all that is wrong."""
    named = part(given, "Invoice") or {"InvoiceNumber": text(given, "InvoiceNumber")}
    invoice = find_invoice(books, named)
    if not invoice:
        raise RefusedError("The invoice to be paid could not be found.")
    account = _account(books, part(given, "Account") or {"Code": text(given, "Code")})
    amount = number(given, "Amount")
    faults = _faults(invoice, account, amount)
    if faults or not account or amount is None:
        raise RefusedError(*faults)
    payment: Record = {
        "Invoice": {"InvoiceID": invoice["InvoiceID"]},
        "Account": {"AccountID": account["AccountID"], "Code": account.get("Code")},
        "Date": day(given, "Date") or books.today,
        "Amount": cents(amount),
        "CurrencyRate": number(given, "CurrencyRate") or invoice["CurrencyRate"],
        "Reference": text(given, "Reference", 255),
        "IsReconciled": False,
        "Status": "AUTHORISED",
        "PaymentType": f"{invoice['Type']}PAYMENT",
    }
    check_open(books, payment)
    kept = books.save("Payment", payment)
    _settle(books, invoice, kept["Amount"], kept["Date"])
    return kept


def _account(books: Books, named: Given) -> Record | None:
    if key := guid(named, "AccountID"):
        return books.record("Account", key)
    code = text(named, "Code")
    return books.first("Account", "Code", code) if code else None


def _faults(invoice: Record, account: Record | None, amount: Decimal | None) -> list[str]:
    faults = []
    if not account or account["Status"] != "ACTIVE" or not _takes_payments(account):
        faults.append("Account must be a bank account or have payments to it enabled")
    if invoice["Status"] != "AUTHORISED":
        faults.append("Payments can only be made against Authorised documents")
    if amount is None or amount <= 0:
        faults.append("The payment amount must be greater than zero")
    elif amount > invoice["AmountDue"]:
        faults.append("Payment amount exceeds the amount outstanding on this document")
    return faults


def _takes_payments(account: Record) -> bool:
    return bool(account["Type"] == "BANK" or account.get("EnablePaymentsToAccount"))


def _settle(books: Books, invoice: Record, amount: Decimal, date: str) -> None:
    paid = invoice["AmountPaid"] + amount
    due = invoice["Total"] - paid - invoice["AmountCredited"]
    changes: Record = {"AmountPaid": paid, "AmountDue": due, "Status": "AUTHORISED"}
    changes["FullyPaidOnDate"] = None
    if due == ZERO:
        changes |= {"Status": "PAID", "FullyPaidOnDate": date}
    books.save("Invoice", {**invoice, **changes})
    note(books, invoice["InvoiceID"], "Paid" if amount else "Edited")


def delete_payment(books: Books, payment: Record) -> Record:
    """Take a payment back; its invoice is due again. Raises RefusedError."""
    if payment["Status"] == "DELETED" or payment["IsReconciled"]:
        raise RefusedError("Payment not of valid status for modification")
    check_open(books, payment)
    invoice = books.record("Invoice", payment["Invoice"]["InvoiceID"])
    if invoice:
        _settle(books, invoice, -payment["Amount"], payment["Date"])
    return books.save("Payment", {**payment, "Status": "DELETED"})


def payments_of(books: Books, invoice: Record) -> list[Record]:
    """The payments that stand on an invoice, oldest first."""
    found = books.find("Payment", "Invoice.InvoiceID", invoice["InvoiceID"])
    return [payment for payment in found if payment["Status"] == "AUTHORISED"]
