"""Other organisations beside a test's own: a second Salesforce org, a second Xero organisation."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager

import pytest

from connections.models import Connection, Pair
from sandbox.salesforce.defaults import set_up_org
from sandbox.server import Box, running
from sandbox.xero.acts import add_organisation
from tests.engine.test_whole import run

INSTANCE = "8k0"  # in every id of the second org; none of them is an id of the usual one
XERO_SECRET = "sandbox-xero-secret"


@contextmanager
def second_org(
    name: str = "Fernhill Pacific", currency: str = "AUD", currencies: Sequence[str] = ("NZD",)
) -> Iterator[Box]:
    """Run a second Salesforce org at a port of its own, empty but for what every org has."""
    with running(systems=["salesforce"], instance=INSTANCE) as box:
        set_up_org(
            box.world,
            name,
            currency,
            multicurrency=bool(currencies),
            currencies=currencies,
            country="AU",
        )
        yield box


def connect_org(box: Box, patch: pytest.MonkeyPatch, name: str = "S2") -> Connection:
    """Connect Counterpart to a box's Salesforce under this name."""
    patch.setenv("SALESFORCE_SECRET", "sandbox-salesforce-secret")
    run(
        *("connect", "salesforce", "--name", name, "--host", box.salesforce_url),
        *("--client-id", "sandbox-salesforce", "--secret-env", "SALESFORCE_SECRET"),
    )
    return Connection.objects.get(name=name)


def second_organisation(
    box: Box, name: str = "Fernhill Surveys Pty Ltd", country: str = "AU"
) -> str:
    """Find or make a Xero organisation, with a Custom Connection of its own; its tenant id.

    The connection's client id is the tenant id.
    """
    made = box.world.table("xero", "Organisation").items()
    tenant = next((key for key, one in made if one["Name"] == name), None)
    tenant = tenant or str(add_organisation(box.world, name, country))
    usual = {"sandbox-xero": {"secret": XERO_SECRET, "name": "Counterpart"}}
    known = box.world.setting("xero", "clients") or usual
    client = {"secret": XERO_SECRET, "name": name, "tenant": tenant}
    box.world.set_setting("xero", "clients", {**known, tenant: client})
    return tenant


def connect_books(tenant: str, patch: pytest.MonkeyPatch, name: str = "X2") -> Connection:
    """Connect Counterpart to an organisation that `second_organisation` has made."""
    patch.setenv("XERO_SECRET", XERO_SECRET)
    run(
        *("connect", "xero", "--name", name),
        *("--client-id", tenant, "--secret-env", "XERO_SECRET"),
    )
    return Connection.objects.get(name=name)


def pair_up(salesforce: str, xero: str) -> Pair:
    """Pair two connections by their names."""
    run("pair", salesforce, xero)
    return Pair.objects.get(salesforce__name=salesforce, xero__name=xero)
