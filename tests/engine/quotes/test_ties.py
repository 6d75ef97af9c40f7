"""One invoice for several deals, parts that are voided, and billing while quotes only look."""

from __future__ import annotations

import pytest

from sandbox.xero import acts as xero
from sync.engine import deciding
from sync.models import Link, Notice, ReviewItem, Write
from tests.engine.test_whole import run

from .shop import BILLING, QUOTES, Shop

pytestmark = [pytest.mark.slow, pytest.mark.django_db(transaction=True)]


def test_one_invoice_of_two_quotes_alike_is_asked_about_and_told_to_neither_deal(
    shop: Shop,
) -> None:
    first, second = shop.quote(Title="May"), shop.quote(Title="June")
    shop.sync()
    deals = [shop.deal_of(quote)["Id"] for quote in (first, second)]
    invoice = shop.invoice(first)
    shop.accept(second)
    shop.change("Quote", second, Status="INVOICED")
    for deal in deals:
        shop.win(deal)
    shop.sync(BILLING, QUOTES)
    assert [one["InvoiceID"] for one in shop.invoices()] == [invoice]
    told = [d.get("Counterpart_Invoice_Id__c") for d in shop.deals()]
    assert told == [None, None], (told, shop.asked())
    assert shop.asked() == ["quote_billed", "quote_billed"]
    item = ReviewItem.objects.get(cause__startswith=f"quote_billed:{deals[0]}")
    deciding.decide(item.pk, f"use:{invoice}", "anna")
    shop.sync(BILLING, QUOTES)
    assert shop.bills(deals[0]) == [invoice]
    assert shop.bills(deals[1]) == []
    assert shop.asked() == ["quote_billed"]


def test_a_part_that_is_voided_leaves_the_deal_with_the_other_and_bills_nothing_twice(
    shop: Shop,
) -> None:
    quote = shop.quote(Reference="Order 4711")
    shop.accept(quote)
    first = shop.invoice(quote, 40, mark=False, status="AUTHORISED")
    second = shop.invoice(quote, 60, status="AUTHORISED")
    shop.sync()
    deal = shop.deal_of(quote)["Id"]
    main = Link.objects.get(salesforce_id=deal, xero_kind="Invoice", role="main").xero_id
    other = ({first, second} - {main}).pop()
    shop.tick()
    xero.void(shop.box.world, main)
    shop.sync()
    assert "invoice_ended" not in shop.asked()
    links = Link.objects.filter(salesforce_id=deal, xero_kind="Invoice", role="main")
    assert links.latest("generation").xero_id == other
    assert [one["InvoiceID"] for one in shop.invoices()] == [other]
    assert len(shop.asked()) == 1  # that less is billed than was sold


def test_quotes_in_shadow_keep_a_won_deal_from_being_billed_twice(shop: Shop) -> None:
    run("flow", QUOTES, "shadow", "--pair", shop.pairs[0].name)
    quote = shop.quote("1000.00")
    shop.invoice(quote)
    deal = shop.deal(Amount="1000", StageName="Closed Won")
    other = shop.deal(Amount="77", Name="Another", StageName="Closed Won")
    shop.sync()
    assert len(shop.bills(other)) == 1
    assert shop.bills(deal) == []
    assert "quote_billed" in shop.asked()
    shop.answer("quote_billed", "new")
    shop.sync()
    assert len(shop.bills(deal)) == 1


def test_a_preview_of_billing_writes_nothing_though_quotes_are_looked_at(shop: Shop) -> None:
    quote = shop.quote()
    shop.accept(quote)
    shop.sync()
    deal = shop.deal_of(quote)["Id"]
    shop.invoice(quote)
    shop.win(deal)
    kept = (Link, Write, ReviewItem)
    before = [model.objects.count() for model in kept]
    requests = len(shop.box.world.table("xero", "Invoice"))
    said = run("sync", BILLING, "--preview", "--json", "--pair", shop.pairs[0].name)
    assert '"create": 0' in said
    assert [model.objects.count() for model in kept] == before
    assert len(shop.box.world.table("xero", "Invoice")) == requests


def test_nothing_due_is_left_after_quotes_and_billing_have_come_to_rest(shop: Shop) -> None:
    quote = shop.quote()
    shop.accept(quote)
    shop.sync()
    shop.win(shop.deal_of(quote)["Id"])
    shop.sync(rounds=4)
    before = shop.written()
    shop.sync(rounds=2)
    assert shop.written() == before
    assert Notice.objects.filter(state=Notice.State.WAITING).count() == 0
