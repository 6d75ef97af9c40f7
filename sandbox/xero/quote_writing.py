"""Creates and changes quotes: which one is meant, what may change, what it comes to."""

from typing import Any, NamedTuple

from sandbox.store import Record
from sandbox.xero import contact_writing, quote_moves
from sandbox.xero.books import SYSTEM, Books
from sandbox.xero.documents import add_up, given_lines
from sandbox.xero.errors import RefusedError
from sandbox.xero.history import note
from sandbox.xero.lines import Desk, write_lines
from sandbox.xero.numbering import usual_theme
from sandbox.xero.quote_fields import OF_INVOICES, faults_of, read_fields
from sandbox.xero.reading import Given, choice, day, guid, part, text

PREFIX = "QU-"
PLACES = 4  # of unit amounts: quotes know no unitdp
NOTHING: Record = {}
_WORDS = {"DRAFT": "Edited", "SENT": "Sent", "ACCEPTED": "Accepted", "DECLINED": "Declined",
          "INVOICED": "Invoiced", "DELETED": "Deleted"}  # fmt: skip


class Written(NamedTuple):
    """A quote as it is kept, and what Xero warns of."""

    quote: Record
    warnings: list[str]


def find_quote(books: Books, given: Given) -> Record | None:
    """The quote that is meant: by QuoteID, else by QuoteNumber.

    Raises RefusedError for a QuoteID that does not exist.
    """
    if key := guid(given, "QuoteID"):
        quote = books.record("Quote", key)
        if not quote:
            raise RefusedError("The quote could not be found.")
        return quote
    number = text(given, "QuoteNumber")
    return books.first("Quote", "QuoteNumber", number) if number else None


def write_quote(books: Books, given: Given, *, create_only: bool = False) -> Written:
    """Create or change the quote that is meant and keep it. Raises RefusedError."""
    if create_only and not guid(given, "QuoteID"):
        return create_quote(books, given)
    current = find_quote(books, given)
    if current and create_only:
        raise RefusedError("A quote with the specified QuoteID exists already.")
    return change_quote(books, current, given) if current else create_quote(books, given)


def create_quote(books: Books, given: Given) -> Written:
    """A new quote. Raises RefusedError with everything that is wrong."""
    if books.organisation["Edition"] != "BUSINESS":
        raise RefusedError("The organisation's edition has no quotes")
    status = choice(given, "Status", quote_moves.STATUSES) or "DRAFT"
    faults = [] if status in quote_moves.CREATABLE else [quote_moves.WRONG_CREATION]
    blank: Record = {
        "Date": books.today,
        "LineAmountTypes": "EXCLUSIVE",
        "CurrencyCode": books.organisation["BaseCurrency"],
        "Terms": "",
        "LineItems": [],
    }
    quote = {**read_fields(books, given, blank), "Status": status}
    return _finish(books, quote, NOTHING, given, faults)


def change_quote(books: Books, current: Record, given: Given) -> Written:
    """The quote with what is given over it. Raises RefusedError with everything wrong."""
    status = choice(given, "Status", quote_moves.STATUSES) or current["Status"]
    quote_moves.check_move(current["Status"], status)
    faults = []
    if not part(given, "Contact"):
        faults.append("Contact is required")
    if not day(given, "Date"):
        faults.append("Date is required")
    if faults:
        raise RefusedError(*faults)
    if status == quote_moves.FINAL:
        ended = books.save("Quote", {**current, "Status": status})
        note(books, ended["QuoteID"], _WORDS[status])
        return Written(ended, [])
    quote = {**read_fields(books, given, current), "Status": status}
    return _finish(books, quote, current, given, [])


def _finish(
    books: Books, quote: Record, current: Record, given: Given, faults: list[str]
) -> Written:
    """Check everything together, and only then keep the contact and the quote."""
    contact, contact_changes = _contact(books, current, given, faults)
    desk = Desk(books, "ACCREC", complete=False, places=PLACES, faults=faults,
                line_amount_types=OF_INVOICES[quote["LineAmountTypes"]])  # fmt: skip
    kept = current.get("LineItems", [])
    types_moved = quote["LineAmountTypes"] != current.get("LineAmountTypes")
    lines, _ = given_lines(given, kept, types_moved=types_moved)
    quote["LineItems"] = write_lines(desk, lines, kept)
    if not lines and quote["Status"] in quote_moves.COMPLETE:
        faults.append("One or more line items must be specified")
    faults += faults_of(books, quote)
    add_up(quote, desk.line_amount_types)
    if quote["Total"] < 0:
        faults.append("The quote total cannot be negative")
    if quote["Status"] == current.get("Status") == quote_moves.CLOSED:
        faults += _faults_of_closed(quote, current, contact)
    if faults:
        raise RefusedError(*dict.fromkeys(faults))
    return Written(_keep(books, quote, current, contact, changes=contact_changes), desk.warnings)


def _contact(books: Books, current: Record, given: Given, faults: list[str]) -> tuple[Record, bool]:
    block: dict[str, Any] = part(given, "Contact")
    try:
        return contact_writing.in_invoice(books, block, new=not current)
    except RefusedError as error:
        faults.extend(error.messages)
        return NOTHING, False


def _faults_of_closed(quote: Record, current: Record, contact: Record) -> list[str]:
    same_contact = contact.get("ContactID") == current["Contact"]["ContactID"]
    same = same_contact and all(quote.get(name) == current.get(name) for name in quote)
    return [] if same else [quote_moves.WRONG_STATUS]


def _keep(
    books: Books, quote: Record, current: Record, contact: Record, *, changes: bool
) -> Record:
    if changes:
        contact = contact_writing.keep_contact(books, contact)
    quote["Contact"] = {"ContactID": contact["ContactID"]}
    while not quote.get("QuoteNumber"):
        number = f"{PREFIX}{books.world.next_number(SYSTEM, f'{books.tenant}/quote'):04}"
        if not books.first("Quote", "QuoteNumber", number):
            quote["QuoteNumber"] = number
    quote["BrandingThemeID"] = quote.get("BrandingThemeID") or usual_theme(books)
    kept = books.save("Quote", quote)
    moved = kept["Status"] != current.get("Status")
    words = _WORDS[kept["Status"]] if moved and current else "Edited" if current else "Created"
    note(books, kept["QuoteID"], words)
    return kept
