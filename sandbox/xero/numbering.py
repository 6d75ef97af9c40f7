"""Numbers and counts an organisation keeps: invoice numbers, themes by default, approvals."""

from sandbox.store import Record
from sandbox.xero.books import SYSTEM, Books

PREFIX = "INV-"


def is_sale(invoice: Record) -> bool:
    """Whether it is a sales invoice: only their numbers are unique."""
    return bool(invoice["Type"] == "ACCREC")


def faults_of(books: Books, invoice: Record, current: Record) -> list[str]:
    """What stands against its number and its approval. Void and deleted ones keep their numbers."""
    faults = []
    number = invoice.get("InvoiceNumber")
    if number and is_sale(invoice):
        mine = invoice.get("InvoiceID")
        taken = books.first(
            "Invoice",
            "InvoiceNumber",
            number,
            lambda one: is_sale(one) and one["InvoiceID"] != mine,
        )
        if taken:
            faults.append("Invoice # must be unique.")
    approves = invoice["Status"] == "AUTHORISED" and current.get("Status") != "AUTHORISED"
    limit = books.organisation.get("ApprovalsPerMonth")
    if approves and is_sale(invoice) and limit is not None and _approved(books) >= limit:
        faults.append("You have reached the limit of invoices you can approve")
    return faults


def complete(books: Books, invoice: Record) -> None:
    """Give a sales invoice the next free number and the first branding theme if it has none."""
    if not is_sale(invoice):
        return
    if not invoice.get("InvoiceNumber"):
        invoice["InvoiceNumber"] = next_invoice_number(books)
    if not invoice.get("BrandingThemeID"):
        invoice["BrandingThemeID"] = usual_theme(books)


def next_invoice_number(books: Books) -> str:
    """The next number that no sales invoice has."""
    while True:
        number = f"{PREFIX}{books.world.next_number(SYSTEM, f'{books.tenant}/invoice'):04}"
        if not books.first("Invoice", "InvoiceNumber", number, is_sale):
            return number


def usual_theme(books: Books) -> str | None:
    """The id of the first branding theme, which documents have that name none."""
    themes = sorted(books.records("BrandingTheme"), key=lambda theme: theme["SortOrder"])
    return str(themes[0]["BrandingThemeID"]) if themes else None


def _month(books: Books) -> str:
    return f"{books.tenant}/approved/{books.today[:7]}"


def _approved(books: Books) -> int:
    return int(books.world.setting(SYSTEM, _month(books), 0))


def count_approval(books: Books) -> None:
    """Count one sales invoice approved this month, which some plans limit."""
    books.world.set_setting(SYSTEM, _month(books), _approved(books) + 1)
