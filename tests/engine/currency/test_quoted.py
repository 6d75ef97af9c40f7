"""A deal is not billed at another sum with tax than its customer was quoted, over HTTP."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import pytest
from pytest_django import Settings

from mappings.models import ValueRow
from sandbox.store import Record
from sync.models import ReviewItem
from tests.engine.quotes.shop import BILLING, QUOTES, Shop, opened

pytestmark = [pytest.mark.slow, pytest.mark.django_db(transaction=True)]
LINE = {"Description": "Survey", "Quantity": 1, "AccountCode": "200", "TaxType": "OUTPUT2"}


@pytest.fixture
def shop(
    settings: Settings, monkeypatch: pytest.MonkeyPatch, transactional_db: None
) -> Iterator[Shop]:
    """Both systems with one customer; quotes make deals and won deals are billed."""
    with opened(settings, monkeypatch, BILLING, QUOTES) as made:
        yield made


def won(shop: Shop, kind: str, line: dict[str, Any]) -> str:
    """Let a quote of one line be accepted, and its deal be won; return the deal's id."""
    made = shop.quote(lines=[{**LINE, **line}], LineAmountTypes=kind)
    shop.sync()
    shop.accept(made)
    shop.sync()
    deal = str(shop.deal_of(made)["Id"])
    shop.win(deal)
    shop.sync()
    return deal


def the_invoice(shop: Shop) -> Record:
    (made,) = shop.invoices()
    return made


@pytest.mark.parametrize(
    ("kind", "line", "title"),
    [
        ("INCLUSIVE", {"UnitAmount": "0.99"}, "GBP 0.99 with tax, its invoice would be GBP 1.00"),
        (
            "EXCLUSIVE",
            {"UnitAmount": "100", "TaxType": "ZERORATEDOUTPUT"},
            "GBP 100.00 with tax, its invoice would be GBP 120.00",
        ),
        ("NOTAX", {"UnitAmount": "100"}, "GBP 100.00 with tax, its invoice would be GBP 120.00"),
    ],
)
def test_another_sum_than_was_quoted_is_asked_about(
    shop: Shop, kind: str, line: dict[str, Any], title: str
) -> None:
    won(shop, kind, line)
    assert shop.invoices() == []
    (item,) = ReviewItem.objects.filter(state=ReviewItem.State.OPEN)
    assert title in item.title
    shop.answer("quoted_otherwise", "bill")
    shop.sync()
    assert the_invoice(shop)["Total"] == Decimal(title.rpartition("GBP ")[2])
    assert shop.asked() == []


@pytest.mark.parametrize("kind", ["EXCLUSIVE", "INCLUSIVE"])
def test_what_was_quoted_is_billed_without_a_word(shop: Shop, kind: str) -> None:
    won(shop, kind, {"UnitAmount": "120.00"})
    (made,) = shop.box.world.table("xero", "Quote").values()
    assert (the_invoice(shop)["SubTotal"], the_invoice(shop)["Total"]) == (
        made["SubTotal"],
        made["Total"],
    )
    assert shop.asked() == []


def test_rows_for_prices_with_tax_never_take_the_tax_out_of_what_was_quoted(shop: Shop) -> None:
    ValueRow.objects.create(
        pair=shop.pairs[0], flow=BILLING, table="amounts_are", value="Inclusive"
    )
    won(shop, "EXCLUSIVE", {"UnitAmount": "100.00"})
    assert shop.invoices() == []
    assert shop.asked() == ["quoted_otherwise"]


def test_a_deal_that_sales_changed_since_is_billed_as_it_is(shop: Shop) -> None:
    made = shop.quote(lines=[{**LINE, "UnitAmount": "100"}])
    shop.sync()
    deal = str(shop.deal_of(made)["Id"])
    shop.move(deal, Amount="90.00", StageName="Closed Won")
    shop.sync(BILLING)
    assert the_invoice(shop)["Total"] == Decimal("108.00")
