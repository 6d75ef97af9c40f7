"""/BankTransactions: money received and spent; where prepayments and overpayments come from."""

from collections.abc import Mapping
from typing import Any

from sandbox.store import Record
from sandbox.xero import credit_views
from sandbox.xero.answers import Reply
from sandbox.xero.bank_writing import write_transaction
from sandbox.xero.call import Call
from sandbox.xero.errors import not_found
from sandbox.xero.searching import paged, search
from sandbox.xero.writing import write_all

COLLECTION = "BankTransactions"


def list_transactions(call: Call) -> Reply:
    """GET /BankTransactions: lines come with pages only."""
    page = paged(call, search(call, "BankTransaction", None, []), COLLECTION)
    lines = page.pagination is not None
    shown = [
        credit_views.transaction(call.books, one, call.places, with_lines=lines)
        for one in page.records
    ]
    return Reply(COLLECTION, shown, page.pagination)


def find(call: Call, key: str) -> Record:
    """The bank transaction of this id. Raises the 404."""
    found = call.books.record("BankTransaction", key.lower())
    if not found:
        raise not_found()
    return found


def get_transaction(call: Call, key: str) -> Reply:
    """GET /BankTransactions/{id}."""
    shown = credit_views.transaction(call.books, find(call, key), call.places)
    return Reply(COLLECTION, [shown])


def create_transactions(call: Call) -> Reply:
    """PUT /BankTransactions: creates only."""
    return _write(call, create_only=True)


def upsert_transactions(call: Call) -> Reply:
    """POST /BankTransactions: changes the one of that id, else creates."""
    return _write(call)


def change_transaction(call: Call, key: str) -> Reply:
    """POST /BankTransactions/{id}: changes or deletes that one."""
    return _write(call, path_id=find(call, key)["BankTransactionID"])


def _write(call: Call, *, create_only: bool = False, path_id: str | None = None) -> Reply:
    def write(given: Mapping[str, Any]) -> tuple[Record, list[str]]:
        named = {**given, "BankTransactionID": path_id} if path_id else given
        record, warnings = write_transaction(
            call.books, named, create_only=create_only, places=call.places
        )
        return credit_views.transaction(call.books, record, call.places), warnings

    return write_all(call, "BankTransaction", COLLECTION, write)
