"""Money on finance's screens: what was converted, what is off by cents, what drafts would be."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from pytest_django import Settings

from sync.models import PlanRow, ReviewItem
from tests.browser import town
from tests.browser.conftest import Visitor
from tests.engine.currency.test_whole import row, sold, value_euros
from tests.engine.quotes.shop import BILLING, Shop, opened

Visit = Callable[..., Visitor]
pytestmark = pytest.mark.slow


@pytest.fixture
def shop(
    live_server: object, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Shop]:
    """A shop whose euros are billed in pounds, and one deal in thirds of a cent."""
    town.people()
    with opened(settings, monkeypatch, BILLING) as made:
        value_euros(made, "1.183345")
        row(made, "currency", "GBP by salesforce")
        yield made


def kept(visitor: Visitor, name: str) -> None:
    """Keep a picture where the environment names a folder for it."""
    folder = os.environ.get("PICTURES")
    if folder:
        visitor.page.screenshot(path=str(Path(folder) / f"{name}.png"), full_page=True)


def plan_page() -> str:
    """Return the page of the last plan that made an invoice."""
    plan = PlanRow.objects.filter(action="create").latest("id")
    return f"/admin/sync/planrow/{plan.pk}/change/"


@pytest.mark.parametrize("width", [1280, 400])
def test_a_plan_shows_what_was_sold_and_at_which_rate(visit: Visit, shop: Shop, width: int) -> None:
    sold(shop, amount="1000.00")
    shop.sync(rounds=1)
    priya = visit("priya", viewport={"width": width, "height": 900})
    priya.open(plan_page())
    words = " ".join(priya.page.locator("#main").inner_text().split())
    assert "The deal as it was sold EUR1,000.00" in words
    assert "GBP 0.845062 for EUR 1 (Salesforce)" in words
    assert "The deal in Salesforce, converted GBP845.06" in words
    assert "Converted: EUR 1,000.00 × 0.845062 (Salesforce) = GBP 845.06" in words
    assert priya.overflow() == 0
    assert priya.complaints == []
    kept(priya, f"converted-{width}")


def test_finance_answers_what_becomes_of_the_cents(visit: Visit, shop: Shop) -> None:
    deal = sold_in_thirds(shop)
    shop.sync(rounds=1)
    assert shop.invoices() == []
    (item,) = ReviewItem.objects.filter(state=ReviewItem.State.OPEN)
    priya = visit("priya")
    priya.open(f"/admin/sync/reviewitem/{item.pk}/change/")
    words = priya.page.locator("#main").inner_text()
    assert "Xero would make it GBP 0.24, the deal is GBP 0.25" in words
    assert "Add a rounding line" in words
    kept(priya, "cents")
    with priya.page.expect_navigation():
        priya.page.locator("button", has_text="Bill it with the difference").first.click()
    shop.sync(rounds=2)
    (made,) = shop.invoices()
    assert str(made["SubTotal"]) == "0.24"
    assert len(shop.bills(deal)) == 1
    priya.open(plan_page())
    words = " ".join(priya.page.locator("#main").inner_text().split())
    assert "Off by rounding, which is left so." in words
    kept(priya, "cents-left")


def sold_in_thirds(shop: Shop) -> str:
    """Let a deal be won of three lines whose cents round away once they are converted."""
    product = shop.product("tide", price="0.10", currency="EUR")
    entries = shop.box.world.table("salesforce", "PricebookEntry").values()
    entry = next(one["Id"] for one in entries if one["Product2Id"] == product)
    deal = shop.deal(CurrencyIsoCode="EUR")
    for _ in range(3):
        shop.enter(
            "OpportunityLineItem",
            OpportunityId=deal,
            PricebookEntryId=entry,
            Quantity=1,
            UnitPrice="0.10",
        )
    shop.win(deal)
    return deal
