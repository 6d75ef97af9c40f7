"""Opens and shuts the doors for events, and tells the addresses to enter in Xero and Salesforce."""

from __future__ import annotations

import base64
import binascii
import secrets

from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse

from connections.models import Connection, EventDoor
from connections.models.doors import door_of
from sync.core.errors import NeedsPerson
from sync.core.records import System

_UNHEARD = {
    "confirmed_at": None,
    "heard_at": None,
    "refused_at": None,
    "refused_why": "",
    "numbered_to": None,
    "missed_at": None,
}


def open_for_xero(connection: Connection, key: str) -> EventDoor:
    """Return the door of the connection's app with this webhook key; a former key ends.

    Raises NeedsPerson where it cannot be one of Xero's keys.
    """
    if not _is_key(key):
        raise NeedsPerson(
            "This is no webhook key of Xero: copy it whole from the app's page, under Webhooks.",
            cause="events:key",
        )
    values = {"secret": key, **_UNHEARD}
    door, _ = EventDoor.objects.update_or_create(
        client_id=connection.credential.client_id, defaults={"system": System.XERO, **values}
    )
    return door


def open_for_salesforce(connection: Connection) -> EventDoor:
    """Return the connection's door with a new secret address; a former address ends."""
    values = {"system": System.SALESFORCE, "secret": secrets.token_urlsafe(32), **_UNHEARD}
    door, _ = EventDoor.objects.update_or_create(connection=connection, defaults=values)
    return door


def shut(connection: Connection) -> None:
    """Take no more events of the connection; for Xero of all connections of the same app."""
    door = door_of(connection)
    if door is not None:
        door.delete()


def address(door: EventDoor, request: HttpRequest | None = None) -> str:
    """Return the address to enter; without PUBLIC_URL it begins as the page's own does.

    Of Salesforce's it is a secret: who knows it may ring.
    """
    if door.system == System.XERO:
        path = reverse("events:xero", args=[door.pk])
    else:
        path = reverse("events:salesforce", args=[door.pk, door.secret])
    if settings.PUBLIC_URL or request is None:
        return f"{settings.PUBLIC_URL}{path}"
    return request.build_absolute_uri(path)


def address_for_messages(connection: Connection, request: HttpRequest) -> str:
    """Return the address of a Salesforce connection's door, or nothing where it has none."""
    door = door_of(connection)
    return address(door, request) if door is not None else ""


def _is_key(key: str) -> bool:
    """Whether it is base64 of enough bytes to be secret; Xero's are of 64."""
    try:
        return len(base64.b64decode(key, validate=True)) >= 32
    except (binascii.Error, ValueError):
        return False
