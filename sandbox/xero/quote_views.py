"""How quotes are answered: alike in lists and alone, with other dates than invoices have."""

from sandbox.store import Record
from sandbox.xero import rendering
from sandbox.xero.books import Books
from sandbox.xero.invoice_views import line
from sandbox.xero.quote_writing import PLACES


def quote(books: Books, record: Record, *, with_address: bool = False) -> Record:
    """A quote with its lines and who it is for; `with_address` adds the contact's e-mail.

    Its dates have no offset: `/Date(1571875200000)/` (Xero's own examples).
    """
    shown = rendering.plain(record)
    for name in ("Date", "ExpiryDate", "UpdatedDateUTC"):
        if name in shown:
            shown[name] = shown[name].replace("+0000", "")
    for name in ("Date", "ExpiryDate"):
        if record.get(name):
            shown[f"{name}String"] = f"{record[name]}T00:00:00"
    contact = books.record("Contact", record["Contact"]["ContactID"]) or {}
    named = ("ContactID", "Name", *(["EmailAddress"] if with_address else []))
    shown["Contact"] = {name: contact[name] for name in named if name in contact}
    shown["LineItems"] = [_line(books, one) for one in record["LineItems"]]
    return shown


def _line(books: Books, record: Record) -> Record:
    shown = line(books, record, PLACES)
    shown.pop("Item", None)
    return shown
