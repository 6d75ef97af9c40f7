"""A sandbox org that is running, with Counterpart's fields, and a connection to it."""

from collections.abc import Iterator
from typing import cast

import pytest

from connections import live
from connections.models import Connection
from connections.remote import Lane
from connections.salesforce import describing
from connections.salesforce.client import SalesforceRemote
from sandbox.salesforce.defaults import set_up_org
from sandbox.server import Box, running
from tests.connections.conftest import make_connection, make_credential


@pytest.fixture
def box() -> Iterator[Box]:
    with running(systems=("salesforce",)) as made:
        set_up_org(made.world, "Fernhill Surveys", multicurrency=True, currencies=["EUR"])
        yield made


@pytest.fixture
def connection(box: Box) -> Iterator[Connection]:
    credential = make_credential(
        system="salesforce",
        grant="client-credentials",
        host=box.salesforce_url,
        client_id="sandbox-salesforce",
        client_secret="sandbox-salesforce-secret",
        access_token="",
        expires_at=None,
    )
    made = make_connection(credential, organisation_id="")
    yield made
    describing.forget(made.pk)


@pytest.fixture
def remote(connection: Connection) -> SalesforceRemote:
    return cast("SalesforceRemote", live.open_remote(connection, Lane.BILLING))
