"""Allocations: an amount of a credit set off against an invoice, and taken back again."""

from decimal import Decimal
from typing import Any

from sandbox.store import Record
from sandbox.xero.books import Books
from sandbox.xero.credits import Credit, use
from sandbox.xero.errors import RefusedError
from sandbox.xero.history import note
from sandbox.xero.invoice_fields import check_open
from sandbox.xero.invoice_writing import find_invoice
from sandbox.xero.money import cents
from sandbox.xero.reading import Given, day, number, part
from sandbox.xero.settling import settle
from sandbox.xero.transitions import is_sale

KIND = "Allocation"


def allocate(books: Books, credit: Credit, key: str, given: Given) -> Record:
    """Set an amount of a credit off against an invoice. Raises RefusedError with all faults."""
    record = books.record(credit.kind, key) or {}
    invoice = find_invoice(books, part(given, "Invoice"))
    if not invoice:
        raise RefusedError("The invoice to allocate to could not be found.")
    amount, date = number(given, "Amount"), day(given, "Date")
    faults = _faults(credit, record, invoice, amount)
    faults += [] if date else ["Date is required"]
    if faults or amount is None or not date:
        raise RefusedError(*faults)
    check_open(books, {"Date": date})
    made = books.save(
        KIND,
        {
            "Invoice": {"InvoiceID": invoice["InvoiceID"]},
            "Source": {"Kind": credit.kind, "ID": key},
            "Amount": cents(amount),
            "Date": date,
        },
    )
    use(books, credit, record, made["Amount"], date)
    settle(books, invoice, date, credited=made["Amount"])
    note(books, key, "Credit applied")
    note(books, invoice["InvoiceID"], "Credit applied")
    return made


def _faults(credit: Credit, record: Record, invoice: Record, amount: Decimal | None) -> list[str]:
    faults = []
    if record["Status"] not in ("AUTHORISED", "PAID"):
        faults.append(f"The {credit.words} must be authorised before it can be allocated")
    if invoice["Status"] not in ("AUTHORISED", "PAID"):
        faults.append("Credit can only be allocated to authorised invoices")
    if is_sale(record["Type"]) is not is_sale(invoice["Type"]):
        faults.append(f"The {credit.words} cannot be allocated to an invoice of that type")
    if record["Contact"]["ContactID"] != invoice["Contact"]["ContactID"]:
        faults.append(f"The invoice and the {credit.words} must be of the same contact")
    if record["CurrencyCode"] != invoice["CurrencyCode"]:
        faults.append(f"The invoice and the {credit.words} must be in the same currency")
    if faults:
        return faults
    if amount is None or amount <= 0:
        return ["The allocation amount must be greater than zero"]
    if amount > record["RemainingCredit"]:
        faults.append(f"The amount exceeds the remaining credit of the {credit.words}")
    if amount > invoice["AmountDue"]:
        faults.append("The amount exceeds the amount outstanding on the invoice")
    return faults


def remove(books: Books, credit: Credit, key: str, allocation_key: str) -> Record | None:
    """Take an allocation back; what it was, or None where the credit has none of this id.

    Raises RefusedError in a locked period.
    """
    found = books.record(KIND, allocation_key)
    record = books.record(credit.kind, key)
    if not found or not record or found["Source"] != {"Kind": credit.kind, "ID": key}:
        return None
    check_open(books, found)
    books.remove(KIND, allocation_key)
    use(books, credit, record, -found["Amount"], found["Date"])
    invoice = books.record("Invoice", found["Invoice"]["InvoiceID"])
    if invoice:
        settle(books, invoice, found["Date"], credited=-found["Amount"])
        note(books, invoice["InvoiceID"], "Credit removed")
    note(books, key, "Credit removed")
    return found


def of_credit(books: Books, key: str) -> list[Record]:
    """What was allocated of a credit, oldest first."""
    return books.find(KIND, "Source.ID", key)


def of_invoice(books: Books, key: str, kind: str) -> list[tuple[Record, Record]]:
    """The credits of a kind that were allocated to an invoice, each with its allocation."""
    found: list[tuple[Record, Any]] = [
        (one, books.record(kind, one["Source"]["ID"]))
        for one in books.find(KIND, "Invoice.InvoiceID", key)
        if one["Source"]["Kind"] == kind
    ]
    return [(credit, one) for one, credit in found if credit]
