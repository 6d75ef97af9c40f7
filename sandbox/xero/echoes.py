"""How a refused element is sent back: what of it fits the contract, and what is wrong with it."""

from collections.abc import Mapping
from typing import Any

from sandbox.store import Record
from sandbox.xero import quote_fields, quote_moves
from sandbox.xero.errors import ZERO_ID, HttpError, RefusedError, messages
from sandbox.xero.invoice_fields import LINE_AMOUNT_TYPES
from sandbox.xero.invoice_writing import TYPES
from sandbox.xero.reading import day, guid, number, parts, text
from sandbox.xero.stamps import ms_date
from sandbox.xero.transitions import STATUSES

_TEXTS = {
    "Invoice": {"InvoiceNumber": 255, "Reference": 255, "Url": 2000},
    "Contact": {"Name": 255, "ContactNumber": 50, "AccountNumber": 50, "FirstName": 255,
                "LastName": 255, "EmailAddress": 255},
    "Item": {"Code": 30, "Name": 50, "Description": 4000},
    "Payment": {"Reference": 255},
    "Quote": quote_fields.LIMITS,
}  # fmt: skip
_CHOICES: dict[str, dict[str, tuple[str, ...]]] = {
    "Invoice": {"Type": TYPES, "Status": STATUSES, "LineAmountTypes": LINE_AMOUNT_TYPES},
    "Quote": {"Status": quote_moves.STATUSES, "LineAmountTypes": quote_fields.LINE_AMOUNT_TYPES},
}
_DAYS = ("Date", "DueDate", "ExpiryDate")
_LINE_TEXTS = {"Description": 4000, "ItemCode": 30, "AccountCode": 10, "TaxType": 50}
_LINE_NUMBERS = ("Quantity", "UnitAmount", "LineAmount", "DiscountRate", "DiscountAmount")


def echo(kind: str, given: Mapping[str, Any], error: RefusedError) -> Record:
    """The element as it comes back with its ValidationErrors; zeros for an id never given."""
    key = f"{kind}ID"
    shown: Record = {key: _fitting(guid, given, key) or ZERO_ID}
    shown |= _texts(given, _TEXTS[kind])
    if kind in _CHOICES:
        shown |= _document(kind, given)
    if kind == "Item":
        shown["Code"] = str(given.get("Code") or "")[:30]  # the contract wants one
    if kind in (*_CHOICES, "Payment"):
        named = [n for n in _DAYS if n != ("DueDate" if kind == "Quote" else "ExpiryDate")]
        shown |= {n: ms_date(d) for n in named if (d := _fitting(day, given, n))}
    flag = "HasErrors" if kind == "Invoice" else "HasValidationErrors"
    if kind != "Item":
        shown[flag] = True
    return {
        **shown,
        "StatusAttributeString": "ERROR",
        "ValidationErrors": messages(error.messages),
    }


def _document(kind: str, given: Mapping[str, Any]) -> Record:
    shown = {n: given[n] for n, options in _CHOICES[kind].items() if given.get(n) in options}
    contact = given.get("Contact")
    if isinstance(contact, Mapping):
        shown["Contact"] = _texts(contact, _TEXTS["Contact"])
        if key := _fitting(guid, contact, "ContactID"):
            shown["Contact"]["ContactID"] = key
    shown["LineItems"] = [_line(one) for one in _fitting(parts, given, "LineItems") or []]
    return shown


def _line(given: Mapping[str, Any]) -> Record:
    numbers = {n: _fitting(number, given, n) for n in _LINE_NUMBERS}
    return _texts(given, _LINE_TEXTS) | {n: v for n, v in numbers.items() if v is not None}


def _texts(given: Mapping[str, Any], limits: dict[str, int]) -> Record:
    read = {name: _fitting(text, given, name, limit) for name, limit in limits.items()}
    return {name: value for name, value in read.items() if value is not None}


def _fitting(read: Any, given: Mapping[str, Any], *where: Any) -> Any:
    """What can be read of a field, or None."""
    try:
        return read(given, *where)
    except (RefusedError, HttpError):
        return None
