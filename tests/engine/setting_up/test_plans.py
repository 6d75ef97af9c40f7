"""What was planned so far, in money, and how far the flows in shadow have looked."""

from __future__ import annotations

from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from sync.engine import deciding, setting_up
from sync.engine.setting_up import MoneyCount
from sync.models import Link, ReviewItem, Write

from .site import BILLING, CUSTOMERS, PRODUCTS, Site

pytestmark = [pytest.mark.slow, pytest.mark.django_db(transaction=True)]


def test_the_first_plans_are_told_by_action_and_currency(site: Site) -> None:
    site.win("1000.00")
    site.win("250.50", Name="Quay")
    site.win("80.00", Name="Pier", CurrencyIsoCode="EUR")
    site.win("40.00", Name="Crane", CurrencyIsoCode="EUR", AccountId=None)
    site.start(BILLING)
    site.look(BILLING)
    plans = site.plans(BILLING)
    assert plans.counts == (
        MoneyCount("create", 1, "EUR", Decimal("80.0000")),
        MoneyCount("create", 2, "GBP", Decimal("1250.5000")),
        MoneyCount("question", 1),
    )
    assert plans.questions == 1
    assert setting_up.in_words(plans.counts) == (
        "3 to make (EUR 80.00 and GBP 1,250.50 before tax), 1 to ask about"
    )
    assert (plans.progress.planned, plans.progress.of) == (4, 4)
    assert not Write.objects.exists()


def test_a_deal_counts_once_however_often_it_was_planned(site: Site) -> None:
    deal = site.win("100.00")
    site.start(BILLING)
    site.look(BILLING)
    site.shop.move(deal, Amount="175.00")
    site.look(BILLING)
    assert site.plans(BILLING).counts == (MoneyCount("create", 1, "GBP", Decimal("175.0000")),)
    site.shop.move(deal, StageName="Prospecting")
    site.wait()
    site.look(BILLING)
    assert site.plans(BILLING).counts == ()


def test_a_deal_that_finance_billed_by_hand_is_to_be_made_no_more(site: Site) -> None:
    deal = site.win("100.00")
    site.start(BILLING)
    site.look(BILLING)
    line = {"Description": "Survey", "Quantity": 1, "UnitAmount": "100.00", "AccountCode": "200"}
    site.shop.raise_(
        "Invoice",
        Type="ACCREC",
        Contact={"ContactID": site.shop.contact},
        Reference=f"Harbour · {deal}",
        Status="DRAFT",
        LineItems=[line],
    )
    site.shop.move(deal, Description="billed by hand")
    site.look(BILLING)
    made = [one for one in site.plans(BILLING).counts if one.action == "create"]
    assert made == []


def test_nobody_knows_how_many_there_are_before_both_systems_were_read(site: Site) -> None:
    site.win()
    site.start(BILLING, CUSTOMERS, PRODUCTS)
    for flow in (BILLING, CUSTOMERS, PRODUCTS):
        progress = site.plans(flow).progress
        assert progress.of is None
        assert not progress.complete
    assert site.words("plans").startswith("Both systems are being read")
    site.look(BILLING)
    assert site.plans(BILLING).progress.complete
    assert not site.plans(CUSTOMERS).progress.complete
    assert site.words("plans").startswith("0 of 2 looked at for “Contacts and accounts both ways”")
    site.look(CUSTOMERS)
    assert site.plans(CUSTOMERS).progress.complete


def test_customers_to_match_are_counted_with_those_that_are_sure(site: Site) -> None:
    Link.objects.all().delete()
    site.win()
    site.check()
    site.start(CUSTOMERS)
    site.look(CUSTOMERS)
    (waits,) = site.plans(CUSTOMERS).waiting
    assert (waits.desk, waits.kind, waits.count) == ("match", "match", 1)
    assert site.states()["plans"] == "now"
    assert "1 question waits for a person" in site.words("plans")


def test_a_customer_that_was_matched_in_shadow_is_asked_about_no_more(site: Site) -> None:
    Link.objects.all().delete()
    site.win()
    site.start(CUSTOMERS)
    site.look(CUSTOMERS)
    assert [one.action for one in site.plans(CUSTOMERS).counts] == ["question"]
    item = ReviewItem.objects.get(desk="match")
    use = next(c["value"] for c in item.choices if c["value"].startswith("use:"))
    deciding.decide(item.pk, use, "fay")
    site.look(CUSTOMERS)
    assert [one.action for one in site.plans(CUSTOMERS).counts if one.action == "question"] == []
    assert site.plans(CUSTOMERS).questions == 0
    assert not Link.objects.exists()
    assert site.switch_on(CUSTOMERS).done
    site.look(CUSTOMERS)
    assert Link.objects.filter(flow=CUSTOMERS).count() == 1


def test_nothing_is_asked_of_either_system_and_queries_stay_the_same(site: Site) -> None:
    site.start(*setting_up.TEMPLATES)
    site.look(*setting_up.TEMPLATES)
    site.check()
    few = _queries(site)
    for number in range(30):
        account = site.shop.enter("Account", Name=f"Customer {number}")
        site.win(Name=f"Deal {number}", AccountId=account, CurrencyIsoCode="EUR")
    site.look(*setting_up.TEMPLATES)
    assert sum(one.count for one in site.plans(BILLING).counts) == 30
    assert _queries(site) == few <= 25


def _queries(site: Site) -> int:
    pair, calls = site.pair, site.heard
    with CaptureQueriesContext(connection) as asked:
        setting_up.setup_of(pair)
    setting_up.templates_of(pair)
    assert site.heard == calls
    return len(asked)


def test_the_other_pair_of_the_org_has_plans_of_its_own(site: Site) -> None:
    site.win("10.00")
    site.start(BILLING)
    site.look(BILLING)
    assert setting_up.plans_so_far(site.beside) == {}
    assert setting_up.setup_of(site.beside).done < setting_up.setup_of(site.pair).done
