"""The questions of the quote chain as finance sees and answers them."""

from __future__ import annotations

import os
from collections.abc import Callable

import pytest
from playwright.sync_api import expect
from pytest_django import Settings

from tests.browser import town
from tests.browser.conftest import Visitor
from tests.engine.quotes.shop import Shop, opened

pytestmark = pytest.mark.django_db(transaction=True)


def test_finance_says_which_invoice_was_made_from_a_quote(
    visit: Callable[..., Visitor], settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    with opened(settings, monkeypatch) as shop:
        _asked(shop)
        town.people()
        finance = visit("priya")
        finance.open("/admin/sync/reviewitem/")
        page = finance.page
        _picture(finance, "quote-problems")
        page.get_by_text("been billed from").first.click()
        _picture(finance, "quote-question")
        expect(page.get_by_text("No: bill the deal").first).to_be_visible()
        for width in (1280, 400):
            page.set_viewport_size({"width": width, "height": 900})
            pair = shop.pairs[0].pk
            for kind in ("fieldmapping", "valuerow"):
                where = f"/admin/mappings/{kind}/?pair={pair}&flow=quote_opportunity"
                assert finance.open(where) == 200
                _picture(finance, f"quote-{kind}-{width}")
            assert finance.open("/admin/sync/reviewitem/") == 200
            assert finance.overflow() == 0
            _picture(finance, f"quote-problems-{width}")
        assert finance.complaints == []


def _asked(shop: Shop) -> None:
    """Let a quote be invoiced without its tick, one name an item, and one be alike a deal."""
    quote = shop.quote(Title="Harbour survey")
    shop.accept(quote)
    shop.sync()
    shop.invoice(quote, mark=False)
    deal = shop.deal_of(quote)["Id"]
    shop.win(deal)
    shop.raise_("Item", Code="ODD", Name="Odd", IsSold=True)
    line = {"Description": "Odd", "Quantity": 1, "UnitAmount": "80", "ItemCode": "ODD"}
    shop.quote(lines=[{**line, "AccountCode": "200", "TaxType": "OUTPUT2"}])
    shop.deal(Amount="333", Name="By hand")
    shop.quote("333.00")
    shop.sync()


def _picture(visitor: Visitor, name: str) -> None:
    folder = os.environ.get("PICTURES")
    if folder:
        visitor.page.screenshot(path=f"{folder}/{name}.png", full_page=True)
