"""What a consent leaves behind: codes, refresh tokens and connections to organisations."""

import secrets
from collections.abc import Iterable
from datetime import datetime, timedelta
from uuid import uuid4

from sandbox.store import Record
from sandbox.world import Table, World
from sandbox.xero.books import SYSTEM
from sandbox.xero.stamps import instant, stamp

CODE_LIFE = timedelta(minutes=5)
REFRESH_LIFE = timedelta(days=60)
GRACE = timedelta(minutes=30)  # in which a refresh token that was used works again


class InvalidGrantError(Exception):
    """A code or refresh token that is unknown, used up, too old or another app's."""


def _table(world: World, kind: str) -> Table:
    return world.table(SYSTEM, kind)


def _seven_digits(moment: datetime) -> str:
    return f"{moment:%Y-%m-%dT%H:%M:%S}.{moment.microsecond:06}0"


def consent(
    world: World, client_id: str, scopes: Iterable[str], chosen: Iterable[str], asked: Record
) -> str:
    """Note that the user agreed, connect the organisations; answers the code to be exchanged.

    Scopes add up over all consents given to the app.
    """
    table = _table(world, "Grant")
    before = {s for g in table.values() if g["client_id"] == client_id for s in g["scopes"]}
    event = str(uuid4())
    table[event] = {"client_id": client_id, "scopes": sorted(before | set(scopes))}
    for tenant in chosen:
        connect(world, client_id, tenant, event)
    code = secrets.token_urlsafe(32)
    made = stamp(world.clock.now())
    kept = {"grant": event, "client_id": client_id, "made": made, "used": False}
    _table(world, "AuthorizationCode")[code] = {**asked, **kept}
    return code


def use_code(world: World, code: str, client_id: str, redirect_uri: str | None) -> Record:
    """The code's record, which can be used no second time. Raises InvalidGrantError."""
    table = _table(world, "AuthorizationCode")
    kept = table.get(code)
    if not kept or kept["used"] or kept["client_id"] != client_id:
        raise InvalidGrantError
    if instant(kept["made"]) + CODE_LIFE <= world.clock.now():
        raise InvalidGrantError
    if kept["redirect_uri"] != redirect_uri:
        raise InvalidGrantError
    table[code] = {**kept, "used": True}
    return kept


def make_public(world: World, event: str) -> None:
    """Note that the grant belongs to an app without a secret."""
    table = _table(world, "Grant")
    table[event] = {**table[event], "public": True}


def is_public(world: World, token: str) -> bool:
    """Whether a refresh token may be used without a secret."""
    grant = _table(world, "RefreshToken").get(token, {}).get("grant", "")
    return bool(_table(world, "Grant").get(grant, {}).get("public"))


def issue_refresh(world: World, event: str, client_id: str) -> str:
    """A new refresh token for a grant."""
    token = secrets.token_urlsafe(48)
    _table(world, "RefreshToken")[token] = {
        "grant": event,
        "client_id": client_id,
        "made": stamp(world.clock.now()),
        "rotated": None,
    }
    return token


def rotate(world: World, token: str, client_id: str) -> tuple[str, str]:
    """Use a refresh token: its grant and the token that follows it.

    The old one works for another 30 minutes, for a client that lost the answer.
    Raises InvalidGrantError.
    """
    table, now = _table(world, "RefreshToken"), world.clock.now()
    kept = table.get(token)
    if not kept or kept["client_id"] != client_id or kept["grant"] not in _table(world, "Grant"):
        raise InvalidGrantError
    if instant(kept["made"]) + REFRESH_LIFE <= now:
        raise InvalidGrantError
    if kept["rotated"] and instant(kept["rotated"]) + GRACE <= now:
        raise InvalidGrantError
    table[token] = {**kept, "rotated": kept["rotated"] or stamp(now)}
    return kept["grant"], issue_refresh(world, kept["grant"], client_id)


def revoke(world: World, token: str, client_id: str) -> None:
    """End the grant of a refresh token, and the app's connections with it."""
    kept = _table(world, "RefreshToken").get(token)
    if not kept or kept["client_id"] != client_id:
        return
    _table(world, "Grant").pop(kept["grant"], None)
    for name, wanted in (("RefreshToken", "grant"), ("Connection", "client_id")):
        table = _table(world, name)
        for key in [k for k, one in table.items() if one[wanted] == kept[wanted]]:
            del table[key]


def connect(world: World, client_id: str, tenant: str, event: str) -> Record:
    """Connect an organisation to an app; a connection that exists keeps its id."""
    table, now = _table(world, "Connection"), _seven_digits(world.clock.now())
    known = next((one for one in connections(world, client_id) if one["tenantId"] == tenant), None)
    connection = {
        "id": str(uuid4()),
        "createdDateUtc": now,
        **(known or {}),
        "authEventId": event,
        "tenantId": tenant,
        "tenantType": "ORGANISATION",
        "tenantName": _table(world, "Organisation")[tenant]["Name"],
        "updatedDateUtc": now,
        "client_id": client_id,
    }
    table[str(connection["id"])] = connection
    return connection


def connections(world: World, client_id: str) -> list[Record]:
    """The app's connections, oldest first, those to organisations that still exist."""
    known = _table(world, "Organisation")
    return [
        one
        for one in _table(world, "Connection").values()
        if one["client_id"] == client_id and one["tenantId"] in known
    ]
