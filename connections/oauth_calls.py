"""What a sign-in asks besides tokens: which organisations it reaches, and to be ended."""

from collections.abc import Mapping
from typing import Any

from connections import transport
from connections.addresses import safe_address
from connections.models import Credential
from connections.oauth import SECONDS
from connections.tokens import soon
from sync.core.errors import ConnectionBroken, TryAgain
from sync.core.records import System

Answer = Any  # a requests.Response: only the transport knows requests


def get_rows(
    credential: Credential, address: str, token: str, question: Mapping[str, str]
) -> list[dict[str, Any]]:
    """Return a JSON list; raises TryAgain, or ConnectionBroken when the token is not accepted."""
    answer = _call(credential, "GET", address, params=question, headers=_bearer(token))
    try:
        rows = answer.json()
    except ValueError:
        rows = None
    if answer.status_code != 200 or not isinstance(rows, list):
        raise TryAgain(f"{_label(credential)} gave an answer that is no list.", after=soon())
    return rows


def delete(credential: Credential, address: str, token: str) -> None:
    """Delete what is at the address; what is gone already is fine. Raises as `get_rows`."""
    _call(credential, "DELETE", address, headers=_bearer(token))


def end(credential: Credential, address: str, auth: tuple[str, str] | None = None) -> None:
    """Ask a revocation endpoint (RFC 7009) to end the credential's tokens.

    A token that is refused is ended already. Raises TryAgain when nothing answered.
    """
    token = credential.refresh_token or credential.access_token
    if token:
        _call(credential, "POST", address, data={"token": token}, auth=auth, accepts=(400, 401))


def _call(
    credential: Credential, method: str, address: str, accepts: tuple[int, ...] = (404,), **how: Any
) -> Answer:
    safe_address(address)
    label = _label(credential)
    try:
        answer = transport.session(SECONDS).request(
            method, address, timeout=SECONDS, allow_redirects=False, **how
        )
    except OSError as error:  # what requests raises when no answer came
        raise TryAgain(f"{label} did not answer.", after=soon()) from error
    if answer.status_code < 300 or answer.status_code in accepts:
        return answer
    if answer.status_code in (401, 403):
        raise ConnectionBroken(
            f"{label} does not let this sign-in see its organisations: connect again."
        )
    raise TryAgain(f"{label} cannot answer now (status {answer.status_code}).", after=soon())


def _bearer(token: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {token}", "Accept": "application/json"}


def _label(credential: Credential) -> str:
    return System(credential.system).label
