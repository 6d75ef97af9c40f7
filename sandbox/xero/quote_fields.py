"""Reads a quote's own fields, without lines and contact, and checks them."""

from sandbox.store import Record
from sandbox.xero.books import Books
from sandbox.xero.invoice_fields import complete_currency, faults_of_choices
from sandbox.xero.reading import Given, choice, currency_rate, day, guid, text

LINE_AMOUNT_TYPES = ("EXCLUSIVE", "INCLUSIVE", "NOTAX")
# An invoice's words for the same three.
OF_INVOICES = dict(zip(LINE_AMOUNT_TYPES, ("Exclusive", "Inclusive", "NoTax"), strict=True))
LIMITS = {"QuoteNumber": 255, "Reference": 4000, "Terms": 4000, "Title": 100, "Summary": 3000}


def read_fields(books: Books, given: Given, current: Record) -> Record:
    """The quote with what is given over it. Raises RefusedError or a 400 for bad values."""
    sent: Record = {name: text(given, name, limit) for name, limit in LIMITS.items()}
    sent |= {
        "QuoteNumber": sent["QuoteNumber"] or None,
        "BrandingThemeID": guid(given, "BrandingThemeID"),
        "CurrencyCode": (text(given, "CurrencyCode") or "").upper() or None,
        "CurrencyRate": currency_rate(given),
        "LineAmountTypes": choice(given, "LineAmountTypes", LINE_AMOUNT_TYPES),
        "Date": day(given, "Date"),
        "ExpiryDate": day(given, "ExpiryDate"),
    }
    quote = current | {name: value for name, value in sent.items() if value is not None}
    moved, rated = bool(sent["CurrencyCode"]), sent["CurrencyRate"]
    complete_currency(books, quote, moved=moved, rated=rated)
    return quote


def faults_of(books: Books, quote: Record) -> list[str]:
    """What Xero would say against these fields. A quote is in no ledger: lock dates spare it."""
    faults = faults_of_choices(books, quote)
    if quote.get("ExpiryDate") and quote["ExpiryDate"] < quote["Date"]:
        faults.append("The expiry date cannot be before the date of the quote")
    number_ = quote.get("QuoteNumber")
    mine = quote.get("QuoteID")
    if number_ and books.first("Quote", "QuoteNumber", number_, lambda one: one["QuoteID"] != mine):
        faults.append("Quote number must be unique.")
    return faults
