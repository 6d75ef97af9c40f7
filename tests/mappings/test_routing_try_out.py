"""The try-out of routing rows: the last 90 days in money, and nothing saved."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.core.cache import cache
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from django_q.models import OrmQ

from connections.models import Connection, Pair
from connections.remote import Changes
from mappings import routing_drafting, routing_tried
from mappings.models import RoutingTrial, RoutingVersion
from sync.core.records import Key
from sync.engine import routing_telling
from sync.engine.routing_recent import MOST
from sync.engine.work import OpenRemote
from sync.models import Assignment, Cursor, Notice
from tests.factories import FlowSwitchFactory
from tests.mappings.conftest import signed_in
from tests.mappings.routed import Describing, australia, org, uk
from tests.mappings.routed_pages import add, page, salesforce, text
from tests.mappings.routed_records import BILLING, deal, link

__all__ = ["australia", "org", "salesforce", "uk"]


@pytest.fixture
def finance(salesforce: Connection, org: Describing) -> Client:
    return signed_in("Finance")


def tried(client: Client, connection: Connection) -> str:
    return text(client, reverse("routing_try", args=[connection.pk]) + "?replay=1")


def carry_out_rings(open_remote: OpenRemote) -> int:
    """Do what the worker does on each ring for new rows; return how many there were."""
    rings = [ring for ring in OrmQ.objects.all() if ring.func() == "sync.tasks.note_routes"]
    for ring in rings:
        (connection_id,) = ring.args()
        routing_telling.catch_up(connection_id, open_remote)
    return len(rings)


def a_row(value: str) -> dict[str, Any]:
    row = {"key": "one", "kind": "Opportunity", "name": "", "conditions": [], "active": True}
    return {**row, "value": value}


def test_the_last_90_days_are_told_by_organisation_in_money(
    finance: Client, salesforce: Connection, org: Describing, uk: Pair, australia: Pair
) -> None:
    deal(org, 1, "1000.50", "GBP")
    deal(org, 2, "2000", "AUD")
    deal(org, 3, "500", "AUD")
    deal(org, 4, "70", "EUR")
    add(finance, salesforce, uk, ("CurrencyIsoCode", "is", "GBP"))
    add(finance, salesforce, australia, ("CurrencyIsoCode", "is", "AUD"))
    told = tried(finance, salesforce)
    assert "Of 4 records of the last 90 days, 3 would change place; 1 would be asked about." in told
    assert "Australia · Fernhill Australia AUD 0 2 ≠ AUD 2,500.00" in told
    assert "UK · Fernhill UK GBP 0 1 ≠ GBP 1,000.50" in told
    assert "Deals that would be asked about" in told
    assert not Notice.objects.exists()
    assert not Assignment.objects.exists()
    told = text(finance, reverse("admin:mappings_routing_draft", args=[salesforce.pk]))
    assert "Of 4 records of the last 90 days, 3 would change place" in told


def test_a_trial_is_seen_by_every_process_and_only_of_the_draft_as_it_was(
    finance: Client, salesforce: Connection, org: Describing, uk: Pair, australia: Pair
) -> None:
    deal(org, 1, "1000.50", "GBP")
    add(finance, salesforce, uk, ("CurrencyIsoCode", "is", "GBP"))
    tried(finance, salesforce)
    cache.clear()  # what another process has of its own
    found = routing_tried.of(routing_drafting.draft_of(salesforce))
    assert found is not None
    assert (found.total, found.moved, found.unmatched, found.elsewhere) == (1, 1, 0, 0)
    add(finance, salesforce, australia, ("CurrencyIsoCode", "is", "AUD"))
    assert routing_tried.of(routing_drafting.draft_of(salesforce)) is None


def test_a_trial_counts_for_a_day(
    finance: Client, salesforce: Connection, org: Describing, uk: Pair
) -> None:
    add(finance, salesforce, uk, ("CurrencyIsoCode", "is", "GBP"))
    tried(finance, salesforce)
    yesterday = timezone.now() - timedelta(hours=25)
    RoutingTrial.objects.update(at=yesterday)
    assert routing_tried.of(routing_drafting.draft_of(salesforce)) is None


def test_what_stands_in_another_organisation_is_told_apart(
    finance: Client, salesforce: Connection, org: Describing, uk: Pair, australia: Pair
) -> None:
    key = deal(org, 1, "1000", "AUD")
    link(uk, key, "INV-1")
    add(finance, salesforce, australia, ("CurrencyIsoCode", "is", "AUD"))
    told = tried(finance, salesforce)
    assert "1 already stands in another organisation" in told
    assert "Deals that stand in another organisation" in told


def test_the_list_is_exported(
    finance: Client, salesforce: Connection, org: Describing, uk: Pair
) -> None:
    deal(org, 1, "1000", "GBP")
    add(finance, salesforce, uk, ("CurrencyIsoCode", "is", "GBP"))
    address = reverse("routing_try", args=[salesforce.pk]) + "?replay=1&as=csv"
    file = finance.get(address).getvalue().decode()
    assert "Deal 1" in file
    assert "would change" in file


def test_a_silent_salesforce_is_said_and_nothing_is_called_tried(
    finance: Client, salesforce: Connection, org: Describing, uk: Pair
) -> None:
    add(finance, salesforce, uk, ("CurrencyIsoCode", "is", "GBP"))
    org.silent = True
    assert "It could not be tried. Salesforce does not answer." in tried(finance, salesforce)
    told = text(finance, reverse("admin:mappings_routing_draft", args=[salesforce.pk]))
    assert "This draft was not tried yet" in told


def test_publishing_rings_for_what_it_concerns_and_reads_no_record_in_the_request(
    salesforce: Connection,
    org: Describing,
    uk: Pair,
    australia: Pair,
    django_capture_on_commit_callbacks: Any,
) -> None:
    FlowSwitchFactory.create(pair=australia, flow=BILLING)
    key = deal(org, 1, "1000", "AUD")
    administrator = signed_in("Administrators")
    add(administrator, salesforce, australia, ("CurrencyIsoCode", "is", "AUD"))
    mark = routing_drafting.draft_of(salesforce).mark
    address = reverse("admin:mappings_routing_draft", args=[salesforce.pk])
    org.calls = 0
    with django_capture_on_commit_callbacks(execute=True):
        administrator.post(address, {"act": "publish", "why": "Two", "seen": mark})
    assert (org.calls, Notice.objects.count()) == (0, 0)
    assert "What it concerns is being looked at." in text(administrator, page(salesforce))
    carry_out_rings(org.open)
    noticed = Notice.objects.filter(pair=australia, flow=BILLING, remote_id=key.id)
    assert noticed.count() == 1
    assert "is being looked at" not in text(administrator, page(salesforce))


def test_going_back_to_a_version_rings_as_publishing_does(
    salesforce: Connection,
    org: Describing,
    uk: Pair,
    australia: Pair,
    django_capture_on_commit_callbacks: Any,
) -> None:
    for number, rows in ((1, []), (2, [a_row("none")])):
        RoutingVersion.objects.create(
            connection=salesforce, number=number, content={"rows": rows}, noted_at=timezone.now()
        )
    address = reverse("admin:mappings_routing_version", args=[salesforce.pk, 1])
    with django_capture_on_commit_callbacks(execute=True):
        signed_in("Administrators").post(address, {"why": "Too early", "seen": "2"})
    assert RoutingVersion.objects.filter(noted_at=None).count() == 1
    assert carry_out_rings(org.open) == 1
    assert not RoutingVersion.objects.filter(noted_at=None).exists()


def test_a_ring_that_comes_twice_reads_the_records_once(
    salesforce: Connection, org: Describing, uk: Pair, australia: Pair
) -> None:
    RoutingVersion.objects.create(connection=salesforce, number=1, content={"rows": []})
    routing_telling.catch_up(salesforce.pk, org.open)
    org.calls = 0
    assert routing_telling.catch_up(salesforce.pk, org.open) == 0
    assert org.calls == 0


def test_a_version_that_is_published_while_the_last_is_noted_is_noted_too(
    salesforce: Connection, org: Describing, uk: Pair, australia: Pair
) -> None:
    FlowSwitchFactory.create(pair=australia, flow=BILLING)
    RoutingVersion.objects.create(connection=salesforce, number=1, content={"rows": []})
    late: list[Key] = []
    usual = org.glance

    def glance(kind: str, since: datetime) -> Changes:
        found = usual(kind, since)
        if not late:
            late.append(deal(org, 1, "1000", "AUD"))  # this reading has passed it by
            RoutingVersion.objects.create(connection=salesforce, number=2, content={"rows": []})
        return found

    org.glance = glance  # type: ignore[method-assign]
    routing_telling.catch_up(salesforce.pk, org.open)
    assert not RoutingVersion.objects.filter(noted_at=None).exists()
    assert Notice.objects.filter(pair=australia, remote_id=late[0].id).exists()


def test_what_a_version_concerns_is_noted_though_its_publisher_was_killed_before(
    salesforce: Connection, org: Describing, uk: Pair, australia: Pair
) -> None:
    FlowSwitchFactory.create(pair=australia, flow=BILLING)
    key = deal(org, 1, "1000", "AUD")
    version = RoutingVersion.objects.create(connection=salesforce, number=1, content={"rows": []})
    assert routing_telling.unnoted() == []  # its publisher may be at it
    long_ago = timezone.now() - timedelta(minutes=5)
    RoutingVersion.objects.filter(pk=version.pk).update(at=long_ago)
    assert routing_telling.unnoted() == [salesforce.pk]
    routing_telling.published(salesforce, org.open)
    assert Notice.objects.filter(pair=australia, flow=BILLING, remote_id=key.id).exists()
    assert routing_telling.unnoted() == []


def test_a_silent_salesforce_leaves_no_version_to_be_noted_for_ever(
    salesforce: Connection, org: Describing, uk: Pair, australia: Pair
) -> None:
    RoutingVersion.objects.create(connection=salesforce, number=1, content={"rows": []})
    org.silent = True
    routing_telling.published(salesforce, org.open)
    assert RoutingVersion.objects.get().noted_at is not None


def test_a_trial_that_left_records_out_says_so_wherever_it_is_told(
    finance: Client, salesforce: Connection, org: Describing, uk: Pair
) -> None:
    add(finance, salesforce, uk, ("CurrencyIsoCode", "is", "GBP"))
    for number in range(MOST + 3):
        deal(org, number, "1", "GBP")
    said = "Of the newest 2000 records of the last 90 days"
    more = "3 older ones were not tried; publishing looks at all of them."
    assert said in (told := tried(finance, salesforce))
    assert more in told
    draft = text(finance, reverse("admin:mappings_routing_draft", args=[salesforce.pk]))
    assert said in draft
    assert more in draft


def test_the_page_says_how_far_a_worker_has_got_with_a_version(
    finance: Client, salesforce: Connection, org: Describing, uk: Pair
) -> None:
    RoutingVersion.objects.create(connection=salesforce, number=1, content={"rows": []})
    Cursor.objects.create(
        connection=salesforce, purpose=f"{routing_telling.LOOKED_AT}Account", seen=[1, 12000]
    )
    told = text(finance, page(salesforce))
    assert "What it concerns is being looked at: 12,000 records so far." in told
