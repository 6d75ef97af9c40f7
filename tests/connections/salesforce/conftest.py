"""A small Salesforce org that is running, and a connection to it."""

from collections.abc import Iterator
from typing import cast

import pytest

from connections import live
from connections.models import Connection
from connections.remote import Lane
from connections.salesforce import describing
from connections.salesforce.client import SalesforceRemote
from tests.connections.conftest import make_connection, make_credential
from tests.connections.salesforce.small_org import SmallOrg, running_org


@pytest.fixture
def org() -> Iterator[SmallOrg]:
    with running_org() as running:
        yield running


@pytest.fixture
def connection(org: SmallOrg) -> Iterator[Connection]:
    credential = make_credential(
        system="salesforce", host=org.url, access_token="valid", expires_at=None
    )
    made = make_connection(credential)
    yield made
    describing.forget(made.pk)


@pytest.fixture
def remote(connection: Connection) -> SalesforceRemote:
    return cast("SalesforceRemote", live.open_remote(connection, Lane.BILLING))
