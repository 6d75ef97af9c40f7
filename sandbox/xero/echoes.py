"""How a refused element is sent back: what of it fits the contract, and what is wrong with it."""

from collections.abc import Mapping
from typing import Any

from sandbox.store import Record
from sandbox.xero import bank_writing, credit_note_writing, quote_fields, quote_moves
from sandbox.xero.errors import ZERO_ID, HttpError, RefusedError, messages
from sandbox.xero.invoice_fields import LINE_AMOUNT_TYPES
from sandbox.xero.invoice_writing import TYPES
from sandbox.xero.money import ZERO
from sandbox.xero.reading import day, guid, number, parts, text
from sandbox.xero.stamps import ms_date
from sandbox.xero.transitions import STATUSES

_TEXTS = {
    "Invoice": {"InvoiceNumber": 255, "Reference": 255, "Url": 2000},
    "Allocation": {},
    "BankTransaction": {"Reference": 255, "Url": 2000},
    "CreditNote": credit_note_writing.LIMITS,
    "Contact": {"Name": 255, "ContactNumber": 50, "AccountNumber": 50, "FirstName": 255,
                "LastName": 255, "EmailAddress": 255},
    "Item": {"Code": 30, "Name": 50, "Description": 4000},
    "Payment": {"Reference": 255},
    "Quote": quote_fields.LIMITS,
}  # fmt: skip
_CHOICES: dict[str, dict[str, tuple[str, ...]]] = {
    "Invoice": {"Type": TYPES, "Status": STATUSES, "LineAmountTypes": LINE_AMOUNT_TYPES},
    "CreditNote": {
        "Type": credit_note_writing.TYPES,
        "Status": STATUSES,
        "LineAmountTypes": LINE_AMOUNT_TYPES,
    },
    "BankTransaction": {
        "Type": bank_writing.TYPES,
        "Status": bank_writing.STATUSES,
        "LineAmountTypes": LINE_AMOUNT_TYPES,
    },
    "Quote": {"Status": quote_moves.STATUSES, "LineAmountTypes": quote_fields.LINE_AMOUNT_TYPES},
}
_DAYS: dict[str, tuple[str, ...]] = {
    "Allocation": ("Date",),
    "BankTransaction": ("Date",),
    "CreditNote": ("Date", "DueDate"),
    "Invoice": ("Date", "DueDate"),
    "Payment": ("Date",),
    "Quote": ("Date", "ExpiryDate"),
}
# What the contract wants of each, whatever was sent.
_WANTED: dict[str, Record] = {
    "Allocation": {"Amount": ZERO, "Date": "/Date(0+0000)/", "Invoice": {}},
    "BankTransaction": {"Type": bank_writing.TYPES[0], "BankAccount": {}},
}
_LINE_TEXTS = {"Description": 4000, "ItemCode": 30, "AccountCode": 10, "TaxType": 50}
_LINE_NUMBERS = ("Quantity", "UnitAmount", "LineAmount", "DiscountRate", "DiscountAmount")


def echo(kind: str, given: Mapping[str, Any], error: RefusedError) -> Record:
    """The element as it comes back with its ValidationErrors; zeros for an id never given."""
    key = f"{kind}ID"
    shown: Record = {key: _fitting(guid, given, key) or ZERO_ID, **_WANTED.get(kind, {})}
    shown |= _texts(given, _TEXTS[kind])
    if kind in _CHOICES:
        shown |= _document(kind, given)
    if kind == "Item":
        shown["Code"] = str(given.get("Code") or "")[:30]  # the contract wants one
    days = {name: _fitting(day, given, name) for name in _DAYS.get(kind, ())}
    shown |= {name: ms_date(kept) for name, kept in days.items() if kept}
    flag = "HasErrors" if kind in ("CreditNote", "Invoice") else "HasValidationErrors"
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
