"""The ways to get a token: a code, a refresh token, the app's own secret, a signed assertion."""

import base64
import hashlib
import hmac
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any, NamedTuple

import jwt
from werkzeug.wrappers import Request

from sandbox.salesforce.catalogue import SYSTEM
from sandbox.salesforce.oauth import sessions
from sandbox.salesforce.oauth.clients import client_of, find_client
from sandbox.salesforce.oauth.errors import OAuthError
from sandbox.salesforce.org import Org
from sandbox.store import Record

JWT_BEARER = "urn:ietf:params:oauth:grant-type:jwt-bearer"
_LONGEST_ASSERTION = timedelta(minutes=5)
_ONLY_THE_SIGNATURE: Any = {  # the times are checked against the sandbox's own clock
    "verify_aud": False,
    "verify_exp": False,
    "verify_iat": False,
    "verify_nbf": False,
}
_SHARED_HOSTS = ("https://login.salesforce.com", "https://test.salesforce.com")


class _Access(NamedTuple):
    """What a token is made for."""

    client: Record
    user: str
    scopes: list[str]
    grant: str = ""


def token(org: Org, request: Request) -> Record:
    """The answer to a call for a token. Raises OAuthError."""
    grant = _GRANTS.get(request.form.get("grant_type", ""))
    if grant is None:
        raise OAuthError("unsupported_grant_type", "grant type not supported")
    return grant(org, request)


def _by_code(org: Org, request: Request) -> Record:
    client = client_of(org.world, request)
    codes = sessions.table(org, "Code")
    code = codes.pop(request.form.get("code", ""), None)
    if code is None or code["client"] != client["id"]:
        raise OAuthError("invalid_grant", "invalid authorization code")
    if datetime.fromisoformat(code["issued"]) + sessions.CODE_LIFETIME <= org.now():
        raise OAuthError("invalid_grant", "expired authorization code")
    if request.form.get("redirect_uri") != code["redirect_uri"]:
        raise OAuthError("redirect_uri_mismatch", "redirect_uri must match configuration")
    _check_verifier(org, code["code_challenge"], request.form.get("code_verifier"))
    scopes: list[str] = code["scopes"]
    grant, refresh = sessions.grant_access(org, client["id"], code["user"], scopes)
    answer = _answer(org, request, _Access(client, code["user"], scopes, grant))
    if {"refresh_token", "offline_access", "full"} & set(scopes):
        answer["refresh_token"] = refresh
    return answer


def _check_verifier(org: Org, challenge: str | None, verifier: str | None) -> None:
    if challenge is None:
        if org.world.setting(SYSTEM, "require_pkce", False):
            raise OAuthError("invalid_request", "missing required code challenge")
        return
    if not verifier:
        raise OAuthError("invalid_grant", "missing required code verifier")
    digest = hashlib.sha256(verifier.encode()).digest()
    if base64.urlsafe_b64encode(digest).rstrip(b"=").decode() != challenge.rstrip("="):
        raise OAuthError("invalid_request", "invalid code verifier")


def _by_refresh_token(org: Org, request: Request) -> Record:
    client = client_of(org.world, request)
    given = request.form.get("refresh_token", "")
    key, following = sessions.use_refresh_token(org, client, given)
    grant = sessions.table(org, "Grant")[key]
    answer = _answer(org, request, _Access(client, grant["user"], grant["scopes"], key))
    if following != given:
        answer["refresh_token"] = following
    return answer


def _by_secret(org: Org, request: Request) -> Record:
    client = client_of(org.world, request)
    if not client.get("secret"):
        raise OAuthError("invalid_client", "invalid client credentials")
    user = _user(org, client.get("run_as"))
    if user is None:
        raise OAuthError("invalid_grant", "no client credentials user enabled")
    return _answer(org, request, _Access(client, user, client.get("scopes", ["api", "id"])))


def _by_assertion(org: Org, request: Request) -> Record:
    """A token for the user that the app names in an assertion signed with its own key.

    The setting `jwt_keys` holds each app's public key in PEM form, by its consumer key.
    """
    claims = _claims(org, request, request.form.get("assertion", ""))
    client = find_client(org.world, claims["iss"])
    user = _user(org, claims.get("sub") or claims.get("prn"))
    if user is None or not client.get("approved", True):
        raise OAuthError("invalid_grant", "user hasn't approved this consumer")
    return _answer(org, request, _Access(client, user, client.get("scopes", ["api", "id"])))


def _claims(org: Org, request: Request, assertion: str) -> dict[str, Any]:
    try:
        said: dict[str, Any] = jwt.decode(assertion, options={"verify_signature": False})
        client = find_client(org.world, said.get("iss"))
        key = (org.world.setting(SYSTEM, "jwt_keys") or {}).get(client["id"])
        if key is None:
            raise OAuthError("invalid_grant", "invalid assertion")
        hosts = [*_SHARED_HOSTS, request.host_url.rstrip("/")]
        aud = str(said.get("aud") or "").rstrip("/").removesuffix("/services/oauth2/token")
        jwt.decode(assertion, key, ["RS256"], options=_ONLY_THE_SIGNATURE)
    except jwt.PyJWTError as error:
        raise OAuthError("invalid_grant", "invalid assertion") from error
    if aud not in hosts:
        raise OAuthError("invalid_grant", "audience is invalid")
    left = float(said.get("exp") or 0) - org.now().timestamp()
    if not 0 < left <= _LONGEST_ASSERTION.total_seconds():
        raise OAuthError("invalid_grant", "expired assertion" if left <= 0 else "invalid assertion")
    return said


def _user(org: Org, username: str | None) -> str | None:
    found = org.all_with("User", "Username", username) if username else []
    return next((str(user["Id"]) for user in found if user["IsActive"]), None)


def _answer(org: Org, request: Request, access: _Access) -> Record:
    host = request.host_url.rstrip("/")
    issued = str(int(org.now().timestamp() * 1000))
    identity = f"{host}/id/{sessions.own_id(org)}/{access.user}"
    key = str(access.client.get("secret") or "").encode()
    token = sessions.open_session(
        org, access.client["id"], access.user, access.scopes, access.grant
    )
    signature = hmac.new(key, f"{identity}{issued}".encode(), hashlib.sha256).digest()
    return {
        "access_token": token,
        "signature": base64.b64encode(signature).decode(),
        "scope": " ".join(access.scopes),
        "instance_url": host,
        "id": identity,
        "token_type": "Bearer",
        "issued_at": issued,
    }


_GRANTS: dict[str, Callable[[Org, Request], Record]] = {
    "authorization_code": _by_code,
    "refresh_token": _by_refresh_token,
    "client_credentials": _by_secret,
    JWT_BEARER: _by_assertion,
}
