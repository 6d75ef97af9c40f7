"""Customers who are persons are routed as companies are, by fields of their own too."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from django.core.cache import cache
from pytest_django import Settings

from connections.models import Pair
from connections.salesforce import describing
from sync.core.records import Key, System
from sync.flows.shapes.account import MARKER
from sync.models import Link, ReviewItem
from tests.engine.books.test_attacks_orgs import contact_of, settle
from tests.engine.books.test_attacks_persons import FFION
from tests.engine.books.town import FLOW, Town, founded
from tests.engine.test_whole import later, run
from tests.neighbours import connect_books, second_organisation

pytestmark = pytest.mark.slow
BILLING = "won_opportunity_invoice"
LIVES = "PersonMailingCountry"


@pytest.fixture
def towns(
    settings: Settings, monkeypatch: pytest.MonkeyPatch, transactional_db: None
) -> Iterator[tuple[Town, Town]]:
    """An org with person accounts, in step with two organisations."""
    cache.clear()
    with founded(settings, monkeypatch) as made:
        made.box.world.set_setting("salesforce", "person_accounts", True)
        describing.forget(made.pair.salesforce_id)
        tenant = second_organisation(made.box, "Fernhill Ireland", "GB")
        connect_books(tenant, monkeypatch, "Y")
        run("pair", "S", "Y")
        pair = Pair.objects.exclude(pk=made.pair.pk).get()
        run("flow", FLOW, "on", "--pair", pair.name)
        yield made, Town(made.box, pair)
    cache.clear()


def by_country(town: Town, abroad: Town) -> None:
    """Persons who live in Ireland belong to the second organisation, all others to the first."""
    irish = f"{LIVES} is Ireland"
    run("route", "add", abroad.pair.name, "--kind", "Account", "--when", irish)
    run("route", "add", town.pair.name, "--kind", "Account")


def person(town: Town, country: str) -> Key:
    made = town.act("create", "Account", {**FFION, LIVES: country})
    return Key(System.SALESFORCE, "Account", made)


def test_a_persons_contact_is_made_where_the_country_that_they_live_in_belongs(
    towns: tuple[Town, Town],
) -> None:
    town, abroad = towns
    by_country(town, abroad)
    ffion = person(town, "Ireland")
    town.win(ffion.id)
    company = town.account(name="Aire Joinery Ltd", billing_city="Leeds")
    settle(town, abroad)
    assert town.link_of(ffion) is None
    assert contact_of(town, company)
    theirs = contact_of(abroad, ffion)
    assert abroad.raw(theirs)["FirstName"] == "Ffion"
    assert town.raw(ffion)[MARKER] == theirs.id
    assert not ReviewItem.objects.filter(state="open").exists()
    town.act("edit", "Account", ffion.id, {LIVES: "United Kingdom"})
    settle(town, abroad)
    assert contact_of(abroad, ffion) == theirs  # her history stays
    assert town.raw(ffion)[MARKER] == contact_of(town, ffion).id


def test_a_persons_deal_goes_as_the_person(towns: tuple[Town, Town]) -> None:
    town, abroad = towns
    by_country(town, abroad)
    run("route", "add", "account")
    ffion = person(town, "Ireland")
    values = {"Amount": "100", "CurrencyIsoCode": "GBP"}
    deal = town.win(ffion.id)
    town.act("edit", "Opportunity", deal, values)
    for place in towns:
        run("flow", BILLING, "on", "--pair", place.pair.name)
    for _ in range(3):
        later()
        run("sync", "--json")
    made = Link.objects.filter(xero_kind="Invoice").select_related("pair")
    assert [link.pair for link in made] == [abroad.pair]
    assert contact_of(abroad, ffion)
    assert town.link_of(ffion) is None


def test_rows_tell_persons_from_companies(towns: tuple[Town, Town]) -> None:
    town, abroad = towns
    persons = "IsPersonAccount is true"
    run("route", "add", abroad.pair.name, "--kind", "Account", "--when", persons)
    run("route", "add", town.pair.name, "--kind", "Account")
    ffion, company = person(town, "United Kingdom"), town.account(name="Aire Joinery Ltd")
    town.win(ffion.id)
    settle(town, abroad)
    assert contact_of(abroad, ffion)
    assert contact_of(town, company)
    assert (town.link_of(ffion), abroad.link_of(company)) == (None, None)
