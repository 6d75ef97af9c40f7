"""Reads an invoice's own fields, without lines and contact, and checks them."""

from decimal import Decimal
from urllib.parse import urlsplit

from sandbox.store import Record
from sandbox.xero.books import Books
from sandbox.xero.countries import day_rate
from sandbox.xero.errors import RefusedError
from sandbox.xero.reading import Given, choice, currency_rate, day, flag, guid, text
from sandbox.xero.stamps import long_day

LINE_AMOUNT_TYPES = ("Exclusive", "Inclusive", "NoTax")
DAYS = ("Date", "DueDate", "ExpectedPaymentDate", "PlannedPaymentDate")


def read_fields(books: Books, given: Given, current: Record) -> Record:
    """The invoice with what is given over it. Raises RefusedError or a 400 for bad values."""
    sent: Record = {
        "InvoiceNumber": text(given, "InvoiceNumber", 255) or None,
        "Reference": text(given, "Reference", 255),
        "Url": text(given, "Url", 2000),
        "BrandingThemeID": guid(given, "BrandingThemeID"),
        "CurrencyCode": (text(given, "CurrencyCode") or "").upper() or None,
        "CurrencyRate": currency_rate(given),
        "LineAmountTypes": choice(given, "LineAmountTypes", LINE_AMOUNT_TYPES),
        "SentToContact": flag(given, "SentToContact"),
        **{name: day(given, name) for name in DAYS},
    }
    invoice = current | {name: value for name, value in sent.items() if value is not None}
    complete_currency(books, invoice, moved=bool(sent["CurrencyCode"]), rated=sent["CurrencyRate"])
    return invoice


def complete_currency(books: Books, invoice: Record, *, moved: bool, rated: Decimal | None) -> None:
    """The rate is units of the invoice's currency per unit of the base (not confirmed by Xero)."""
    base, code = books.organisation["BaseCurrency"], invoice["CurrencyCode"]
    if code == base:
        invoice["CurrencyRate"] = Decimal(1)
    elif (
        books.find("Currency", "Code", code)
        and rated is None
        and (moved or not invoice.get("CurrencyRate"))
    ):
        invoice["CurrencyRate"] = day_rate(base, code, invoice["Date"])


def faults_of(books: Books, invoice: Record, *, complete: bool) -> list[str]:
    """What Xero would say against these fields."""
    return [
        *_faults_of_texts(invoice),
        *faults_of_choices(books, invoice),
        *faults_of_day(books, invoice["Date"]),
        *(["Due Date must be specified"] if complete and not invoice.get("DueDate") else []),
    ]


def _faults_of_texts(invoice: Record) -> list[str]:
    faults = []
    number_ = invoice.get("InvoiceNumber") or ""
    if not (number_.isascii() and number_.isprintable()):
        faults.append("Invoice # must contain printable ASCII characters only")
    if url := invoice.get("Url"):
        parts = urlsplit(url)
        if parts.scheme not in ("http", "https") or not parts.netloc:
            faults.append("Url must be a valid absolute URL")
        elif "xero" in url.lower():
            faults.append("Url must not contain xero")
    return faults


def faults_of_choices(books: Books, invoice: Record) -> list[str]:
    """What Xero would say against a document's currency, its rate and its branding theme."""
    faults = []
    organisation, code = books.organisation, invoice["CurrencyCode"]
    foreign = code != organisation["BaseCurrency"]
    if foreign and not (organisation["Multicurrency"] and books.find("Currency", "Code", code)):
        faults.append(f"Organisation is not subscribed to currency {code}")
    elif (invoice.get("CurrencyRate") or 0) <= 0:
        faults.append("CurrencyRate must be greater than zero")
    theme = invoice.get("BrandingThemeID")
    if theme and not books.record("BrandingTheme", theme):
        faults.append("The branding theme could not be found")
    return faults


def faults_of_day(books: Books, date: str) -> list[str]:
    """Nothing may be dated on or before a lock date."""
    faults = []
    for name, words in (("PeriodLockDate", "period"), ("EndOfYearLockDate", "end of year")):
        locked = books.organisation.get(name)
        if locked and date <= locked:
            faults.append(
                f"The document date cannot be before the {words} lock date, currently set at"
                f" {long_day(locked)}"
            )
    return faults


def check_open(books: Books, invoice: Record) -> None:
    """Raise RefusedError where the document stands in a locked period."""
    if faults := faults_of_day(books, invoice["Date"]):
        raise RefusedError(*faults)
