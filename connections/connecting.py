"""Makes connections and renews them; nothing is kept of an attempt that fails."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import IntegrityError, transaction

from connections import organisations, sign_in
from connections.models import Connection, Credential, Grant
from connections.remote import Lane
from connections.tokens import Tokens
from connections.xero import sign_in as xero
from connections.xero.sign_in import Tenant
from sync.core.errors import NeedsPerson, SyncError
from sync.core.records import System

JOINED = [
    "credential",
    "host",
    "tenant_id",
    "remote_connection_id",
    "organisation_id",
    "disconnected_at",
    "disconnected_why",
    *organisations.FACTS,
]
OTHER_CHOSEN = "Another organisation was chosen, nothing changed."


def connect_app(name: str, credential: Credential) -> Connection:
    """Connect by the app's own right (JWT, client credentials), under a new name or a known one.

    `credential` is not saved yet. Signs in and reads the organisation; a known connection keeps
    everything but its credential. Raises the design's errors, and then nothing has changed.
    """
    connection = _named(name, credential.system)
    tokens = sign_in.DOORS[credential.system].renew(credential)
    if credential.system == System.XERO:
        connection.organisation_id = _only_tenant(connection, credential, tokens)
        # Who signs in for one organisation alone names none.
        connection.tenant_id = connection.remote_connection_id = ""
        return _join_or_forget(connection, credential, tokens)
    return connect_salesforce(name, credential, tokens)


def connect_salesforce(name: str, credential: Credential, tokens: Tokens) -> Connection:
    """Connect the org that a person signed in to; `credential` and errors as `connect_app`."""
    connection = _named(name, System.SALESFORCE)
    check_same(connection, tokens.organisation_id)
    connection.organisation_id = tokens.organisation_id
    return _join_or_forget(connection, credential, tokens)


def connect_tenant(name: str, credential: Credential, tenant: Tenant) -> Connection:
    """Connect one Xero organisation of a sign-in that is saved already; errors as `connect_app`."""
    connection = _named(name, System.XERO)
    check_same(connection, tenant.tenant_id)
    connection.organisation_id = connection.tenant_id = tenant.tenant_id
    connection.remote_connection_id = tenant.id
    return _join(connection, credential)


def keep_family(credential: Credential, tokens: Tokens) -> Credential:
    """Save Xero's tokens on the one row of this app and person; return that row."""
    try:
        with transaction.atomic(durable=True):
            row = _family(credential.client_id, tokens.user) or credential
            row.client_secret = credential.client_secret
            row.save()
            sign_in.store(row, tokens)
    except IntegrityError as error:
        raise _twice() from error
    return row


def check_same(connection: Connection, organisation_id: str) -> None:
    """Raise NeedsPerson when it is not the connection's organisation, or another one has it."""
    known = connection.organisation_id
    if known and not sign_in.same_organisation(known, organisation_id):
        raise NeedsPerson(OTHER_CHOSEN, cause="sign_in:other_organisation")
    taken = (
        Connection.objects.filter(system=connection.system, organisation_id=organisation_id)
        .exclude(organisation_id="")
        .exclude(pk=connection.pk)
        .first()
    )
    if taken is not None:
        raise NeedsPerson(
            f"This organisation is connected already, as “{taken.name}”.",
            cause="sign_in:connected_already",
        )


def check_free(name: str) -> None:
    """Raise NeedsPerson when a connection has the name already."""
    if Connection.objects.filter(name=name).exists():
        raise NeedsPerson(
            f"“{name}” is the name of another connection: choose another.",
            cause="sign_in:name_taken",
        )


def _named(name: str, system: str) -> Connection:
    connection = Connection.objects.filter(name=name).first()
    if connection is None:
        return Connection(name=name, system=system)
    if connection.system != system:
        label = System(connection.system).label
        raise NeedsPerson(
            f"“{name}” is the name of a {label} connection already: choose another.",
            cause="sign_in:name_taken",
        )
    return connection


def _family(client_id: str, user: str) -> Credential | None:
    """Return the locked row that holds this person's tokens for the app already."""
    rows = Credential.objects.select_for_update().filter(
        system=System.XERO, grant=Grant.AUTHORIZATION_CODE, client_id=client_id
    )
    return rows.filter(remote_user=user).exclude(remote_user="").first()


def _twice() -> NeedsPerson:
    return NeedsPerson(
        "Somebody has just connected the same: look at the list of connections.",
        cause="sign_in:connected_already",
    )


def _only_tenant(connection: Connection, credential: Credential, tokens: Tokens) -> str:
    """Return the organisation's id that a Custom Connection's token reaches, where Xero says so."""
    try:
        reached = xero.tenants(credential, tokens.access_token)
    except SyncError:
        reached = []
    if len(reached) != 1:
        return connection.organisation_id
    check_same(connection, reached[0].tenant_id)
    return reached[0].tenant_id


def _join_or_forget(connection: Connection, credential: Credential, tokens: Tokens) -> Connection:
    connection.host = tokens.host
    credential.save()
    sign_in.store(credential, tokens)
    try:
        return _join(connection, credential)
    except BaseException:
        forget_unused(credential.pk)
        raise


def _join(connection: Connection, credential: Credential) -> Connection:
    """Bring the two together, provided that the organisation can be read with the credential."""
    former = connection.credential_id
    connection.credential = credential
    connection.disconnected_at, connection.disconnected_why = None, ""
    with _nothing_kept_on_failure(connection):
        if connection.pk is None:
            connection.save()  # calls are counted by connection
        reference = organisations.ask(connection, Lane.PERSON)
        if connection.short_code not in {"", reference.short_code}:
            raise NeedsPerson(OTHER_CHOSEN, cause="sign_in:other_organisation")
        organisations.take_facts(connection, reference)
        connection.save(update_fields=JOINED)
    if former != credential.pk:
        forget_unused(former)
    return connection


def forget_unused(pk: int | None) -> None:
    """Delete the credential unless a connection uses it."""
    if pk is not None:
        Credential.objects.filter(pk=pk, connections=None).delete()


@contextmanager
def _nothing_kept_on_failure(connection: Connection) -> Iterator[None]:
    is_new = connection.pk is None
    try:
        yield
    except BaseException as error:
        if is_new and connection.pk is not None:
            connection.delete()
        if isinstance(error, IntegrityError):
            raise _twice() from error
        raise
