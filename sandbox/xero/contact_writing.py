"""Creates and changes contacts: who is meant, what must be unique, what a merge does."""

from collections.abc import Mapping
from typing import Any
from uuid import uuid4

from sandbox.store import Record
from sandbox.xero.books import OF_CONTACTS, SYSTEM, Books
from sandbox.xero.contact_fields import new_contact, read_contact
from sandbox.xero.contact_history import told
from sandbox.xero.errors import RefusedError
from sandbox.xero.history import note
from sandbox.xero.reading import Given, choice, guid, text

STATUSES = ("ACTIVE", "ARCHIVED", "GDPRREQUEST")
ARCHIVED = (
    "The contact with the specified contact details has been archived. The contact must be"
    " un-archived before creating new invoices or credit notes."
)
ERASED = "The contact is subject to a request for erasure and cannot be changed."
NO_NAME = "The contact name must be specified."
# What clients send back although nobody can set it: it makes no contact block a change.
READ_ONLY = {
    "HasAttachments", "HasValidationErrors", "IsCustomer", "IsSupplier", "UpdatedDateUTC",
    "ContactGroups", "Balances", "StatusAttributeString", "ValidationErrors", "Attachments",
    "Website", "Discount",
}  # fmt: skip


def is_active(contact: Record) -> bool:
    """Whether the contact may be used in new documents."""
    return bool(contact["ContactStatus"] == "ACTIVE")


def find_contact(books: Books, given: Given) -> Record | None:
    """The contact that is meant: by ContactID, else ContactNumber, else an active one's Name.

    Raises RefusedError for a ContactID that does not exist.
    """
    if key := guid(given, "ContactID"):
        contact = books.record("Contact", key)
        if not contact:
            raise RefusedError("The contact could not be found.")
        return contact
    if (code := text(given, "ContactNumber")) and (
        found := books.first("Contact", "ContactNumber", code)
    ):
        return found
    name = text(given, "Name")
    return books.first("Contact", "Name", name.strip(), is_active) if name else None


def write_contact(
    books: Books, given: Given, *, create_only: bool = False, name_needed: bool = False
) -> Record:
    """Create or change the contact that is meant and keep it. Raises RefusedError."""
    current = None if create_only and not guid(given, "ContactID") else find_contact(books, given)
    if current and create_only:
        raise RefusedError("A contact with the specified ContactID exists already.")
    if current and name_needed and not text(given, "Name"):
        raise RefusedError("Contact Name cannot be empty")
    return keep_contact(books, prepare_contact(books, given, current))


def prepare_contact(books: Books, given: Given, current: Record | None) -> Record:
    """The contact as it would be kept. Raises RefusedError, and changes nothing yet."""
    if current and current["ContactStatus"] == "GDPRREQUEST":
        raise RefusedError(ERASED)
    contact = read_contact(books, given, current or new_contact())
    contact["Name"] = (contact.get("Name") or "").strip()
    if not contact["Name"]:
        raise RefusedError(NO_NAME)
    status = choice(given, "ContactStatus", STATUSES)
    if current and status:
        contact["ContactStatus"] = status
        if status == "ACTIVE":
            contact["MergedToContactID"] = None
    _check_unique(books, contact)
    return contact


def _check_unique(books: Books, contact: Record) -> None:
    key = contact.get("ContactID")

    def other(one: Record) -> bool:
        return bool(one["ContactID"] != key)

    name, code = contact["Name"], contact.get("ContactNumber")
    same_name = books.first("Contact", "Name", name, lambda one: other(one) and is_active(one))
    if is_active(contact) and same_name:
        raise RefusedError(
            f"The contact name {name} is already assigned to another contact. The contact name"
            " must be unique across all active contacts."
        )
    if code and books.first("Contact", "ContactNumber", code, other):
        raise RefusedError(
            f"The contact number {code} is already assigned to another contact. The contact"
            " number must be unique across all contacts."
        )


def keep_contact(books: Books, contact: Record) -> Record:
    """Save a prepared contact and note it in its history."""
    before = books.record("Contact", contact.get("ContactID") or "")
    kept = books.save("Contact", contact)
    if before:
        note(books, kept["ContactID"], _verb(before, kept), told(before, kept))
    else:
        note(books, kept["ContactID"], "Created")
    return kept


def _verb(before: Record, kept: Record) -> str:
    if before["ContactStatus"] == kept["ContactStatus"]:
        return "Edited"
    return {"ARCHIVED": "Archived", "ACTIVE": "Restored"}.get(kept["ContactStatus"], "Edited")


def in_invoice(books: Books, block: Mapping[str, Any], *, new: bool) -> tuple[Record, bool]:
    """The contact that an invoice's block means, and whether it has to be kept first.

    A block that says more than who is meant changes the contact, and contact persons it does not
    list are lost. Raises RefusedError for an archived one in a new document.
    """
    said = {name for name, value in block.items() if value is not None and name not in READ_ONLY}
    if not said:
        raise RefusedError("A Contact must be specified for this type of transaction")
    current = find_contact(books, block)
    if current and new and not is_active(current):
        raise RefusedError(ARCHIVED)
    if current and (
        said == {"ContactID"} or (len(said) == 1 and said <= {"ContactNumber", "Name"})
    ):
        return current, False
    persons = block.get("ContactPersons") or []
    return prepare_contact(books, {**block, "ContactPersons": persons}, current), True


def merge(books: Books, winner: Record, loser: Record) -> None:
    """Archive the loser, pointing to the winner, and give the winner its documents."""
    if winner["ContactID"] == loser["ContactID"] or not is_active(winner):
        raise RefusedError("A contact is merged into another active one.")
    if loser.get("MergedToContactID"):
        raise RefusedError("That contact has been merged already.")
    gone = {"ContactStatus": "ARCHIVED", "MergedToContactID": winner["ContactID"]}
    for kind in OF_CONTACTS:
        for one in books.find(kind, "Contact.ContactID", loser["ContactID"]):
            books.save(kind, {**one, "Contact": {"ContactID": winner["ContactID"]}})
    flags = {n: winner[n] or loser[n] for n in ("IsCustomer", "IsSupplier")}
    groups = {one["Name"]: one for one in _groups(winner) + _groups(loser)}
    books.save("Contact", {**winner, **flags, "ContactGroups": list(groups.values())})
    books.save("Contact", {**loser, **gone, "ContactGroups": []})
    note(books, loser["ContactID"], "Merged", f"Merged into {winner['Name']}")
    note(books, winner["ContactID"], "Merged", f"{loser['Name']} was merged into this contact")


def add_to_group(books: Books, contact: Record, name: str) -> None:
    """Put a contact into a group, which is made where there is none of that name."""
    groups = books.world.table(SYSTEM, "ContactGroup")
    key = f"{books.tenant}/{name.casefold()}"
    if key not in groups:
        groups[key] = {"TenantID": books.tenant, "ContactGroupID": str(uuid4()), "Name": name}
    group = {"ContactGroupID": groups[key]["ContactGroupID"], "Name": name, "Status": "ACTIVE"}
    known = [one for one in _groups(contact) if one["Name"] != name]
    books.save_quietly("Contact", {**contact, "ContactGroups": [*known, group]})


def _groups(contact: Record) -> list[Record]:
    return list(contact.get("ContactGroups", []))
