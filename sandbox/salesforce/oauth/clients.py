"""The apps that may ask for tokens, and how they prove that it is they."""

from hmac import compare_digest
from urllib.parse import urlsplit

from werkzeug.wrappers import Request

from sandbox.salesforce.catalogue import SYSTEM
from sandbox.salesforce.defaults import USERNAME
from sandbox.salesforce.oauth.errors import OAuthError
from sandbox.store import Record
from sandbox.world import World

CLIENTS: Record = {
    "sandbox-salesforce": {
        "secret": "sandbox-salesforce-secret",
        "name": "Counterpart",
        "run_as": USERNAME,
    }
}
SCOPES = ("api", "web", "full", "id", "openid", "profile", "email", "refresh_token",
          "offline_access")  # fmt: skip


def find_client(world: World, client_id: str | None) -> Record:
    """The app of this consumer key; the setting `clients` may name others than the usual one.

    Raises invalid_client_id.
    """
    known: Record = world.setting(SYSTEM, "clients", CLIENTS)
    if not client_id or client_id not in known:
        raise OAuthError("invalid_client_id", "client identifier invalid")
    client: Record = known[client_id]
    return {**client, "id": client_id}


def client_of(world: World, request: Request, *, needs_secret: bool = True) -> Record:
    """The app that makes a call, by Basic header or form. Raises invalid_client.

    An app with a secret must show it; one without has none to show.
    """
    basic = request.authorization
    if basic and basic.type == "basic":
        client_id, secret = basic.username or "", basic.password
    else:
        client_id, secret = request.form.get("client_id", ""), request.form.get("client_secret")
    client = find_client(world, client_id)
    expected = client.get("secret")
    if secret is None and (not needs_secret or not expected):
        return client
    if not expected or not compare_digest(str(expected).encode(), (secret or "").encode()):
        raise OAuthError("invalid_client", "invalid client credentials")
    return client


def is_redirect(client: Record, uri: str) -> bool:
    """Whether Salesforce sends a browser there: as registered, else https or this machine."""
    if "redirect_uris" in client:
        return uri in client["redirect_uris"]
    parts = urlsplit(uri)
    local = parts.scheme == "http" and parts.hostname in ("localhost", "127.0.0.1", "::1")
    return not parts.fragment and (local or (parts.scheme == "https" and bool(parts.hostname)))
