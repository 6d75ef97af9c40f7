"""/CreditNotes, /Prepayments and /Overpayments: lists, single ones; writes of credit notes."""

from collections.abc import Mapping
from typing import Any

from sandbox.store import Record
from sandbox.xero import credit_views
from sandbox.xero.answers import Reply
from sandbox.xero.call import Call
from sandbox.xero.credit_note_writing import write_credit_note
from sandbox.xero.credits import BY_COLLECTION, CREDITS
from sandbox.xero.errors import not_found
from sandbox.xero.searching import Test, paged, search
from sandbox.xero.writing import write_all

NOTES = CREDITS["CreditNote"]
# The filters by a comma list that two of the three have, and the field each looks at.
_NAMED = {"Overpayments": ("References", "Reference"),
          "Prepayments": ("InvoiceNumbers", "InvoiceNumber")}  # fmt: skip


def list_credits(call: Call, endpoint: str) -> Reply:
    """GET: lines come with pages only."""
    credit = BY_COLLECTION[endpoint]
    page = paged(call, search(call, credit.kind, None, _tests(call, endpoint)), endpoint)
    if page.pagination:
        shown = [credit_views.in_page(call.books, credit, one, call.places) for one in page.records]
    else:
        shown = [credit_views.in_list(call.books, credit, one) for one in page.records]
    return Reply(endpoint, shown, page.pagination)


def _tests(call: Call, endpoint: str) -> list[Test]:
    filter_, field = _NAMED.get(endpoint, ("", ""))
    wanted = {one.casefold() for one in call.several(filter_) or []} if filter_ else set()
    return [lambda one: str(one.get(field) or "").casefold() in wanted] if wanted else []


def find(call: Call, endpoint: str, key: str) -> Record:
    """The credit of this id, or the credit note of this number. Raises the 404."""
    credit = BY_COLLECTION[endpoint]
    found = call.books.record(credit.kind, key.lower())
    if not found and credit is NOTES:
        found = call.books.first(credit.kind, "CreditNoteNumber", key)
    if not found:
        raise not_found()
    return found


def get_credit(call: Call, endpoint: str, key: str) -> Reply:
    """GET /{endpoint}/{id}."""
    record = find(call, endpoint, key)
    shown = credit_views.alone(call.books, BY_COLLECTION[endpoint], record, call.places)
    return Reply(endpoint, [shown])


def create_credit_notes(call: Call) -> Reply:
    """PUT /CreditNotes: creates only."""
    return _write(call, create_only=True)


def upsert_credit_notes(call: Call) -> Reply:
    """POST /CreditNotes: changes the one of that id or number, else creates."""
    return _write(call)


def change_credit_note(call: Call, key: str) -> Reply:
    """POST /CreditNotes/{id}: changes that one."""
    return _write(call, path_id=find(call, NOTES.collection, key)[NOTES.id_field])


def _write(call: Call, *, create_only: bool = False, path_id: str | None = None) -> Reply:
    def write(given: Mapping[str, Any]) -> tuple[Record, list[str]]:
        named = {**given, NOTES.id_field: path_id} if path_id else given
        record, warnings = write_credit_note(
            call.books, named, create_only=create_only, places=call.places
        )
        return credit_views.alone(call.books, NOTES, record, call.places), warnings

    return write_all(call, NOTES.kind, NOTES.collection, write)
