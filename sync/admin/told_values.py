"""How written and agreed values are told: under the names people know, money with its currency."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from typing import Any

from django.utils import timezone

from mappings.words import title_of
from sync.core.doubts import show
from sync.core.money import Money
from sync.flows.registry import every_flow

AMOUNTS = frozenset(
    {
        "amount", "deal_total", "gross", "invoice_amount_due", "invoice_credited", "invoice_paid",
        "invoice_total", "last_payment", "net", "outstanding", "overdue", "price",
    }
)  # fmt: skip
"""The shared fields that hold an amount of money, without the record they are of."""
_YES_NO = {"True": "yes", "False": "no"}


def name_of(flow: str, field: str) -> str:
    """Return what people call a field of a flow: `account.days_to_pay`, usual days to pay."""
    field = field.partition(":")[0]  # a line is told by its own id
    known = every_flow().get(flow)
    return (known.labels.get(field) if known else "") or title_of(field)


def currency_of(values: Mapping[str, Any], otherwise: str = "") -> str:
    """Return the currency that the amounts among these values are in; empty where none says."""
    return str(values.get("currency") or values.get("invoice_currency") or otherwise)


def told(field: str, value: Any, currency: str) -> str:
    """Return a value as it is read; an amount has its currency, where that is known.

    A value that was kept as a text is told like the value it was.
    """
    if value in (None, "", []):
        return ""
    if isinstance(value, datetime):
        return f"{timezone.localtime(value):%-d %b %Y, %H:%M}"
    if isinstance(value, date):
        return f"{value:%-d %b %Y}"
    figure = _figure(value)
    if figure is not None and field.rpartition(".")[2] in AMOUNTS:
        return str(Money(figure, currency)).strip()
    if isinstance(value, Decimal):
        return f"{value.normalize():,f}"
    words = show(value).strip("“”")
    return _YES_NO.get(words, words)


def _figure(value: Any) -> Decimal | None:
    try:
        figure = Decimal(value) if isinstance(value, str | Decimal) else None
    except InvalidOperation:
        return None
    return figure if figure is not None and figure.is_finite() else None
