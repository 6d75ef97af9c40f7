"""Xero's credits: credit notes, overpayments and prepayments, as the index enters them."""

from __future__ import annotations

from sync.core.matching import Candidate
from sync.core.records import Record

KINDS = ("CreditNote", "Overpayment", "Prepayment")
ENDED = frozenset({"VOIDED", "DELETED"})
OURS = frozenset(
    ("ACCRECCREDIT", "AROVERPAYMENT", "ARPREPAYMENT", "RECEIVE-OVERPAYMENT", "RECEIVE-PREPAYMENT")
)
"""The types that a customer has with us; the others are ours with suppliers."""


def candidate(record: Record) -> Candidate:
    """Return the credit's entry in the local index, found by its customer."""
    status = str(record.get("Status") or "")
    number = str(record.get("CreditNoteNumber") or "").strip()
    contact = str(record.get("Contact.ContactID") or "").lower()
    return Candidate(
        record.key,
        number or f"{record.key.kind} without a number",
        frozenset([("contact", contact)] if contact and is_sale(record) else []),
        gone=status.lower() if status in ENDED else "",
        status=status,
        facts={"total": record.get("Total"), "currency": record.get("CurrencyCode")},
    )


def is_sale(record: Record) -> bool:
    """Return whether it is a customer's credit, not one of ours with a supplier."""
    return str(record.get("Type") or "ACCRECCREDIT") in OURS
