"""/{CreditNotes|Prepayments|Overpayments}/{id}/Allocations: made and taken back."""

from collections.abc import Mapping
from typing import Any

from sandbox.store import Record
from sandbox.xero import allocations, credit_views
from sandbox.xero.answers import Reply
from sandbox.xero.call import Call
from sandbox.xero.credits import BY_COLLECTION
from sandbox.xero.endpoints import credits
from sandbox.xero.errors import RefusedError, invalid, messages, not_found
from sandbox.xero.writing import write_all

COLLECTION = "Allocations"


def create_allocations(call: Call, endpoint: str, key: str) -> Reply:
    """PUT: sets amounts of the credit off against invoices."""
    credit = BY_COLLECTION[endpoint]
    key = credits.find(call, endpoint, key)[credit.id_field]

    def write(given: Mapping[str, Any]) -> tuple[Record, list[str]]:
        made = allocations.allocate(call.books, credit, key, given)
        return credit_views.allocation(call.books, credit, made), []

    return write_all(call, "Allocation", COLLECTION, write)


def remove_allocation(call: Call, endpoint: str, key: str, allocation_key: str) -> Reply:
    """DELETE: the invoice is due again; the answer is the allocation itself, in no list."""
    credit = BY_COLLECTION[endpoint]
    key = credits.find(call, endpoint, key)[credit.id_field]
    try:
        removed = allocations.remove(call.books, credit, key, allocation_key.lower())
    except RefusedError as error:
        raise invalid([{"ValidationErrors": messages(error.messages)}]) from error
    if not removed:
        raise not_found()
    return Reply(COLLECTION, alone=credit_views.removed(removed))
