"""Opens the doorway to a connection's real system."""

from __future__ import annotations

from connections import sign_in
from connections.models import Connection
from connections.remote import Lane, Remote
from connections.transport import Caller, Tokens
from sync.core.records import System


def open_remote(connection: Connection, lane: Lane) -> Remote:
    """Return the connection's system, opened for the lane; no call is made yet."""
    # Each system's own library takes half a second to import: whoever makes no call need not wait.
    if connection.system == System.XERO:
        from connections.xero.client import XeroRemote  # noqa: PLC0415
        from connections.xero.errors import TONGUE as XERO  # noqa: PLC0415

        return XeroRemote(connection, Caller(connection, lane, _tokens(connection), XERO))
    from connections.salesforce.client import SalesforceRemote  # noqa: PLC0415

    return SalesforceRemote(connection, open_caller(connection, lane))


def open_caller(connection: Connection, lane: Lane) -> Caller:
    """Return what makes calls to a Salesforce connection that are no reading of records."""
    from connections.salesforce.errors import TONGUE as SALESFORCE  # noqa: PLC0415

    return Caller(connection, lane, _tokens(connection), SALESFORCE)


def _tokens(connection: Connection) -> Tokens:
    return Tokens(
        lambda: sign_in.access_token(connection), lambda token: sign_in.refused(connection, token)
    )
