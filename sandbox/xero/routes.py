"""Which view answers which path and method."""

from collections.abc import Callable
from typing import Any

from werkzeug.routing import Map, Rule

from sandbox.xero.answers import Reply
from sandbox.xero.endpoints import (
    allocations,
    bank_transactions,
    contacts,
    credits,
    history,
    invoices,
    items,
    payments,
    quotes,
    settings,
    settings_writing,
)

View = Callable[..., Reply]
API = "/api.xro/2.0"

_OPTIONS = "/TrackingCategories/<key>/Options"
_CREDIT = "<any(CreditNotes, Prepayments, Overpayments):endpoint>"

_ACCOUNTING: list[tuple[str, str, View]] = [
    ("GET", "/Organisation", settings.get_organisation),
    ("GET", "/Organisation/Actions", settings.list_actions),
    ("GET", "/Accounts", settings.list_accounts),
    ("GET", "/Accounts/<key>", settings.get_account),
    ("GET", "/TaxRates", settings.list_tax_rates),
    ("GET", "/TaxRates/<tax_type>", settings.get_tax_rate),
    ("GET", "/Currencies", settings.list_currencies),
    ("GET", "/TrackingCategories", settings.list_tracking),
    ("GET", "/TrackingCategories/<key>", settings.get_tracking),
    ("GET", "/BrandingThemes", settings.list_themes),
    ("GET", "/BrandingThemes/<key>", settings.get_theme),
    ("PUT", "/Currencies", settings_writing.add_currency),
    ("PUT", "/TaxRates", settings_writing.create_tax_rates),
    ("POST", "/TaxRates", settings_writing.change_tax_rates),
    ("PUT", "/Accounts", settings_writing.create_account),
    ("POST", "/Accounts/<key>", settings_writing.change_account),
    ("DELETE", "/Accounts/<key>", settings_writing.remove_account),
    ("PUT", "/TrackingCategories", settings_writing.create_category),
    ("POST", "/TrackingCategories/<key>", settings_writing.change_category),
    ("DELETE", "/TrackingCategories/<key>", settings_writing.remove_category),
    ("PUT", f"{_OPTIONS}", settings_writing.create_option),
    ("POST", f"{_OPTIONS}/<option_key>", settings_writing.change_option),
    ("DELETE", f"{_OPTIONS}/<option_key>", settings_writing.remove_option),
    ("GET", "/Contacts", contacts.list_contacts),
    ("PUT", "/Contacts", contacts.create_contacts),
    ("POST", "/Contacts", contacts.upsert_contacts),
    ("GET", "/Contacts/<key>", contacts.get_contact),
    ("POST", "/Contacts/<key>", contacts.change_contact),
    ("GET", "/Invoices", invoices.list_invoices),
    ("PUT", "/Invoices", invoices.create_invoices),
    ("POST", "/Invoices", invoices.upsert_invoices),
    ("GET", "/Invoices/<key>", invoices.get_invoice),
    ("POST", "/Invoices/<key>", invoices.change_invoice),
    ("GET", "/Invoices/<key>/OnlineInvoice", invoices.online_invoice),
    ("GET", "/Items", items.list_items),
    ("PUT", "/Items", items.create_items),
    ("POST", "/Items", items.upsert_items),
    ("GET", "/Items/<key>", items.get_item),
    ("POST", "/Items/<key>", items.change_item),
    ("DELETE", "/Items/<key>", items.remove_item),
    ("GET", "/Payments", payments.list_payments),
    ("PUT", "/Payments", payments.create_payments),
    ("POST", "/Payments", payments.create_payments),
    ("GET", "/Payments/<key>", payments.get_payment),
    ("POST", "/Payments/<key>", payments.end_payment),
    ("GET", f"/{_CREDIT}", credits.list_credits),
    ("GET", f"/{_CREDIT}/<key>", credits.get_credit),
    ("PUT", "/CreditNotes", credits.create_credit_notes),
    ("POST", "/CreditNotes", credits.upsert_credit_notes),
    ("POST", "/CreditNotes/<key>", credits.change_credit_note),
    ("PUT", f"/{_CREDIT}/<key>/Allocations", allocations.create_allocations),
    (
        "DELETE",
        f"/{_CREDIT}/<key>/Allocations/<allocation_key>",
        allocations.remove_allocation,
    ),
    ("GET", "/BankTransactions", bank_transactions.list_transactions),
    ("PUT", "/BankTransactions", bank_transactions.create_transactions),
    ("POST", "/BankTransactions", bank_transactions.upsert_transactions),
    ("GET", "/BankTransactions/<key>", bank_transactions.get_transaction),
    ("POST", "/BankTransactions/<key>", bank_transactions.change_transaction),
    ("GET", "/Quotes", quotes.list_quotes),
    ("PUT", "/Quotes", quotes.create_quotes),
    ("POST", "/Quotes", quotes.upsert_quotes),
    ("GET", "/Quotes/<key>", quotes.get_quote),
    ("POST", "/Quotes/<key>", quotes.change_quote),
    *(
        (method, f"/<any({name}):endpoint>/<key>/History", view)
        for name in history.ENDPOINTS
        for method, view in (("GET", history.list_history), ("PUT", history.add_notes))
    ),
]
# The identity service's paths; xero-python writes Connections with a capital letter.
_IDENTITY = [
    ("POST", "/connect/token", "token"),
    ("POST", "/connect/revocation", "revocation"),
    ("GET", "/identity/connect/authorize", "authorize"),
    ("POST", "/identity/connect/authorize", "authorize"),
    ("GET", "/.well-known/openid-configuration", "discovery"),
    ("GET", "/.well-known/openid-configuration/jwks", "keys"),
    *(("GET", f"/{name}", "connections") for name in ("connections", "Connections")),
    *(("DELETE", f"/{name}/<key>", "disconnect") for name in ("connections", "Connections")),
]


def _rules() -> list[Rule]:
    rules: list[tuple[str, str, Any]] = [
        *((method, API + path, view) for method, path, view in _ACCOUNTING),
        *_IDENTITY,
    ]
    return [Rule(path, methods=[method], endpoint=view) for method, path, view in rules]


ROUTES = Map(_rules(), strict_slashes=False, merge_slashes=False)


def endpoint_of(path: str) -> str:
    """The endpoint's name in a path of the accounting API, such as Invoices."""
    return path.removeprefix(API).strip("/").split("/")[0]
