"""/Invoices: lists, single ones, writes, the online address."""

import hashlib
from collections.abc import Mapping
from typing import Any

from sandbox.store import Record
from sandbox.xero import invoice_views
from sandbox.xero.answers import Reply
from sandbox.xero.books import Books
from sandbox.xero.call import Call
from sandbox.xero.contact_writing import is_active
from sandbox.xero.errors import not_found
from sandbox.xero.invoice_writing import write_invoice
from sandbox.xero.searching import Test, by_ids, containing, of_contacts, paged, search
from sandbox.xero.writing import write_all

COLLECTION = "Invoices"


def list_invoices(call: Call) -> Reply:
    """GET /Invoices. Lines come with pages only; a summary is always paged."""
    books, summary = call.books, call.flag("summaryOnly")
    found = search(call, "Invoice", _named(call), _tests(call))
    page = paged(call, found, COLLECTION, forced=summary)
    if summary:
        shown = [invoice_views.invoice_summary(books, one) for one in page.records]
    elif page.pagination:
        shown = [invoice_views.invoice_in_page(books, one, call.places) for one in page.records]
    else:
        shown = [invoice_views.invoice_in_list(books, one) for one in page.records]
    return Reply(COLLECTION, shown, page.pagination)


def _named(call: Call) -> list[Record] | None:
    """The invoices that ids, numbers or contacts leave, or None where none were given."""
    if keys := call.several("IDs"):
        return by_ids(call.books, "Invoice", keys)
    if numbers := call.several("InvoiceNumbers"):
        return [one for n in numbers for one in call.books.find("Invoice", "InvoiceNumber", n)]
    if contacts := call.several("ContactIDs"):
        return of_contacts(call.books, [key.lower() for key in contacts])
    return None


def _tests(call: Call) -> list[Test]:
    books, tests = call.books, list[Test]()
    if statuses := call.several("Statuses"):
        tests.append(lambda one: one["Status"] in statuses)
    if contacts := call.several("ContactIDs"):
        keys = {key.lower() for key in contacts}
        tests.append(lambda one: one["Contact"]["ContactID"] in keys)
    if numbers := call.several("InvoiceNumbers"):
        wanted = {number.casefold() for number in numbers}
        tests.append(lambda one: (one.get("InvoiceNumber") or "").casefold() in wanted)
    if call.flag("createdByMyApp"):
        tests.append(lambda one: one["CreatedByApp"] == call.client_id)
    if term := call.query.get("searchterm"):
        tests.append(containing(term, ("InvoiceNumber", "Reference")))
    if not (call.flag("includeArchived") or call.several("IDs")):
        tests.append(lambda one: _has_active_contact(books, one))
    return tests


def _has_active_contact(books: Books, invoice: Record) -> bool:
    contact = books.record("Contact", invoice["Contact"]["ContactID"])
    return contact is None or is_active(contact)


def find(call: Call, key: str) -> Record:
    """The invoice of this id, or the one with this number. Raises the 404."""
    found = call.books.record("Invoice", key.lower())
    found = found or call.books.first("Invoice", "InvoiceNumber", key)
    if not found:
        raise not_found()
    return found


def get_invoice(call: Call, key: str) -> Reply:
    """GET /Invoices/{id or number}."""
    shown = invoice_views.invoice_alone(call.books, find(call, key), call.places)
    return Reply(COLLECTION, [shown])


def create_invoices(call: Call) -> Reply:
    """PUT /Invoices: creates only."""
    return _write(call, create_only=True)


def upsert_invoices(call: Call) -> Reply:
    """POST /Invoices: changes the one of that id or number, else creates."""
    return _write(call)


def change_invoice(call: Call, key: str) -> Reply:
    """POST /Invoices/{id}: changes that one."""
    return _write(call, path_id=find(call, key)["InvoiceID"])


def _write(call: Call, *, create_only: bool = False, path_id: str | None = None) -> Reply:
    def write(given: Mapping[str, Any]) -> tuple[Record, list[str]]:
        named = {**given, "InvoiceID": path_id} if path_id else given
        invoice, warnings = write_invoice(
            call.books, named, create_only=create_only, places=call.places, app=call.client_id
        )
        return invoice_views.invoice_alone(call.books, invoice, call.places), warnings

    return write_all(call, "Invoice", COLLECTION, write)


def online_invoice(call: Call, key: str) -> Reply:
    """GET /Invoices/{id}/OnlineInvoice: the address a customer sees; a draft has none."""
    invoice = find(call, key)
    if invoice["Status"] not in ("AUTHORISED", "PAID") or invoice["Type"] != "ACCREC":
        raise not_found()
    secret = hashlib.sha256(invoice["InvoiceID"].encode()).hexdigest()[:40]
    return Reply("OnlineInvoices", [{"OnlineInvoiceUrl": f"https://in.xero.com/{secret}"}])
