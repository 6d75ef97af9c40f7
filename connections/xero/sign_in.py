"""Signs in to Xero: a person's consent (authorization code), or a Custom Connection's secret."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import jwt
from django.conf import settings
from oauthlib.oauth2 import BackendApplicationClient, WebApplicationClient

from connections import oauth, oauth_calls, tokens
from connections.models import Credential, Grant

# Granular scopes: apps made since 2 March 2026 have no others (Xero, OAuth 2.0, scopes).
DATA_SCOPES = "accounting.invoices accounting.payments accounting.contacts accounting.settings"
SCOPES = f"openid profile email offline_access {DATA_SCOPES}"

RENEWAL_WORDS = {
    "settings": "Xero does not accept this app: check its client id and secret.",
    "invalid_grant": "Xero has ended this sign-in: connect again.",
}
APP_WORDS = RENEWAL_WORDS | {
    "invalid_grant": "Xero does not let this Custom Connection in: has the organisation "
    "authorised it?",
    "invalid_scope": "This Custom Connection lacks a scope: in Xero's developer pages give it "
    f"{DATA_SCOPES}, and authorise it again.",
}
CODE_WORDS = RENEWAL_WORDS | {
    "invalid_grant": "The way back from Xero took too long or was used twice: start again.",
}


@dataclass(frozen=True)
class Tenant:
    """One organisation that the sign-in reaches. `id` is Xero's id of the connection itself."""

    id: str
    tenant_id: str
    name: str
    event: str = ""


def consent_page(credential: Credential, redirect_uri: str, state: str, verifier: str) -> str:
    """Return the address of Xero's page where the person signs in and chooses organisations."""
    page = f"{settings.XERO_LOGIN_URL}/identity/connect/authorize"
    return oauth.consent_page(
        credential, page, SCOPES, redirect_uri=redirect_uri, state=state, verifier=verifier
    )


def exchange(credential: Credential, code: str, redirect_uri: str, verifier: str) -> tokens.Tokens:
    """Return the tokens for the code that the person brought back; raises the design's errors."""
    answer = oauth.ask(
        credential,
        WebApplicationClient(credential.client_id),
        _endpoint(),
        CODE_WORDS,
        redirect_uri=redirect_uri,
        code=code,
        code_verifier=verifier,
        auth=(credential.client_id, credential.client_secret),
    )
    return _tokens(answer)


def renew(credential: Credential) -> tokens.Tokens:
    """Return fresh tokens by the credential's own grant; raises the design's errors.

    Xero accepts the former refresh token for 30 minutes more when its answer was lost.
    """
    auth = (credential.client_id, credential.client_secret)
    if credential.grant == Grant.CLIENT_CREDENTIALS:
        client = BackendApplicationClient(credential.client_id)
        return _tokens(
            oauth.ask(credential, client, _endpoint(), APP_WORDS, auth=auth, scope=DATA_SCOPES)
        )
    answer = oauth.ask(
        credential,
        WebApplicationClient(credential.client_id),
        _endpoint(),
        RENEWAL_WORDS,
        refresh_token=credential.refresh_token,
        auth=auth,
    )
    return _tokens(answer)


def revoke(credential: Credential) -> None:
    """Have Xero end this sign-in for all its organisations; raises TryAgain without an answer."""
    oauth_calls.end(
        credential,
        f"{settings.XERO_IDENTITY_URL}/connect/revocation",
        auth=(credential.client_id, credential.client_secret),
    )


def tenants(credential: Credential, access_token: str, event: str = "") -> list[Tenant]:
    """Return the organisations that the token reaches; with `event` those of that consent only.

    Raises TryAgain, or ConnectionBroken when Xero does not accept the token.
    """
    question = {"authEventId": event} if event else {}
    address = f"{settings.XERO_API_URL}/connections"
    rows = oauth_calls.get_rows(credential, address, access_token, question)
    return [_tenant(row) for row in rows if row.get("tenantType", "ORGANISATION") == "ORGANISATION"]


def forget_tenant(credential: Credential, access_token: str, connection_id: str) -> None:
    """Take one organisation off the sign-in; one that is gone already is fine."""
    address = f"{settings.XERO_API_URL}/connections/{connection_id}"
    oauth_calls.delete(credential, address, access_token)


def _tenant(row: Mapping[str, Any]) -> Tenant:
    return Tenant(
        id=str(row["id"]),
        tenant_id=str(row["tenantId"]),
        name=str(row.get("tenantName") or ""),
        event=str(row.get("authEventId") or ""),
    )


def _endpoint() -> str:
    return f"{settings.XERO_IDENTITY_URL}/connect/token"


def _tokens(answer: dict[str, Any]) -> tokens.Tokens:
    claims = _claims(str(answer["access_token"]))
    return tokens.Tokens(
        access_token=str(answer["access_token"]),
        refresh_token=str(answer.get("refresh_token") or ""),
        expires_at=tokens.expiry(answer),
        scopes=tokens.scope_text(answer),
        user=str(claims.get("xero_userid") or ""),
        event=str(claims.get("authentication_event_id") or ""),
    )


def _claims(token: str) -> dict[str, Any]:
    """Read the token's claims; it came from Xero itself by TLS, so its signature adds nothing."""
    try:
        return dict(jwt.decode(token, options={"verify_signature": False}))
    except jwt.InvalidTokenError:
        return {}
