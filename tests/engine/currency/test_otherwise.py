"""What Xero makes otherwise than it was planned is told, over HTTP with nothing faked."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import pytest
from pytest_django import Settings

from sandbox.store import Record
from sync.engine import surroundings
from sync.models import ReviewItem, Write
from tests.engine.quotes.shop import BILLING, Shop, opened

pytestmark = [pytest.mark.slow, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def shop(
    settings: Settings, monkeypatch: pytest.MonkeyPatch, transactional_db: None
) -> Iterator[Shop]:
    """Both systems with one customer, billed once, so that Xero's lists are known."""
    with opened(settings, monkeypatch, BILLING) as made:
        sold(made, "First")
        made.sync()
        yield made


def sold(shop: Shop, name: str, **values: Any) -> str:
    deal = shop.deal(Name=name, CurrencyIsoCode="GBP", Amount=values.pop("amount", "1000.00"))
    shop.win(deal)
    return deal


def last(shop: Shop) -> Record:
    """Return the invoice that was made last."""
    return max(shop.invoices(), key=lambda each: str(each["InvoiceNumber"]))


def account(shop: Shop, code: str) -> str:
    rows = shop.box.world.table("xero", "Account").values()
    return str(next(row["AccountID"] for row in rows if row.get("Code") == code))


def explained() -> list[str]:
    return [i.explanation for i in ReviewItem.objects.filter(state=ReviewItem.State.OPEN)]


def test_a_draft_that_lost_its_account_is_asked_about(shop: Shop) -> None:
    shop.change("Account", account(shop, "200"), Code="2000")
    sold(shop, "Second")
    shop.sync()
    assert "AccountCode" not in last(shop)["LineItems"][0]
    assert shop.asked() == ["made_otherwise"]
    (told,) = explained()
    assert "Line 1 has account none; 200 was sent." in told


def test_an_account_that_was_archived_meanwhile_bills_nobody(shop: Shop) -> None:
    shop.change("Account", account(shop, "200"), Status="ARCHIVED")
    sold(shop, "Second")
    shop.sync()
    assert len(shop.invoices()) == 1
    assert len(shop.asked()) == 1


def test_a_tax_rate_that_was_edited_is_told_of_what_it_was_not_planned_for(shop: Shop) -> None:
    edit_rate(shop, "OUTPUT2", EffectiveRate="17.5")
    deal = sold(shop, "Second")
    shop.sync()
    assert last(shop)["TotalTax"] == Decimal("175.00")
    assert shop.asked() == ["made_otherwise"]
    (told,) = explained()
    assert "Its tax is GBP 175.00; by the rates of" in told
    surroundings.forget(shop.pairs[0].xero_id)
    for each in (deal, *(one["Id"] for one in shop.deals() if one["Name"] == "First")):
        shop.move(str(each), Description="Seen again")
    shop.sync()
    assert not [told for told in explained() if "Its tax is GBP 175.00" in told]
    assert [told[:22] for told in explained()] == ["Its tax is GBP 200.00;"]


def test_a_tax_rate_that_was_archived_meanwhile_bills_nobody(shop: Shop) -> None:
    edit_rate(shop, "OUTPUT2", Status="ARCHIVED")
    sold(shop, "Second")
    shop.sync()
    assert len(shop.invoices()) == 1
    assert len(shop.asked()) == 1


def test_finances_other_currency_on_a_draft_stops_the_deals_new_amount(shop: Shop) -> None:
    deal = sold(shop, "Second")
    shop.sync()
    shop.change("Invoice", last(shop)["InvoiceID"], CurrencyCode="EUR")
    shop.sync()
    shop.move(deal, Amount="1250.00")
    shop.sync()
    assert (last(shop)["CurrencyCode"], last(shop)["SubTotal"]) == ("EUR", Decimal("1000.00"))
    assert "terms_apart" in shop.asked()


def test_a_quiet_run_after_it_all_writes_nothing(shop: Shop) -> None:
    before = Write.objects.count()
    shop.sync(rounds=2)
    assert (Write.objects.count(), shop.asked()) == (before, [])


def edit_rate(shop: Shop, code: str, **values: Any) -> None:
    rows = shop.box.world.table("xero", "TaxRate").items()
    key = next(key for key, row in rows if row["TaxType"] == code)
    shop.change("TaxRate", str(key), **values)
