"""The flow of quotes rests for a while, or rests for good: nothing is billed twice meanwhile."""

from __future__ import annotations

import pytest

from tests.engine.test_whole import run

from .shop import BILLING, QUOTES, Shop

pytestmark = [pytest.mark.slow, pytest.mark.django_db(transaction=True)]


def test_a_quote_invoiced_while_its_flow_was_off_still_keeps_its_deal_from_billing(
    shop: Shop,
) -> None:
    quote = shop.quote()
    shop.accept(quote)
    shop.sync()
    run("flow", QUOTES, "off", "--pair", shop.pairs[0].name)
    deal = shop.deal_of(quote)["Id"]
    invoice = shop.invoice(quote)
    shop.win(deal)
    shop.sync(BILLING)
    assert shop.bills(deal) == [invoice]
    assert len(shop.invoices()) == 1


def test_a_second_invoice_of_while_it_was_off_is_told_once_it_is_on_again(shop: Shop) -> None:
    quote = shop.quote()
    shop.accept(quote)
    shop.sync()
    deal = shop.deal_of(quote)["Id"]
    shop.win(deal)
    shop.sync()
    assert len(shop.bills(deal)) == 1
    run("flow", QUOTES, "off", "--pair", shop.pairs[0].name)
    shop.invoice(quote, mark=False)
    shop.change("Invoice", shop.invoices()[-1]["InvoiceID"], Reference="QU-0001")
    shop.sync(BILLING)
    run("flow", QUOTES, "on", "--pair", shop.pairs[0].name)
    shop.sync()
    assert len(shop.invoices()) == 2
    assert shop.asked() == ["quote_billed_twice"]


def test_shadow_after_on_bills_a_deal_of_a_linked_quote_once(shop: Shop) -> None:
    quote = shop.quote()
    shop.accept(quote)
    shop.sync()
    run("flow", QUOTES, "shadow", "--pair", shop.pairs[0].name)
    deal = shop.deal_of(quote)["Id"]
    shop.win(deal)
    shop.sync()
    assert len(shop.bills(deal)) == 1
    assert len(shop.invoices()) == 1
    assert shop.asked() == []


def test_deals_won_while_billing_rested_are_billed_though_quotes_went_on(shop: Shop) -> None:
    shop.quote()
    shop.sync()
    run("flow", BILLING, "off", "--pair", shop.pairs[0].name)
    deal = shop.deal(Name="Another", Amount="77", StageName="Closed Won")
    for _ in range(5):
        shop.box.world.clock.advance(240)
        shop.sync(QUOTES, rounds=1)
    run("flow", BILLING, "on", "--pair", shop.pairs[0].name)
    shop.sync()
    assert len(shop.bills(deal)) == 1
