"""Where an account's contact is made, and which organisation tells it; against the sandbox."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from pytest_django import Settings

from connections.models import Connection, Pair
from sandbox.xero import entering as xero
from sync.core.records import System
from sync.engine import deciding, routing
from sync.flows.shapes.account import MARKER
from sync.models import Link, ReviewItem, Unplaced
from tests.engine.books import fields
from tests.engine.books.test_attacks_orgs import contact_of, settle
from tests.engine.books.town import FLOW, Town, founded
from tests.engine.test_whole import later, run
from tests.neighbours import connect_books, second_organisation

pytestmark = pytest.mark.slow
BILLING = "won_opportunity_invoice"


@pytest.fixture
def town(
    settings: Settings, monkeypatch: pytest.MonkeyPatch, transactional_db: None
) -> Iterator[Town]:
    with founded(settings, monkeypatch) as made:
        yield made


@pytest.fixture
def abroad(town: Town, monkeypatch: pytest.MonkeyPatch) -> Town:
    """A second organisation, in step with the same org."""
    tenant = second_organisation(town.box, "Fernhill Ireland", "GB")
    connect_books(tenant, monkeypatch, "Y")
    run("pair", "S", "Y")
    pair = Pair.objects.exclude(pk=town.pair.pk).get()
    run("flow", FLOW, "on", "--pair", pair.name)
    return Town(town.box, pair)


def by_city(town: Town, abroad: Town) -> None:
    """Accounts in Leeds belong to the first organisation, those in Perth to the second."""
    for place, city in ((town, "Leeds"), (abroad, "Perth")):
        run(
            "route", "add", place.pair.name, "--kind", "Account", "--when", f"BillingCity is {city}"
        )


def test_a_contact_is_made_where_rows_send_its_account_and_nowhere_else(
    town: Town, abroad: Town
) -> None:
    by_city(town, abroad)
    leeds = town.account(name="Aire Joinery Ltd", billing_city="Leeds")
    perth = town.account(name="Brook Kiln Pty Ltd", billing_city="Perth")
    settle(town, abroad)
    assert contact_of(town, leeds)
    assert contact_of(abroad, perth)
    assert town.link_of(perth) is None
    assert abroad.link_of(leeds) is None
    assert len(town.all(System.XERO)) == 2


def test_an_account_that_no_row_takes_is_asked_about_once_and_made_where_a_person_says(
    town: Town, abroad: Town
) -> None:
    by_city(town, abroad)
    hull = town.account(name="Cold Store plc", billing_city="Hull")
    settle(town, abroad)
    assert town.all(System.XERO) == []
    (item,) = ReviewItem.objects.filter(state="open")
    assert item.title == "No routing row for accounts with billing city Hull"
    deciding.decide(item.pk, f"pair:{abroad.pair.pk}", "anna")
    settle(town, abroad)
    assert contact_of(abroad, hull)
    assert town.link_of(hull) is None
    assert not ReviewItem.objects.filter(state="open").exists()


def test_an_account_that_moves_gets_its_contact_there_and_keeps_its_history(
    town: Town, abroad: Town
) -> None:
    by_city(town, abroad)
    ours = town.account(name="Aire Joinery Ltd", billing_city="Leeds")
    settle(town, abroad)
    first = contact_of(town, ours)
    agreed = Link.objects.get(xero_id=first.id).agreed
    assert town.raw(ours)[MARKER] == first.id
    run("route", "move", ours.id, abroad.pair.name)
    settle(town, abroad)
    second = contact_of(abroad, ours)
    assert second != first
    assert contact_of(town, ours) == first
    assert Link.objects.get(xero_id=first.id).agreed.keys() == agreed.keys()
    assert town.raw(ours)[MARKER] == second.id
    before = town.last_call()
    settle(town, abroad)
    assert not town.written_since(before)
    run("route", "move", ours.id, town.pair.name)
    settle(town, abroad)
    assert town.raw(ours)[MARKER] == first.id
    assert len(town.all(System.XERO)) == 2


def test_an_account_that_has_its_contact_where_it_belongs_waits_for_nothing(
    town: Town, abroad: Town
) -> None:
    by_city(town, abroad)
    perth = town.account(name="Brook Kiln Pty Ltd", billing_city="Perth")
    settle(town, abroad)
    town.edit(perth, phone="+44 117 496 0001")
    settle(town, abroad)
    assert not Unplaced.objects.exists()
    run("flow", FLOW, "off", "--pair", abroad.pair.name)
    town.edit(perth, phone="+44 117 496 0002")
    settle(town)
    assert routing.waiting() == []
    town.account(name="Cold Store plc", billing_city="Perth")
    settle(town)
    assert [(one.pair, one.count) for one in routing.waiting()] == [(abroad.pair, 1)]


def test_a_contact_that_is_in_the_other_organisation_already_is_matched_all_the_same(
    town: Town, abroad: Town
) -> None:
    ours = town.account(name="Aire Joinery Ltd", billing_city="Leeds", phone="+44 117 496 0001")
    by_city(town, abroad)
    values = fields.xero_body({"name": "Aire Joinery Ltd", "phone": "+44 117 496 0001"})
    tenant = Connection.objects.get(name="Y").organisation_id
    theirs = xero.create(town.box.world, "Contact", values, tenant)
    settle(town, abroad)
    assert contact_of(town, ours)
    assert contact_of(abroad, ours).id == theirs.lower()
    assert town.raw(ours)[MARKER] == contact_of(town, ours).id


def test_the_contact_that_an_invoice_needs_is_made_where_the_deal_is_billed(
    town: Town, abroad: Town
) -> None:
    by_city(town, abroad)
    leeds = town.account(name="Aire Joinery Ltd", billing_city="Leeds")
    settle(town, abroad)
    assert abroad.link_of(leeds) is None
    run("route", "add", abroad.pair.name, "--kind", "Opportunity")
    (deal,) = town.box.world.table("salesforce", "Opportunity")
    town.act("edit", "Opportunity", deal, {"Amount": "100", "CurrencyIsoCode": "GBP"})
    for place in (town, abroad):
        run("flow", BILLING, "on", "--pair", place.pair.name)
    for _ in range(3):
        later()
        run("sync", "--json")
    assert contact_of(abroad, leeds)
    assert town.link_of(leeds) is not None
    made = Link.objects.filter(xero_kind="Invoice").select_related("pair")
    assert [link.pair for link in made] == [abroad.pair]
    assert town.raw(leeds)[MARKER] == contact_of(town, leeds).id
