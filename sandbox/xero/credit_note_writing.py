"""Creates and changes credit notes: which one is meant, what may change, what it comes to."""

from typing import Any, NamedTuple

from sandbox.store import Record
from sandbox.xero import contact_writing, transitions
from sandbox.xero.books import SYSTEM, Books
from sandbox.xero.credits import is_used
from sandbox.xero.documents import add_up, given_lines
from sandbox.xero.errors import RefusedError
from sandbox.xero.history import note
from sandbox.xero.invoice_fields import (
    LINE_AMOUNT_TYPES,
    check_open,
    complete_currency,
    faults_of_choices,
    faults_of_day,
)
from sandbox.xero.lines import Desk, write_lines
from sandbox.xero.money import ZERO
from sandbox.xero.numbering import usual_theme
from sandbox.xero.reading import Given, choice, currency_rate, day, guid, part, text

TYPES = ("ACCRECCREDIT", "ACCPAYCREDIT")
SALE = "ACCRECCREDIT"
PREFIX = "CN-"
NOTHING: Record = {}
LIMITS = {"CreditNoteNumber": 255, "Reference": 255}
WRONG_CREATION = "Credit note not of valid status for creation"
WRONG_STATUS = "Credit note not of valid status for modification"
# What stays editable once something was allocated or refunded.
_EDITABLE_WHEN_USED = {"Reference", "CreditNoteNumber", "BrandingThemeID"}


class Written(NamedTuple):
    """A credit note as it is kept, and what Xero warns of."""

    credit_note: Record
    warnings: list[str]


class _Draft(NamedTuple):
    """A credit note being written: as read so far, as it was, as given."""

    record: Record
    current: Record
    given: Given
    places: int
    faults: list[str]


def write_credit_note(
    books: Books, given: Given, *, create_only: bool = False, places: int = 2
) -> Written:
    """Create or change the credit note that is meant and keep it. Raises RefusedError."""
    current = _find(books, given, by_number=not create_only)
    if current and create_only:
        raise RefusedError("A credit note with the specified CreditNoteID exists already.")
    if current:
        return _change(books, current, given, places)
    return _create(books, given, places)


def _find(books: Books, given: Given, *, by_number: bool) -> Record | None:
    if key := guid(given, "CreditNoteID"):
        found = books.record("CreditNote", key)
        if not found:
            raise RefusedError("The credit note could not be found.")
        return found
    number_ = text(given, "CreditNoteNumber")
    if not number_ or not by_number or text(given, "Type") == "ACCPAYCREDIT":
        return None
    return books.first("CreditNote", "CreditNoteNumber", number_, _is_sale)


def _is_sale(record: Record) -> bool:
    return bool(record["Type"] == SALE)


def _create(books: Books, given: Given, places: int) -> Written:
    if books.organisation["Edition"] != "BUSINESS":
        raise RefusedError("The organisation's edition has no credit notes")
    kind = text(given, "Type")
    if kind not in TYPES:
        raise RefusedError("Credit Note Type must be ACCRECCREDIT or ACCPAYCREDIT")
    status = text(given, "Status") or "DRAFT"
    faults = [] if status in transitions.CREATABLE else [WRONG_CREATION]
    blank: Record = {
        "Type": kind,
        "Date": books.today,
        "LineAmountTypes": "Exclusive",
        "CurrencyCode": books.organisation["BaseCurrency"],
        "SentToContact": False,
        "LineItems": [],
    }
    record = {**_read(books, given, blank), "Status": status}
    return _finish(books, _Draft(record, NOTHING, given, places, faults))


def _change(books: Books, current: Record, given: Given, places: int) -> Written:
    status = text(given, "Status") or current["Status"]
    used = is_used(current) and current["Status"] not in transitions.FINAL
    if status not in transitions.next_after(current["Status"]):
        raise RefusedError(WRONG_STATUS)
    if used and status != current["Status"]:
        raise RefusedError(WRONG_STATUS, transitions.HAS_PAYMENT)
    check_open(books, current)
    if status in transitions.FINAL:
        changes = {"Status": status, "RemainingCredit": ZERO}
        ended = books.save("CreditNote", {**current, **changes})
        note(books, ended["CreditNoteID"], status.capitalize())
        return Written(ended, [])
    record = {**_read(books, given, current), "Status": status}
    return _finish(books, _Draft(record, current, given, places, []))


def _read(books: Books, given: Given, current: Record) -> Record:
    sent: Record = {name: text(given, name, limit) for name, limit in LIMITS.items()}
    sent |= {
        "CreditNoteNumber": sent["CreditNoteNumber"] or None,
        "BrandingThemeID": guid(given, "BrandingThemeID"),
        "CurrencyCode": (text(given, "CurrencyCode") or "").upper() or None,
        "CurrencyRate": currency_rate(given),
        "LineAmountTypes": choice(given, "LineAmountTypes", LINE_AMOUNT_TYPES),
        "Date": day(given, "Date"),
        "DueDate": day(given, "DueDate"),
    }
    record = current | {name: value for name, value in sent.items() if value is not None}
    moved, rated = bool(sent["CurrencyCode"]), sent["CurrencyRate"]
    complete_currency(books, record, moved=moved, rated=rated)
    return record


def _finish(books: Books, draft: _Draft) -> Written:
    """Check everything together, and only then keep the contact and the credit note."""
    record, current, given, places, faults = draft
    contact, contact_changes = _contact(books, current, given, faults)
    types = record["LineAmountTypes"]
    complete = record["Status"] in transitions.COMPLETE
    desk = Desk(books, record["Type"], complete, types, places, faults)
    before = current.get("LineItems", [])
    lines, kept = given_lines(given, before, types_moved=types != current.get("LineAmountTypes"))
    desk.places = 4 if kept else places  # what is kept has been rounded already
    record["LineItems"] = write_lines(desk, lines, before)
    add_up(record, types)
    faults += [] if lines else ["One or more line items must be specified"]
    faults += ["The credit note total cannot be negative"] if record["Total"] < 0 else []
    faults += [*faults_of_choices(books, record), *faults_of_day(books, record["Date"])]
    faults += _faults_of_number(books, record)
    if current and is_used(current):
        faults += _faults_of_used(record, current, contact)
    if faults:
        raise RefusedError(*dict.fromkeys(faults))
    kept_ = _keep(books, record, current, contact, changes=contact_changes)
    return Written(kept_, desk.warnings)


def _contact(books: Books, current: Record, given: Given, faults: list[str]) -> tuple[Record, bool]:
    block: dict[str, Any] = part(given, "Contact")
    if not block and current:
        return books.record("Contact", current["Contact"]["ContactID"]) or NOTHING, False
    try:
        return contact_writing.in_invoice(books, block, new=not current)
    except RefusedError as error:
        faults.extend(error.messages)
        return NOTHING, False


def _faults_of_number(books: Books, record: Record) -> list[str]:
    number_, mine = record.get("CreditNoteNumber"), record.get("CreditNoteID")
    if not number_ or not _is_sale(record):
        return []
    taken = books.first(
        "CreditNote",
        "CreditNoteNumber",
        number_,
        lambda one: _is_sale(one) and one["CreditNoteID"] != mine,
    )
    return ["Credit Note # must be unique."] if taken else []


def _faults_of_used(record: Record, current: Record, contact: Record) -> list[str]:
    moved = {name for name in record if record[name] != current.get(name)} - _EDITABLE_WHEN_USED
    other = contact.get("ContactID") != current["Contact"]["ContactID"]
    return [WRONG_STATUS, transitions.HAS_PAYMENT] if moved or other else []


def _keep(
    books: Books, record: Record, current: Record, contact: Record, *, changes: bool
) -> Record:
    if changes:
        contact = contact_writing.keep_contact(books, contact)
    record["Contact"] = {"ContactID": contact["ContactID"]}
    if not current or not is_used(current):
        record["RemainingCredit"] = record["Total"]
    if _is_sale(record):
        _number(books, record)
        record["BrandingThemeID"] = record.get("BrandingThemeID") or usual_theme(books)
    if record["Status"] == "AUTHORISED" and not record["Total"]:
        record |= {"Status": "PAID", "FullyPaidOnDate": record["Date"]}
    flag = "IsCustomer" if _is_sale(record) else "IsSupplier"
    if not contact[flag]:
        books.save_quietly("Contact", {**contact, flag: True})
    kept = books.save("CreditNote", record)
    approved = record["Status"] == "AUTHORISED" and current.get("Status") != "AUTHORISED"
    words = "Created" if not current else "Approved" if approved else "Edited"
    note(books, kept["CreditNoteID"], words)
    return kept


def _number(books: Books, record: Record) -> None:
    while not record.get("CreditNoteNumber"):
        number_ = f"{PREFIX}{books.world.next_number(SYSTEM, f'{books.tenant}/credit'):04}"
        if not books.first("CreditNote", "CreditNoteNumber", number_, _is_sale):
            record["CreditNoteNumber"] = number_
