"""Xero's invoices and credits as the rules of credit risk look at them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from sync.core.projection import Billed
from sync.core.records import Record
from sync.core.risk.standing import Credit, Entry, Invoice, Promise

from . import credits, payments

APPROVED = ("AUTHORISED", "PAID")
PROMISED = "ExpectedPaymentDate"
USED = {
    "CreditNotes": "CreditNoteID",
    "Overpayments": "OverpaymentID",
    "Prepayments": "PrepaymentID",
}
"""What an invoice lists of credits that were set off, and how each row names its credit."""
NEEDED = frozenset(
    (
        *("Type", "Status", "CreditNoteNumber", "CurrencyCode", "Date", "Total"),
        *("RemainingCredit", "Allocations", "Payments"),
    )
)
"""All that is read of a credit."""


def invoices(found: Iterable[Billed]) -> tuple[Invoice, ...]:
    """Return the approved invoices; each names its organisation where there are several."""
    approved = [one for one in found if one.record.get("Status") in APPROVED]
    several = len({one.organisation for one in approved}) > 1
    return tuple(_invoice(one, one.organisation if several else "") for one in approved)


def promises(found: Iterable[Billed]) -> tuple[Promise, ...]:
    """Return what Xero expects to be paid on a day; when that was entered it does not tell."""
    days = ((one.record, one.record.get(PROMISED)) for one in found)
    return tuple(Promise(record.key.id, day) for record, day in days if isinstance(day, date))


def credits_of(records: Iterable[Record], found: Iterable[Billed] = ()) -> tuple[Credit, ...]:
    """Return the customer's approved credits.

    A credit note that was not read itself is known by what these invoices say was set off by it.
    Invoices are read more often than credits: what they say was set off is left of no credit.
    """
    every, billed = list(records), list(found)
    chosen = [one for one in every if one.get("Status") in APPROVED and credits.is_sale(one)]
    read, used = {record.key.id for record in every}, _used(billed)
    named = [one for one in _set_off(billed) if one.id not in read]
    return (*(_credit(one, used.get(one.key.id, payments.ZERO)) for one in chosen), *named)


def _invoice(one: Billed, organisation: str) -> Invoice:
    record = one.record
    day, due_on = record.get("Date"), record.get("DueDate")
    return Invoice(
        record.key.id,
        payments.number_of(record),
        payments.currency_of(record),
        day if isinstance(day, date) else date.min,
        due_on if isinstance(due_on, date) else None,
        payments.number(record.get("Total")),
        payments.due(record),
        tuple(_entries(record)),
        organisation,
    )


def _entries(record: Record) -> list[Entry]:
    """Return what settled it; what Xero does not itemise counts on the day it was fully paid.

    An overpayment or a prepayment that was set off was the customer's money, as a payment is.
    """
    listed = payments.entries(record)
    found = [Entry(e.day, e.amount, e.is_payment or e.in_advance) for e in listed]
    settled = record.get("FullyPaidOnDate")
    rest = payments.paid(record) - sum((e.amount for e in listed if e.is_payment), payments.ZERO)
    if rest > payments.ZERO and isinstance(settled, date):
        found.append(Entry(settled, rest))
    return found


def _used(found: Iterable[Billed]) -> dict[str, Decimal]:
    """Return by credit what the invoices say was set off by it in all."""
    sums: dict[str, Decimal] = {}
    for one in found:
        for name, key in USED.items():
            for row in one.record.get(name) or []:
                known = str(row.get(key) or "").lower() if isinstance(row, Mapping) else ""
                if known and "AppliedAmount" in row:
                    amount = payments.number(row["AppliedAmount"])
                    sums[known] = sums.get(known, payments.ZERO) + amount
    return sums


def _credit(record: Record, used: Decimal) -> Credit:
    day, is_note = record.get("Date"), record.key.kind == "CreditNote"
    uses = (*_uses(record, "Allocations"), *_uses(record, "Payments"))
    total, left = payments.number(record.get("Total")), record.get("RemainingCredit")
    return Credit(
        record.key.id,
        str(record.get("CreditNoteNumber") or "").strip() or record.key.kind.lower(),
        payments.currency_of(record),
        day if isinstance(day, date) else date.min,
        total,
        max(min(payments.number(left), total - used), payments.ZERO),
        is_note,
        tuple(sorted(uses, key=lambda use: use.day)),
    )


def _set_off(found: Iterable[Billed]) -> list[Credit]:
    """Return the credit notes that invoices name, each with what was set off by it in all."""
    named: dict[str, list[tuple[Record, Mapping[str, Any]]]] = {}
    for one in found:
        rows = one.record.get("CreditNotes") or []
        for row in rows if one.record.get("Status") in APPROVED else []:
            if isinstance(row, Mapping) and isinstance(row.get("Date"), date):
                key = str(row.get("CreditNoteID") or row.get("CreditNoteNumber") or "").lower()
                named.setdefault(key, []).append((one.record, row))
    return [_named(key, rows) for key, rows in named.items() if key]


def _named(key: str, rows: list[tuple[Record, Mapping[str, Any]]]) -> Credit:
    (record, first), *_ = rows
    amounts = [payments.number(row.get("AppliedAmount", row.get("Total"))) for _, row in rows]
    total, day = sum(amounts, payments.ZERO), first["Date"]
    number = str(first.get("CreditNoteNumber") or "").strip() or "credit note"
    currency = payments.currency_of(record)
    return Credit(key, number, currency, day, total, payments.ZERO, uses=(Entry(day, total),))


def _uses(record: Record, name: str) -> list[Entry]:
    rows: list[Mapping[str, Any]] = [
        row for row in record.get(name) or [] if isinstance(row, Mapping)
    ]
    return [
        Entry(row["Date"], payments.number(row.get("Amount")), is_payment=name == "Payments")
        for row in rows
        if isinstance(row.get("Date"), date) and row.get("Status", "AUTHORISED") != "DELETED"
    ]
