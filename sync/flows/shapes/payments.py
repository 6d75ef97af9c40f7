"""What was paid and credited of a Xero invoice, entry by entry, and how far it is settled."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import Any

from sync.core.money import Money
from sync.core.projection import Billed
from sync.core.records import Record

from . import invoice

ZERO = Decimal(0)
NEEDED = frozenset(
    (
        *("Type", "Status", "InvoiceNumber", "CurrencyCode", "Date", "DueDate", "FullyPaidOnDate"),
        *("Total", "AmountPaid", "AmountCredited", "AmountDue"),
        *("Payments", "CreditNotes", "Overpayments", "Prepayments", "ExpectedPaymentDate"),
    )
)
"""All that the figures and the rules of credit risk read of an invoice."""


class State(StrEnum):
    """How far an invoice, or all of a deal, is settled: in a salesperson's words."""

    DRAFT = "Draft"
    SUBMITTED = "Awaiting approval"
    OPEN = "Awaiting payment"
    PART = "Part-paid"
    PAID = "Paid"
    OVERDUE = "Overdue"
    VOIDED = "Voided"
    CREDITED = "Credited"


@dataclass(frozen=True, order=True)
class Entry:
    """One payment, or one credit that was set off against an invoice."""

    day: date
    number: str
    words: str
    amount: Decimal
    currency: str
    is_payment: bool
    in_advance: bool = False
    """Whether it is a credit that was the customer's money: an overpayment or a prepayment."""


_CREDITS = (
    ("CreditNotes", "credited", "CreditNoteNumber"),
    ("Overpayments", "credited from an overpayment", ""),
    ("Prepayments", "credited from a prepayment", ""),
)


def entries(record: Record) -> list[Entry]:
    """Return the payments and credits of an invoice, in the order of their days."""
    return sorted([*_payments(record), *_credits(record)])


def _payments(record: Record) -> Iterator[Entry]:
    for row in _rows(record, "Payments"):
        if row.get("Status", "AUTHORISED") != "DELETED":
            yield _entry(record, row, "paid", "Reference", row.get("Amount"), is_payment=True)


def _credits(record: Record) -> Iterator[Entry]:
    for name, words, said in _CREDITS:
        for row in _rows(record, name):
            amount = row.get("AppliedAmount", row.get("Total"))
            entry = _entry(record, row, words, said, amount, is_payment=False)
            yield replace(entry, in_advance=name != "CreditNotes")


def _entry(
    record: Record, row: Mapping[str, Any], words: str, said: str, amount: Any, *, is_payment: bool
) -> Entry:
    day = row.get("Date") if isinstance(row.get("Date"), date) else record.get("Date")
    note = " ".join(str(row.get(said) or "").split()) if said else ""
    return Entry(
        day if isinstance(day, date) else date.min,
        number_of(record),
        f"{words}, {note}" if note else words,
        number(amount),
        currency_of(record),
        is_payment,
    )


def _rows(record: Record, name: str) -> list[Mapping[str, Any]]:
    return [row for row in record.get(name) or [] if isinstance(row, Mapping)]


def number(value: Any) -> Decimal:
    """Return an amount as Xero sent it; none is zero."""
    return value if isinstance(value, Decimal) else Decimal(str(value or 0))


def number_of(record: Record) -> str:
    """Return the invoice's number, or words where it has none."""
    return str(record.get("InvoiceNumber") or "").strip() or "Invoice without a number"


def currency_of(record: Record) -> str:
    """Return the currency that the invoice is in."""
    return str(record.get("CurrencyCode") or "")


def paid(record: Record) -> Decimal:
    """Return what was paid of it."""
    return number(record.get("AmountPaid"))


def credited(record: Record) -> Decimal:
    """Return what was credited of it: by credit notes, overpayments and prepayments."""
    return number(record.get("AmountCredited"))


def is_open(record: Record) -> bool:
    """Return whether it is approved and something of it is still to be paid."""
    return record.get("Status") == "AUTHORISED" and due(record) != ZERO


def due(record: Record) -> Decimal:
    """Return what is still to be paid of it; a draft's amount is not due."""
    if record.get("Status") != "AUTHORISED":
        return ZERO
    told = record.get("AmountDue")
    left = number(record.get("Total")) - paid(record) - credited(record)
    return left if told is None else number(told)


def days_overdue(billed: Billed) -> int:
    """Return the days since it was to be paid; 0 while it is not late."""
    day = billed.record.get("DueDate")
    late = is_open(billed.record) and isinstance(day, date) and day < billed.today
    return (billed.today - day).days if late and isinstance(day, date) else 0


def state(billed: Billed) -> State:
    """Return how far one invoice is settled."""
    record = billed.record
    status = record.get("Status")
    if status in invoice.ENDED:
        return State.VOIDED
    if status in ("DRAFT", "SUBMITTED"):
        return State[str(status)]
    if not is_open(record):
        only_credited = not is_begun(record) and credited(record) > ZERO
        return State.CREDITED if only_credited else State.PAID
    if days_overdue(billed):
        return State.OVERDUE
    return State.PART if is_begun(record) else State.OPEN


def is_begun(record: Record) -> bool:
    """Return whether the customer's money came in for it; a credit note is none."""
    in_advance = (*_rows(record, "Overpayments"), *_rows(record, "Prepayments"))
    return paid(record) > ZERO or bool(in_advance)


def settled_on(record: Record) -> date | None:
    """Return the day on which the last of a settled invoice was paid, or None."""
    if record.get("Status") != "PAID" or not is_begun(record):
        return None
    days = [entry.day for entry in entries(record) if entry.is_payment]
    told = record.get("FullyPaidOnDate")
    return told if isinstance(told, date) else max(days, default=None)


def left_out(record: Record) -> list[str]:
    """Return in words what Xero counts as paid or credited without telling each entry."""
    found = []
    for words, told, is_payment in (
        ("paid", paid(record), True),
        ("credited", credited(record), False),
    ):
        listed = sum((e.amount for e in entries(record) if e.is_payment is is_payment), ZERO)
        if told != listed:
            rest = Money(told - listed, currency_of(record))
            found.append(f"{number_of(record)} · {words}, not itemised by Xero · {rest}")
    return found
