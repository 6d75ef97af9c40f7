"""What an organisation is set up with: read by every client, changed by hand only."""

from sandbox.store import Record
from sandbox.xero import rendering
from sandbox.xero.answers import Reply
from sandbox.xero.call import Call
from sandbox.xero.errors import not_found
from sandbox.xero.searching import by_default, search

ACTIONS = (
    "AttachFilesIntoInvoice", "CreateApprovedBill", "CreateApprovedInvoice",
    "CreateApprovedPurchaseOrder", "CreateDraftBill", "CreateDraftInvoice",
    "CreateDraftPurchaseOrder", "CreateDraftQuote", "CreateInvoicePayment",
    "CreateRepeatingBill", "CreateRepeatingInvoice", "CreateSentQuote", "UseMulticurrency",
    "ApproveTransactionsBeforePeriodLockDate",
)  # fmt: skip


def get_organisation(call: Call) -> Reply:
    """GET /Organisation."""
    return Reply("Organisations", [rendering.organisation(call.books.organisation)])


def list_actions(call: Call) -> Reply:
    """GET /Organisation/Actions: what this organisation's plan and the user's role allow."""
    organisation = call.books.organisation
    denied = {"ApproveTransactionsBeforePeriodLockDate"}
    if not organisation["Multicurrency"]:
        denied.add("UseMulticurrency")
    if organisation["Edition"] == "PARTNER":
        denied |= {name for name in ACTIONS if name.startswith("Create")}
    shown = [
        {"Name": name, "Status": "NOT-ALLOWED" if name in denied else "ALLOWED"} for name in ACTIONS
    ]
    return Reply("Actions", shown)


def list_accounts(call: Call) -> Reply:
    """GET /Accounts."""
    found = by_default(call, search(call, "Account", None, []), "Code")
    return Reply("Accounts", [rendering.account(one) for one in found])


def get_account(call: Call, key: str) -> Reply:
    """GET /Accounts/{id}."""
    return Reply("Accounts", [rendering.account(_found(call.books.record("Account", key.lower())))])


def list_tax_rates(call: Call) -> Reply:
    """GET /TaxRates."""
    return Reply("TaxRates", [_bare(one) for one in _all(call, "TaxRate")])


def get_tax_rate(call: Call, tax_type: str) -> Reply:
    """GET /TaxRates/{TaxType}."""
    return Reply("TaxRates", [_bare(_found(call.books.first("TaxRate", "TaxType", tax_type)))])


def list_currencies(call: Call) -> Reply:
    """GET /Currencies: those that are enabled."""
    return Reply("Currencies", [_bare(one) for one in _all(call, "Currency")])


def list_tracking(call: Call) -> Reply:
    """GET /TrackingCategories: archived ones and archived options on request only."""
    archived = call.flag("includeArchived")
    shown = [
        rendering.tracking_category(one, archived=archived)
        for one in _all(call, "TrackingCategory")
        if archived or one["Status"] == "ACTIVE"
    ]
    return Reply("TrackingCategories", shown)


def get_tracking(call: Call, key: str) -> Reply:
    """GET /TrackingCategories/{id}: with archived options."""
    record = _found(call.books.record("TrackingCategory", key.lower()))
    return Reply("TrackingCategories", [rendering.tracking_category(record, archived=True)])


def list_themes(call: Call) -> Reply:
    """GET /BrandingThemes, in their order; nothing filters them."""
    themes = sorted(call.books.records("BrandingTheme"), key=lambda one: one["SortOrder"])
    return Reply("BrandingThemes", [_bare(one) for one in themes])


def get_theme(call: Call, key: str) -> Reply:
    """GET /BrandingThemes/{id}."""
    return Reply("BrandingThemes", [_bare(_found(call.books.record("BrandingTheme", key.lower())))])


def _all(call: Call, kind: str) -> list[Record]:
    """All that `where` leaves: these kinds know no If-Modified-Since."""
    found = search(call, kind, None, [], dated=False)
    return by_default(call, found, "Code" if kind == "Currency" else "Name")


def _bare(record: Record) -> Record:
    return rendering.without_stamp(record)


def _found(record: Record | None) -> Record:
    if record is None:
        raise not_found()
    return record
