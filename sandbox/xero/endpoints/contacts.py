"""/Contacts: lists, single ones, writes."""

from collections.abc import Mapping
from typing import Any

from sandbox.store import Record
from sandbox.xero import invoice_views
from sandbox.xero.answers import Reply
from sandbox.xero.call import Call
from sandbox.xero.contact_writing import is_active, write_contact
from sandbox.xero.errors import not_found
from sandbox.xero.searching import Test, by_ids, containing, paged, search
from sandbox.xero.writing import write_all

COLLECTION = "Contacts"
_SEARCHED = ("Name", "FirstName", "LastName", "ContactNumber", "CompanyNumber", "EmailAddress")


def list_contacts(call: Call) -> Reply:
    """GET /Contacts. Persons, terms and balances come with pages only."""
    summary, keys = call.flag("summaryOnly"), call.several("IDs")
    named = by_ids(call.books, "Contact", keys) if keys else None
    found = search(call, "Contact", named, _tests(call))
    page = paged(call, found, COLLECTION, forced=summary)
    if summary:
        shown = [invoice_views.contact_summary(one) for one in page.records]
    elif page.pagination:
        shown = [invoice_views.contact_alone(call.books, one) for one in page.records]
    else:
        shown = [invoice_views.contact_in_list(one) for one in page.records]
    return Reply(COLLECTION, shown, page.pagination)


def _tests(call: Call) -> list[Test]:
    tests: list[Test] = []
    if term := call.query.get("searchterm"):
        tests.append(containing(term, _SEARCHED))
    if not (call.flag("includeArchived") or call.several("IDs")):
        tests.append(is_active)
    return tests


def find(call: Call, key: str) -> Record:
    """The contact of this id, or the one with this contact number. Raises the 404."""
    found = call.books.record("Contact", key.lower())
    found = found or call.books.first("Contact", "ContactNumber", key)
    if not found:
        raise not_found()
    return found


def get_contact(call: Call, key: str) -> Reply:
    """GET /Contacts/{id or contact number}."""
    return Reply(COLLECTION, [invoice_views.contact_alone(call.books, find(call, key))])


def create_contacts(call: Call) -> Reply:
    """PUT /Contacts: creates only."""
    return _write(call, create_only=True)


def upsert_contacts(call: Call) -> Reply:
    """POST /Contacts: changes the one of that id, number or name, else creates.

    Within a batch even a change has to name the contact.
    """
    return _write(call, name_needed=len(call.elements(COLLECTION)) > 1)


def change_contact(call: Call, key: str) -> Reply:
    """POST /Contacts/{id}: changes that one."""
    return _write(call, path_id=find(call, key)["ContactID"])


def _write(
    call: Call,
    *,
    create_only: bool = False,
    name_needed: bool = False,
    path_id: str | None = None,
) -> Reply:
    def write(given: Mapping[str, Any]) -> tuple[Record, list[str]]:
        named = {**given, "ContactID": path_id} if path_id else given
        contact = write_contact(call.books, named, create_only=create_only, name_needed=name_needed)
        return invoice_views.contact_alone(call.books, contact), []

    return write_all(call, "Contact", COLLECTION, write)
