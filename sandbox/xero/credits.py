"""The three kinds of documents that settle invoices: credit notes, prepayments, overpayments."""

from dataclasses import dataclass
from decimal import Decimal

from sandbox.store import Record
from sandbox.xero.books import Books
from sandbox.xero.errors import RefusedError
from sandbox.xero.money import ZERO
from sandbox.xero.reading import Given, guid, part, text


@dataclass(frozen=True)
class Credit:
    """One such kind: its names, and how Xero calls it in a payment that refunds it."""

    kind: str
    collection: str
    id_field: str
    words: str
    refunds: dict[str, tuple[str, str]]  # by type: that of the payment, and of its "invoice"


CREDITS = {
    one.kind: one
    for one in (
        Credit(
            "CreditNote",
            "CreditNotes",
            "CreditNoteID",
            "credit note",
            {
                "ACCRECCREDIT": ("ARCREDITPAYMENT", "ACCRECCREDIT"),
                "ACCPAYCREDIT": ("APCREDITPAYMENT", "ACCPAYCREDIT"),
            },
        ),
        Credit(
            "Prepayment",
            "Prepayments",
            "PrepaymentID",
            "prepayment",
            {
                "RECEIVE-PREPAYMENT": ("ARPREPAYMENTPAYMENT", "ARPREPAYMENT"),
                "SPEND-PREPAYMENT": ("APPREPAYMENTPAYMENT", "APPREPAYMENT"),
            },
        ),
        Credit(
            "Overpayment",
            "Overpayments",
            "OverpaymentID",
            "overpayment",
            {
                "RECEIVE-OVERPAYMENT": ("AROVERPAYMENTPAYMENT", "AROVERPAYMENT"),
                "SPEND-OVERPAYMENT": ("APOVERPAYMENTPAYMENT", "APOVERPAYMENT"),
            },
        ),
    )
}
BY_COLLECTION = {one.collection: one for one in CREDITS.values()}


def find_credit(books: Books, given: Given) -> tuple[Credit, Record] | None:
    """The credit that a payment's block means, or None where it names none.

    Raises RefusedError for one that does not exist.
    """
    for credit in CREDITS.values():
        key = guid(part(given, credit.kind), credit.id_field)
        found = books.record(credit.kind, key) if key else None
        if not key and credit.kind == "CreditNote":
            block = part(given, "CreditNote")
            key = text(block, "CreditNoteNumber") or text(given, "CreditNoteNumber")
            found = books.first("CreditNote", "CreditNoteNumber", key) if key else None
        if found:
            return credit, found
        if key:
            raise RefusedError(f"The {credit.words} could not be found.")
    return None


def use(books: Books, credit: Credit, record: Record, amount: Decimal, date: str) -> Record:
    """Take an amount off what is left of a credit, or give it back; it is paid when all is used."""
    left = record["RemainingCredit"] - amount
    spent = left == ZERO
    changes: Record = {"RemainingCredit": left, "Status": "PAID" if spent else "AUTHORISED"}
    if credit.kind == "CreditNote":
        changes["FullyPaidOnDate"] = date if spent else None
    return books.save(credit.kind, {**record, **changes})


def is_used(record: Record) -> bool:
    """Whether anything of an approved credit was allocated or refunded."""
    return bool(record["Status"] == "PAID" or record["RemainingCredit"] != record["Total"])
