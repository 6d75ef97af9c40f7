"""Invoices as Xero has them in every state, for the figures of deals and accounts."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

from sync.core.projection import Billed
from sync.core.records import Key, Record, System
from tests.builders import NOON, TODAY, xero_id

LATER, EARLIER = date(2026, 12, 19), date(2026, 11, 9)


def bill(
    number: str = "INV-1", total: str = "1200.00", paid: str = "0", credited: str = "0", **more: Any
) -> Record:
    """Return an approved invoice of which so much was paid and credited by its own entries."""
    whole, gone = Decimal(total), Decimal(paid) + Decimal(credited)
    open_or_paid = "AUTHORISED" if whole > gone else "PAID"
    values = {
        "Type": "ACCREC",
        "InvoiceNumber": number,
        "Contact": {"ContactID": xero_id("Customer 1 Ltd")},
        "Date": date(2026, 11, 1),
        "DueDate": LATER,
        "CurrencyCode": "GBP",
        "Status": open_or_paid,
        "Total": whole,
        "AmountPaid": Decimal(paid),
        "AmountCredited": Decimal(credited),
        "AmountDue": whole - gone,
        "Payments": [payment(paid)] if Decimal(paid) else [],
        "CreditNotes": [credit(credited)] if Decimal(credited) else [],
        **more,
    }
    return Record(Key(System.XERO, "Invoice", xero_id(number)), values, NOON)


def payment(amount: str, day: date = TODAY, reference: str = "") -> dict[str, Any]:
    """Return a payment as an invoice lists it."""
    return {"PaymentID": xero_id(amount), "Date": day, "Amount": Decimal(amount),
            "Reference": reference}  # fmt: skip


def credit(amount: str, day: date = TODAY, number: str = "CN-7") -> dict[str, Any]:
    """Return a credit note as an invoice lists it."""
    return {"CreditNoteNumber": number, "Date": day, "AppliedAmount": Decimal(amount)}


def seen(record: Record, organisation: str = "Fernhill", today: date = TODAY) -> Billed:
    """Return the invoice as it is seen on a day."""
    return Billed(record, organisation, today)
