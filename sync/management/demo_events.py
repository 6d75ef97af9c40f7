"""Lets the demo's sandbox tell Counterpart of changes as they happen."""

import base64
import secrets

from connections import doors
from connections.models import Connection
from sync.core.records import System
from sync.management.demo_sandbox import post

OK = "ok"


def tell(sandbox: str, web: str) -> str:
    """Open the doors of all connections anew and enter them in the sandbox.

    Returns how Xero's tries went, `ok` where all went well. `sandbox` is its page's address,
    `web` that of Counterpart's pages. Raises OSError where the sandbox cannot be told.
    """
    connections = list(Connection.objects.select_related("credential").order_by("pk"))
    for org in connections:
        if org.system == System.SALESFORCE:
            _tell_of_salesforce(sandbox, web, org)
    by_app = {one.credential.client_id: one for one in connections if one.system == System.XERO}
    tries = {_tell_of_xero(sandbox, web, books) for books in by_app.values()}
    return ", ".join(sorted(tries - {OK})) or OK


def _tell_of_salesforce(sandbox: str, web: str, org: Connection) -> None:
    messages = f"{sandbox}/control/outbound-messages"
    address = f"{web}{doors.address(doors.open_for_salesforce(org))}"
    post(messages, {"name": "Won", "endpoint": address, "becomes": "IsWon"})
    post(messages, {"name": "Account saved", "endpoint": address, "kind": "Account"})


def _tell_of_xero(sandbox: str, web: str, books: Connection) -> str:
    key = base64.b64encode(secrets.token_bytes(64)).decode()
    url = f"{web}{doors.address(doors.open_for_xero(books, key))}"
    hook = {"url": url, "key": key, "client": books.credential.client_id}
    return str(post(f"{sandbox}/control/webhooks", hook)["status"])
