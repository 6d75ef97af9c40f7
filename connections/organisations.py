"""What the organisation behind a connection says of itself, read after connecting and daily."""

from collections import Counter

import structlog
from django.conf import settings
from django.utils import timezone

from connections import live, sign_in
from connections.addresses import is_loopback
from connections.models import Connection, Credential, Environment, Grant
from connections.remote import Lane
from connections.xero import sign_in as xero
from sync.core.errors import SyncError
from sync.core.organisation import Account, Reference, Stage, TaxRate
from sync.core.records import System

log = structlog.get_logger(__name__)

FACTS = [
    "organisation_name",
    "country",
    "currency",
    "edition",
    "timezone",
    "short_code",
    "locked_until",
    "environment",
    "organisation_read_at",
    "last_heard_at",
    "organisation",
]
LOST = "Xero no longer lists this organisation: it was disconnected there, or a demo company ended."


def read_organisation(connection: Connection, lane: Lane = Lane.PERSON) -> Reference:
    """Ask the organisation for its facts, save them on the connection and return them.

    Raises the design's errors; then nothing is changed.
    """
    reference = ask(connection, lane)
    take_facts(connection, reference)
    connection.save(update_fields=FACTS)
    return reference


def ask(connection: Connection, lane: Lane) -> Reference:
    """Return what the organisation says of itself and its lists; raises the design's errors."""
    reference: Reference = live.open_remote(connection, lane).reference()
    return reference


def take_facts(connection: Connection, reference: Reference) -> None:
    """Put the organisation's facts on the connection, unsaved."""
    connection.organisation_name = reference.name
    connection.country = reference.country
    connection.currency = reference.base_currency
    connection.edition = reference.edition
    connection.timezone = reference.timezone
    connection.short_code = reference.short_code
    connection.locked_until = reference.locked_until
    connection.environment = _environment(connection, reference)
    connection.organisation_read_at = connection.last_heard_at = reference.read_at
    connection.organisation = {
        "actions": dict(reference.actions),
        "currencies": sorted(reference.currencies),
        "sales_terms": list(reference.sales_terms) if reference.sales_terms else None,
        "lists": lists_of(reference),
    }


def lists_of(reference: Reference) -> dict[str, list[list[str]]]:
    """Return what the organisation has to choose from: (value, its name) by the list's name.

    What is possible and nobody means stands beside its list: a tax rate that fits no sales account.
    """
    rates = [rate for rate in reference.tax_rates if rate.active]
    return {
        "accounts": [[a.code, a.name] for a in reference.accounts if _takes_sales(a)],
        "tax_rates": [[r.tax_type, r.name] for r in rates if _is_of_sales(r)],
        "tax_rates_besides": [[r.tax_type, r.name] for r in rates if not _is_of_sales(r)],
        "tracking": [
            [f"{t.category_id}/{t.option_id}", f"{t.category}: {t.option}"]
            for t in reference.tracking
            if t.active
        ],
        "themes": [list(theme) for theme in reference.themes],
        "stages": [[stage.name, _stage(stage)] for stage in reference.stages],
        "price_books": [[book.id, book.name] for book in reference.price_books if book.active],
        "users": _users(reference),
    }


def _is_of_sales(rate: TaxRate) -> bool:
    """Return whether Xero lets the rate be used with a revenue account; unknown counts as yes."""
    return not rate.classes or "REVENUE" in rate.classes


def _takes_sales(account: Account) -> bool:
    """Return whether Xero books a line of an invoice to it: no bank, none that it keeps itself."""
    own = account.type != "BANK" and not account.system
    return own and account.active and bool(account.code)


def _users(reference: Reference) -> list[list[str]]:
    """Return the active users; those of one name with what each signs in with."""
    names = Counter(user.name for user in reference.users)
    return [
        [user.id, user.name if names[user.name] == 1 else f"{user.name} ({user.username})"]
        for user in reference.users
    ]


def _stage(stage: Stage) -> str:
    if not stage.closed:
        return "open"
    return "won" if stage.won else "lost"


def read_all() -> int:
    """Read every connected organisation's facts; returns how many answered. For a daily task.

    What fails is logged and does not stop the others; a Xero organisation that its sign-in no
    longer reaches becomes disconnected, as Xero sends no notice of that.
    """
    find_lost_tenants()
    read = 0
    connected = Connection.objects.filter(disconnected_at=None, credential__broken_since=None)
    for connection in connected.select_related("credential"):
        try:
            read_organisation(connection, Lane.BACKGROUND)
        except SyncError as error:
            log.warning("organisation_not_read", connection=connection.pk, reason=str(error))
        else:
            read += 1
    return read


def find_lost_tenants() -> None:
    """Note which Xero organisations their sign-in no longer reaches."""
    credentials = Credential.objects.filter(
        system=System.XERO, grant=Grant.AUTHORIZATION_CODE, broken_since=None
    )
    for credential in credentials:
        connections = list(credential.connections.filter(disconnected_at=None))
        if not connections:
            continue
        try:
            token = sign_in.access_token(connections[0])
            reached = {row.tenant_id for row in xero.tenants(credential, token)}
        except SyncError as error:
            log.warning("tenants_not_read", credential=credential.pk, reason=str(error))
            continue
        lost = [each.pk for each in connections if each.tenant_id not in reached]
        Connection.objects.filter(pk__in=lost, disconnected_at=None).update(
            disconnected_at=timezone.now(), disconnected_why=LOST
        )


def _environment(connection: Connection, reference: Reference) -> str:
    """A system on this machine holds no real books, whatever it says of itself."""
    address = connection.host if connection.system == System.SALESFORCE else settings.XERO_API_URL
    if is_loopback(address):
        return Environment.SANDBOX
    if not reference.is_demo:
        return Environment.PRODUCTION
    return Environment.SANDBOX if connection.system == System.SALESFORCE else Environment.DEMO
