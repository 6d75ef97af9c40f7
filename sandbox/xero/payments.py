"""Payments of invoices and refunds of credits: booked, or deleted again."""

from decimal import Decimal

from sandbox.store import Record
from sandbox.xero.books import Books
from sandbox.xero.credits import CREDITS, find_credit, use
from sandbox.xero.errors import RefusedError
from sandbox.xero.history import note
from sandbox.xero.invoice_fields import check_open
from sandbox.xero.invoice_writing import find_invoice
from sandbox.xero.money import cents
from sandbox.xero.reading import Given, currency_rate, day, flag, guid, number, part, text
from sandbox.xero.settling import settle

INVOICE = "Invoice"


def write_payment(books: Books, given: Given) -> Record:
    """Book a payment and take it off its document. Raises RefusedError with all that is wrong."""
    kind, document, type_ = _document(books, given)
    account = _account(books, part(given, "Account") or {"Code": text(given, "Code")})
    amount = number(given, "Amount")
    faults = _faults(document, account, amount)
    if faults or not account or amount is None:
        raise RefusedError(*faults)
    payment: Record = {
        # As Xero has it: a refund, too, names its document in the place of an invoice.
        "Invoice": {"InvoiceID": document[f"{kind}ID"]},
        "Of": kind,
        "Account": {"AccountID": account["AccountID"], "Code": account.get("Code")},
        "Date": day(given, "Date") or books.today,
        "Amount": cents(amount),
        "CurrencyRate": currency_rate(given) or document["CurrencyRate"],
        "Reference": text(given, "Reference", 255),
        "IsReconciled": bool(flag(given, "IsReconciled")),
        "Status": "AUTHORISED",
        "PaymentType": type_,
    }
    check_open(books, payment)
    kept = books.save("Payment", payment)
    _move(books, kept, document, kept["Amount"])
    return kept


def _document(books: Books, given: Given) -> tuple[str, Record, str]:
    """The kind and record of what is paid or refunded, and the type of such a payment."""
    if found := find_credit(books, given):
        credit, record = found
        return credit.kind, record, credit.refunds[record["Type"]][0]
    named = part(given, "Invoice") or {"InvoiceNumber": text(given, "InvoiceNumber")}
    invoice = find_invoice(books, named)
    if not invoice:
        raise RefusedError("The invoice to be paid could not be found.")
    return INVOICE, invoice, f"{invoice['Type']}PAYMENT"


def _account(books: Books, named: Given) -> Record | None:
    if key := guid(named, "AccountID"):
        return books.record("Account", key)
    code = text(named, "Code")
    return books.first("Account", "Code", code) if code else None


def _faults(document: Record, account: Record | None, amount: Decimal | None) -> list[str]:
    faults = []
    if not account or account["Status"] != "ACTIVE" or not _takes_payments(account):
        faults.append("Account must be a bank account or have payments to it enabled")
    if document["Status"] != "AUTHORISED":
        faults.append("Payments can only be made against Authorised documents")
    left = document["AmountDue"] if "AmountDue" in document else document["RemainingCredit"]
    if amount is None or amount <= 0:
        faults.append("The payment amount must be greater than zero")
    elif amount > left:
        faults.append("Payment amount exceeds the amount outstanding on this document")
    return faults


def _takes_payments(account: Record) -> bool:
    return bool(account["Type"] == "BANK" or account.get("EnablePaymentsToAccount"))


def _move(books: Books, payment: Record, document: Record, amount: Decimal) -> None:
    """Take an amount off the payment's document, or give it back where it is negative."""
    if payment["Of"] == INVOICE:
        settle(books, document, payment["Date"], paid=amount)
        note(books, document["InvoiceID"], "Paid" if amount > 0 else "Payment removed")
        return
    credit = CREDITS[payment["Of"]]
    use(books, credit, document, amount, payment["Date"])
    note(books, document[credit.id_field], "Refunded" if amount > 0 else "Refund removed")


def delete_payment(books: Books, payment: Record) -> Record:
    """Take a payment back; its document is open again. Raises RefusedError."""
    if payment["Status"] == "DELETED" or payment["IsReconciled"]:
        raise RefusedError("Payment not of valid status for modification")
    check_open(books, payment)
    payment = {**payment, "Of": payment.get("Of", INVOICE)}
    document = books.record(payment["Of"], payment["Invoice"]["InvoiceID"])
    if document:
        _move(books, payment, document, -payment["Amount"])
    return books.save("Payment", {**payment, "Status": "DELETED"})


def payments_of(books: Books, key: str) -> list[Record]:
    """The payments that stand on an invoice or a credit, oldest first."""
    found = books.find("Payment", "Invoice.InvoiceID", key)
    return [payment for payment in found if payment["Status"] == "AUTHORISED"]
