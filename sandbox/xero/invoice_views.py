"""How invoices and contacts are answered: whole, as a page, as a list, as a summary, as an echo."""

from collections.abc import Mapping
from decimal import Decimal
from functools import partial
from typing import Any

from sandbox.store import Record
from sandbox.xero import allocations, rendering
from sandbox.xero.books import Books
from sandbox.xero.credits import CREDITS, Credit
from sandbox.xero.money import ZERO, cents, unit_price
from sandbox.xero.payments import payments_of
from sandbox.xero.transitions import is_sale

_FULL_ONLY = (
    "ContactPersons", "PaymentTerms", "SalesDefaultAccountCode", "PurchasesDefaultAccountCode",
    "SalesDefaultLineAmountType", "PurchasesDefaultLineAmountType", "TrackingCategoryName",
    "TrackingCategoryOption", "MergedToContactID", "XeroNetworkKey",
)  # fmt: skip
_NOT_IN_SUMMARY = (*_FULL_ONLY, "Addresses", "ContactGroups", "IsCustomer", "IsSupplier")


def line(books: Books, record: Record, places: int) -> Record:
    """A line, with the present names of its tracking and of its item."""
    shown = dict(record)
    if "UnitAmount" in shown:
        shown["UnitAmount"] = unit_price(shown["UnitAmount"], places)
    shown["Tracking"] = [_tracked(books, pair) for pair in record.get("Tracking", [])]
    item = books.first("Item", "Code", record["ItemCode"]) if "ItemCode" in record else None
    if item:
        shown["Item"] = {"ItemID": item["ItemID"], "Code": item["Code"]}
        shown["Item"] |= {"Name": item["Name"]} if item.get("Name") else {}
    return shown


def _tracked(books: Books, pair: Record) -> Record:
    category = books.record("TrackingCategory", pair["TrackingCategoryID"]) or {"Options": []}
    names = {one["TrackingOptionID"]: one["Name"] for one in category["Options"]}
    named = {"Name": category.get("Name"), "Option": names.get(pair["TrackingOptionID"])}
    return {**pair, **{name: value for name, value in named.items() if value is not None}}


def invoice_summary(books: Books, record: Record) -> Record:
    """An invoice without lines, payments and attachments."""
    shown = rendering.plain({k: v for k, v in record.items() if k != "LineItems"})
    shown["Contact"] = rendering.contact_name(
        books.record("Contact", record["Contact"]["ContactID"])
    )
    for name in ("Date", "DueDate"):
        if record.get(name):
            shown[f"{name}String"] = f"{record[name]}T00:00:00"
    shown["UpdatedDateUTCString"] = rendering.updated_text(record)
    return {**shown, "IsDiscounted": bool(record.get("TotalDiscount")), "HasErrors": False}


def invoice_in_list(books: Books, record: Record) -> Record:
    """An invoice as the unpaged list shows it: no lines."""
    shown = invoice_summary(books, record)
    paid = [rendering.payment_in_invoice(one) for one in payments_of(books, record["InvoiceID"])]
    lists = {one.collection: _credited(books, record, one) for one in CREDITS.values()}
    return {**shown, "Payments": paid, **lists, "LineItems": [], "HasAttachments": False}


def _credited(books: Books, invoice: Record, credit: Credit) -> list[Record]:
    """The credits of a kind that were set off against an invoice, once for each allocation."""
    named = (credit.id_field, "CreditNoteNumber", "Total", "CurrencyRate")
    return [
        {
            **rendering.plain({name: record.get(name) for name in (*named, "Date")}),
            **({"HasErrors": False} if credit.kind == "CreditNote" else {}),
            "AppliedAmount": allocation["Amount"],
            "DateString": f"{record['Date']}T00:00:00",
            "LineItems": [],
        }
        for record, allocation in allocations.of_invoice(books, invoice["InvoiceID"], credit.kind)
    ]


def invoice_in_page(books: Books, record: Record, places: int) -> Record:
    """An invoice as a page shows it: with lines, its contact by name only."""
    lines = [line(books, one, places) for one in record["LineItems"]]
    return {**invoice_in_list(books, record), "LineItems": lines}


def invoice_alone(books: Books, record: Record, places: int) -> Record:
    """An invoice by itself: with lines and the whole contact."""
    shown = invoice_in_page(books, record, places)
    whole = books.record("Contact", record["Contact"]["ContactID"])
    if whole:
        shown["Contact"] = contact_alone(books, whole, with_balances=False)
    return {**shown, "Attachments": [], "InvoicePaymentServices": []}


def contact_in_list(record: Record) -> Record:
    """A contact as the unpaged list shows it."""
    shown = {k: v for k, v in rendering.plain(record).items() if k not in _FULL_ONLY}
    lists: Record = {"ContactGroups": [], "ContactPersons": []}
    return {**shown, **lists, "HasAttachments": False, "HasValidationErrors": False}


def contact_summary(record: Record) -> Record:
    """A contact without what `summaryOnly` drops."""
    shown = rendering.plain(record)
    kept = {k: v for k, v in shown.items() if k not in _NOT_IN_SUMMARY}
    return {**kept, "HasAttachments": False, "HasValidationErrors": False}


def contact_alone(books: Books, record: Record, *, with_balances: bool = True) -> Record:
    """A contact by itself or in a page: everything there is."""
    shown = {**rendering.plain(record), "HasAttachments": False, "HasValidationErrors": False}
    shown.setdefault("ContactGroups", [])
    shown |= {"SalesTrackingCategories": [], "PurchasesTrackingCategories": []}
    if with_balances and (record["IsCustomer"] or record["IsSupplier"]):
        shown["Balances"] = _balances(books, record)
    return shown


def _balances(books: Books, contact: Record) -> Record:
    """What is owed and overdue, in the base currency; credit that is left lowers what is owed."""
    sums = {kind: {"Outstanding": ZERO, "Overdue": ZERO} for kind in ("ACCREC", "ACCPAY")}
    for invoice in books.find("Invoice", "Contact.ContactID", contact["ContactID"]):
        if invoice["Status"] != "AUTHORISED":
            continue
        due = cents(invoice["AmountDue"] / Decimal(invoice["CurrencyRate"]))
        sums[invoice["Type"]]["Outstanding"] += due
        if invoice["DueDate"] < books.today:
            sums[invoice["Type"]]["Overdue"] += due
    for credit in CREDITS.values():
        for record in books.find(credit.kind, "Contact.ContactID", contact["ContactID"]):
            if record["Status"] == "AUTHORISED":
                left = cents(record["RemainingCredit"] / Decimal(record["CurrencyRate"]))
                side = "ACCREC" if is_sale(record["Type"]) else "ACCPAY"
                sums[side]["Outstanding"] -= left
    return {"AccountsReceivable": sums["ACCREC"], "AccountsPayable": sums["ACCPAY"]}


def look(books: Books, record: Record, path: str) -> Any:
    """The value of a field by its dotted path; a document's contact is looked up."""
    name, _, field = path.partition(".")
    value = record.get(name)
    if not field or not isinstance(value, Mapping):
        return value if not field else None
    if name in ("Contact", "Invoice") and field not in value:
        value = books.record(name, value[f"{name}ID"]) or {}
    return value.get(field)


def looking(books: Books) -> Any:
    """`look` bound to an organisation."""
    return partial(look, books)
