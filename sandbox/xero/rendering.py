"""Turns kept records into what Xero answers: its dates, its block within block, its omissions."""

from sandbox.store import Record
from sandbox.xero.books import Books
from sandbox.xero.credits import CREDITS
from sandbox.xero.money import unit_price
from sandbox.xero.stamps import instant, ms_date, short_ms_date

INTERNAL = {
    "TenantID", "Multicurrency", "ApprovalsPerMonth", "CreatedByApp", "Of",
}  # fmt: skip
DAYS = {
    "Date", "DueDate", "ExpectedPaymentDate", "PlannedPaymentDate", "FullyPaidOnDate",
    "ExpiryDate", "PeriodLockDate", "EndOfYearLockDate",
}  # fmt: skip
STAMPS = {"UpdatedDateUTC", "DateUTC"}


def plain(record: Record) -> Record:
    """The record without what is ours or empty, its dates as Xero sends them."""
    shown: Record = {}
    for name, value in record.items():
        if value is None or name in INTERNAL:
            continue
        if name in DAYS or name in STAMPS:
            if value:
                shown[name] = ms_date(value)
        elif name == "CreatedDateUTC":
            shown[name] = short_ms_date(instant(value))
        else:
            shown[name] = value
    return shown


def organisation(record: Record) -> Record:
    """An organisation as it is answered."""
    empty: Record = {"Addresses": [], "Phones": [], "ExternalLinks": [], "PaymentTerms": {}}
    return {**without_stamp(record), **empty}


def account(record: Record) -> Record:
    """An account as it is answered."""
    return {**plain(record), "HasAttachments": False, "AddToWatchlist": False}


def without_stamp(record: Record) -> Record:
    """A record of a kind that shows no UpdatedDateUTC."""
    return {name: value for name, value in plain(record).items() if name != "UpdatedDateUTC"}


def tracking_category(record: Record, *, archived: bool) -> Record:
    """A tracking category with its options; archived options only where they are asked for."""
    options = [
        tracking_option(option)
        for option in record["Options"]
        if archived or option["Status"] == "ACTIVE"
    ]
    return {**without_stamp(record), "Options": options}


def tracking_option(option: Record) -> Record:
    """One option of a tracking category."""
    return {
        **plain(option),
        "HasValidationErrors": False,
        "IsDeleted": option["Status"] == "DELETED",
        "IsArchived": option["Status"] == "ARCHIVED",
        "IsActive": option["Status"] == "ACTIVE",
    }


def item(record: Record, places: int) -> Record:
    """An item, its prices to as many places as the call asks for."""
    shown = plain(record)
    for side in ("SalesDetails", "PurchaseDetails"):
        details = dict(shown.get(side) or {})
        if "UnitPrice" in details:
            details["UnitPrice"] = unit_price(details["UnitPrice"], places)
        shown[side] = details
    return shown


def payment(books: Books, record: Record) -> Record:
    """A payment with the document and account it belongs to.

    A refund's document stands there as an invoice, too, under the credit's id (Xero's examples).
    """
    shown = plain(record)
    kind, key = record.get("Of", "Invoice"), record["Invoice"]["InvoiceID"]
    document = books.record(kind, key)
    if document:
        contact = books.record("Contact", document["Contact"]["ContactID"])
        number = document.get("CreditNoteNumber") or document.get("InvoiceNumber")
        shown["Invoice"] = {
            "InvoiceID": key,
            **({"InvoiceNumber": number} if number else {}),
            "Type": _type_in_payment(kind, document["Type"]),
            "CurrencyCode": document["CurrencyCode"],
            "HasErrors": False,
            "IsDiscounted": False,
            "LineItems": [],
            "Contact": contact_name(contact),
        }
    shown["Account"] = {k: v for k, v in record["Account"].items() if v}
    text = updated_text(record)
    return {**shown, "UpdatedDateUTCString": text, "HasAccount": True, "HasValidationErrors": False}


def _type_in_payment(kind: str, type_: str) -> str:
    return CREDITS[kind].refunds[type_][1] if kind in CREDITS else type_


def payment_in_invoice(record: Record) -> Record:
    """A payment as an invoice lists it."""
    named = ("PaymentID", "Date", "Amount", "Reference", "CurrencyRate")
    shown = plain({name: record.get(name) for name in named})
    return {**shown, "HasAccount": False, "HasValidationErrors": False}


def contact_name(record: Record | None) -> Record:
    """A contact as lists of documents show it: who it is, and Xero's empty lists."""
    named = {name: record[name] for name in ("ContactID", "Name")} if record else {}
    lists: Record = {"Addresses": [], "Phones": [], "ContactGroups": [], "ContactPersons": []}
    return {**named, **lists, "HasValidationErrors": False}


def updated_text(record: Record) -> str:
    """UpdatedDateUTC once more as text, to the second."""
    return f"{instant(record['UpdatedDateUTC']):%Y-%m-%dT%H:%M:%SZ}"
