"""A pair to hang mapping rows on."""

import pytest

from connections.models import Connection, Credential, Environment, Pair


def new_pair(name: str) -> Pair:
    salesforce, xero = (
        Connection.objects.create(
            name=f"{name} {system}",
            system=system,
            credential=Credential.objects.create(system=system),
            environment=Environment.SANDBOX,
        )
        for system in ("salesforce", "xero")
    )
    return Pair.objects.create(name=name, salesforce=salesforce, xero=xero)


@pytest.fixture
def pair(db: None) -> Pair:
    return new_pair("Fernhill")
