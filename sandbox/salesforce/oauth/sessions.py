"""Access tokens and the consents behind them, with refresh tokens that can be used once."""

import secrets
from datetime import datetime, timedelta

from sandbox.salesforce.catalogue import SYSTEM
from sandbox.salesforce.oauth.errors import OAuthError
from sandbox.salesforce.org import Org
from sandbox.store import Record
from sandbox.world import Table

LIFETIME = 7200  # seconds without a call; the setting `session_seconds`
CODE_LIFETIME = timedelta(minutes=15)
IDLE_DAYS = 30  # after which an unused refresh token is dead; the setting `refresh_idle_days`
MOST_GRANTS = 5  # of one user for one app
_DEAD = "expired access/refresh token"


def table(org: Org, kind: str) -> Table:
    """One of the sign-in's own tables: Code, Grant, Refresh or Session."""
    return org.world.table(f"{SYSTEM}/oauth", kind)


def own_id(org: Org) -> str:
    """The org's id."""
    return next(iter(org.table("Organization")))


def open_session(org: Org, client: str, user: str, scopes: list[str], grant: str) -> str:
    """Make an access token; `grant` is the consent that it comes of, or empty."""
    token = f"{own_id(org)[:15]}!AQ{secrets.token_urlsafe(64)}"
    session = {"client": client, "user": user, "scopes": scopes, "grant": grant}
    session |= {"issued": _text(org.now()), "expires": _text(org.now() + _lifetime(org))}
    table(org, "Session")[token] = session
    return token


def find_session(org: Org, token: str) -> Record | None:
    """The living session of an access token, which lives on when it is used; None for others."""
    session = table(org, "Session").get(token)
    if session is None or datetime.fromisoformat(session["expires"]) <= org.now():
        return None
    left = datetime.fromisoformat(session["expires"]) - org.now()
    if left < _lifetime(org) / 2:
        session = {**session, "expires": _text(org.now() + _lifetime(org))}
        table(org, "Session")[token] = session
    return session


def grant_access(org: Org, client: str, user: str, scopes: list[str]) -> tuple[str, str]:
    """Keep a user's consent; its id and its first refresh token.

    The sixth for the same user and app ends the oldest.
    """
    grants = table(org, "Grant")
    same = [key for key, one in grants.items() if (one["client"], one["user"]) == (client, user)]
    for key in same[: max(0, len(same) - MOST_GRANTS + 1)]:
        end_grant(org, key)
    key = secrets.token_hex(8)
    grants[key] = {"client": client, "user": user, "scopes": scopes, "used": _text(org.now())}
    return key, _new_refresh_token(org, key)


def use_refresh_token(org: Org, client: Record, token: str) -> tuple[str, str]:
    """The consent behind a refresh token, and the token to use the next time.

    With rotation, one that was used already ends the consent and all its tokens.
    Raises invalid_grant.
    """
    found = table(org, "Refresh").get(token)
    grant = table(org, "Grant").get(found["grant"]) if found else None
    if found is None or grant is None or grant["client"] != client["id"]:
        raise OAuthError("invalid_grant", _DEAD)
    idle = timedelta(days=org.world.setting(SYSTEM, "refresh_idle_days", IDLE_DAYS))
    if found["spent"] or datetime.fromisoformat(grant["used"]) + idle <= org.now():
        end_grant(org, found["grant"])
        raise OAuthError("invalid_grant", _DEAD)
    table(org, "Grant")[found["grant"]] = {**grant, "used": _text(org.now())}
    if not client.get("rotation", True):
        return found["grant"], token
    table(org, "Refresh")[token] = {**found, "spent": True}
    return found["grant"], _new_refresh_token(org, found["grant"])


def revoke(org: Org, token: str) -> bool:
    """End an access token, or a refresh token with its consent; whether there was one."""
    if token in table(org, "Session"):
        del table(org, "Session")[token]
        return True
    found = table(org, "Refresh").get(token)
    if found and found["grant"] in table(org, "Grant"):
        end_grant(org, found["grant"])
        return True
    return False


def end_grant(org: Org, key: str) -> None:
    """End a consent: its refresh tokens are worth nothing and its sessions are over.

    The refresh tokens are remembered, as each was given out once.
    """
    table(org, "Grant").pop(key, None)
    sessions = table(org, "Session")
    for token in [token for token, one in sessions.items() if one["grant"] == key]:
        del sessions[token]


def _new_refresh_token(org: Org, grant: str) -> str:
    token = f"5Aep861{secrets.token_urlsafe(60)}"
    table(org, "Refresh")[token] = {"grant": grant, "spent": False}
    return token


def _lifetime(org: Org) -> timedelta:
    return timedelta(seconds=org.world.setting(SYSTEM, "session_seconds", LIFETIME))


def _text(moment: datetime) -> str:
    return moment.isoformat()
