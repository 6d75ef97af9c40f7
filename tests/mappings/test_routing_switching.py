"""Switching on a flow for a second organisation says in words and counts what that means."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

import pytest
from django.contrib import admin
from django.test import Client
from django.urls import reverse

from connections.models import Connection, Pair
from mappings import routing_drafting, routing_publishing
from sync.admin.flows import FlowSwitchAdmin
from sync.models import FlowSwitch, Unplaced
from tests.factories import FlowSwitchFactory, PairFactory
from tests.mappings.conftest import signed_in
from tests.mappings.routed import Describing, australia, org, uk
from tests.mappings.routed_pages import salesforce, text, words
from tests.mappings.routed_records import BILLING, deal, link

__all__ = ["australia", "org", "salesforce", "uk"]


@pytest.fixture
def administrator(salesforce: Connection, org: Describing) -> Iterator[Client]:
    screen = admin.site.get_model_admin(FlowSwitch)
    assert isinstance(screen, FlowSwitchAdmin)
    before = screen.open_remote
    screen.open_remote = org.open
    yield signed_in("Administrators")
    screen.open_remote = before


def asked(client: Client, pair: Pair, flow: str = BILLING) -> str:
    typed = {"pair": str(pair.pk), "flow": flow, "mode": "on", "starts_from": ""}
    answer = client.post(reverse("admin:sync_flowswitch_add"), typed)
    assert answer.status_code == 200
    assert not FlowSwitch.objects.filter(pair=pair, flow=flow, mode="on").exists()
    return words(answer.content.decode())


def publish(connection: Connection, pair: Pair, code: str) -> None:
    condition = {"path": "CurrencyIsoCode", "operator": "is", "value": code}
    row = {"kind": "Opportunity", "name": code, "conditions": [condition], "value": str(pair.pk)}
    routing_drafting.add_row(connection, {**row, "active": True}, "priya")
    mark = routing_drafting.draft_of(connection).mark
    routing_publishing.publish(connection, seen=mark, by="tom", why="", check=lambda rows: ())


def test_a_second_organisation_without_rows_is_warned_of_with_the_count_and_the_money(
    administrator: Client, org: Describing, uk: Pair, australia: Pair
) -> None:
    FlowSwitchFactory.create(pair=uk, flow=BILLING)
    link(uk, deal(org, 1, "1000", "GBP"), "INV-1")
    deal(org, 2, "2000", "AUD")
    deal(org, 3, "30", "GBP")
    told = asked(administrator, australia)
    assert "“UK” has this flow, too, and no row says which won deals belong where" in told
    assert "is asked about: 2 won deals of the last 90 days, over AUD 2,000.00, GBP 30.00" in told
    assert "Say what belongs where" in told


def test_the_first_organisation_is_warned_of_nothing(
    administrator: Client, uk: Pair, australia: Pair
) -> None:
    assert "no row says" not in asked(administrator, australia)


def test_an_org_in_one_pair_is_warned_of_nothing_and_not_even_asked(
    administrator: Client, org: Describing
) -> None:
    alone = PairFactory.create(name="Alone")
    before = org.calls
    assert "no row" not in asked(administrator, alone, "account_contact").lower()
    assert org.calls == before


def test_rows_that_lead_here_are_counted(
    administrator: Client, salesforce: Connection, org: Describing, uk: Pair, australia: Pair
) -> None:
    FlowSwitchFactory.create(pair=uk, flow=BILLING)
    publish(salesforce, australia, "AUD")
    for number, code in enumerate(("AUD", "AUD", "GBP")):
        deal(org, number, "10", code)
    told = asked(administrator, australia)
    assert "By the rows 2 won deals of the last 90 days belong here, over AUD 20.00" in told
    assert "0 belong elsewhere or nowhere, and 1 are asked about" in told


def test_rows_that_lead_nothing_here_are_said(
    administrator: Client, salesforce: Connection, uk: Pair, australia: Pair
) -> None:
    publish(salesforce, uk, "GBP")
    told = asked(administrator, australia)
    assert "No row leads any won deal to this organisation. Nothing will be made here" in told


def test_accounts_without_rows_are_made_everywhere_and_that_is_said(
    administrator: Client, uk: Pair, australia: Pair
) -> None:
    told = asked(administrator, australia, "account_contact")
    assert "No row says which accounts belong to this organisation" in told


def test_a_silent_salesforce_leaves_the_warning_without_a_count(
    administrator: Client, org: Describing, uk: Pair, australia: Pair
) -> None:
    FlowSwitchFactory.create(pair=uk, flow=BILLING)
    org.silent = True
    assert "every new won deal is asked about, in both" in asked(administrator, australia)


def test_the_list_of_flows_tells_what_belongs_to_an_organisation_that_is_off(
    administrator: Client, salesforce: Connection, australia: Pair
) -> None:
    for number in (1, 2):
        Unplaced.objects.create(
            connection=salesforce,
            flow=BILLING,
            system="salesforce",
            kind="Opportunity",
            remote_id=f"006{number}",
            pair=australia,
            amount=Decimal("1000.50"),
            currency="AUD",
        )
    told = text(administrator, reverse("admin:sync_flowswitch_changelist"))
    assert "2 records belong to “Australia”, over AUD 2,001.00 before tax" in told
    assert "nothing is made of them anywhere" in told
