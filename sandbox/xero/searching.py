"""What a list call finds: filters, If-Modified-Since, `where` and `order`, by the quickest way."""

from collections.abc import Callable, Iterable
from functools import partial

from sandbox.store import Record
from sandbox.xero.books import ID_FIELDS, LOOKED_UP, Books, fold
from sandbox.xero.call import Call
from sandbox.xero.invoice_views import look
from sandbox.xero.listing import PAGE_SIZE, Page, ordered, page_of, unpaged
from sandbox.xero.where import Query, parse_where

Test = Callable[[Record], bool]


def search(
    call: Call,
    kind: str,
    given: Iterable[Record] | None,
    tests: list[Test],
    *,
    dated: bool = True,
    queried: bool = True,
) -> list[Record]:
    """The records that the call asks for; `given` is a first choice, where its filters made one.

    Kinds that are not `dated` know no If-Modified-Since, those not `queried` no `where`.
    """
    since = call.since if dated else ""
    query = call.query.get("where") if queried else None
    see = partial(look, call.books)
    parsed = parse_where(query, kind, see) if query else None
    if given is None and parsed:
        given = _first_choice(call.books, kind, parsed)
    if given is None:
        found: Iterable[Record] = call.books.records(kind, since)
    else:
        found = _in_order(given, kind, since)
    if parsed:
        tests = [*tests, parsed.test]
    matching = [one for one in found if all(test(one) for test in tests)]
    order = call.query.get("order")
    return ordered(matching, order, kind, see) if order else matching


def _in_order(records: Iterable[Record], kind: str, after: str) -> list[Record]:
    """The records later than the stamp, each once, by stamp and id."""
    key = ID_FIELDS[kind]
    once = {record[key]: record for record in records}
    later = [one for one in once.values() if one["UpdatedDateUTC"] > after]
    return sorted(later, key=lambda one: (one["UpdatedDateUTC"], one[key]))


def _first_choice(books: Books, kind: str, query: Query) -> list[Record] | None:
    """The records that an equality leaves, where an index can tell them."""
    for path, value in query.equal:
        if path == ID_FIELDS.get(kind):
            record = books.record(kind, value)
            return [record] if record else []
        if kind in ID_FIELDS and path in LOOKED_UP.get(kind, ()):
            return books.find(kind, path, value)
        owner, _, field = path.partition(".")
        if kind == "Invoice" and owner == "Contact" and field in LOOKED_UP["Contact"]:
            contacts = books.find("Contact", field, value)
            return of_contacts(books, [one["ContactID"] for one in contacts])
    return None


def of_contacts(books: Books, keys: Iterable[str]) -> list[Record]:
    """The invoices of these contacts."""
    return [one for key in keys for one in books.find("Invoice", "Contact.ContactID", key)]


def by_ids(books: Books, kind: str, keys: Iterable[str]) -> list[Record]:
    """The records of these ids, those that exist."""
    found = (books.record(kind, key.lower()) for key in keys)
    return [one for one in found if one]


def containing(term: str, fields: tuple[str, ...]) -> Test:
    """A test for a term within any of the fields."""
    wanted = fold(term)
    return lambda record: any(wanted in fold(str(record.get(name) or "")) for name in fields)


def by_default(call: Call, records: list[Record], name: str) -> list[Record]:
    """The records by this field, unless the call wants another order."""
    if "order" in call.query:
        return records
    return sorted(records, key=lambda one: str(one.get(name) or ""))


def paged(call: Call, records: list[Record], collection: str, *, forced: bool = False) -> Page:
    """The page that the call asks for, or the whole list."""
    if forced or "page" in call.query or "pagesize" in call.query:
        return page_of(records, call.whole("page", 1), call.whole("pageSize", PAGE_SIZE))
    return unpaged(records, collection)
