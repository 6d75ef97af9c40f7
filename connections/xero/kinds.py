"""The kinds of Xero records: where each is found, how it is read and written, when it is gone."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from sync.core.records import Key, Record, System

from . import values


def _never(record: Mapping[str, Any]) -> str:
    return ""


def _archived_or_merged(contact: Mapping[str, Any]) -> str:
    """An archived contact may have gone into another one (Xero, Contacts, MergedToContactID)."""
    winner = str(contact.get("MergedToContactID") or "").lower()
    if winner:
        return f"merged:{winner}"
    return "archived" if contact.get("ContactStatus", "ACTIVE") != "ACTIVE" else ""


HISTORY: Mapping[str, tuple[str, str]] = {
    "Contact": ("get_contact_history", "contact_id"),
    "CreditNote": ("get_credit_note_history", "credit_note_id"),
    "Invoice": ("get_invoice_history", "invoice_id"),
    "Overpayment": ("get_overpayment_history", "overpayment_id"),
    "Prepayment": ("get_prepayment_history", "prepayment_id"),
    "Quote": ("get_quote_history", "quote_id"),
}
"""How the history of a record is asked for: xero-python's method and its argument."""


@dataclass(frozen=True)
class Kind:
    """One kind. `listing`, `creating` and `updating` are xero-python's method names.

    `filters` are always sent with a list; `by_ids` tells whether it can be asked for ids, or at
    least by a `where` (`by_where`); else `one` is the method that reads one alone, with the
    argument that takes its id. One without `creating` is only read.
    `pages` is how many records a page has (0: the list comes in one piece), `sized` whether we
    may say so. `searches` tells whether Xero can search it, `finds` the fields that it finds by
    an argument of their own, with that argument and how it is written; `always` is what every
    write must name. `app_page` is a page of Xero's newer screens, whose address begins with the
    organisation's short code.
    `wanted` is false for records that share the collection but are not of this kind.
    `still_open` finds those that may yet change by what others do, such as pay.
    """

    name: str
    collection: str
    id_field: str
    listing: str
    creating: str
    updating: str
    page: str
    pages: int = 1000
    sized: bool = True
    by_ids: bool = True
    by_where: bool = False
    one: tuple[str, str] = ("", "")
    searches: bool = True
    finds: Mapping[str, tuple[str, str]] = field(default_factory=dict)
    app_page: str = ""
    always: tuple[str, ...] = ()
    unit_places: bool = False
    unit_places_when_writing: bool = False
    in_a_write: int = 50
    filters: Mapping[str, Any] = field(default_factory=dict)
    where: str = ""
    still_open: str = ""
    wanted: Callable[[Mapping[str, Any]], bool] = lambda _record: True
    gone: Callable[[Mapping[str, Any]], str] = _never

    def record(self, element: Mapping[str, Any]) -> Record:
        """Return the record that Xero sent."""
        read = values.read(element)
        key = Key(System.XERO, self.name, str(element.get(self.id_field) or "").lower())
        return Record(key, read, read.get("UpdatedDateUTC"), self.gone(element))


_BANK_PAGE = "Bank/ViewTransaction.aspx?bankTransactionID="


def _credit(name: str, type_: str, page: str, plural: str) -> Kind:
    """Return a kind of customers' credit: only read, void ones and deleted ones, too.

    What is still open of it is what was approved and not yet all allocated or paid back.
    """
    of_customers = f'Type=="{type_}"'
    return Kind(
        name,
        f"{name}s",
        f"{name}ID",
        f"get_{plural}",
        "",
        "",
        page,
        by_ids=False,
        by_where=True,
        searches=False,
        finds={
            "Contact.ContactID": ("where", f'{of_customers} AND Contact.ContactID==guid("{{}}")')
        },
        unit_places=True,
        where=of_customers,
        still_open=f'{of_customers} AND Status=="AUTHORISED"',
        wanted=lambda record: bool(record.get("Type", type_) == type_),
    )


KINDS: Mapping[str, Kind] = {
    kind.name: kind
    for kind in (
        # A deleted or voided invoice stays one: its Status tells, and the flow decides.
        Kind(
            "Invoice",
            "Invoices",
            "InvoiceID",
            "get_invoices",
            "create_invoices",
            "update_or_create_invoices",
            "AccountsReceivable/View.aspx?InvoiceID=",
            unit_places=True,
            unit_places_when_writing=True,
            filters={"include_archived": True},
            where='Type=="ACCREC"',
            still_open='Type=="ACCREC" AND Status=="AUTHORISED"',
            wanted=lambda invoice: bool(invoice.get("Type", "ACCREC") == "ACCREC"),
        ),
        Kind(
            "Contact",
            "Contacts",
            "ContactID",
            "get_contacts",
            "create_contacts",
            "update_or_create_contacts",
            "Contacts/View/",
            filters={"include_archived": True},  # or an archival would never be seen
            always=("Name",),  # Xero refuses a batch with a contact without one
            gone=_archived_or_merged,
        ),
        Kind(
            "Item",
            "Items",
            "ItemID",
            "get_items",
            "create_items",
            "update_or_create_items",
            "Inventory/",
            pages=0,
            by_ids=False,
            one=("get_item", "item_id"),
            searches=False,
            always=("Code",),
            in_a_write=100,  # Xero advises as many, and takes 500
            unit_places=True,
            unit_places_when_writing=True,
        ),
        # No webhooks, no search, no ids, 100 a page; a deleted quote stays one, as an invoice does.
        Kind(
            "Quote",
            "Quotes",
            "QuoteID",
            "get_quotes",
            "create_quotes",
            "update_or_create_quotes",
            "Accounts/Receivable/Quotes/View/",
            pages=100,
            sized=False,
            by_ids=False,
            one=("get_quote", "quote_id"),
            searches=False,
            finds={
                "QuoteNumber": ("quote_number", "{}"),
                "Contact.ContactID": ("contact_id", "{}"),
                "Status": ("status", "{}"),
            },
            always=("Contact", "Date"),  # or Xero takes no change, not even of its status
            app_page="quotes/view/",
        ),
        _credit(
            "CreditNote",
            "ACCRECCREDIT",
            "AccountsReceivable/ViewCreditNote.aspx?creditNoteID=",
            "credit_notes",
        ),
        _credit("Prepayment", "RECEIVE-PREPAYMENT", _BANK_PAGE, "prepayments"),
        _credit("Overpayment", "RECEIVE-OVERPAYMENT", _BANK_PAGE, "overpayments"),
    )
}
