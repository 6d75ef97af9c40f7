"""What Xero's records are to the rules of credit risk: invoices, credits and promises."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from sync.core.projection import Billed
from sync.core.records import Record
from sync.core.risk.standing import Credit, Entry, Invoice, Promise

from . import payments
from .payments import ZERO

APPROVED = frozenset({"AUTHORISED", "PAID"})
SALES_CREDITS = frozenset({"ACCRECCREDIT", "RECEIVE-OVERPAYMENT", "RECEIVE-PREPAYMENT", ""})
CREDIT_NOTE = "CreditNote"
_NUMBERS = ("CreditNoteNumber", "Reference")


def invoices_of(billed: Iterable[Billed]) -> tuple[Invoice, ...]:
    """Return the approved ones of these invoices; drafts and voided ones are owed by nobody."""
    several = list(billed)
    where = len({one.organisation for one in several}) > 1
    return tuple(
        _invoice(one.record, one.organisation if where else "")
        for one in several
        if one.record.get("Status") in APPROVED and isinstance(one.record.get("Date"), date)
    )


def promises_of(billed: Iterable[Billed]) -> tuple[Promise, ...]:
    """Return what Xero has as the expected date of payment of open invoices."""
    return tuple(
        Promise(one.record.key.id, day)
        for one in billed
        for day in [one.record.get("ExpectedPaymentDate")]
        if isinstance(day, date) and payments.is_open(one.record)
    )


def credits_of(documents: Iterable[Record], billed: Iterable[Billed]) -> tuple[Credit, ...]:
    """Return the customer's credit notes, overpayments and prepayments that are approved.

    Credit notes that are not among the documents are known by what invoices say was set off.
    """
    told = [record for record in documents if _counts(record)]
    found = {record.key.id: _credit(record) for record in told}
    for one in _set_off(billed):
        found.setdefault(one.id, one)
    return tuple(found.values())


def _invoice(record: Record, organisation: str) -> Invoice:
    due_on = record.get("DueDate")
    return Invoice(
        record.key.id,
        payments.number_of(record),
        payments.currency_of(record),
        record.get("Date"),
        due_on if isinstance(due_on, date) else None,
        payments.number(record.get("Total")),
        payments.due(record),
        tuple(_entries(record)),
        organisation,
    )


def _entries(record: Record) -> list[Entry]:
    """Return what settled it; what Xero does not itemise counts on the day it was fully paid."""
    listed = payments.entries(record)
    found = [Entry(e.day, e.amount, e.is_payment or e.in_advance) for e in listed]
    settled = record.get("FullyPaidOnDate")
    rest = payments.paid(record) - sum((e.amount for e in listed if e.is_payment), ZERO)
    if rest > ZERO and isinstance(settled, date):
        found.append(Entry(settled, rest))
    return found


def _counts(record: Record) -> bool:
    approved = record.get("Status") in APPROVED and isinstance(record.get("Date"), date)
    return approved and str(record.get("Type") or "") in SALES_CREDITS


def _credit(record: Record) -> Credit:
    uses = [
        Entry(day, payments.number(row.get("Amount")))
        for name in ("Allocations", "Payments")
        for row in _rows(record, name)
        for day in [row.get("Date")]
        if isinstance(day, date) and row.get("Status") != "DELETED" and not row.get("IsDeleted")
    ]
    number = next((str(record.get(name)) for name in _NUMBERS if record.get(name)), "")
    return Credit(
        record.key.id,
        number or f"{record.key.kind} of {record.get('Date')}",
        payments.currency_of(record),
        record.get("Date"),
        payments.number(record.get("Total")),
        payments.number(record.get("RemainingCredit")),
        record.key.kind == CREDIT_NOTE,
        tuple(uses),
    )


def _set_off(billed: Iterable[Billed]) -> list[Credit]:
    """Return the credit notes that invoices name, each with what was set off by it in all."""
    rows: dict[str, list[tuple[Record, Mapping[str, Any], date]]] = {}
    for one in billed:
        for row in _rows(one.record, "CreditNotes"):
            day = row.get("Date")
            if isinstance(day, date):
                key = str(row.get("CreditNoteID") or row.get("CreditNoteNumber") or "").lower()
                rows.setdefault(key, []).append((one.record, row, day))
    return [
        Credit(
            key,
            str(found[0][1].get("CreditNoteNumber") or "Credit note"),
            payments.currency_of(found[0][0]),
            found[0][2],
            total := sum((_applied(row) for _, row, _ in found), ZERO),
            ZERO,
            uses=(Entry(found[0][2], total),),
        )
        for key, found in rows.items()
    ]


def _applied(row: Mapping[str, Any]) -> Decimal:
    return payments.number(row.get("AppliedAmount", row.get("Total")))


def _rows(record: Record, name: str) -> list[Mapping[str, Any]]:
    return [row for row in record.get(name) or [] if isinstance(row, Mapping)]
