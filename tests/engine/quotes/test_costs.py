"""What quotes cost: nothing grows with a batch, and a deal's own move wakes nobody twice."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from connections.models import Connection, Pair
from sync.core.records import Key, System
from sync.engine import running
from sync.intake import sweeps
from sync.models import FlowSwitch, Link, Notice

from .shop import BILLING, QUOTES, Shop

pytestmark = [pytest.mark.slow, pytest.mark.django_db(transaction=True)]


def queries(shop: Shop, flow: str, keys: list[Key]) -> int:
    """Return how many queries it takes to plan these records."""
    switch = FlowSwitch.objects.get(pair=shop.pairs[0], flow=flow)
    running.preview(switch, keys, shop.door)  # what is read once only
    with CaptureQueriesContext(
        connection,
    ) as seen:
        running.preview(switch, keys, shop.door)
    return len(seen)


def test_waiting_quotes_cost_no_queries_of_their_own(shop: Shop) -> None:
    Link.objects.all().delete()
    made = [shop.quote(contact=shop.raise_("Contact", Name=f"Prospect {n}")) for n in range(12)]
    sweeps.sweep(shop.pairs[0], shop.door)
    keys = [Key(System.XERO, "Quote", each) for each in made]
    assert queries(shop, QUOTES, keys) <= queries(shop, QUOTES, keys[:2]) + 8  # one call more


def test_won_deals_of_quotes_cost_no_queries_of_their_own(shop: Shop) -> None:
    made = [shop.quote(f"{100 + n}.00", Title=f"Job {n}") for n in range(8)]
    shop.sync(QUOTES)
    deals = [shop.deal_of(each)["Id"] for each in made]
    for deal, each in zip(deals, made, strict=True):
        shop.invoice(each, mark=False)
        shop.win(deal)
    sweeps.sweep(shop.pairs[0], shop.door)
    keys = [Key(System.SALESFORCE, "Opportunity", deal) for deal in deals]
    assert queries(shop, BILLING, keys) <= queries(shop, BILLING, keys[:2]) + 2


def test_a_won_deals_own_move_lets_billing_be_planned_once(shop: Shop) -> None:
    quote = shop.quote()
    shop.accept(quote)
    shop.invoice(quote)
    shop.sync()
    deal = shop.deal_of(quote)["Id"]
    assert len(shop.bills(deal)) == 1
    shop.box.world.clock.advance(120)
    shop.sync()
    shop.move(deal, Description="Paid in part")
    shop.box.world.clock.advance(120)
    sweeps.sweep(shop.pairs[0], shop.door)
    shop.work(BILLING)
    assert Notice.objects.filter(flow=QUOTES, state=Notice.State.WAITING).exists()
    shop.work(QUOTES)
    assert not Notice.objects.filter(flow=BILLING, state=Notice.State.WAITING).exists()


def test_an_invoice_of_another_salesforce_orgs_deal_is_not_this_ones(shop: Shop) -> None:
    quote = shop.quote()
    shop.accept(quote)
    shop.sync()
    invoice = shop.invoice(quote)
    other = Connection.objects.get(pk=shop.pairs[0].salesforce_id)
    other.pk, other.name, other.organisation_id = None, "Another org", "00D5e0000000ZZZ"
    other.credential_id = shop.pairs[1].xero.credential_id
    other.save()
    pair = Pair.objects.create(name="Other", salesforce=other, xero=shop.pairs[0].xero)
    Link.objects.create(
        pair=pair, flow=BILLING, salesforce_kind="Opportunity", salesforce_id="0065g0000000009AAA",
        xero_kind="Invoice", xero_id=invoice, origin="created",
    )  # fmt: skip
    shop.sync()
    assert shop.bills(shop.deal_of(quote)["Id"]) == []
    assert "quote_billed" in shop.asked()
