"""Xero's Quote: its entry in the index, its words, and what it is over."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from sync.core.matching import Candidate
from sync.core.money import Money
from sync.core.records import Record
from sync.core.transforms import as_number

from . import salesforce_ids

STATUS_WORDS = {
    "DRAFT": "Draft",
    "SENT": "Sent",
    "ACCEPTED": "Accepted",
    "DECLINED": "Declined",
    "INVOICED": "Invoiced",
    "DELETED": "Deleted",
}
ENDED = frozenset({"DECLINED", "DELETED"})
"""The statuses of a quote that nobody buys by any more."""
ZERO = Decimal(0)


@dataclass(frozen=True)
class QuoteLine:
    """One line of a quote; `net` is what it comes to before tax, as Xero computed it.

    `discount` is a percentage, `taxed` tells that the unit price includes tax.
    """

    id: str
    description: str
    quantity: Decimal
    unit_amount: Decimal
    discount: Decimal
    net: Decimal
    code: str
    taxed: bool = False

    @property
    def says_nothing(self) -> bool:
        """Whether it is a line of text alone."""
        return not self.code and not self.net and not self.unit_amount


def candidate(record: Record) -> Candidate:
    """Return the quote's entry in the local index, found by its customer and the deals it names."""
    number = str(record.get("QuoteNumber") or "")
    contact = str(record.get("Contact.ContactID") or "").lower()
    status = str(record.get("Status") or "")
    return Candidate(
        record.key,
        number or "a quote without a number",
        frozenset(
            [("deal", deal) for deal in named_deals(record)]
            + ([("quote", number.casefold())] if number else [])
            + ([("contact", contact)] if contact else [])
        ),
        gone=record.gone or ("deleted" if status == "DELETED" else ""),
        status=status,
        facts={"number": number, "net": net(record), "currency": currency(record), "unwanted": ""},
    )


def named_deals(record: Record) -> tuple[str, ...]:
    """Return the ids of the opportunities that a quote's reference names."""
    return salesforce_ids.find(str(record.get("Reference") or ""), "006")


def status(record: Record) -> str:
    """Return a quote's status in Xero's word; one that is gone is a deleted one."""
    return "DELETED" if record.gone else str(record.get("Status") or "")


def words(record: Record) -> str:
    """Return a quote's number as people know it."""
    return str(record.get("QuoteNumber") or "").strip() or "A quote without a number"


def net(record: Record) -> Decimal | None:
    """Return what a quote is over before tax, or None where Xero does not say."""
    return as_number(record.get("SubTotal"))


def currency(record: Record) -> str:
    """Return the currency of a quote, or empty."""
    return str(record.get("CurrencyCode") or "")


def money(record: Record) -> Money:
    """Return what a quote is over before tax; nothing where Xero does not say."""
    return Money(net(record) or ZERO, currency(record))


def day(record: Record, name: str) -> date | None:
    """Return a day of a quote (`Date`, `ExpiryDate`), or None."""
    value = record.get(name)
    return value if isinstance(value, date) else None


def lines(record: Record) -> tuple[QuoteLine, ...]:
    """Return the lines of a quote in its order; those of text alone are left out."""
    taxed = str(record.get("LineAmountTypes") or "").upper() == "INCLUSIVE"
    found = (_line(line, taxed=taxed) for line in record.get("LineItems") or [])
    return tuple(line for line in found if not line.says_nothing)


def _line(values: Mapping[str, Any], *, taxed: bool) -> QuoteLine:
    amount = _number(values, "LineAmount")
    return QuoteLine(
        id=str(values.get("LineItemID") or "").lower(),
        description=str(values.get("Description") or "").strip(),
        quantity=_number(values, "Quantity"),
        unit_amount=_number(values, "UnitAmount"),
        discount=_number(values, "DiscountRate"),
        net=amount - _number(values, "TaxAmount") if taxed else amount,
        code=str(values.get("ItemCode") or ""),
        taxed=taxed or bool(_number(values, "DiscountAmount") and not values.get("DiscountRate")),
    )


def _number(values: Mapping[str, Any], name: str) -> Decimal:
    return as_number(values.get(name)) or ZERO
