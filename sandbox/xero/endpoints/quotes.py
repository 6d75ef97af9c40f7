"""/Quotes: lists by their own few filters, single ones, writes."""

from collections.abc import Callable, Mapping
from typing import Any

from sandbox.store import Record
from sandbox.xero import quote_views
from sandbox.xero.answers import Reply
from sandbox.xero.books import fold
from sandbox.xero.call import Call
from sandbox.xero.errors import bad_query, not_found
from sandbox.xero.listing import PAGE_SIZE, page_of
from sandbox.xero.quote_writing import write_quote
from sandbox.xero.searching import Test, search
from sandbox.xero.stamps import read_day
from sandbox.xero.writing import write_all

COLLECTION = "Quotes"
_DAYS: dict[str, tuple[str, Callable[[str, str], bool]]] = {
    "DateFrom": ("Date", str.__ge__),
    "DateTo": ("Date", str.__le__),
    "ExpiryDateFrom": ("ExpiryDate", str.__ge__),
    "ExpiryDateTo": ("ExpiryDate", str.__le__),
}


def list_quotes(call: Call) -> Reply:
    """GET /Quotes: a hundred a page, and the first page where none is asked for.

    No `where`, no IDs, no other size of pages: what Xero does not know it overlooks.
    """
    found = search(call, "Quote", _named(call), _tests(call), queried=False)
    page = page_of(found, call.whole("page", 1), PAGE_SIZE)
    return Reply(COLLECTION, [quote_views.quote(call.books, one) for one in page.records])


def _named(call: Call) -> list[Record] | None:
    """The quotes that a number or a contact leaves, or None where none was given."""
    if number := call.query.get("quotenumber"):
        return call.books.find("Quote", "QuoteNumber", number)
    if contact := call.query.get("contactid"):
        return call.books.find("Quote", "Contact.ContactID", contact)
    return None


def _tests(call: Call) -> list[Test]:
    tests = [test for name in _DAYS if (test := _day_test(call, name))]
    if status := call.query.get("status"):
        tests.append(lambda one: one["Status"] == status.upper())
    if contact := call.query.get("contactid"):
        tests.append(lambda one: one["Contact"]["ContactID"] == fold(contact))
    return tests


def _day_test(call: Call, name: str) -> Test | None:
    given = call.query.get(name.lower())
    if not given:
        return None
    try:
        day = read_day(given)
    except ValueError as error:
        raise bad_query(f"{name} '{given}' is not a date") from error
    field, compare = _DAYS[name]
    return lambda one: bool(one.get(field)) and compare(one[field], day)


def find(call: Call, key: str) -> Record:
    """The quote of this id. Raises the 404."""
    found = call.books.record("Quote", key.lower())
    if not found:
        raise not_found()
    return found


def get_quote(call: Call, key: str) -> Reply:
    """GET /Quotes/{id}."""
    return Reply(COLLECTION, [quote_views.quote(call.books, find(call, key), with_address=True)])


def create_quotes(call: Call) -> Reply:
    """PUT /Quotes: creates only."""
    return _write(call, create_only=True)


def upsert_quotes(call: Call) -> Reply:
    """POST /Quotes: changes the one of that id or number, else creates."""
    return _write(call)


def change_quote(call: Call, key: str) -> Reply:
    """POST /Quotes/{id}: changes that one."""
    return _write(call, path_id=find(call, key)["QuoteID"])


def _write(call: Call, *, create_only: bool = False, path_id: str | None = None) -> Reply:
    def write(given: Mapping[str, Any]) -> tuple[Record, list[str]]:
        named = {**given, "QuoteID": path_id} if path_id else given
        quote, warnings = write_quote(call.books, named, create_only=create_only)
        return quote_views.quote(call.books, quote, with_address=True), warnings

    return write_all(call, "Quote", COLLECTION, write)
