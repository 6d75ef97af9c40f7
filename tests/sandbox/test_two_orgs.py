"""Several organisations at once: two Salesforce orgs beside each other, two in one Xero."""

from __future__ import annotations

import pytest
from pytest_django import Settings

from connections.models import Pair
from sandbox.salesforce.acts import create
from sandbox.server import Box, running
from tests.engine.test_whole import run
from tests.neighbours import (
    INSTANCE,
    connect_books,
    connect_org,
    pair_up,
    second_org,
    second_organisation,
)


def ids_of(box: Box) -> set[str]:
    """Return the ids of all records of a box's Salesforce."""
    return {
        key
        for kind in box.world.kinds("salesforce")
        for key in box.world.table("salesforce", kind)
        if len(key) == 18
    }


def test_no_id_of_a_second_org_is_one_of_the_first() -> None:
    with running(seed=1) as first, second_org() as second:
        create(second.world, "Account", {"Name": "Yarra Bend Vineyards"})
        assert first.salesforce_url != second.salesforce_url
        theirs = ids_of(second)
        assert theirs
        assert not theirs & ids_of(first)
        assert all(key[3:6] == INSTANCE for key in theirs)
        organisation = next(iter(second.world.table("salesforce", "Organization")))
        assert organisation.startswith(f"00D{INSTANCE}")


def test_a_second_org_keeps_its_ids_apart_after_a_reset() -> None:
    with second_org() as second:
        second.world.clear()
        made = create(second.world, "Account", {"Name": "Yarra Bend Vineyards"})
        assert made[3:6] == INSTANCE


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_two_orgs_and_two_organisations_are_connected_in_every_pair(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    with running(seed=1) as box, second_org() as other:
        settings.XERO_API_URL = settings.XERO_IDENTITY_URL = box.xero_url
        settings.XERO_LOGIN_URL = box.xero_url
        monkeypatch.setenv("XERO_SECRET", "sandbox-xero-secret")
        run("connect", "xero", "--name", "X", "--client-id", "sandbox-xero",
            "--secret-env", "XERO_SECRET")  # fmt: skip
        orgs = [connect_org(box, monkeypatch, "S"), connect_org(other, monkeypatch)]
        books = connect_books(second_organisation(box), monkeypatch)
        assert books.organisation_name == "Fernhill Surveys Pty Ltd"
        assert orgs[0].organisation_id != orgs[1].organisation_id
        for org in orgs:
            for name in ("X", books.name):
                pair_up(org.name, name)
        assert Pair.objects.count() == 4
