"""Xero's invoices and credits as the rules of credit risk look at them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from sync.core.projection import Billed
from sync.core.records import Record
from sync.core.risk.standing import Credit, Entry, Invoice, Promise

from . import credits, payments

APPROVED = ("AUTHORISED", "PAID")
PROMISED = "ExpectedPaymentDate"
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


def credits_of(records: Iterable[Record]) -> tuple[Credit, ...]:
    """Return the customer's approved credits."""
    chosen = [one for one in records if one.get("Status") in APPROVED and credits.is_sale(one)]
    return tuple(map(_credit, chosen))


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
        tuple(Entry(e.day, e.amount, e.is_payment) for e in payments.entries(record)),
        organisation,
    )


def _credit(record: Record) -> Credit:
    day, is_note = record.get("Date"), record.key.kind == "CreditNote"
    used = (*_uses(record, "Allocations"), *_uses(record, "Payments"))
    return Credit(
        record.key.id,
        str(record.get("CreditNoteNumber") or "").strip() or record.key.kind.lower(),
        payments.currency_of(record),
        day if isinstance(day, date) else date.min,
        payments.number(record.get("Total")),
        payments.number(record.get("RemainingCredit")),
        is_note,
        tuple(sorted(used, key=lambda use: use.day)),
    )


def _uses(record: Record, name: str) -> list[Entry]:
    rows: list[Mapping[str, Any]] = [
        row for row in record.get(name) or [] if isinstance(row, Mapping)
    ]
    return [
        Entry(row["Date"], payments.number(row.get("Amount")), is_payment=name == "Payments")
        for row in rows
        if isinstance(row.get("Date"), date) and row.get("Status", "AUTHORISED") != "DELETED"
    ]
