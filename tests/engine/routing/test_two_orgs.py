"""Two Salesforce orgs that sell for one Xero organisation: which org gets a quote's deal."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from pytest_django import Settings

from connections.models import Pair
from sandbox.salesforce import acts as salesforce
from sandbox.server import Box
from sync.models import Link, ReviewItem
from tests.engine.quotes.shop import BILLING, QUOTES, Shop, opened
from tests.engine.test_whole import run
from tests.neighbours import connect_org, pair_up, second_org

pytestmark = [pytest.mark.slow, pytest.mark.django_db(transaction=True)]
BOTH = (0, 1)
CUSTOMERS = "account_contact"
LEDGER = {"AccountCode": "200", "TaxType": "OUTPUT2"}


@pytest.fixture
def shop(
    settings: Settings, monkeypatch: pytest.MonkeyPatch, transactional_db: None
) -> Iterator[tuple[Shop, Box]]:
    """Both orgs, each paired with the same organisation, and a customer that both know."""
    with (
        opened(settings, monkeypatch, QUOTES, BILLING) as made,
        second_org("Fernhill Pacific", "GBP", ["EUR"]) as box,
    ):
        connect_org(box, monkeypatch)
        Pair.objects.filter(pk=made.pairs[1].pk).delete()
        pair = pair_up("S2", "X")
        for flow in (QUOTES, BILLING):
            run("flow", flow, "on", "--pair", pair.name)
        made.pairs[1] = Pair.objects.select_related("salesforce", "xero").get(pk=pair.pk)
        theirs = str(salesforce.create(box.world, "Account", {"Name": "Acme Ltd"}))
        made.link(theirs, made.contact, 1)
        yield made, box


def deals_of(box: Box) -> list[str]:
    """Return the ids of an org's deals."""
    return [d["Id"] for d in box.world.table("salesforce", "Opportunity").values()]


def test_a_quote_without_rows_is_asked_about_once_and_made_a_deal_where_a_person_says(
    shop: tuple[Shop, Box],
) -> None:
    first, second = shop
    quote = first.quote()
    first.sync(QUOTES, places=BOTH)
    assert deals_of(first.box) == deals_of(second) == []
    (item,) = ReviewItem.objects.filter(state="open")
    assert item.title == "No routing rows for quotes"
    run("route", "move", quote, first.pairs[1].name, "--kind", "Quote", "--connection", "X")
    first.sync(QUOTES, places=BOTH)
    assert deals_of(first.box) == []
    assert len(deals_of(second)) == 1
    assert first.asked() == []


def test_rows_send_each_quote_to_one_org_and_it_is_billed_once(shop: tuple[Shop, Box]) -> None:
    first, second = shop
    for place, code in enumerate(("GBP", "EUR")):
        run(
            *("route", "add", first.pairs[place].name, "--kind", "Quote"),
            *("--when", f"CurrencyCode is {code}", "--connection", "X"),
        )
    pounds, euros = first.quote(), first.quote(CurrencyCode="EUR")
    first.sync(QUOTES, places=BOTH)
    assert [len(deals_of(box)) for box in (first.box, second)] == [1, 1]
    links = Link.objects.filter(xero_kind="Quote")
    assert {link.xero_id: link.pair for link in links} == {
        pounds: first.pairs[0],
        euros: first.pairs[1],
    }
    first.sync(QUOTES, places=(1, 0))
    assert [len(deals_of(box)) for box in (first.box, second)] == [1, 1]
    (deal,) = deals_of(second)
    second.world.clock.advance(2)
    salesforce.edit(second.world, "Opportunity", deal, {"StageName": "Closed Won"})
    first.sync(places=BOTH)
    assert len(first.invoices()) == 1
    assert Link.objects.get(xero_kind="Invoice").pair == first.pairs[1]
    assert first.asked() == []


def test_a_contact_gets_its_account_in_the_org_that_rows_say(shop: tuple[Shop, Box]) -> None:
    first, second = shop
    for place, name in enumerate(("Brook Kiln Ltd", "Cold Store plc")):
        run(
            *("route", "add", first.pairs[place].name, "--kind", "Contact"),
            *("--when", f"Name is {name}", "--connection", "X"),
        )
        run("flow", CUSTOMERS, "on", "--pair", first.pairs[place].name)
    for name in ("Brook Kiln Ltd", "Cold Store plc", "Dale Mill Ltd"):
        contact = first.raise_("Contact", Name=name)
        line = {"Description": "Survey", "Quantity": 1, "UnitAmount": 100, **LEDGER}
        first.raise_("Invoice", Type="ACCREC", Contact={"ContactID": contact}, LineItems=[line])
    first.sync(CUSTOMERS, places=BOTH, rounds=4)
    names = [
        {a["Name"] for a in box.world.table("salesforce", "Account").values()}
        for box in (first.box, second)
    ]
    assert names == [{"Acme Ltd", "Brook Kiln Ltd"}, {"Acme Ltd", "Cold Store plc"}]
    (item,) = ReviewItem.objects.filter(state="open", cause__startswith="routing:")
    assert item.title == "No routing row for contacts with name Dale Mill Ltd"
