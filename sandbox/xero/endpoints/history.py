"""/{Endpoint}/{id}/History: what happened to a record, and notes added to it."""

from collections.abc import Callable
from functools import partial
from typing import Any

from sandbox.store import Record
from sandbox.xero import rendering
from sandbox.xero.answers import Reply
from sandbox.xero.call import Call
from sandbox.xero.credits import BY_COLLECTION
from sandbox.xero.endpoints import (
    bank_transactions,
    contacts,
    credits,
    invoices,
    items,
    payments,
    quotes,
)
from sandbox.xero.errors import RefusedError, invalid, messages
from sandbox.xero.history import entries, write_notes

COLLECTION = "HistoryRecords"


def _credit(endpoint: str, call: Call, key: str) -> Record:
    return credits.find(call, endpoint, key)


_FIND: dict[str, tuple[Callable[[Call, str], Record], str]] = {
    "BankTransactions": (bank_transactions.find, "BankTransactionID"),
    **{name: (partial(_credit, name), credit.id_field) for name, credit in BY_COLLECTION.items()},
    "Contacts": (contacts.find, "ContactID"),
    "Invoices": (invoices.find, "InvoiceID"),
    "Items": (items.find, "ItemID"),
    "Payments": (payments.find, "PaymentID"),
    "Quotes": (quotes.find, "QuoteID"),
}
ENDPOINTS = tuple(_FIND)


def _key(call: Call, endpoint: str, key: str) -> str:
    find, field = _FIND[endpoint]
    return str(find(call, key)[field])


def list_history(call: Call, endpoint: str, key: str) -> Reply:
    """GET: newest first."""
    found = entries(call.books, _key(call, endpoint, key))
    return Reply(COLLECTION, [rendering.plain(one) for one in found])


def add_notes(call: Call, endpoint: str, key: str) -> Reply:
    """PUT: adds notes, which nobody can remove."""
    given: dict[str, Any] = {COLLECTION: call.elements(COLLECTION)}
    try:
        added = write_notes(call.books, _key(call, endpoint, key), given)
    except RefusedError as error:
        raise invalid([{"ValidationErrors": messages(error.messages)}]) from error
    return Reply(COLLECTION, [rendering.plain(one) for one in added])
