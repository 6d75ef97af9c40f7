"""Two address books over HTTP: both sandboxed systems, the real clients, the app's own commands."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from pytest_django import Settings

from sandbox.server import Box, running
from sync.models import Link, ReviewItem
from tests.engine.test_whole import later, run, sync

pytestmark = [pytest.mark.slow, pytest.mark.django_db(transaction=True)]
FLOW = "account_contact"


@pytest.fixture
def box(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> Iterator[Box]:
    with running(seed=1) as sandbox:
        settings.XERO_API_URL = settings.XERO_IDENTITY_URL = sandbox.xero_url
        settings.XERO_LOGIN_URL = sandbox.xero_url
        monkeypatch.setenv("SALESFORCE_SECRET", "sandbox-salesforce-secret")
        monkeypatch.setenv("XERO_SECRET", "sandbox-xero-secret")
        run(
            *("connect", "salesforce", "--name", "S", "--host", sandbox.salesforce_url),
            *("--client-id", "sandbox-salesforce", "--secret-env", "SALESFORCE_SECRET"),
        )
        run(
            *("connect", "xero", "--name", "X"),
            *("--client-id", "sandbox-xero", "--secret-env", "XERO_SECRET"),
        )
        run("pair", "S", "X")
        yield sandbox


def test_two_books_meet_and_come_to_rest(box: Box) -> None:
    run("flow", FLOW, "on")
    for _ in range(4):
        sync(FLOW)
        later()
    (quiet,) = sync(FLOW)["runs"]
    assert quiet["writes"] == {"confirmed": 0, "refused": 0, "in_doubt": 0}
    customers = [c for c in box.world.table("xero", "Contact").values() if c.get("IsCustomer")]
    linked = set(Link.objects.values_list("xero_id", flat=True))
    asked = ReviewItem.objects.filter(state="open").values_list("subjects__subject", flat=True)
    for contact in customers:
        key = contact["ContactID"]
        assert key in linked or f"xero:Contact:{key}" in asked, contact["Name"]
