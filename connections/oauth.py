"""Asks a token endpoint by OAuth 2 over our own transport; its refusals become our errors."""

import logging
import os
from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from django.utils import timezone
from oauthlib.oauth2 import Client, OAuth2Error, WebApplicationClient
from requests_oauthlib import OAuth2Session

from connections import transport
from connections.addresses import is_loopback, safe_address
from connections.models import Credential
from connections.tokens import LATER, soon
from sync.core.errors import ConnectionBroken, SyncError, TryAgain
from sync.core.records import System

SECONDS = 20.0
LONGEST_WAIT = timedelta(hours=1)

# Both write whole tokens to their debug log.
for _name in ("requests_oauthlib", "oauthlib"):
    logging.getLogger(_name).setLevel(logging.INFO)

# RFC 6749 §5.2, and Salesforce's own word for an unknown consumer key.
WRONG_SETTINGS = {"invalid_client", "unauthorized_client", "invalid_client_id"}


def session(client: Client, address: str, *, redirect_uri: str | None = None) -> OAuth2Session:
    """Return an OAuth session whose requests go through our transport.

    Raises ValueError for an address that must not be talked to.
    """
    if is_loopback(safe_address(address)):
        # oauthlib knows only "all or nothing"; safe_address stands before it, and is stricter.
        os.environ["OAUTHLIB_INSECURE_TRANSPORT"] = "1"
    carrier = transport.session(SECONDS)
    oauth = OAuth2Session(client=client, redirect_uri=redirect_uri)
    oauth.adapters = carrier.adapters
    oauth.headers = carrier.headers
    oauth.trust_env = carrier.trust_env
    oauth.max_redirects = 0  # a token endpoint that sends elsewhere is not the token endpoint
    return oauth


def new_verifier() -> str:
    """Return a fresh secret for PKCE (RFC 7636 §4.1, 64 characters)."""
    return str(WebApplicationClient("").create_code_verifier(64))


def consent_page(
    credential: Credential, page: str, scopes: str, *, redirect_uri: str, state: str, verifier: str
) -> str:
    """Return the address to send the person to, with state and PKCE's S256 challenge."""
    client = WebApplicationClient(credential.client_id)
    challenge = client.create_code_challenge(verifier, "S256")
    oauth = session(client, page, redirect_uri=redirect_uri)
    oauth.scope = scopes
    address, _ = oauth.authorization_url(
        page, state=state, code_challenge=challenge, code_challenge_method="S256"
    )
    return str(address)


def ask(
    credential: Credential,
    client: Client,
    endpoint: str,
    words: Mapping[str, str],
    *,
    redirect_uri: str | None = None,
    refresh_token: str = "",
    **parameters: Any,
) -> dict[str, Any]:
    """Return the token endpoint's answer.

    `words` has a sentence for each error code that only an administrator can solve: those raise
    ConnectionBroken. Anything else that is not a token raises TryAgain: nothing is known to have
    changed, so the same refresh token is good for another try.
    """
    oauth = session(client, endpoint, redirect_uri=redirect_uri)
    label = System(credential.system).label

    def readable(answer: Any) -> Any:
        raise_for_refusal(label, answer, words)
        return answer

    oauth.register_compliance_hook("access_token_response", readable)
    oauth.register_compliance_hook("refresh_token_response", readable)
    try:
        if refresh_token:
            return dict(
                oauth.refresh_token(
                    endpoint, refresh_token=refresh_token, timeout=SECONDS, **parameters
                )
            )
        return dict(oauth.fetch_token(endpoint, timeout=SECONDS, **parameters))
    except OAuth2Error as error:
        raise TryAgain(f"{label} gave an answer without a token.", after=soon()) from error
    except OSError as error:  # what requests raises when no answer came
        raise TryAgain(f"{label} did not answer the sign-in.", after=soon()) from error


def raise_for_refusal(label: str, answer: Any, words: Mapping[str, str]) -> None:
    """Raise the design's error for an answer that is no token."""
    if answer.status_code == 429 or answer.status_code >= 500:
        raise TryAgain(
            f"{label} cannot take sign-ins at the moment (status {answer.status_code}).",
            after=timezone.now() + _wait(answer.headers.get("Retry-After", "")),
            whole_connection=True,
        )
    try:
        body = answer.json()
    except ValueError:
        body = None
    if not isinstance(body, dict):
        raise TryAgain(
            f"{label} answered the sign-in with a page instead of a token "
            f"(status {answer.status_code}).",
            after=soon(),
            whole_connection=True,
        )
    if "error" in body or answer.status_code >= 300:
        code = str(body.get("error") or answer.status_code)
        raise _refusal(label, code, str(body.get("error_description") or ""), words)


def _refusal(label: str, code: str, description: str, words: Mapping[str, str]) -> SyncError:
    said = f"{label} says: {code}" + (f", {description[:200]}." if description else ".")
    if "rate exceeded" in description or "rate limit" in description:
        return TryAgain(f"{label} limits sign-ins. {said}", after=soon(), whole_connection=True)
    if code in WRONG_SETTINGS:
        return ConnectionBroken(f"{words['settings']} {said}")
    if code in words:
        return ConnectionBroken(f"{words[code]} {said}")
    return TryAgain(f"{label} refused the sign-in. {said}", after=soon(), whole_connection=True)


def _wait(header: str) -> timedelta:
    wait = timedelta(seconds=int(header)) if header.isdecimal() and len(header) < 9 else LATER
    return min(max(wait, timedelta(seconds=1)), LONGEST_WAIT)
