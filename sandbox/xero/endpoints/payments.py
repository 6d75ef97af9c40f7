"""/Payments: the list, single ones, booking and taking back."""

from collections.abc import Mapping
from typing import Any

from sandbox.store import Record
from sandbox.xero import rendering
from sandbox.xero.answers import Reply
from sandbox.xero.call import Call
from sandbox.xero.errors import RefusedError, not_found
from sandbox.xero.payments import delete_payment, write_payment
from sandbox.xero.searching import paged, search
from sandbox.xero.writing import write_all

COLLECTION = "Payments"


def list_payments(call: Call) -> Reply:
    """GET /Payments."""
    page = paged(call, search(call, "Payment", None, []), COLLECTION)
    shown = [rendering.payment(call.books, one) for one in page.records]
    return Reply(COLLECTION, shown, page.pagination)


def find(call: Call, key: str) -> Record:
    """The payment of this id. Raises the 404."""
    found = call.books.record("Payment", key.lower())
    if not found:
        raise not_found()
    return found


def get_payment(call: Call, key: str) -> Reply:
    """GET /Payments/{id}."""
    return Reply(COLLECTION, [rendering.payment(call.books, find(call, key))])


def create_payments(call: Call) -> Reply:
    """PUT and POST /Payments: book payments; a payment is never changed."""

    def write(given: Mapping[str, Any]) -> tuple[Record, list[str]]:
        return rendering.payment(call.books, write_payment(call.books, given)), []

    return write_all(call, "Payment", COLLECTION, write)


def end_payment(call: Call, key: str) -> Reply:
    """POST /Payments/{id} with the status DELETED: the only change there is."""
    payment = find(call, key)

    def write(given: Mapping[str, Any]) -> tuple[Record, list[str]]:
        if given.get("Status") != "DELETED":
            raise RefusedError("Payment not of valid status for modification")
        return rendering.payment(call.books, delete_payment(call.books, payment)), []

    return write_all(call, "Payment", COLLECTION, write)
