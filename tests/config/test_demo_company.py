"""What the demo's own steps make of the seeded company: risk, quotes and two organisations."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import pytest
from pytest_django import Settings

from mappings.models import RoutingVersion
from sandbox.server import Box, running
from sync.management import demo_setup
from sync.management.demo import CALLS_PER_MINUTE, Ports
from sync.models import Link, ReviewItem, Write
from tests.config.test_demo import free_ports
from tests.engine.test_whole import later, run, sync

pytestmark = [pytest.mark.slow, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def box(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> Iterator[Box]:
    first = free_ports(3)
    ports = {"control": first, "salesforce": first + 1, "xero": first + 2}
    with running(seed=1, ports=ports) as sandbox:
        settings.XERO_API_URL = settings.XERO_IDENTITY_URL = sandbox.xero_url
        settings.XERO_LOGIN_URL = sandbox.xero_url
        settings.XERO_CALLS_PER_MINUTE = CALLS_PER_MINUTE
        demo_setup.make_haste(sandbox.control_url)
        for variable, secret in demo_setup.secrets().items():
            monkeypatch.setenv(variable, secret)
        for step in demo_setup.connecting_steps(Ports(sandbox=first)):
            run(*step)
        demo_setup.win_deals(sandbox.control_url)
        for _ in range(2):
            sync()
            later()
        yield sandbox


def rows(box: Box, kind: str) -> list[dict[str, Any]]:
    return list(box.world.table("salesforce", kind).values())


def books_of(box: Box, deal: str) -> list[str]:
    """Return the names of the organisations in which a deal is billed."""
    key = next(one["Id"] for one in rows(box, "Opportunity") if one["Name"] == deal)
    organisations = box.world.table("xero", "Organisation")
    return [
        organisations[one["TenantID"]]["Name"]
        for one in box.world.table("xero", "Invoice").values()
        if key in str(one.get("Reference"))
    ]


def test_the_demo_shows_who_is_a_risk_and_what_was_quoted(box: Box) -> None:
    names = {one["Id"]: one["Name"] for kind in ("Account", "User") for one in rows(box, kind)}
    tasks = {(one["Subject"].split(":")[0], names[one["WhatId"]]) for one in rows(box, "Task")}
    assert ("Later than usual", "Harbourside Developments Ltd") in tasks
    assert ("Pays in parts", "Aire Valley Housing Association") in tasks
    assert ("Many credit notes", "Müller & Söhne Tiefbau GmbH") in tasks
    assert ("Credit limit used", "Avonmouth Cold Store Ltd") in tasks
    owners = {names.get(one["OwnerId"]) for one in rows(box, "Task")}
    assert {"Maya Lindqvist", "Gareth Stroud"} <= owners
    assert "Tom Ellery" not in owners
    states = {one["Name"]: one["Counterpart_Credit_Status__c"] for one in rows(box, "Account")}
    assert {"Good", "Watch", "At risk"} <= set(states.values())
    quoted = {
        one["Name"].split(" · ")[0]: one
        for one in rows(box, "Opportunity")
        if one["Counterpart_Quote_Id__c"]
    }
    assert quoted["Wapping Wharf phase 4"]["Amount"] == Decimal("7407.98")
    assert quoted["Überseehafen, Los 3"]["CurrencyIsoCode"] == "EUR"
    assert quoted["Kirkstall lock cottages"]["IsWon"] is True


def test_each_won_deal_is_billed_once_where_it_belongs(box: Box) -> None:
    version = RoutingVersion.objects.get()
    assert (version.why, len(version.content["rows"])) == (demo_setup.WHY, 9)
    british, pacific, untold = "Tilbury berth 12, dilapidations", *demo_setup.WON[::2]
    assert set(demo_setup.WON) == {british, pacific, untold}
    assert books_of(box, pacific) == ["Fernhill Surveys Pty Ltd"]
    assert books_of(box, british) == ["Fernhill Surveys Ltd"]
    assert books_of(box, untold) == []
    asked = ReviewItem.objects.filter(state="open", title__startswith="No routing row")
    assert [item.pair.name for item in asked] == ["Britain"]
    sync()
    made = Write.objects.filter(kind="Invoice", verb="create")
    assert made.count() == 2  # nothing is billed for the quote that was invoiced


def test_a_customer_of_both_companies_is_linked_in_each(box: Box) -> None:
    key = next(
        one["Id"] for one in rows(box, "Account") if one["Name"].startswith("Celtic & Southern")
    )
    pairs = Link.objects.filter(salesforce_id=key).values_list("pair__name", flat=True)
    assert set(pairs) == {"Britain", "Pacific"}
