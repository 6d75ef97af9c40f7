"""What is asked of a quote's deal ends by itself, and old quotes stay as they are."""

from __future__ import annotations

import pytest

from sandbox.xero import quote_acts
from sync.models import FlowSwitch, Link
from tests.engine.test_whole import run

from .shop import QUOTES, Shop

pytestmark = [pytest.mark.slow, pytest.mark.django_db(transaction=True)]


def test_a_deal_that_is_brought_in_line_by_hand_ends_the_question_by_itself(shop: Shop) -> None:
    quote = shop.quote()
    shop.sync()
    deal = shop.deal_of(quote)["Id"]
    shop.move(deal, StageName="Closed Lost")
    shop.accept(quote)
    shop.sync()
    assert shop.asked() == ["quote_gainsays"]
    shop.move(deal, StageName="Negotiation/Review")
    shop.box.world.clock.advance(120)  # a sweep of Salesforce ends with the last whole minute
    shop.sync()
    assert shop.asked() == []


def test_a_quote_of_before_the_first_day_is_left_alone_though_its_deal_is_there(
    shop: Shop,
) -> None:
    deal = shop.deal(Amount="5", Name="By hand")
    quote = shop.quote(Reference=deal)
    shop.pass_days(3)

    FlowSwitch.objects.filter(flow=QUOTES).update(starts_from=shop.now())
    shop.sync(QUOTES)
    assert not Link.objects.filter(xero_id=quote).exists()


def test_a_deal_waits_no_longer_once_the_other_organisations_quote_ended(shop: Shop) -> None:

    run("flow", QUOTES, "on", "--pair", shop.pairs[1].name)
    contact = shop.raise_("Contact", 1, Name="Acme Ltd")
    shop.link(shop.account, contact, 1)
    quote = shop.quote(place=1, contact=contact)
    shop.sync(places=(0, 1))
    deal = shop.deal_of(quote)["Id"]
    shop.win(deal)
    shop.sync(places=(0, 1))
    assert shop.asked() == ["quoted_elsewhere"]
    shop.tick()
    quote_acts.decline_quote(shop.box.world, quote)
    shop.sync(places=(0, 1))
    assert len(shop.invoices()) == 1
    assert "quoted_elsewhere" not in shop.asked()


def test_a_carrying_deal_that_follows_another_quote_is_not_fought_over(shop: Shop) -> None:
    first = shop.quote(Title="One")
    shop.sync(QUOTES)
    deal = shop.deal_of(first)["Id"]
    second = shop.quote("300.00", Title="Two")
    shop.move(deal, Counterpart_Quote_Id__c=second)
    shop.sync(QUOTES)
    shop.change("Quote", first, Title="One more")
    shop.sync(QUOTES)
    mains = Link.objects.filter(salesforce_id=deal, xero_kind="Quote", role="main")
    assert mains.count() == 1
    before = shop.written()
    shop.sync(QUOTES)
    assert shop.written() == before


def test_a_deal_quoted_elsewhere_is_billed_here_by_a_persons_word(shop: Shop) -> None:
    run("flow", QUOTES, "on", "--pair", shop.pairs[1].name)
    contact = shop.raise_("Contact", 1, Name="Acme Ltd")
    shop.link(shop.account, contact, 1)
    quote = shop.quote(place=1, contact=contact)
    shop.sync(places=(0, 1))
    deal = shop.deal_of(quote)["Id"]
    shop.win(deal)
    shop.sync(places=(0, 1))
    assert shop.bills(deal) == []
    shop.answer("quoted_elsewhere", "new")
    shop.sync(places=(0, 1))
    assert len(shop.bills(deal)) == 1
    assert shop.asked() == []


def test_a_quote_that_is_for_another_customer_now_is_asked_about(shop: Shop) -> None:
    other = shop.enter("Account", Name="Borealis Ltd")
    contact = shop.raise_("Contact", Name="Borealis Ltd")
    shop.link(other, contact)
    quote = shop.quote()
    shop.sync()
    assert shop.asked() == []
    shop.change("Quote", quote, Contact={"ContactID": contact})
    shop.sync()
    assert shop.asked() == ["quote_other_customer"]
    shop.move(shop.deal_of(quote)["Id"], AccountId=other)
    shop.box.world.clock.advance(120)
    shop.sync()
    assert shop.asked() == []
