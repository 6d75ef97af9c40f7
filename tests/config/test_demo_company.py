"""What the demo's flows make of the seeded company: risk and quotes are to be seen."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import pytest
from pytest_django import Settings

from sandbox.server import Box
from sync.management.demo import FLOWS
from sync.models import Write
from tests.engine.test_whole import connected, run, sync

pytestmark = [pytest.mark.slow, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def box(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> Iterator[Box]:
    with connected(settings, monkeypatch) as sandbox:
        for flow in FLOWS:
            run("flow", flow, "on")
        sync()
        sync()
        yield sandbox


def rows(box: Box, kind: str) -> list[dict[str, Any]]:
    return list(box.world.table("salesforce", kind).values())


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


def test_nothing_is_billed_for_a_quote_that_was_invoiced(box: Box) -> None:
    sync()
    invoices = box.world.table("xero", "Invoice")
    assert len(invoices) == 39
    assert not Write.objects.filter(kind="Invoice", verb="create").exists()
