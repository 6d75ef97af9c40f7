"""Signs in to Salesforce: a person with PKCE, a signed assertion, or the app's own secret."""

from typing import Any

from django.utils import timezone
from jwt import PyJWTError
from oauthlib.oauth2 import (
    BackendApplicationClient,
    ServiceApplicationClient,
    WebApplicationClient,
)

from connections import oauth, oauth_calls, tokens
from connections.addresses import safe_address
from connections.models import Credential, Grant
from sync.core.errors import NeedsPerson, TryAgain

SCOPES = "api refresh_token id"
ASSERTION_SECONDS = 180  # Salesforce asks for at most three minutes
SHARED_HOSTS = {"login.salesforce.com", "test.salesforce.com"}

RENEWAL_WORDS = {
    "settings": "Salesforce does not accept this app: check its consumer key and secret.",
    "invalid_grant": "Salesforce has ended this sign-in: connect again.",
}
APP_WORDS = RENEWAL_WORDS | {
    "invalid_grant": "Salesforce does not let this app sign in by itself: check the user it runs "
    "as, and that the app is approved for that user.",
    "invalid_app_access": "Salesforce does not let this user use the app: approve it for the user.",
}
CODE_WORDS = RENEWAL_WORDS | {
    "invalid_grant": "The way back from Salesforce took too long or was used twice: start again.",
}


def consent_page(credential: Credential, redirect_uri: str, state: str, verifier: str) -> str:
    """Return the address of Salesforce's page where the person signs in and consents."""
    page = f"{credential.host}/services/oauth2/authorize"
    return oauth.consent_page(
        credential, page, SCOPES, redirect_uri=redirect_uri, state=state, verifier=verifier
    )


def exchange(credential: Credential, code: str, redirect_uri: str, verifier: str) -> tokens.Tokens:
    """Return the tokens for the code that the person brought back; raises the design's errors."""
    answer = oauth.ask(
        credential,
        WebApplicationClient(credential.client_id),
        _endpoint(credential),
        CODE_WORDS,
        redirect_uri=redirect_uri,
        code=code,
        code_verifier=verifier,
        include_client_id=True,
        client_secret=credential.client_secret or None,
    )
    return _tokens(answer)


def renew(credential: Credential) -> tokens.Tokens:
    """Return fresh tokens by the credential's own grant; raises the design's errors."""
    if credential.grant == Grant.JWT:
        return _by_assertion(credential)
    if credential.grant == Grant.CLIENT_CREDENTIALS:
        return _by_secret(credential)
    secret = {"client_secret": credential.client_secret} if credential.client_secret else {}
    answer = oauth.ask(
        credential,
        WebApplicationClient(credential.client_id),
        _endpoint(credential),
        RENEWAL_WORDS,
        refresh_token=credential.refresh_token,
        client_id=credential.client_id,
        **secret,
    )
    return _tokens(answer)


def revoke(credential: Credential) -> None:
    """Have Salesforce end this sign-in; raises TryAgain when it does not answer."""
    oauth_calls.end(credential, f"{credential.host}/services/oauth2/revoke")


def check_host(address: str, grant: str) -> str:
    """Return the address to sign in at; raises ValueError with what to type instead."""
    host = safe_address(address)
    name = host.split("://", 1)[1]
    if name.endswith((".lightning.force.com", ".my.salesforce-setup.com")):
        better = name.split(".lightning.")[0].split(".my.")[0]
        raise ValueError(f"'{name}' is the address of the pages. Use {better}.my.salesforce.com.")
    if grant == Grant.CLIENT_CREDENTIALS and name in SHARED_HOSTS:
        raise ValueError(
            f"'{name}' cannot do this: use your own My Domain, https://….my.salesforce.com."
        )
    return host


def _by_assertion(credential: Credential) -> tokens.Tokens:
    client = ServiceApplicationClient(
        credential.client_id,
        private_key=credential.private_key,
        subject=credential.username,
        issuer=credential.client_id,
        audience=credential.host,
    )
    try:
        answer = oauth.ask(
            credential,
            client,
            _endpoint(credential),
            APP_WORDS,
            auth=_no_authorisation,
            expires_at=int(timezone.now().timestamp()) + ASSERTION_SECONDS,
        )
    except (ValueError, TypeError, PyJWTError) as error:  # the key is no RSA key in PEM
        raise NeedsPerson(
            "The private key is not an RSA key in PEM form.", cause="sign_in:private_key"
        ) from error
    return _tokens(answer)


def _by_secret(credential: Credential) -> tokens.Tokens:
    answer = oauth.ask(
        credential,
        BackendApplicationClient(credential.client_id),
        _endpoint(credential),
        APP_WORDS,
        include_client_id=True,
        client_secret=credential.client_secret,
    )
    return _tokens(answer)


def _no_authorisation(request: Any) -> Any:
    return request


def _endpoint(credential: Credential) -> str:
    return f"{credential.host}/services/oauth2/token"


def _tokens(answer: dict[str, Any]) -> tokens.Tokens:
    """Read Salesforce's answer; `id` is an address that ends with /<org id>/<user id>."""
    identity = str(answer.get("id") or "").rstrip("/").split("/")
    organisation_id, user = identity[-2:] if len(identity) > 2 else ("", "")
    try:
        host = safe_address(str(answer.get("instance_url") or ""))
    except ValueError as error:
        raise TryAgain("Salesforce did not say where its API is.", after=tokens.soon()) from error
    return tokens.Tokens(
        access_token=str(answer["access_token"]),
        refresh_token=str(answer.get("refresh_token") or ""),
        expires_at=tokens.expiry(answer),
        scopes=tokens.scope_text(answer),
        host=host,
        organisation_id=organisation_id,
        user=user,
    )
