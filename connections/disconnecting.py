"""Ends connections: here, and at the remote where it can be told."""

from datetime import timedelta

from django.db import transaction
from django.utils import timezone

from connections import sign_in
from connections.models import Connection, Credential, Grant
from connections.salesforce import sign_in as salesforce
from connections.xero import sign_in as xero
from sync.core.errors import SyncError
from sync.core.records import System


def disconnect(connection: Connection, why: str) -> str:
    """End the permission here and at the remote; return what a person must still do, or nothing.

    An app's own secret is the permission itself, so it is forgotten with the tokens. The
    connection's records and links stay.
    """
    if connection.disconnected_at is not None:
        return ""
    credential = connection.credential
    others = credential.connections.exclude(pk=connection.pk).filter(disconnected_at=None)
    shared = others.exists()
    left_to_do = ""
    try:
        _end_at_remote(connection, shared)
    except SyncError as error:
        place = (
            "Connected apps" if connection.system == System.XERO else "Connected App OAuth Usage"
        )
        left_to_do = f"{error} Remove Counterpart there by hand too, under {place}."
    with transaction.atomic():
        connection.disconnected_at, connection.disconnected_why = timezone.now(), why
        connection.save(update_fields=["disconnected_at", "disconnected_why"])
        if not shared:
            _forget_secrets(sign_in.locked(credential.pk))
    return left_to_do


def forget_unfinished() -> int:
    """Delete sign-ins of yesterday or before that never became a connection; returns how many."""
    old = timezone.now() - timedelta(days=1)
    return Credential.objects.filter(connections=None, created_at__lt=old).delete()[0]


def _end_at_remote(connection: Connection, shared: bool) -> None:
    credential = connection.credential
    if connection.system == System.SALESFORCE:
        salesforce.revoke(credential)
    elif shared:
        token = sign_in.access_token(connection)
        xero.forget_tenant(credential, token, connection.remote_connection_id)
    else:
        xero.revoke(credential)


def _forget_secrets(credential: Credential) -> None:
    credential.access_token = credential.refresh_token = ""
    if credential.grant != Grant.AUTHORIZATION_CODE:
        credential.client_secret = credential.private_key = ""
    credential.expires_at = credential.refreshed_at = None
    credential.save()
