"""The page of organisations at a browser: begin, try, publish, move; by keys, narrow and dark."""

from __future__ import annotations

import os
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from django.urls import reverse

from connections.models import Connection, Pair
from mappings import routing, routing_drafting
from sync.core.records import Key, System
from sync.models import Assignment, PlanRow, Run
from tests.browser import town
from tests.browser.conftest import Visitor
from tests.factories import FlowSwitchFactory
from tests.mappings.routed import Describing, australia, org, uk

__all__ = ["australia", "org", "uk"]
Visit = Callable[..., Visitor]
BILLING = "won_opportunity_invoice"


def picture(visitor: Visitor, name: str) -> None:
    """Keep a picture of the page where COUNTERPART_PICTURES names a folder, to be looked at."""
    if folder := os.environ.get("COUNTERPART_PICTURES"):
        visitor.page.wait_for_load_state("networkidle")
        visitor.page.screenshot(path=Path(folder) / f"{name}.png", full_page=True)


@pytest.fixture
def salesforce(australia: Pair, org: Describing) -> Connection:
    """An org in two pairs, with deals of the last weeks."""
    town.people()
    FlowSwitchFactory.create(pair=australia, flow=BILLING)
    deals = [("Kestrel survey", "12400", "GBP"), ("Aire mapping", "3150.50", "GBP")]
    deals += [("Bondi harbour", "22000", "AUD"), ("Perth quarry", "980", "AUD")]
    deals += [("Lyon tramway", "7800", "EUR")]
    for number, (name, amount, code) in enumerate(deals):
        org.put(
            "Opportunity",
            f"0060000{number}",
            {
                "Name": name,
                "IsWon": True,
                "StageName": "Closed Won",
                "Amount": Decimal(amount),
                "CurrencyIsoCode": code,
            },
        )
    return australia.salesforce


def rows_address(connection: Connection) -> str:
    return reverse("admin:mappings_routing", args=[connection.pk])


def chosen(connection: Connection) -> list[str]:
    return [row["value"] for row in routing_drafting.draft_of(connection).rows]


@pytest.mark.slow
def test_finance_begins_with_own_organisations_tries_and_an_administrator_publishes(
    visit: Visit, salesforce: Connection, uk: Pair, australia: Pair
) -> None:
    priya = visit("priya")
    priya.open(reverse("admin:mappings_routingversion_changelist"))
    picture(priya, "empty")
    assert "Which organisation each deal and account belongs to" in priya.heading()
    with priya.page.expect_navigation():
        priya.page.click("button:has-text('By currency')")
    assert "in the draft" in priya.page.inner_text(".bar")
    picture(priya, "started")
    priya.press("t")
    priya.press("r")
    told = priya.page.inner_text("#main")
    assert "Of 5 records of the last 90 days" in told
    assert "22,980.00" in told
    picture(priya, "tried")
    priya.press("p")
    assert "An administrator publishes it" in priya.page.inner_text(".bar")
    assert routing.rows_of(salesforce.pk) is None
    ana = visit("ana")
    ana.open(reverse("admin:mappings_routing_draft", args=[salesforce.pk]))
    ana.page.fill("#why", "Two companies, one Salesforce")
    picture(ana, "draft")
    with ana.page.expect_navigation():
        ana.page.click("button[value=publish]")
    rows = routing.rows_of(salesforce.pk)
    assert rows is not None
    assert {row.value for row in rows} == {str(uk.pk), str(australia.pk), "ask"}
    picture(ana, "published")
    assert priya.complaints == []
    assert ana.complaints == []


@pytest.mark.slow
def test_a_row_is_added_with_the_values_of_its_field_offered(
    visit: Visit, salesforce: Connection, australia: Pair
) -> None:
    priya = visit("priya")
    priya.open(rows_address(salesforce))
    priya.press("a")
    priya.page.fill("#id_path_0", "CurrencyIsoCode")
    priya.page.press("#id_path_0", "Tab")
    offered = priya.page.locator("#values-0 option")
    offered.first.wait_for(state="attached")
    assert [offered.nth(i).get_attribute("value") for i in range(3)] == ["GBP", "AUD", "EUR"]
    picture(priya, "adding")
    priya.page.fill("#id_wanted_0", "AUD")
    priya.page.select_option("#id_value", str(australia.pk))
    with priya.page.expect_navigation():
        priya.page.click("button[value=add]")
    assert chosen(salesforce) == [str(australia.pk)]
    priya.press("a")
    priya.page.fill("#id_path_0", "Teritory")
    priya.page.select_option("#id_value", str(australia.pk))
    with priya.page.expect_navigation():
        priya.page.click("button[value=add]")
    fault = priya.page.locator("#fault-path_0")
    assert "“Teritory” is no field that we are shown" in fault.inner_text()
    picture(priya, "refused")
    assert chosen(salesforce) == [str(australia.pk)]


@pytest.mark.slow
def test_a_deal_is_moved_by_hand_with_its_effect_said_first(
    visit: Visit, salesforce: Connection, uk: Pair, australia: Pair
) -> None:
    key = Key(System.SALESFORCE, "Opportunity", "00600000")
    plan: dict[str, Any] = {"subject": str(key), "subject_name": "Kestrel survey"}
    plan |= {"action": "create", "amount": Decimal(12400), "currency": "GBP"}
    run = Run.objects.create(pair=uk, flow=BILLING)
    PlanRow.objects.create(run=run, pair=uk, flow=BILLING, **plan)
    priya = visit("priya")
    priya.open(f"{reverse('routing_move', args=[salesforce.pk])}?key={key}")
    priya.page.check(f"input[name=pair][value='{australia.pk}']")
    priya.press("e")
    assert "GBP 12,400.00 before tax" in priya.page.inner_text("#main")
    picture(priya, "move")
    priya.page.fill("#why", "Sold by the Australian office")
    with priya.page.expect_navigation():
        priya.page.click("button[value=move]")
    assert Assignment.objects.get().pair == australia
    assert "1 record goes where a person said" in priya.heading()
    picture(priya, "moved")
    with priya.page.expect_navigation():
        priya.page.click("button:has-text('Let the rows count')")
    assert Assignment.objects.get().ended_by == "priya"


@pytest.mark.slow
def test_every_page_of_organisations_fits_a_telephone_and_the_dark(
    visit: Visit, salesforce: Connection, uk: Pair
) -> None:
    visit("priya").open(rows_address(salesforce))
    row = {"kind": "Opportunity", "name": "A very long name of a row for pounds " * 3}
    row |= {"value": str(uk.pk), "active": True, "conditions": []}  # type: ignore[dict-item]
    key = routing_drafting.add_row(salesforce, row, "priya")
    for width in (400, 1280):
        priya = visit("priya", viewport={"width": width, "height": 900}, color_scheme="dark")
        for name, tail in {
            "admin:mappings_routing": "",
            "routing_try": "?replay=1",
            "routing_assignments": "",
            "admin:mappings_routing_draft": "",
            "admin:mappings_routing_versions": "",
            "admin:mappings_routing_sheet": "",
        }.items():
            assert priya.open(reverse(name, args=[salesforce.pk]) + tail) == 200
            assert priya.overflow() == 0, (name, width)
            picture(priya, f"{name.split('_', 1)[1]}-{width}")
        priya.open(f"{reverse('admin:index')}?pair={uk.pk}")
        assert priya.overflow() == 0
        picture(priya, f"home-{width}")
        priya.open(f"{rows_address(salesforce)}?row={key}")
        assert priya.overflow() == 0
        picture(priya, f"open-{width}")
        assert priya.complaints == []
