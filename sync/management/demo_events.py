"""Lets the demo's sandbox tell Counterpart of changes as they happen."""

import base64
import json
import secrets
import urllib.request
from typing import Any

from connections import doors
from connections.models import Connection
from sync.management import demo


def tell(sandbox: str, web: str) -> str:
    """Open both doors anew and enter them in the sandbox; return how Xero's try went.

    `sandbox` is its page's address, `web` that of Counterpart's pages. Raises OSError where the
    sandbox cannot be told.
    """
    org = Connection.objects.get(name=demo.SALESFORCE)
    books = Connection.objects.select_related("credential").get(name=demo.XERO)
    messages = f"{sandbox}/control/outbound-messages"
    address = f"{web}{doors.address(doors.open_for_salesforce(org))}"
    _post(messages, {"name": "Won", "endpoint": address, "becomes": "IsWon"})
    _post(messages, {"name": "Account saved", "endpoint": address, "kind": "Account"})
    key = base64.b64encode(secrets.token_bytes(64)).decode()
    hook = {"url": f"{web}{doors.address(doors.open_for_xero(books, key))}", "key": key}
    return str(_post(f"{sandbox}/control/webhooks", hook)["status"])


def _post(address: str, body: dict[str, Any]) -> dict[str, Any]:
    request = urllib.request.Request(address, json.dumps(body).encode())  # noqa: S310 - loopback
    with urllib.request.urlopen(request, timeout=30) as answer:  # noqa: S310
        found: dict[str, Any] = json.loads(answer.read())
    return found
