"""A sandbox org that nobody has prepared, connected, and what the package's tests ask of it."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from connections.models import Connection
from connections.salesforce import describing
from sandbox.server import Box, running
from tests.connections.conftest import make_connection, make_credential


@contextmanager
def running_bare_org() -> Iterator[Box]:
    """Run an org without our fields, whose deployments end at once."""
    with running(systems=["salesforce"]) as box:
        set_in_org(box, "bare", True)
        set_in_org(box, "deploy_seconds", 0.0)
        yield box


@contextmanager
def connected(box: Box) -> Iterator[Connection]:
    """Return a connection to the org, which signs in by the app's own secret."""
    credential = make_credential(
        system="salesforce",
        grant="client-credentials",
        host=box.salesforce_url,
        client_id="sandbox-salesforce",
        client_secret="sandbox-salesforce-secret",
        access_token="",
        refresh_token="",
        expires_at=None,
    )
    made = make_connection(credential, name="Sales", organisation_id="")
    yield made
    describing.forget(made.pk)


def set_in_org(box: Box, name: str, value: Any) -> None:
    """Set one of the org's settings."""
    box.world.set_setting("salesforce", name, value)


def records(box: Box, kind: str) -> list[dict[str, Any]]:
    """The org's records of a kind."""
    return list(box.world.table("salesforce", kind).values())


def sent(box: Box) -> int:
    """How many deployments were sent to the org."""
    return sum(
        (call["method"], call["path"].rsplit("/", 1)[-1]) == ("POST", "deployRequest")
        for call in box.journal.entries()
    )
