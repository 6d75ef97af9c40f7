"""Deals are converted, rated and rounded over HTTP; changed rows ask once for all drafts."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import pytest
from pytest_django import Settings

from mappings.models import ValueRow
from sandbox.salesforce import acts as salesforce
from sandbox.store import Record
from sync.engine import surroundings
from sync.models import PlanRow, ReviewItem
from tests.engine.quotes.shop import BILLING, Shop, opened

pytestmark = [pytest.mark.slow, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def shop(
    settings: Settings, monkeypatch: pytest.MonkeyPatch, transactional_db: None
) -> Iterator[Shop]:
    """Both systems with one customer; Salesforce says what a euro is worth."""
    with opened(settings, monkeypatch, BILLING) as made:
        value_euros(made, "1.25")
        yield made


def value_euros(shop: Shop, rate: str) -> None:
    every = shop.box.world.table("salesforce", "CurrencyType").values()
    euro = next(one["Id"] for one in every if one["IsoCode"] == "EUR")
    salesforce.edit(shop.box.world, "CurrencyType", euro, {"ConversionRate": Decimal(rate)})
    surroundings.forget(shop.pairs[0].salesforce_id, shop.pairs[0].xero_id)


def row(shop: Shop, table: str, value: str) -> None:
    """Let finance's row go before every other of its table."""
    ValueRow.objects.create(pair=shop.pairs[0], flow=BILLING, table=table, value=value)


def sold(shop: Shop, *prices: str, amount: str, name: str = "Harbour") -> str:
    """Let a deal in euros be won; its amount is what Salesforce made of it."""
    deal = shop.deal(Name=name, CurrencyIsoCode="EUR", Amount=amount)
    shop.win(deal)
    return deal


def the_invoice(shop: Shop) -> Record:
    (made,) = shop.invoices()
    return made


def plan_of(deal: str) -> PlanRow:
    return PlanRow.objects.filter(subject__endswith=deal, action="create").latest("id")


def test_a_deal_is_converted_once_and_its_rate_stays_with_it(shop: Shop) -> None:
    row(shop, "currency", "GBP by salesforce")
    deal = sold(shop, amount="1000.00")
    shop.sync()
    made = the_invoice(shop)
    assert (made["CurrencyCode"], made["SubTotal"]) == ("GBP", Decimal("800.00"))
    told = "Converted: EUR 1,000.00 × 0.8 (Salesforce) = GBP 800.00"
    assert told in plan_of(deal).checks
    value_euros(shop, "2")
    shop.move(deal, Description="Seen again")
    shop.sync()
    assert the_invoice(shop) == made | {"UpdatedDateUTC": the_invoice(shop)["UpdatedDateUTC"]}
    assert shop.asked() == []
    assert next(d for d in shop.deals() if d["Id"] == deal)["Counterpart_Invoice_Total__c"] is None


def test_a_row_that_only_relabels_bills_nobody(shop: Shop) -> None:
    row(shop, "currency", "GBP")
    sold(shop, amount="1000.00")
    shop.sync()
    assert shop.invoices() == []
    assert shop.asked() == ["currency_row"]


def test_the_rate_of_salesforce_is_given_to_xero(shop: Shop) -> None:
    row(shop, "rate", "salesforce")
    sold(shop, amount="1000.00")
    shop.sync()
    made = the_invoice(shop)
    assert (made["CurrencyCode"], made["CurrencyRate"]) == ("EUR", Decimal("1.25"))


@pytest.mark.parametrize("lost", ["before", "after"])
def test_a_lost_answer_makes_no_second_invoice_at_another_rate(shop: Shop, lost: Any) -> None:
    row(shop, "currency", "GBP by salesforce")
    shop.box.faults.add(system="xero", method="PUT", path="*/Invoices", lost=lost, times=1)
    deal = sold(shop, amount="1000.00")
    shop.sync(rounds=1)
    value_euros(shop, "2")
    shop.move(deal, Description="Seen again")
    shop.sync(rounds=5)
    assert the_invoice(shop)["SubTotal"] == Decimal("800.00")
    assert len(shop.bills(deal)) == 1
    assert shop.asked() == []


def test_one_question_stands_for_all_drafts_that_rows_would_make_otherwise(shop: Shop) -> None:
    first, second = (sold(shop, amount="1000.00", name=name) for name in ("One", "Two"))
    shop.sync()
    row(shop, "tax_type", "ZERORATEDOUTPUT")
    for deal in (first, second):
        shop.move(deal, Description="Seen again")
    shop.sync()
    assert codes(shop) == ["OUTPUT2", "OUTPUT2"]
    (item,) = ReviewItem.objects.filter(state=ReviewItem.State.OPEN)
    assert item.cause == "moved_tax:OUTPUT2:ZERORATEDOUTPUT"
    assert item.subjects.filter(closed_at__isnull=True).count() == 2
    shop.answer("moved_tax", "follow")
    shop.sync()
    assert codes(shop) == ["ZERORATEDOUTPUT", "ZERORATEDOUTPUT"]
    assert shop.asked() == []


def codes(shop: Shop) -> list[str]:
    return [line["TaxType"] for made in shop.invoices() for line in made["LineItems"]]
