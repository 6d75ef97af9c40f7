"""What can be asked about a token: who its user is, and whether it still lives."""

from datetime import datetime

from werkzeug.wrappers import Request

from sandbox.salesforce.oauth import sessions
from sandbox.salesforce.oauth.clients import client_of
from sandbox.salesforce.oauth.errors import OAuthError
from sandbox.salesforce.org import Org
from sandbox.store import Record


def bearer(request: Request) -> str:
    """The access token of a call, or an empty text."""
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    return token.strip() if scheme.lower() in ("bearer", "oauth") else ""


def session_of(org: Org, request: Request) -> Record | None:
    """The living session that a call is made in."""
    token = bearer(request) or request.args.get("access_token", "")
    return sessions.find_session(org, token or request.form.get("access_token", ""))


def introspect(org: Org, request: Request) -> Record:
    """Whether a token lives, and what it is for. Raises OAuthError for a strange app."""
    client_of(org.world, request)
    token = request.form.get("token", "")
    session = sessions.table(org, "Session").get(token)
    if session and datetime.fromisoformat(session["expires"]) > org.now():
        issued, expires = (
            int(datetime.fromisoformat(session[name]).timestamp()) for name in ("issued", "expires")
        )
        times = {"exp": expires, "iat": issued, "nbf": issued}
        return _about(org, session, "access_token") | times
    found = sessions.table(org, "Refresh").get(token)
    grant = sessions.table(org, "Grant").get(found["grant"]) if found else None
    if found and grant and not found["spent"]:
        return _about(org, grant, "refresh_token")
    return {"active": False}


def end(org: Org, request: Request) -> None:
    """End a token. Raises OAuthError for one that is none."""
    token = request.form.get("token") or request.args.get("token") or ""
    if not sessions.revoke(org, token):
        raise OAuthError("invalid_token", "invalid token")


def describe_user(org: Org, request: Request, session: Record) -> Record:
    """The user of a session, as its identity address and userinfo tell it."""
    host = request.host_url.rstrip("/")
    user = org.table("User")[session["user"]]
    own = sessions.own_id(org)
    identity = f"{host}/id/{own}/{user['Id']}"
    names = ("enterprise", "metadata", "partner", "rest", "sobjects", "query", "search", "recent")
    urls = {name: _url(host, name) for name in names}
    return {
        "id": identity,
        "sub": identity,
        "asserted_user": True,
        "user_id": user["Id"],
        "organization_id": own,
        "username": user["Username"],
        "preferred_username": user["Username"],
        "nick_name": user["Alias"],
        "display_name": user["Name"],
        "name": user["Name"],
        "email": user["Email"],
        "email_verified": True,
        "first_name": user["FirstName"],
        "last_name": user["LastName"],
        "given_name": user["FirstName"],
        "family_name": user["LastName"],
        "timezone": user["TimeZoneSidKey"],
        "zoneinfo": user["TimeZoneSidKey"],
        "active": user["IsActive"],
        "user_type": "STANDARD",
        "language": user["LanguageLocaleKey"],
        "locale": user["LocaleSidKey"],
        "utcOffset": 0,
        "last_modified_date": user["LastModifiedDate"],
        "is_app_installed": True,
        "urls": {**urls, "profile": f"{host}/{user['Id']}", "custom_domain": host},
    }


def _url(host: str, name: str) -> str:
    soap = {"enterprise": "c", "metadata": "m", "partner": "u"}
    if name in soap:
        return f"{host}/services/Soap/{soap[name]}/{{version}}"
    below = "" if name == "rest" else f"{name}/"
    return f"{host}/services/data/v{{version}}/{below}"


def _about(org: Org, kept: Record, kind: str) -> Record:
    user = org.table("User")[kept["user"]]
    return {
        "active": True,
        "scope": " ".join(kept["scopes"]),
        "client_id": kept["client"],
        "username": user["Username"],
        "sub": f"https://login.salesforce.com/id/{sessions.own_id(org)}/{user['Id']}",
        "token_type": kind,
    }
