"""What a person does by hand in Xero's own screens, with the same checks and stamps as the API."""

from typing import Any

from sandbox.twins import twin_of
from sandbox.world import World
from sandbox.xero import contact_writing
from sandbox.xero.credit_acts import (
    allocate_credit,
    bank_account,
    credit_invoice,
    overpay,
    prepay,
    promise_payment,
    refund,
    remove_allocation,
    remove_payment,
    void_credit,
)
from sandbox.xero.defaults import set_up_organisation
from sandbox.xero.entering import PEOPLE, books_of, create, edit, entered
from sandbox.xero.errors import RefusedError
from sandbox.xero.payments import write_payment
from sandbox.xero.quote_acts import (
    accept_quote,
    decline_quote,
    delete_quote,
    invoice_quote,
    send_quote,
)

__all__ = [
    "PEOPLE",
    "accept_quote",
    "allocate_credit",
    "bank_account",
    "create",
    "credit_invoice",
    "decline_quote",
    "delete_quote",
    "edit",
    "invoice_quote",
    "overpay",
    "prepay",
    "promise_payment",
    "refund",
    "remove_allocation",
    "remove_payment",
    "send_quote",
    "void_credit",
]


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
    books, old = books_of(world, "Contact", id)
    told = ("FirstName", "LastName", "EmailAddress", "Addresses", "Phones")
    values = {name: old[name] for name in told if old.get(name)}
    return create(world, "Contact", {**values, "Name": twin_of(old["Name"])}, books.tenant)


def request_erasure(world: World, id: str) -> None:
    """Mark a contact whose person wants to be forgotten: nobody can change it from now on."""
    edit(world, "Contact", id, {"ContactStatus": "GDPRREQUEST"})


def add_to_group(world: World, id: str, name: str) -> None:
    """Put a contact into a contact group, which is made where there is none. It moves no stamp."""
    books, contact = books_of(world, "Contact", id)
    contact_writing.add_to_group(books, contact, name)


def merge_contacts(world: World, winner: str, loser: str) -> None:
    """Merge the loser into the winner, which gets its documents. Raises RefusedError."""
    books, kept = books_of(world, "Contact", winner)
    gone = books.record("Contact", loser)
    if not gone:
        raise RefusedError(f"Xero holds no Contact {loser}.")
    with world.batch():
        contact_writing.merge(books, kept, gone)


def pay(world: World, invoice_id: str, amount: Any = None) -> str:
    """Book a payment of what is due, or of an amount, to the first bank account; its id.

    Raises RefusedError.
    """
    books, invoice = books_of(world, "Invoice", invoice_id)
    bank = next((one for one in books.records("Account") if one["Type"] == "BANK"), None)
    if not bank:
        raise RefusedError("The organisation has no bank account.")
    payment = {
        "Invoice": {"InvoiceID": invoice_id},
        "Account": {"AccountID": bank["AccountID"]},
        "Amount": invoice["AmountDue"] if amount is None else amount,
    }
    return str(entered(write_payment, books, payment)["PaymentID"])


def add_organisation(world: World, name: str, country: str = "GB", **wanted: Any) -> str:
    """Make another organisation; its tenant id. See defaults.set_up_organisation."""
    return set_up_organisation(world, name, country, **wanted)
