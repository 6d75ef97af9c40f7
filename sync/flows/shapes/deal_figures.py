"""The figures of one deal: how far its invoices are paid, in a salesperson's words."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from sync.core.money import Money, round_half_up
from sync.core.projection import Billed, Standpoint

from . import payments
from .payments import ZERO, State

PLACES = 2
"""Decimals of Salesforce's amounts; more would differ at each reading. The notes have them all."""
LONGEST_NOTE = 30_000
NAMES = (
    *("payment_status", "invoice_count", "invoice_currency", "invoice_paid", "invoice_credited"),
    *("invoice_amount_due", "invoice_due_date", "invoice_paid_on", "invoice_days_overdue"),
    *("invoice_online_url", "invoice_payments", "invoice_as_of"),
)


def figures(invoices: Sequence[Billed], at: Standpoint) -> dict[str, Any]:
    """Return the shared values of a deal; all empty for one that has no invoice.

    Amounts are given only where every invoice is in the deal's own currency, since Salesforce
    shows them in that one; else the note has them.
    """
    found: dict[str, Any] = dict.fromkeys(NAMES)
    if not invoices:
        return found
    living = [one for one in invoices if payments.state(one) is not State.VOIDED]
    currencies = {payments.currency_of(one.record) for one in living or invoices}
    if currencies == {at.currency}:
        found |= _sums(living)
    due_days = [_day(one, "DueDate") for one in living if payments.is_open(one.record)]
    return found | {
        "payment_status": state_of(invoices).value,
        "invoice_count": Decimal(len(living)),
        "invoice_currency": next(iter(currencies)) if len(currencies) == 1 else None,
        "invoice_due_date": min((day for day in due_days if day), default=None),
        "invoice_paid_on": _paid_on(living),
        "invoice_days_overdue": Decimal(max(map(payments.days_overdue, living), default=0)),
        "invoice_online_url": _address(living),
        "invoice_payments": _note(living, at, apart=currencies != {at.currency}),
        "invoice_as_of": at.as_of,
    }


def state_of(invoices: Sequence[Billed]) -> State:
    """Return one state for all invoices of a deal: the one that most needs somebody's eye.

    Invoices that were voided count only where nothing else is left.
    """
    states = {payments.state(one) for one in invoices} - {State.VOIDED}
    if not states:
        return State.VOIDED
    begun = states & {State.PAID, State.PART}
    unsettled = states - {State.PAID, State.CREDITED}
    if State.OVERDUE in states:
        return State.OVERDUE
    if begun and unsettled:
        return State.PART
    order = (State.OPEN, State.SUBMITTED, State.DRAFT, State.PAID, State.CREDITED)
    return next(state for state in order if state in states)


def _sums(living: Sequence[Billed]) -> dict[str, Any]:
    records = [one.record for one in living]
    return {
        "invoice_paid": _rounded(sum(map(payments.paid, records), ZERO)),
        "invoice_credited": _rounded(sum(map(payments.credited, records), ZERO)),
        "invoice_amount_due": _rounded(sum(map(payments.due, records), ZERO)),
    }


def _rounded(amount: Decimal) -> Decimal:
    return round_half_up(amount, PLACES)


def _day(one: Billed, name: str) -> date | None:
    day = one.record.get(name)
    return day if isinstance(day, date) else None


def _paid_on(living: Sequence[Billed]) -> date | None:
    """Return the day of the last payment, once every invoice is settled."""
    if any(payments.state(one) not in (State.PAID, State.CREDITED) for one in living):
        return None
    days = [payments.settled_on(one.record) for one in living]
    return max((day for day in days if day), default=None)


def _address(living: Sequence[Billed]) -> str | None:
    """Return where the customer sees the newest invoice that has such a page."""
    shown = [one for one in living if one.address]
    newest = max(
        shown, key=lambda one: (_day(one, "Date") or date.min, one.record.key.id), default=None
    )
    return newest.address if newest else None


def _note(living: Sequence[Billed], at: Standpoint, *, apart: bool) -> str:
    """Return each payment and credit, one to a line, the newest kept where there are too many."""
    lines = [_total(one) for one in _ordered(living)] if apart else []
    if apart and lines:
        known = f"The deal is in {at.currency}, its invoices are not:"
        lines.insert(0, known if at.currency else "The currency of the deal is not known:")
    lines += sorted(line for one in living for line in _entries(one, living))
    lines += [line for one in _ordered(living) for line in payments.left_out(one.record)]
    return fitting(lines)


def _ordered(living: Sequence[Billed]) -> list[Billed]:
    return sorted(living, key=lambda one: (payments.number_of(one.record), one.record.key.id))


def _entries(one: Billed, living: Sequence[Billed]) -> list[str]:
    several = len({other.organisation for other in living}) > 1
    where = f" · {one.organisation}" if several else ""
    return [
        f"{entry.day:%Y-%m-%d} · {entry.number} · {entry.words} · "
        f"{Money(entry.amount, entry.currency)}{where}"
        for entry in payments.entries(one.record)
    ]


def _total(one: Billed) -> str:
    record, currency = one.record, payments.currency_of(one.record)
    parts = [
        f"{Money(payments.number(record.get('Total')), currency)} in all",
        f"{Money(payments.paid(record), currency)} paid",
        f"{Money(payments.credited(record), currency)} credited",
        f"{Money(payments.due(record), currency)} due",
    ]
    return f"{payments.number_of(record)} · {', '.join(parts)}"


def fitting(lines: Sequence[str]) -> str:
    """Return the lines as one text that fits Salesforce's field; of too many the last are kept."""
    kept: list[str] = []
    size = 0
    for line in reversed(lines):
        size += len(line) + 1
        if size > LONGEST_NOTE:
            kept.append(f"{len(lines) - len(kept)} earlier ones are not shown here.")
            break
        kept.append(line)
    return "\n".join(reversed(kept))
