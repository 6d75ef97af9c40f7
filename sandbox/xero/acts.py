"""What a person does by hand in Xero's own screens, with the same checks and stamps as the API."""

from collections.abc import Callable, Mapping
from typing import Any

from sandbox.store import Record
from sandbox.twins import twin_of
from sandbox.world import World
from sandbox.xero import contact_writing, setting_up
from sandbox.xero.books import ID_FIELDS, SYSTEM, Books
from sandbox.xero.contact_writing import write_contact
from sandbox.xero.defaults import first_tenant, set_up_organisation
from sandbox.xero.errors import HttpError, RefusedError
from sandbox.xero.invoice_writing import write_invoice
from sandbox.xero.items import write_item
from sandbox.xero.payments import write_payment

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
    "Item": lambda books, values: write_item(books, values, create_only=True, places=4),
    "Payment": write_payment,
}
_EDIT: dict[str, Callable[[Books, Values], Record]] = {
    **setting_up.WRITE,
    "Contact": lambda books, values: _with_website(books, write_contact(books, values), values),
    "Invoice": lambda books, values: write_invoice(books, values, places=4).invoice,
    "Item": lambda books, values: write_item(books, values, places=4),
}


def _with_website(books: Books, contact: Record, values: Values) -> Record:
    """The contact with its website, which is entered by hand alone."""
    if "Website" not in values:
        return contact
    return books.save_quietly("Contact", {**contact, "Website": values["Website"] or None})


def _books_of(world: World, kind: str, key: str, by: str = "") -> tuple[Books, Record]:
    record = world.table(SYSTEM, kind).get(key)
    if record is None:
        raise RefusedError(f"Xero holds no {kind} {key}.")
    return Books(world, record["TenantID"], by or PEOPLE[0]), record


def _write(write: Callable[[Books, Values], Record] | None, books: Books, values: Values) -> Record:
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
    record = _write(_CREATE.get(kind), books, values)
    return str(record[own]) if own else f"{books.tenant}/{record[setting_up.NAMED_BY[kind]]}"


def edit(world: World, kind: str, id: str, values: Values, by: str = "") -> None:
    """Change a record's fields; "" clears one. Raises RefusedError."""
    books, record = _books_of(world, kind, id, by)
    own = ID_FIELDS.get(kind) or setting_up.NAMED_BY[kind]
    _write(_EDIT.get(kind), books, {**values, own: record[own]})


def approve(world: World, invoice_id: str) -> None:
    """Approve a draft or submitted invoice. Raises RefusedError."""
    edit(world, "Invoice", invoice_id, {"Status": "AUTHORISED"})


def void(world: World, id: str) -> None:
    """Void an approved invoice that has no payments. Raises RefusedError."""
    edit(world, "Invoice", id, {"Status": "VOIDED"})


def delete_draft(world: World, id: str) -> None:
    """Delete a draft or submitted invoice. Raises RefusedError."""
    edit(world, "Invoice", id, {"Status": "DELETED"})


def archive_contact(world: World, id: str) -> None:
    """Archive a contact. Raises RefusedError."""
    edit(world, "Contact", id, {"ContactStatus": "ARCHIVED"})


def restore_contact(world: World, id: str) -> None:
    """Bring an archived contact back. Raises RefusedError where its name is taken."""
    edit(world, "Contact", id, {"ContactStatus": "ACTIVE"})


def copy_contact(world: World, id: str) -> str:
    """Enter a contact once more under another spelling; the copy's id. Raises RefusedError."""
    books, old = _books_of(world, "Contact", id)
    told = ("FirstName", "LastName", "EmailAddress", "Addresses", "Phones")
    values = {name: old[name] for name in told if old.get(name)}
    return create(world, "Contact", {**values, "Name": twin_of(old["Name"])}, books.tenant)


def request_erasure(world: World, id: str) -> None:
    """Mark a contact whose person wants to be forgotten: nobody can change it from now on."""
    edit(world, "Contact", id, {"ContactStatus": "GDPRREQUEST"})


def add_to_group(world: World, id: str, name: str) -> None:
    """Put a contact into a contact group, which is made where there is none. It moves no stamp."""
    books, contact = _books_of(world, "Contact", id)
    contact_writing.add_to_group(books, contact, name)


def merge_contacts(world: World, winner: str, loser: str) -> None:
    """Merge the loser into the winner, which gets its documents. Raises RefusedError."""
    books, kept = _books_of(world, "Contact", winner)
    gone = books.record("Contact", loser)
    if not gone:
        raise RefusedError(f"Xero holds no Contact {loser}.")
    with world.batch():
        contact_writing.merge(books, kept, gone)


def pay(world: World, invoice_id: str, amount: Any = None) -> str:
    """Book a payment of what is due, or of an amount, to the first bank account; its id.

    Raises RefusedError.
    """
    books, invoice = _books_of(world, "Invoice", invoice_id)
    bank = next((one for one in books.records("Account") if one["Type"] == "BANK"), None)
    if not bank:
        raise RefusedError("The organisation has no bank account.")
    payment = {
        "Invoice": {"InvoiceID": invoice_id},
        "Account": {"AccountID": bank["AccountID"]},
        "Amount": invoice["AmountDue"] if amount is None else amount,
    }
    return str(_write(write_payment, books, payment)["PaymentID"])


def add_organisation(world: World, name: str, country: str = "GB", **wanted: Any) -> str:
    """Make another organisation; its tenant id. See defaults.set_up_organisation."""
    return set_up_organisation(world, name, country, **wanted)
