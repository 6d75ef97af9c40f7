"""The figures of one customer: what is owed and late, by currency and in the account's own."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date
from decimal import Decimal
from statistics import median
from typing import Any

from sync.core.money import Money, exchange, round_half_up
from sync.core.projection import OF_ACCOUNT, Billed, Standpoint

from . import payments
from .deal_figures import PLACES, fitting
from .payments import ZERO, Entry

LAST = 10
"""The habit of a customer is told by so many invoices, those paid last."""
NAMES = tuple(
    OF_ACCOUNT + name
    for name in (
        *("outstanding", "overdue", "oldest_days_overdue", "open_invoices", "last_payment"),
        *("last_payment_on", "balances", "days_to_pay", "as_of"),
    )
)
Sums = Mapping[str, Decimal]
"""An amount by its currency; never summed across."""


def figures(invoices: Sequence[Billed], at: Standpoint) -> dict[str, Any]:
    """Return the shared values of an account; all empty for one that was never billed.

    An amount that cannot be told in the account's currency, for want of a rate, is left empty;
    the balances tell it in its own currency.
    """
    found: dict[str, Any] = dict.fromkeys(NAMES)
    approved = [one for one in invoices if one.record.get("Status") in ("AUTHORISED", "PAID")]
    if not approved:
        return found
    still_open = [one for one in approved if payments.is_open(one.record)]
    late = [one for one in still_open if payments.days_overdue(one)]
    last = _last_payments(approved)
    values = {
        "outstanding": in_one(_due(still_open), at),
        "overdue": in_one(_due(late), at),
        "oldest_days_overdue": Decimal(max(map(payments.days_overdue, late), default=0)),
        "open_invoices": Decimal(len(still_open)),
        "last_payment": in_one(_amounts(last), at) if last else None,
        "last_payment_on": last[0].day if last else None,
        "balances": _balances(still_open, at),
        "days_to_pay": days_to_pay(one.record for one in approved),
        "as_of": at.as_of,
    }
    return found | {OF_ACCOUNT + name: value for name, value in values.items()}


def in_one(sums: Sums, at: Standpoint) -> Decimal | None:
    """Return the sums as one amount in the account's currency, or None where a rate is missing."""
    told = [convert(amount, currency, at) for currency, amount in sums.items() if amount]
    known = [amount for amount in told if amount is not None]
    return round_half_up(sum(known, ZERO), PLACES) if len(known) == len(told) else None


def convert(amount: Decimal, currency: str, at: Standpoint) -> Decimal | None:
    """Return an amount in the account's currency by Salesforce's rates, or None without both."""
    return exchange(amount, currency, at.currency, at.rates)


def days_to_pay(records: Iterable[Any]) -> Decimal | None:
    """Return the median of the days from date to payment of the invoices paid last, or None."""
    spans = [
        (paid_on, (paid_on - day).days)
        for record in records
        for paid_on, day in [(payments.settled_on(record), record.get("Date"))]
        if paid_on is not None and isinstance(day, date)
    ]
    last = [days for _, days in sorted(spans, reverse=True)[:LAST]]
    return round_half_up(Decimal(str(median(last))), 0) if last else None


def _due(invoices: Iterable[Billed]) -> dict[str, Decimal]:
    sums: dict[str, Decimal] = {}
    for one in invoices:
        currency = payments.currency_of(one.record)
        sums[currency] = sums.get(currency, ZERO) + payments.due(one.record)
    return sums


def _amounts(entries: Iterable[Entry]) -> dict[str, Decimal]:
    sums: dict[str, Decimal] = {}
    for entry in entries:
        sums[entry.currency] = sums.get(entry.currency, ZERO) + entry.amount
    return sums


def _last_payments(invoices: Iterable[Billed]) -> list[Entry]:
    """Return the payments of the last day with any: one transfer may pay several invoices."""
    made = [e for one in invoices for e in payments.entries(one.record) if e.is_payment]
    last = max((entry.day for entry in made), default=None)
    return [entry for entry in made if entry.day == last]


def _balances(still_open: Sequence[Billed], at: Standpoint) -> str:
    """Return outstanding and overdue by currency, one to a line, then by organisation."""
    if not still_open:
        return "Nothing is open."
    lines = [f"{words}{_rate(c, amount, at)}" for c, amount, words in _lines(still_open, at)]
    where = sorted({one.organisation for one in still_open})
    for name in where if len(where) > 1 else ():
        own = [one for one in still_open if one.organisation == name]
        lines += [f"{name}: {words}" for _, _, words in _lines(own, at)]
    return fitting(lines)


def _lines(invoices: Sequence[Billed], at: Standpoint) -> list[tuple[str, Decimal, str]]:
    """Return each currency with what is due in it and the words for it; the account's first."""
    due = _due(invoices)
    late = _due(one for one in invoices if payments.days_overdue(one))
    first: Callable[[str], tuple[bool, str]] = lambda c: (c != at.currency, c)  # noqa: E731
    return [
        (
            currency,
            due[currency],
            f"{Money(due[currency], currency)} outstanding, "
            f"{Money(late.get(currency, ZERO), currency)} overdue",
        )
        for currency in sorted(due, key=first)
    ]


def _rate(currency: str, amount: Decimal, at: Standpoint) -> str:
    if currency == at.currency:
        return ""
    told = convert(amount, currency, at)
    if not at.currency:
        return " · the currency of the account is not known"
    if told is None:
        return f" · Salesforce has no rate from {currency} to {at.currency}"
    rate = (at.rates[at.currency] / at.rates[currency]).quantize(Decimal("0.000001"))
    return f" · {Money(told, at.currency)} at {rate.normalize():f}"
