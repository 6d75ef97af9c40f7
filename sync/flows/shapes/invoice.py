"""Xero's Invoice: its entry in the index, its shared values and its body."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Any

from sync.core.lines import Line
from sync.core.matching import Candidate
from sync.core.money import round_half_up
from sync.core.records import Key, Record
from sync.core.tax import Amounts

from . import salesforce_ids

STATUS_WORDS = {
    "DRAFT": "Draft",
    "SUBMITTED": "Awaiting approval",
    "AUTHORISED": "Awaiting payment",
    "PAID": "Paid",
    "VOIDED": "Voided",
    "DELETED": "Deleted",
}
ENDED = frozenset({"VOIDED", "DELETED"})
ENDED_CAUSE = "invoice_ended:"
"""How the cause begins that asks whether a deal is billed again; the invoice’s id follows."""


def candidate(record: Record) -> Candidate:
    """Return the invoice's entry in the local index, found by the deal ids it carries.

    The contact's id finds what a customer was billed, as the figures of accounts need it.
    """
    places = [record.get(n) for n in ("Reference", "InvoiceNumber", "Url") if is_sale(record)]
    deals = {d for text in places for d in salesforce_ids.find(str(text or ""), "006")}
    status = str(record.get("Status") or "")
    number = str(record.get("InvoiceNumber") or "")
    contact = str(record.get("Contact.ContactID") or "").lower()
    return Candidate(
        record.key,
        number or "an invoice without a number",
        frozenset(
            [("deal", deal) for deal in deals]
            + ([("invoice", number.casefold())] if number else [])
            + ([("contact", contact)] if contact and is_sale(record) else [])
        ),
        gone=STATUS_WORDS[status].lower() if status in ENDED else "",
        status=status,
        facts={
            "number": number,
            "total": record.get("Total"),
            "currency": record.get("CurrencyCode"),
        },
    )


def status_words(record: Record) -> str:
    """Return the invoice's status as a salesperson says it, in lower case."""
    status = str(record.get("Status") or "")
    return STATUS_WORDS.get(status, status).lower()


def is_sale(record: Record) -> bool:
    """Return whether the invoice is a sale (ACCREC), not a supplier's bill."""
    return bool(record.get("Type", "ACCREC") == "ACCREC")


def to_shared(record: Record, addresses: Callable[[Key], str]) -> dict[str, Any]:
    """Return the shared values of an invoice as it stands in Xero."""
    status = str(record.get("Status") or "")
    untaxed = record.get("LineAmountTypes") == Amounts.NO_TAX
    return {
        "contact": str(record.get("Contact.ContactID") or "").lower(),
        "date": record.get("Date"),
        "due_date": record.get("DueDate"),
        "currency": record.get("CurrencyCode"),
        "reference": str(record.get("Reference") or "").strip(),
        "amounts_are": record.get("LineAmountTypes"),
        "theme": str(record.get("BrandingThemeID") or "").lower(),
        "rate": record.get("CurrencyRate"),
        "lines": [_line(line, untaxed).to_shared() for line in record.get("LineItems") or []],
        "invoice_id": record.key.id,
        "invoice_number": str(record.get("InvoiceNumber") or "").strip(),
        "invoice_status": STATUS_WORDS.get(status, status.title()),
        "invoice_total": record.get("Total"),
        "invoice_url": addresses(record.key),
        "net": record.get("SubTotal"),
        "gross": record.get("Total"),
    }


def _line(values: Mapping[str, Any], untaxed: bool) -> Line:
    """Return a line; where prices bear no tax, Xero's own word for that is no choice of a type."""
    return Line(
        description=str(values.get("Description") or ""),
        quantity=_decimal(values.get("Quantity")),
        unit_amount=_decimal(values.get("UnitAmount")),
        discount_rate=_decimal(values.get("DiscountRate")),
        account_code=str(values.get("AccountCode") or ""),
        tax_type="" if untaxed else str(values.get("TaxType") or ""),
        item_code=str(values.get("ItemCode") or ""),
        tracking=tuple(
            sorted(
                (
                    str(t.get("TrackingCategoryID") or "").lower(),
                    str(t.get("TrackingOptionID") or "").lower(),
                )
                for t in values.get("Tracking") or []
            )
        ),
    )


def _decimal(value: Any) -> Decimal:
    return value if isinstance(value, Decimal) else Decimal(str(value or 0))


def body(shared: Mapping[str, Any]) -> dict[str, Any]:
    """Return the fields of an invoice's body for the shared values; empty ones are left out.

    The contact block has the id alone, since anything more would change the contact; tracking is
    named by its ids too, which outlive a rename.
    """
    makers: dict[str, tuple[str, Callable[[Any], Any]]] = {
        "contact": ("Contact", lambda v: {"ContactID": v}),
        "date": ("Date", lambda v: v.isoformat()),
        "due_date": ("DueDate", lambda v: v.isoformat()),
        "currency": ("CurrencyCode", str),
        "rate": ("CurrencyRate", lambda v: v["rate"]),
        "reference": ("Reference", str),
        "amounts_are": ("LineAmountTypes", str),
        "theme": ("BrandingThemeID", str),
        "status": ("Status", str),
        "url": ("Url", str),
        "lines": ("LineItems", lambda v: [_line_body(Line.from_shared(x)) for x in v]),
    }
    made = {
        field: make(shared[name])
        for name, (field, make) in makers.items()
        if shared.get(name) not in (None, "", [])
    }
    return {field: value for field, value in made.items() if value is not None}


def cleared(shared: Mapping[str, Any]) -> dict[str, str]:
    """Return the fields of an update that the shared values empty: Xero clears them on ""."""
    names = {"due_date": "DueDate", "reference": "Reference", "theme": "BrandingThemeID"}
    return {field: "" for name, field in names.items() if shared.get(name, field) in (None, "")}


def _line_body(line: Line) -> dict[str, Any]:
    """Return one line's body; LineAmount is left to Xero, which refuses one it disagrees with."""
    values: dict[str, Any] = {
        "Description": line.description,
        "Quantity": line.quantity,
        "UnitAmount": round_half_up(line.unit_amount, 4),
        "DiscountRate": line.discount_rate or None,
        "AccountCode": line.account_code,
        "TaxType": line.tax_type,
        "ItemCode": line.item_code,
        "Tracking": [
            {"TrackingCategoryID": category, "TrackingOptionID": option}
            for category, option in line.tracking
        ],
    }
    return {key: value for key, value in values.items() if value not in (None, "", [])}
