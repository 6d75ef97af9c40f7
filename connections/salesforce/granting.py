"""Gives Counterpart's own user the permission set that shows it the package's fields."""

from __future__ import annotations

import json
from dataclasses import dataclass

from simple_salesforce.format import format_soql

from connections.transport import Call, Caller
from sync.core.errors import NeedsPerson, TryAgain

from .doorway import Doorway
from .packaging import OUR_PERMISSIONS
from .query import Selection


@dataclass(frozen=True)
class OwnUser:
    """Whom Counterpart signs in as in an org."""

    id: str
    username: str


def own_user(door: Doorway, caller: Caller) -> OwnUser:
    """Return Counterpart's own user; raises the design's errors."""
    user = caller.connection.credential.remote_user or _asked(caller)
    rows = _rows(door, Selection("User", ("Id", "Username")), Id=user)
    if not rows:
        raise NeedsPerson(
            "Counterpart’s user may not see itself in Salesforce: give it the permission to view "
            "users.",
            cause="salesforce:own_user",
        )
    return OwnUser(rows[0]["Id"], rows[0]["Username"])


def grant(door: Doorway, caller: Caller) -> bool:
    """Assign the permission set to our own user unless it is; return whether that was needed.

    Raises the design's errors. It may be repeated after OutcomeUnknown.
    """
    who = "Counterpart’s user"
    try:
        user = own_user(door, caller)
        who = user.username
        return _assigned(door, user)
    except NeedsPerson as error:
        raise NeedsPerson(
            f"The fields are installed, but Counterpart may not show them to its own user: {error} "
            f"An administrator must assign the permission set “Counterpart: sync” to {who}.",
            cause="salesforce:permission_set",
        ) from error


def _assigned(door: Doorway, user: OwnUser) -> bool:
    sets = _rows(door, Selection("PermissionSet", ("Id",)), Name=OUR_PERMISSIONS)
    if not sets:
        raise TryAgain("Salesforce does not show the permission set yet.")
    wanted = {"PermissionSetId": sets[0]["Id"], "AssigneeId": user.id}
    if _rows(door, Selection("PermissionSetAssignment", ("Id",)), **wanted):
        return False
    try:
        door.send("POST", "sobjects/PermissionSetAssignment", wanted)
    except NeedsPerson as error:
        if error.cause.startswith("salesforce:DUPLICATE_VALUE"):
            return False  # somebody else has just done it
        raise
    return True


def _asked(caller: Caller) -> str:
    """Ask Salesforce who is signed in."""
    url = f"{caller.connection.host}/services/oauth2/userinfo"
    reply = caller.call(Call("GET", url, writes=False))
    try:
        return str(json.loads(reply.text)["user_id"])
    except (ValueError, KeyError, TypeError) as error:
        raise TryAgain("Salesforce does not say who is signed in.") from error


def _rows(door: Doorway, wanted: Selection, **equal: str) -> list[dict[str, str]]:
    conditions = (f"{name} = {format_soql('{}', value)}" for name, value in equal.items())
    return [row for page in door.pages(wanted.soql(*conditions)) for row in page]
