"""What a person does with a quote in Xero's own screens."""

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from sandbox.store import Record
from sandbox.world import World
from sandbox.xero.entering import books_of, create, edit
from sandbox.xero.errors import RefusedError
from sandbox.xero.history import note
from sandbox.xero.quote_fields import OF_INVOICES

_DUE = timedelta(days=30)
_COPIED = ("Description", "UnitAmount", "ItemCode", "AccountCode", "TaxType", "DiscountRate",
           "DiscountAmount", "Tracking")  # fmt: skip


def send_quote(world: World, id: str) -> None:
    """Mark a quote as sent: a draft, or one that was answered or invoiced. Raises RefusedError."""
    edit(world, "Quote", id, {"Status": "SENT"})


def accept_quote(world: World, id: str) -> None:
    """Mark a sent quote as accepted. Raises RefusedError."""
    edit(world, "Quote", id, {"Status": "ACCEPTED"})


def decline_quote(world: World, id: str) -> None:
    """Mark a sent quote as declined. Raises RefusedError."""
    edit(world, "Quote", id, {"Status": "DECLINED"})


def delete_quote(world: World, id: str) -> None:
    """Delete a quote, which stays in lists as deleted. Raises RefusedError."""
    edit(world, "Quote", id, {"Status": "DELETED"})


def invoice_quote(
    world: World, id: str, percent: Any = None, *, mark: bool = True, status: str = "DRAFT"
) -> str:
    """Make an invoice of a sent or accepted quote, or of a percentage of it; the invoice's id.

    `mark` is the tick that makes the quote an invoiced one. The invoice has the quote's contact,
    lines and reference; nothing but words in both histories tells that they belong together.
    Raises RefusedError.
    """
    books, quote = books_of(world, "Quote", id)
    if quote["Status"] not in ("SENT", "ACCEPTED", "INVOICED"):
        raise RefusedError("An invoice is made of a quote that was sent.")
    with world.batch():
        invoice_id = create(world, "Invoice", _invoice(quote, books.today, percent), books.tenant)
        if status != "DRAFT":
            edit(world, "Invoice", invoice_id, {"Status": status})
        if quote["Status"] == "SENT":
            accept_quote(world, id)
        if mark and quote["Status"] != "INVOICED":
            edit(world, "Quote", id, {"Status": "INVOICED"})
        note(books, invoice_id, "Note", f"Created from quote {quote['QuoteNumber']}")
        note(books, id, "Note", "An invoice was created from this quote")
    return invoice_id


def _invoice(quote: Record, today: str, percent: Any) -> Record:
    due = date.fromisoformat(today) + _DUE
    return {
        "Type": "ACCREC",
        "Contact": quote["Contact"],
        "Date": today,
        "DueDate": due.isoformat(),
        "Reference": quote.get("Reference"),
        "CurrencyCode": quote["CurrencyCode"],
        "LineAmountTypes": OF_INVOICES[quote["LineAmountTypes"]],
        "BrandingThemeID": quote.get("BrandingThemeID"),
        "LineItems": [_line(line, percent) for line in quote["LineItems"]],
    }


def _line(line: Record, percent: Any) -> Record:
    copied = {name: line[name] for name in _COPIED if line.get(name) is not None}
    if line.get("Quantity") is None:
        return copied
    share = (Decimal(100) if percent is None else Decimal(str(percent))) / 100
    if "DiscountAmount" in copied:
        copied["DiscountAmount"] *= share
    return copied | {"Quantity": line["Quantity"] * share}
