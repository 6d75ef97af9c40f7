"""The identity service: tokens, revocation, connections and its own description."""

import base64
import hashlib
from collections.abc import Callable
from typing import Any
from uuid import NAMESPACE_URL, uuid5

import simplejson
from werkzeug.wrappers import Request, Response

from sandbox.store import Record
from sandbox.world import World
from sandbox.xero import grants, tokens
from sandbox.xero.books import SYSTEM
from sandbox.xero.clients import (
    CUSTOM_SCOPES,
    client_of,
    custom_tenant,
    find_client,
    is_secret_of,
    unknown_scopes,
)
from sandbox.xero.errors import not_found


class TokenError(Exception):
    """A refused token call; its text is the `error` of RFC 6749."""


def json_answer(body: Any, status: int = 200) -> Response:
    """An answer of the identity service, never to be cached."""
    headers = {"Cache-Control": "no-store, no-cache"}
    return Response(simplejson.dumps(body), status, headers, content_type="application/json")


def issuer_of(request: Request) -> str:
    """The identity service's own address, as it stands in tokens."""
    return request.host_url.rstrip("/")


def token(world: World, request: Request) -> Response:
    """POST /connect/token: client credentials, a code, or a refresh token."""
    grant: dict[str, Callable[[World, Request, str], Record]] = {
        "client_credentials": _client_credentials,
        "authorization_code": _authorization_code,
        "refresh_token": _refresh,
    }
    try:
        name = request.form.get("grant_type", "")
        if name not in grant:
            raise TokenError("unsupported_grant_type" if name else "invalid_request")
        return json_answer(grant[name](world, request, _checked_client(world, request)))
    except grants.InvalidGrantError:
        return json_answer({"error": "invalid_grant"}, 400)
    except TokenError as error:
        return json_answer({"error": str(error)}, 400)


def _checked_client(world: World, request: Request) -> str:
    """The client's id. An app without a secret proves itself by PKCE when it brings its code."""
    client_id, secret = client_of(request)
    client = find_client(world, client_id)
    proven = secret is None and request.form.get("grant_type") != "client_credentials"
    if not client or not (proven or is_secret_of(client, secret)):
        raise TokenError("invalid_client")
    return client_id


def _client_credentials(world: World, request: Request, client_id: str) -> Record:
    scopes = request.form.get("scope", "").split() or list(CUSTOM_SCOPES)
    if unknown_scopes(world, scopes, signing_in=False):
        raise TokenError("invalid_scope")
    client = find_client(world, client_id) or {}
    tenant = custom_tenant(world, client)
    if tenant is None:
        raise TokenError("unauthorized_client")
    event = str(uuid5(NAMESPACE_URL, f"custom/{client_id}/{tenant}"))
    made = tokens.access_token(world, issuer_of(request), client_id, scopes, event, custom=True)
    return _answer(made, scopes)


def _authorization_code(world: World, request: Request, client_id: str) -> Record:
    form = request.form
    kept = grants.use_code(world, form.get("code", ""), client_id, form.get("redirect_uri"))
    _check_verifier(kept, form.get("code_verifier"), has_secret=client_of(request)[1] is not None)
    event = kept["grant"]
    if client_of(request)[1] is None:
        grants.make_public(world, event)
    answer = _for_grant(world, request, client_id, event)
    scopes = world.table(SYSTEM, "Grant")[event]["scopes"]
    if "offline_access" in scopes:
        answer["refresh_token"] = grants.issue_refresh(world, event, client_id)
    if "openid" in scopes:
        issuer = issuer_of(request)
        answer["id_token"] = tokens.id_token(world, issuer, client_id, kept.get("nonce"))
    return answer


def _check_verifier(kept: Record, verifier: str | None, *, has_secret: bool) -> None:
    challenge = kept.get("code_challenge")
    if not challenge:
        if not has_secret:
            raise TokenError("invalid_client")
        return
    digest = hashlib.sha256((verifier or "").encode()).digest()
    if base64.urlsafe_b64encode(digest).rstrip(b"=").decode() != challenge:
        raise grants.InvalidGrantError


def _refresh(world: World, request: Request, client_id: str) -> Record:
    token_ = request.form.get("refresh_token", "")
    if client_of(request)[1] is None and not grants.is_public(world, token_):
        raise TokenError("invalid_client")
    event, follower = grants.rotate(world, token_, client_id)
    return _for_grant(world, request, client_id, event) | {"refresh_token": follower}


def _for_grant(world: World, request: Request, client_id: str, event: str) -> Record:
    scopes = world.table(SYSTEM, "Grant")[event]["scopes"]
    made = tokens.access_token(world, issuer_of(request), client_id, scopes, event, custom=False)
    return _answer(made, scopes)


def _answer(access: str, scopes: list[str]) -> Record:
    return {
        "access_token": access,
        "expires_in": tokens.ACCESS_SECONDS,
        "token_type": "Bearer",
        "scope": " ".join(scopes),
    }


def revocation(world: World, request: Request) -> Response:
    """POST /connect/revocation: ends a refresh token's grant; says nothing of unknown tokens."""
    client_id, secret = client_of(request)
    client = find_client(world, client_id)
    if not client or not is_secret_of(client, secret):
        return json_answer({"error": "invalid_client"}, 400)
    grants.revoke(world, request.form.get("token", ""), client_id)
    return Response(status=200)


def list_connections(world: World, access: tokens.Access, event: str | None) -> Response:
    """GET /connections: a plain list of the organisations the token's app is connected to."""
    return json_answer(
        [
            {name: value for name, value in one.items() if name != "client_id"}
            for one in _connections(world, access)
            if event in (None, one["authEventId"])
        ]
    )


def _connections(world: World, access: tokens.Access) -> list[Record]:
    found = grants.connections(world, access.client_id)
    if not access.custom:
        return found
    tenant = custom_tenant(world, find_client(world, access.client_id) or {})
    mine = [one for one in found if one["tenantId"] == tenant]
    if tenant and not mine:  # made by the organisation's own consent, outside this API
        mine = [grants.connect(world, access.client_id, tenant, access.auth_event)]
    return mine


def delete_connection(world: World, access: tokens.Access, key: str) -> Response:
    """DELETE /connections/{id}. Raises the 404 for an unknown id."""
    if key not in [one["id"] for one in grants.connections(world, access.client_id)]:
        raise not_found()
    del world.table(SYSTEM, "Connection")[key]
    return Response(status=204)


def discovery(request: Request) -> Response:
    """The service's description, as OpenID Connect has it."""
    here = issuer_of(request)
    return json_answer(
        {
            "issuer": here,
            "jwks_uri": f"{here}/.well-known/openid-configuration/jwks",
            "authorization_endpoint": f"{here}/identity/connect/authorize",
            "token_endpoint": f"{here}/connect/token",
            "revocation_endpoint": f"{here}/connect/revocation",
            "grant_types_supported": ["authorization_code", "client_credentials", "refresh_token"],
            "response_types_supported": ["code"],
            "code_challenge_methods_supported": ["S256"],
            "token_endpoint_auth_methods_supported": ["client_secret_basic", "client_secret_post"],
            "id_token_signing_alg_values_supported": ["RS256"],
            "subject_types_supported": ["public"],
        }
    )
