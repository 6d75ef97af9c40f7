"""Enters and edits records of any kind as a person does in Xero's own screens."""

from collections.abc import Callable, Mapping
from typing import Any

from sandbox.store import Record
from sandbox.world import World
from sandbox.xero import setting_up
from sandbox.xero.bank_writing import write_transaction
from sandbox.xero.books import ID_FIELDS, SYSTEM, Books
from sandbox.xero.contact_writing import write_contact
from sandbox.xero.credit_note_writing import write_credit_note
from sandbox.xero.defaults import first_tenant
from sandbox.xero.errors import HttpError, RefusedError
from sandbox.xero.invoice_writing import write_invoice
from sandbox.xero.items import write_item
from sandbox.xero.payments import write_payment
from sandbox.xero.quote_writing import write_quote

Values = Mapping[str, Any]
PEOPLE = ("Farah Aziz", "Dominic Hale")  # who sit at Xero's own screens; the first, usually
_CREATE: dict[str, Callable[[Books, Values], Record]] = {
    **setting_up.WRITE,
    "Contact": lambda books, values: _with_website(
        books, write_contact(books, values, create_only=True), values
    ),
    "Invoice": lambda books, values: (
        write_invoice(books, values, create_only=True, places=4).invoice
    ),
    "BankTransaction": lambda books, values: (
        write_transaction(books, values, create_only=True, places=4).transaction
    ),
    "CreditNote": lambda books, values: (
        write_credit_note(books, values, create_only=True, places=4).credit_note
    ),
    "Item": lambda books, values: write_item(books, values, create_only=True, places=4),
    "Payment": write_payment,
    "Quote": lambda books, values: write_quote(books, values, create_only=True).quote,
}
_EDIT: dict[str, Callable[[Books, Values], Record]] = {
    **setting_up.WRITE,
    "Contact": lambda books, values: _with_website(books, write_contact(books, values), values),
    "Invoice": lambda books, values: write_invoice(books, values, places=4).invoice,
    "BankTransaction": lambda books, values: write_transaction(books, values, places=4).transaction,
    "CreditNote": lambda books, values: write_credit_note(books, values, places=4).credit_note,
    "Item": lambda books, values: write_item(books, values, places=4),
    "Quote": lambda books, values: write_quote(books, _as_it_stands(books, values)).quote,
}


def _as_it_stands(books: Books, values: Values) -> Values:
    """A quote's changes beside what its screen holds anyway: whose it is, and of what day."""
    quote = books.record("Quote", values["QuoteID"]) or {}
    return {"Contact": quote.get("Contact"), "Date": quote.get("Date"), **values}


def _with_website(books: Books, contact: Record, values: Values) -> Record:
    """The contact with its website, which is entered by hand alone."""
    if "Website" not in values:
        return contact
    return books.save_quietly("Contact", {**contact, "Website": values["Website"] or None})


def books_of(world: World, kind: str, key: str, by: str = "") -> tuple[Books, Record]:
    """The organisation in which this record is, and the record. Raises RefusedError."""
    record = world.table(SYSTEM, kind).get(key)
    if record is None:
        raise RefusedError(f"Xero holds no {kind} {key}.")
    return Books(world, record["TenantID"], by or PEOPLE[0]), record


def entered(
    write: Callable[[Books, Values], Record] | None, books: Books, values: Values
) -> Record:
    """What is kept of what a person enters. Raises RefusedError where Xero refuses it."""
    if not write:
        raise RefusedError("Nobody can enter that by hand.")
    try:
        with books.world.batch():
            return write(books, values)
    except HttpError as error:
        raise RefusedError(str(error.body["Message"])) from error


def create(world: World, kind: str, values: Values, tenant: str | None = None, by: str = "") -> str:
    """Enter a record, in the first organisation unless another is named; its id.

    `by` is who enters it, as the history tells. Raises RefusedError, a ValueError whose text is
    what Xero would say.
    """
    books = Books(world, tenant or first_tenant(world), by or PEOPLE[0])
    own = ID_FIELDS.get(kind)
    if own:
        values = {name: value for name, value in values.items() if name != own}
    record = entered(_CREATE.get(kind), books, values)
    return str(record[own]) if own else f"{books.tenant}/{record[setting_up.NAMED_BY[kind]]}"


def edit(world: World, kind: str, id: str, values: Values, by: str = "") -> None:
    """Change a record's fields; "" clears one. Raises RefusedError."""
    books, record = books_of(world, kind, id, by)
    own = ID_FIELDS.get(kind) or setting_up.NAMED_BY[kind]
    entered(_EDIT.get(kind), books, {**values, own: record[own]})
