"""Both real clients against the sandbox: what an org's own records say, and what it hides."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from django.core.cache import cache
from pytest_django import Settings

from connections.remote import Lane
from connections.salesforce import describing
from sandbox.salesforce import acts as salesforce
from sandbox.seeding import regions
from sync.core.errors import SyncError
from sync.engine import routing_watching
from sync.intake import sweeps
from sync.models import Notice, ReviewItem, Unplaced
from tests.engine.quotes.shop import BILLING, Shop, opened
from tests.engine.test_whole import run

from .test_whole import billed, places_of, settle

pytestmark = [pytest.mark.slow, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def firm(
    settings: Settings, monkeypatch: pytest.MonkeyPatch, transactional_db: None
) -> Iterator[Shop]:
    """One org with territories, and two organisations; billing is on in both."""
    cache.clear()
    with opened(settings, monkeypatch, BILLING) as shop:
        regions.divide(shop.box.world)
        run("flow", BILLING, "on", "--pair", shop.pairs[1].name)
        yield shop
    cache.clear()


def route(firm: Shop, when: str, place: int) -> None:
    run("route", "add", firm.pairs[place].name, "--when", when)


def won(firm: Shop, **values: object) -> str:
    values = {"Amount": "100", "CurrencyIsoCode": "GBP", **values}
    return firm.deal(StageName="Closed Won", **values)


def calls(firm: Shop) -> int:
    """Return how many calls Salesforce has received."""
    return len(firm.box.journal.entries(system="salesforce"))


def owner(firm: Shop, country: str) -> str:
    """Give a salesperson a country; return who that is."""
    users = firm.box.world.table("salesforce", "User").values()
    user = str(next(one["Id"] for one in users if one["Name"] == "Owen Pritchard"))
    firm.tick()
    salesforce.edit(firm.box.world, "User", user, {"Country": country})
    return user


def test_a_deal_is_billed_when_its_owner_moves_though_the_deal_itself_tells_nothing(
    firm: Shop,
) -> None:
    route(firm, "Owner.Country is Ireland", 1)
    route(firm, "Owner.Country is United Kingdom", 0)
    deal = won(firm, OwnerId=owner(firm, "Malta"))
    settle(firm)
    assert firm.asked() == ["routing"]
    before = firm.box.world.table("salesforce", "Opportunity")[deal]["SystemModstamp"]
    owner(firm, "Ireland")
    assert firm.box.world.table("salesforce", "Opportunity")[deal]["SystemModstamp"] == before
    settle(firm)
    assert places_of(deal) == ["Y"]
    assert billed(firm, deal) == 1
    assert firm.asked() == []


def test_a_territory_that_is_renamed_is_seen_and_all_that_waits_costs_one_call(
    firm: Shop,
) -> None:
    route(firm, "Territory2.Name is Pacific", 1)
    route(firm, "Territory2.Name is UK North", 0)
    place = regions.territory(firm.box.world, "Australia")
    deals = [won(firm, Territory2Id=place) for _ in range(3)]
    settle(firm)
    assert Unplaced.objects.count() == 3
    doors = [firm.door(pair.salesforce, Lane.BACKGROUND) for pair in firm.pairs]
    before = calls(firm)
    assert [routing_watching.look(p, d) for p, d in zip(firm.pairs, doors, strict=True)] == [0, 0]
    assert calls(firm) == before + 1
    firm.tick()
    salesforce.edit(firm.box.world, "Territory2", str(place), {"Name": "Pacific"})
    settle(firm)
    assert [places_of(deal) for deal in deals] == [["Y"]] * 3


def hide(firm: Shop, *kinds: str) -> None:
    """Let Counterpart's user see these kinds no more, and none else be hidden."""
    firm.box.world.set_setting("salesforce", "withheld", {kind: ["read"] for kind in kinds})
    describing.forget(firm.pairs[0].salesforce_id)
    cache.clear()


def test_a_kind_that_is_hidden_decides_nothing_until_it_is_shown(firm: Shop) -> None:
    route(firm, "CurrencyIsoCode is EUR", 1)
    route(firm, "Territory2.Name is Australia", 1)
    run("route", "add", firm.pairs[0].name)
    place = regions.territory(firm.box.world, "Australia")
    pacific = firm.deal(Amount="100", CurrencyIsoCode="GBP", Territory2Id=place)
    settle(firm)
    hide(firm, "Territory2")
    euros = won(firm, CurrencyIsoCode="EUR")
    firm.win(pacific)
    settle(firm)
    assert places_of(euros) == ["Y"]  # the row before it needs no territory
    assert billed(firm, pacific) == 0
    assert firm.asked() == ["routing"]
    hide(firm)
    settle(firm)
    assert places_of(pacific) == ["Y"]
    assert firm.asked() == []


def test_a_field_that_is_hidden_while_a_sweep_looks_stops_no_sweep(firm: Shop) -> None:
    route(firm, "Territory2.Name is UK North", 0)
    deal = won(firm, Territory2Id=regions.territory(firm.box.world, "Australia"))
    settle(firm)
    assert firm.asked() == ["routing"]
    firm.box.world.set_setting("salesforce", "withheld", {"Territory2": ["read"]})
    for pair in firm.pairs:
        sweeps.sweep(pair)  # the org is described as it was minutes ago
    settle(firm)
    assert billed(firm, deal) == 0


def test_a_word_for_an_account_is_asked_about_when_it_was_merged_twice_and_no_customers_are_kept(
    firm: Shop,
) -> None:
    run("route", "add", "account")
    run("route", "add", firm.pairs[0].name, "--kind", "Account")
    first, second, last = (firm.enter("Account", Name=name) for name in ("Aire", "Brook", "Cold"))
    run("route", "move", first, firm.pairs[1].name)
    deal = firm.deal(Amount="100", CurrencyIsoCode="GBP", AccountId=first)
    settle(firm)
    for winner, loser in ((second, first), (last, second)):
        firm.tick()
        salesforce.merge_accounts(firm.box.world, winner, loser)
    firm.win(deal)
    firm.work(BILLING)
    settle(firm)
    assert billed(firm, deal) == 0
    (item,) = ReviewItem.objects.filter(state="open")
    assert "said where an account belongs that was merged" in item.title
    run("route", "move", last, firm.pairs[1].name)
    settle(firm)
    assert places_of(deal) == ["Y"]


def test_what_waits_is_looked_at_though_xero_does_not_answer(firm: Shop) -> None:
    route(firm, "Owner.Country is Ireland", 1)
    deal = won(firm, OwnerId=owner(firm, "Malta"))
    settle(firm)
    owner(firm, "Ireland")
    Notice.objects.all().delete()
    firm.box.faults.add(system="xero", status=503, times=50)
    with pytest.raises(SyncError):
        sweeps.sweep(firm.pairs[0])
    assert Notice.objects.filter(pair=firm.pairs[1], remote_id=deal).exists()
