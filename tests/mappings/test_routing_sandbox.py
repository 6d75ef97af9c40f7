"""With both sandboxed systems over HTTP: rows made on the page decide where deals are billed."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from django.core.cache import cache
from django.test import Client
from django.urls import reverse
from django_q.models import OrmQ
from pytest_django import Settings

from connections.models import Connection, Pair
from connections.salesforce import describing
from mappings import routing_drafting
from sandbox.salesforce.defaults import set_up_org
from sandbox.seeding import regions
from sync import tasks
from sync.models import Link, ReviewItem, ReviewSubject
from tests.engine.books.town import Town, founded
from tests.engine.test_whole import run
from tests.mappings.conftest import signed_in
from tests.mappings.routed_pages import add, page, text
from tests.mappings.test_routing_pages import publish

pytestmark = pytest.mark.slow
BILLING = "won_opportunity_invoice"


@pytest.fixture
def town(
    settings: Settings, monkeypatch: pytest.MonkeyPatch, transactional_db: None
) -> Iterator[Town]:
    """One org with territories and record types of deals, and two organisations that bill."""
    cache.clear()
    with founded(settings, monkeypatch) as made:
        world, name = made.box.world, "Fernhill Surveys Ltd"
        set_up_org(world, name, "GBP", multicurrency=True, currencies=["AUD"])
        regions.divide(world)
        tenant = made.in_xero("add_organisation", "Fernhill Surveys Pty Ltd", "AU")
        client = {"secret": "sandbox-xero-secret", "tenant": tenant, "name": "Second"}
        first = {"secret": "sandbox-xero-secret", "name": "First"}
        world.set_setting("xero", "clients", {"second": client, "sandbox-xero": first})
        run(
            *("connect", "xero", "--name", "Y"),
            *("--client-id", "second", "--secret-env", "XERO_SECRET"),
        )
        run("pair", "S", "Y")
        for pair in Pair.objects.all():
            run("flow", BILLING, "on", "--pair", pair.name)
        yield made
    cache.clear()


@pytest.fixture
def org(town: Town) -> Connection:
    return town.pair.salesforce


@pytest.fixture
def administrator(org: Connection) -> Client:
    return signed_in("Administrators")


def win(town: Town, name: str, territory: str, code: str = "GBP") -> str:
    """Win a deal of a customer of its own in a territory; return its id."""
    place = {"Name": name, "BillingCity": "Leeds", "BillingCountry": "United Kingdom"}
    account = town.act("create", "Account", place)
    today = town.box.world.clock.now().date().isoformat()
    values = {"Name": name, "AccountId": account, "StageName": "Closed Won", "CloseDate": today}
    found = regions.territory(town.box.world, territory)
    values |= {"Amount": 1000, "Territory2Id": found, "CurrencyIsoCode": code}
    return str(town.act("create", "Opportunity", values))


def offered(client: Client, org: Connection, kind: str, path: str) -> list[str]:
    address = reverse("admin:mappings_routing_values", args=[org.pk])
    found = client.get(address, {"kind": kind, "path": path}).json()["values"]
    return [value for value, _ in found]


def note_published() -> int:
    """Do as the worker what publishing rang for; return how many rings there were."""
    rings = [ring for ring in OrmQ.objects.all() if ring.func() == "sync.tasks.note_routes"]
    for ring in rings:
        tasks.note_routes(*ring.args())
    return len(rings)


def sync(town: Town) -> None:
    for pair in Pair.objects.order_by("pk"):
        run("sync", BILLING, "--pair", pair.name)


def billed(deal: str) -> list[str]:
    """Return the organisations in which a deal has an invoice."""
    links = Link.objects.filter(salesforce_id=deal, xero_kind="Invoice").order_by("pk")
    return list(links.values_list("pair__xero__name", flat=True))


def test_fields_and_values_of_a_real_org_are_offered(
    town: Town, org: Connection, administrator: Client
) -> None:
    win(town, "Aire Joinery Ltd", "Australia")
    shown = administrator.get(f"{page(org)}?add=Opportunity").content.decode()
    for path in ("Territory2.Name", "RecordType.DeveloperName", "Owner.Country", "CurrencyIsoCode"):
        assert f'<option value="{path}">' in shown
    assert offered(administrator, org, "Opportunity", "Territory2.Name") == ["Australia"]
    assert regions.AUSTRALIAN in offered(administrator, org, "Opportunity", regions.ENTITY)
    assert "Project" in offered(administrator, org, "Opportunity", "RecordType.DeveloperName")
    assert "GBP" in offered(administrator, org, "Opportunity", "CurrencyIsoCode")
    assert "Leeds" in offered(administrator, org, "Account", "BillingCity")


def test_a_row_drafted_tried_and_published_on_the_pages_decides_where_a_deal_is_billed(
    town: Town, org: Connection, administrator: Client
) -> None:
    british, australian = Pair.objects.order_by("pk")
    north = win(town, "Aire Joinery Ltd", "UK North")
    south = win(town, "Bondi Boats Pty", "Australia", "AUD")
    sync(town)
    assert not Link.objects.filter(xero_kind="Invoice").exists()
    asked = ReviewItem.objects.filter(place="routing", state="open")
    assert asked.count() == 1
    assert ReviewSubject.objects.filter(item__in=asked, closed_at=None).count() == 2
    desk = administrator.get(reverse("admin:sync_reviewitem_changelist")).content.decode()
    assert f"{page(org)}?add=Opportunity" in desk

    add(administrator, org, australian, ("Territory2.Name", "is", "Australia"), name="The Pacific")
    add(administrator, org, british)
    told = text(administrator, reverse("routing_try", args=[org.pk]) + "?replay=1")
    assert "Of 4 records of the last 90 days" in told
    assert publish(administrator, org) == ""
    assert note_published() == 1
    sync(town)
    assert billed(south) == ["Y"]
    assert billed(north) == ["X"]
    assert not asked.exists()
    sync(town)
    assert (billed(south), billed(north)) == (["Y"], ["X"])


def test_a_field_that_the_org_loses_is_a_fault_on_the_page_and_published_by_nobody(
    town: Town, org: Connection, administrator: Client
) -> None:
    (british, _) = Pair.objects.order_by("pk")
    add(administrator, org, british, ("Territory2.Name", "is", "Australia"))
    assert len(routing_drafting.draft_of(org).rows) == 1
    town.box.world.set_setting("salesforce", "territories", False)
    cache.clear()
    describing.forget(org.pk)
    assert "“Territory2.Name” is no field that we are shown" in text(administrator, page(org))
    assert "Territory2.Name" in publish(administrator, org)
