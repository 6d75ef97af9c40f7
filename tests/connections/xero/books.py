"""A running sandbox Xero with one organisation, and a connection to it."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, cast

from pytest_django import Settings

from connections import live
from connections.models import Connection
from connections.remote import Lane, Sending, Verb
from connections.xero.client import XeroRemote
from sandbox.server import Box, running
from sandbox.xero import acts
from sandbox.xero.defaults import set_up_organisation
from tests.connections.conftest import make_connection, make_credential


@dataclass
class Books:
    """The sandbox, and our connection to the organisation in it."""

    box: Box
    connection: Connection

    def remote(self, lane: Lane = Lane.BILLING) -> XeroRemote:
        """Open the organisation anew."""
        return cast("XeroRemote", live.open_remote(self.connection, lane))

    def create(self, kind: str, **values: Any) -> str:
        """Enter a record by hand; its id."""
        return acts.create(self.box.world, kind, values).lower()

    def calls(self, method: str = "GET", path: str = "/api.xro/") -> list[dict[str, Any]]:
        """The calls received by the accounting API."""
        entries = self.box.journal.entries("xero")
        return [e for e in entries if e["method"] == method and e["path"].startswith(path)]

    def stored(self, kind: str) -> list[dict[str, Any]]:
        """What Xero holds of a kind."""
        return list(self.box.world.table("xero", kind).values())


@contextmanager
def running_books(settings: Settings) -> Iterator[Books]:
    """Run a Xero with Fernhill Surveys in it, connected by a Custom Connection."""
    with running(systems=("xero",)) as box:
        set_up_organisation(
            box.world,
            "Fernhill Surveys Ltd",
            currencies=["EUR", "JPY"],
            tracking={"Office": ["Bristol", "Leeds"]},
        )
        settings.XERO_API_URL = settings.XERO_IDENTITY_URL = box.xero_url
        credential = make_credential(
            grant="client-credentials",
            client_id="sandbox-xero",
            client_secret="sandbox-xero-secret",
            access_token="",
        )
        yield Books(box, make_connection(credential, short_code="!abc"))


def invoice(contact: str, reference: str = "", **more: Any) -> dict[str, Any]:
    """The body of a sales invoice with one line."""
    line = {"Description": "Survey", "Quantity": 1, "UnitAmount": 100, "AccountCode": "200"}
    usual = {"Type": "ACCREC", "Reference": reference, "LineItems": [line]}
    return {**usual, "Contact": {"ContactID": contact}, **more}


def creating(*bodies: dict[str, Any], key: str = "key-1", kind: str = "Invoice") -> Sending:
    """A call that creates these."""
    return Sending(kind, Verb.CREATE, bodies, key)
