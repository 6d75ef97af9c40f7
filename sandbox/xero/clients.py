"""The apps that may ask for tokens, their secrets, and the scopes there are."""

from collections.abc import Iterable
from hmac import compare_digest
from urllib.parse import urlsplit

from werkzeug.wrappers import Request

from sandbox.store import Record
from sandbox.world import World
from sandbox.xero.books import SYSTEM, tenants

USUAL_CLIENT = "sandbox-xero"
CLIENTS: Record = {
    USUAL_CLIENT: {"secret": "sandbox-xero-secret", "name": "Counterpart"},
    "sandbox-xero-australia": {
        "secret": "sandbox-xero-australia-secret",
        "name": "Counterpart Australia",
        "tenant": "Fernhill Surveys Pty Ltd",
    },
}
_ACCOUNTING = ("invoices", "payments", "banktransactions", "manualjournals", "settings",
               "contacts", "attachments")  # fmt: skip
_REPORTS = ("aged", "balancesheet", "banksummary", "budgetsummary", "executivesummary",
            "profitandloss", "trialbalance", "taxreports")  # fmt: skip
API_SCOPES = {
    *(f"accounting.{name}" for name in _ACCOUNTING),
    *(f"accounting.{name}.read" for name in (*_ACCOUNTING, "budgets")),
    *(f"accounting.reports.{name}.read" for name in _REPORTS),
}
SIGN_IN_SCOPES = {"openid", "profile", "email", "offline_access"}
# Apps made since 2 March 2026 get none of these; the setting `broad_scopes` brings them back.
BROAD_SCOPES = {"accounting.transactions", "accounting.transactions.read"}
CUSTOM_SCOPES = ("accounting.attachments", "accounting.contacts", "accounting.invoices",
                 "accounting.payments", "accounting.settings")  # fmt: skip


def find_client(world: World, client_id: str | None) -> Record | None:
    """The app of this id; the setting `clients` may name others than the usual one."""
    known: Record = world.setting(SYSTEM, "clients", CLIENTS)
    return known.get(client_id or "")


def client_of(request: Request) -> tuple[str, str | None]:
    """Client id and secret, from the Basic header or from the form."""
    if request.authorization and request.authorization.type == "basic":
        return request.authorization.username or "", request.authorization.password
    return request.form.get("client_id", ""), request.form.get("client_secret")


def is_secret_of(client: Record, secret: str | None) -> bool:
    """Whether it is the app's secret."""
    return compare_digest(str(client["secret"]).encode(), (secret or "").encode())


def unknown_scopes(world: World, scopes: Iterable[str], *, signing_in: bool) -> set[str]:
    """Those of the scopes that such an app cannot ask for."""
    known = API_SCOPES | (SIGN_IN_SCOPES if signing_in else set())
    if world.setting(SYSTEM, "broad_scopes", False):
        known |= BROAD_SCOPES
    return set(scopes) - known


def custom_tenant(world: World, client: Record) -> str | None:
    """The organisation of a Custom Connection: the one the app names, else the first one."""
    wanted, made = client.get("tenant"), tenants(world)
    if wanted is None:
        return made[0] if made else None
    table = world.table(SYSTEM, "Organisation")
    return next((key for key in made if wanted in (key, table[key]["Name"])), None)


def is_redirect(client: Record, uri: str) -> bool:
    """Whether Xero would send a browser there: https, or http to localhost by that name."""
    if "redirect_uris" in client:
        return uri in client["redirect_uris"]
    parts = urlsplit(uri)
    if parts.fragment or not parts.hostname:
        return False
    return parts.scheme == "https" or (parts.scheme == "http" and parts.hostname == "localhost")
