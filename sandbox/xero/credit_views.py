"""How credit notes, prepayments, overpayments, allocations and bank transactions are answered."""

from sandbox.store import Record
from sandbox.xero import allocations, rendering
from sandbox.xero.books import Books
from sandbox.xero.credits import Credit
from sandbox.xero.invoice_views import contact_alone, line
from sandbox.xero.payments import payments_of

_EMPTY: Record = {"Payments": [], "CreditNotes": [], "Prepayments": [], "Overpayments": []}


def in_list(books: Books, credit: Credit, record: Record) -> Record:
    """A credit as the unpaged list shows it: no lines."""
    key = record[credit.id_field]
    shown = _document(books, record)
    used = allocations.of_credit(books, key)
    paid = [rendering.payment_in_invoice(one) for one in payments_of(books, key)]
    shown |= {"Allocations": [_allocated(books, one) for one in used], "Payments": paid}
    if credit.kind == "CreditNote":
        shown |= {"ID": key, "HasErrors": False}
    return shown


def in_page(books: Books, credit: Credit, record: Record, places: int) -> Record:
    """A credit as a page shows it: with lines, its contact by name only."""
    return {**in_list(books, credit, record), "LineItems": _lines(books, record, places)}


def alone(books: Books, credit: Credit, record: Record, places: int) -> Record:
    """A credit by itself: with lines and the whole contact."""
    shown = in_page(books, credit, record, places)
    whole = books.record("Contact", record["Contact"]["ContactID"])
    if whole:
        shown["Contact"] = contact_alone(books, whole, with_balances=False)
    return shown


def transaction(books: Books, record: Record, places: int, *, with_lines: bool = True) -> Record:
    """A bank transaction, with the bank account's present name."""
    shown = {**_document(books, record), "HasAttachments": False}
    del shown["UpdatedDateUTCString"]
    account = books.record("Account", record["BankAccount"]["AccountID"]) or {}
    named = ("AccountID", "Code", "Name")
    shown["BankAccount"] = {name: account[name] for name in named if account.get(name)}
    shown["LineItems"] = _lines(books, record, places) if with_lines else []
    return shown


def allocation(books: Books, credit: Credit, record: Record) -> Record:
    """A new allocation, with the credit that it was taken of."""
    source: Record = {credit.id_field: record["Source"]["ID"], "LineItems": []}
    if credit.kind == "CreditNote":
        source["ID"] = record["Source"]["ID"]
    return {**_allocated(books, record), credit.kind: source}


def removed(record: Record) -> Record:
    """An allocation that is no more."""
    shown = rendering.without_stamp({n: v for n, v in record.items() if n != "Source"})
    return {**shown, "IsDeleted": True}


def _document(books: Books, record: Record) -> Record:
    shown = {**rendering.plain(record), "HasAttachments": False, "LineItems": []}
    shown["Contact"] = rendering.contact_name(
        books.record("Contact", record["Contact"]["ContactID"])
    )
    shown["UpdatedDateUTCString"] = rendering.updated_text(record)
    for name in ("Date", "DueDate"):
        if record.get(name):
            shown[f"{name}String"] = f"{record[name]}T00:00:00"
    return shown


def _lines(books: Books, record: Record, places: int) -> list[Record]:
    return [line(books, one, places) for one in record["LineItems"]]


def _allocated(books: Books, record: Record) -> Record:
    invoice = books.record("Invoice", record["Invoice"]["InvoiceID"]) or {}
    named = {n: invoice[n] for n in ("InvoiceID", "InvoiceNumber") if invoice.get(n)}
    shown = rendering.without_stamp({n: v for n, v in record.items() if n != "Source"})
    block = {**named, **_EMPTY, "HasErrors": False, "IsDiscounted": False, "LineItems": []}
    return {**shown, "Invoice": block}
