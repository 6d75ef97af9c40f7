"""Who is calling: the bearer token, its scope, and the organisation that is meant."""

from werkzeug.wrappers import Request

from sandbox.world import World
from sandbox.xero import grants
from sandbox.xero.books import tenants
from sandbox.xero.clients import custom_tenant, find_client
from sandbox.xero.errors import forbidden, unauthorised
from sandbox.xero.tokens import Access, read_access

_SETTINGS = "accounting.settings"
SCOPE_OF = {
    "Accounts": _SETTINGS,
    "BrandingThemes": _SETTINGS,
    "BankTransactions": "accounting.banktransactions",
    "Contacts": "accounting.contacts",
    "CreditNotes": "accounting.invoices",
    "Currencies": _SETTINGS,
    "Invoices": "accounting.invoices",
    "Items": _SETTINGS,
    "Organisation": _SETTINGS,
    "Overpayments": "accounting.payments",
    "Payments": "accounting.payments",
    "Prepayments": "accounting.payments",
    "Quotes": "accounting.invoices",
    "TaxRates": _SETTINGS,
    "TrackingCategories": _SETTINGS,
}
# What accounting.transactions covered.
_BROAD = {"accounting.banktransactions", "accounting.invoices", "accounting.payments"}


def authenticate(world: World, request: Request) -> Access:
    """What the caller's token allows. Raises the 401 for a missing or bad one."""
    kind, _, token = request.headers.get("Authorization", "").partition(" ")
    if kind.lower() != "bearer" or not token.strip():
        raise unauthorised()
    access = read_access(world, token.strip())
    if not find_client(world, access.client_id):
        raise unauthorised()
    return access


def choose_tenant(world: World, request: Request, access: Access) -> str:
    """The organisation's id, from the header or from a Custom Connection's token.

    Raises the 403 where the app is not connected to it.
    """
    asked = request.headers.get("xero-tenant-id", "").strip().lower()
    if access.custom:
        mine = custom_tenant(world, find_client(world, access.client_id) or {})
        if not mine or asked not in ("", mine):
            raise forbidden()
        return mine
    connected = [one["tenantId"] for one in grants.connections(world, access.client_id)]
    if asked not in connected or asked not in tenants(world):
        raise forbidden()
    return asked


def check_scope(access: Access, endpoint: str, method: str) -> None:
    """Raise the 401 with Xero's own spelling where the token lacks the endpoint's scope."""
    wanted = SCOPE_OF[endpoint]
    enough = {wanted} | ({f"{wanted}.read"} if method == "GET" else set())
    if wanted in _BROAD:
        enough |= {"accounting.transactions"}
        enough |= {"accounting.transactions.read"} if method == "GET" else set()
    if not enough & set(access.scopes):
        raise unauthorised("AuthorizationUnsuccessful", WWW_Authenticate="insufficent_scope")
