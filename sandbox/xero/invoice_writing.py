"""Creates and changes invoices: which one is meant, what may change, what it comes to."""

from typing import Any, NamedTuple

from sandbox.store import Record
from sandbox.xero import contact_writing, numbering, transitions
from sandbox.xero.books import Books
from sandbox.xero.documents import add_up, given_lines
from sandbox.xero.errors import RefusedError
from sandbox.xero.history import note
from sandbox.xero.invoice_fields import check_open, faults_of, read_fields
from sandbox.xero.lines import Desk, write_lines
from sandbox.xero.money import ZERO
from sandbox.xero.reading import Given, guid, part, text

TYPES = ("ACCREC", "ACCPAY")
_PAID_LINE = (
    "Quantity", "UnitAmount", "TaxType", "TaxAmount", "LineAmount", "DiscountRate",
    "DiscountAmount", "ItemCode",
)  # fmt: skip
NOTHING: Record = {}


class Written(NamedTuple):
    """An invoice as it is kept, and what Xero warns of."""

    invoice: Record
    warnings: list[str]


def find_invoice(books: Books, given: Given) -> Record | None:
    """The invoice that is meant: by InvoiceID, else a sales invoice of that number.

    Raises RefusedError for an InvoiceID that does not exist.
    """
    if key := guid(given, "InvoiceID"):
        invoice = books.record("Invoice", key)
        if not invoice:
            raise RefusedError("The invoice could not be found.")
        return invoice
    number = text(given, "InvoiceNumber")
    if not number or text(given, "Type") == "ACCPAY":
        return None
    return books.first("Invoice", "InvoiceNumber", number, numbering.is_sale)


def write_invoice(
    books: Books,
    given: Given,
    *,
    create_only: bool = False,
    places: int = 2,
    app: str | None = None,
) -> Written:
    """Create or change the invoice that is meant and keep it. Raises RefusedError."""
    if create_only and not guid(given, "InvoiceID"):
        return create_invoice(books, given, places, app)
    current = find_invoice(books, given)
    if current and create_only:
        raise RefusedError("An invoice with the specified InvoiceID exists already.")
    if current:
        return change_invoice(books, current, given, places)
    return create_invoice(books, given, places, app)


def create_invoice(books: Books, given: Given, places: int, app: str | None) -> Written:
    """A new invoice. Raises RefusedError with everything that is wrong."""
    if books.organisation["Edition"] != "BUSINESS":
        raise RefusedError("The organisation's edition has no invoicing")
    kind = text(given, "Type")
    if kind not in TYPES:
        raise RefusedError("Invoice Type must be ACCREC or ACCPAY")
    status = text(given, "Status") or "DRAFT"
    faults: list[str] = []
    if status not in transitions.CREATABLE:
        faults.append(transitions.WRONG_CREATION)
    blank: Record = {
        "Type": kind,
        "Date": books.today,
        "LineAmountTypes": "Exclusive",
        "CurrencyCode": books.organisation["BaseCurrency"],
        "SentToContact": False,
        "LineItems": [],
        "AmountPaid": ZERO,
        "AmountCredited": ZERO,
        "CreatedByApp": app,
    }
    invoice = {**read_fields(books, given, blank), "Status": status}
    return _finish(books, _Draft(invoice, NOTHING, given, places, faults))


def change_invoice(books: Books, current: Record, given: Given, places: int) -> Written:
    """The invoice with what is given over it. Raises RefusedError with everything wrong."""
    status = text(given, "Status") or current["Status"]
    transitions.check_move(current["Status"], status, has_payment=_has_payment(current))
    check_open(books, current)
    if status in transitions.FINAL:
        return _end(books, current, status)
    invoice = {**read_fields(books, given, current), "Status": status}
    return _finish(books, _Draft(invoice, current, given, places, []))


class _Draft(NamedTuple):
    """An invoice being written: as read so far, as it was, as given."""

    invoice: Record
    current: Record
    given: Given
    places: int
    faults: list[str]

    @property
    def is_new(self) -> bool:
        return not self.current


def _end(books: Books, current: Record, status: str) -> Written:
    """Void or delete: nothing is due any more."""
    ended = books.save("Invoice", {**current, "Status": status, "AmountDue": ZERO})
    note(books, ended["InvoiceID"], status.capitalize())
    return Written(ended, [])


def _finish(books: Books, draft: _Draft) -> Written:
    """Check everything together, and only then keep the contact and the invoice."""
    invoice, faults = draft.invoice, draft.faults
    complete = invoice["Status"] in transitions.COMPLETE
    contact, contact_changes = _contact(books, draft)
    desk = Desk(books, invoice["Type"], complete, invoice["LineAmountTypes"], draft.places, faults)
    given = _given_lines(draft, desk)
    invoice["LineItems"] = write_lines(desk, given, draft.current.get("LineItems", []))
    if not given:
        faults.append("One or more line items must be specified")
    faults += faults_of(books, invoice, complete=complete)
    faults += numbering.faults_of(books, invoice, draft.current)
    _add_up(invoice, faults)
    if not draft.is_new and _has_payment(draft.current):
        _check_paid_edit(invoice, draft.current, contact)
    if faults:
        raise RefusedError(*dict.fromkeys(faults))
    return Written(_keep(books, draft, contact, contact_changes), desk.warnings)


def _contact(books: Books, draft: _Draft) -> tuple[Record, bool]:
    block = part(draft.given, "Contact")
    if not block and not draft.is_new:
        kept = books.record("Contact", draft.current["Contact"]["ContactID"])
        return kept or NOTHING, False
    try:
        return contact_writing.in_invoice(books, block, new=draft.is_new)
    except RefusedError as error:
        draft.faults.extend(error.messages)
        return NOTHING, False


def _given_lines(draft: _Draft, desk: Desk) -> list[dict[str, Any]]:
    types_moved = draft.invoice["LineAmountTypes"] != draft.current.get("LineAmountTypes")
    kept = draft.current.get("LineItems", [])
    lines, are_kept = given_lines(draft.given, kept, types_moved=types_moved)
    if are_kept:
        desk.places = 4  # what is kept has been rounded already
    return lines


def _add_up(invoice: Record, faults: list[str]) -> None:
    add_up(invoice, invoice["LineAmountTypes"])
    if invoice["Total"] < 0:
        faults.append("The invoice total cannot be negative")
    invoice["AmountDue"] = invoice["Total"] - invoice["AmountPaid"] - invoice["AmountCredited"]


def _has_payment(invoice: Record) -> bool:
    settled = invoice["AmountPaid"] or invoice["AmountCredited"]
    return bool(settled or invoice["Status"] == "PAID")


def _check_paid_edit(invoice: Record, current: Record, contact: Record) -> None:
    """Raise RefusedError where more is changed than money already allocated lets change."""
    moved = {
        name
        for name in invoice
        if invoice[name] != current.get(name) and name not in transitions.EDITABLE_WHEN_PAID
    }
    other = contact.get("ContactID") != current["Contact"]["ContactID"]
    if moved or (other and current["AmountCredited"]):
        raise RefusedError(transitions.WRONG_STATUS, transitions.HAS_PAYMENT)
    before = {line["LineItemID"]: line for line in current["LineItems"]}
    after = {line["LineItemID"]: line for line in invoice["LineItems"]}
    if before.keys() != after.keys():
        raise RefusedError(
            "To update fields on a paid invoice line item, you must supply a LineItemID",
            transitions.HAS_PAYMENT,
        )
    for key, line in after.items():
        if any(line.get(name) != before[key].get(name) for name in _PAID_LINE):
            raise RefusedError(transitions.WRONG_STATUS, transitions.HAS_PAYMENT)


def _keep(books: Books, draft: _Draft, contact: Record, contact_changes: bool) -> Record:
    invoice = draft.invoice
    if contact_changes:
        contact = contact_writing.keep_contact(books, contact)
    invoice["Contact"] = {"ContactID": contact["ContactID"]}
    numbering.complete(books, invoice)
    approved = invoice["Status"] == "AUTHORISED" and draft.current.get("Status") != "AUTHORISED"
    if approved and invoice["Type"] == "ACCREC":
        numbering.count_approval(books)
    if invoice["Status"] == "AUTHORISED" and not invoice["Total"]:
        # Nothing to pay: Xero shows such an invoice as paid at once.
        invoice.update(Status="PAID", FullyPaidOnDate=invoice["Date"])
    flag = "IsCustomer" if invoice["Type"] == "ACCREC" else "IsSupplier"
    if not contact[flag]:
        books.save_quietly("Contact", {**contact, flag: True})
    keep = books.save_quietly if _moves_no_stamp(draft) else books.save
    kept = keep("Invoice", invoice)
    words = "Created" if draft.is_new else "Approved" if approved else "Edited"
    note(books, kept["InvoiceID"], words)
    return kept


def _moves_no_stamp(draft: _Draft) -> bool:
    """Whether it is a change that Xero does not stamp: these two fields once money came in."""
    if draft.is_new or not _has_payment(draft.current):
        return False
    moved = {name for name in draft.invoice if draft.invoice[name] != draft.current.get(name)}
    return bool(moved) and moved <= {"DueDate", "SentToContact"}
