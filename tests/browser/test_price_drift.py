"""The page of products that differ, at a browser: found, looked at, made equal, by keys alone."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from decimal import Decimal

import pytest
from django.urls import reverse
from pytest_django import Settings

from sync.models import Decision, ReviewItem, Write
from tests.browser import town
from tests.browser.conftest import Visitor
from tests.engine.products.store import Store, opened

Visit = Callable[..., Visitor]
LONG = "Annual support and maintenance of the harbour survey system, with spare parts and travel"
pytestmark = pytest.mark.slow


@pytest.fixture
def store(
    live_server: object, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Store]:
    """A store in which products and items of one code differ, as they were found."""
    town.people()
    with opened(settings, monkeypatch) as made:
        made.rule("account_code", "260")
        for code, name, price, theirs in (
            ("SURVEY-1", "Survey day", "950.00", "925.00"),
            ("BUOY", "Marker buoy", "42.50", "42.5125"),
            ("TIDE", "Tide tables", "12.00", "12.00"),
        ):
            made.product(code, name, price)
            made.item(code, name, SalesDetails={"UnitPrice": Decimal(theirs)})
        made.product("SUPPORT", LONG, "4800.00")
        made.item("SUPPORT", "Support", SalesDetails={"UnitPrice": 4800, "AccountCode": "260"})
        made.sync()
        yield made


def test_finance_sees_what_differs_and_makes_one_price_equal(visit: Visit, store: Store) -> None:
    priya = visit("priya")
    written = store.written()
    priya.open(reverse("price_drift"))
    assert priya.heading() == "4 products differ between Salesforce and Xero"
    words = priya.page.locator("#main").inner_text()
    assert "it is held against the active price in GBP of “Standard Price Book”" in words
    assert "42.5125" in words
    assert "−25.00" in words
    priya.page.click("text=Price 2")
    row = priya.page.locator("tr", has_text="Survey day")
    row.locator("button", has_text="Salesforce’s stands").click()
    assert priya.heading() == "Write 1 value to Xero?"
    effect = priya.page.locator("#main").inner_text()
    assert "GBP 925.00" in effect
    assert "GBP 950.00" in effect
    assert store.written() == written  # nothing by looking
    priya.page.click("button[value=make]")
    assert "1 difference is being made equal now." in priya.page.locator("body").inner_text()
    store.sync()
    item = next(one for one in store.items() if one["Code"] == "SURVEY-1")
    assert item["SalesDetails"]["UnitPrice"] == Decimal("950.00")
    assert item["SalesDetails"]["AccountCode"] == "200"
    priya.open(reverse("price_drift") + "?field=price")
    assert "Survey day" not in priya.page.locator("#main").inner_text()
    said = ReviewItem.objects.get(cause__startswith="make_equal:")
    assert (said.solved_by, said.state) == ("priya", "solved")
    assert not Decision.objects.filter(item=said, spent_at=None).exists()
    before = store.written()
    store.sync()
    assert store.written() == before
    assert priya.complaints == []


@pytest.mark.parametrize("script", [True, False])
def test_all_accounts_are_made_equal_in_bulk(visit: Visit, store: Store, script: bool) -> None:
    priya = visit("priya", java_script_enabled=script)
    priya.open(reverse("price_drift") + "?field=account")
    priya.page.check("input[name=all]")
    priya.page.check("input[name=side][value=salesforce]")
    priya.page.click("button[value=effect]")
    assert priya.heading() == "Write 3 values to Xero?"
    priya.page.click("button[value=make]")
    store.sync()
    assert {one["SalesDetails"]["AccountCode"] for one in store.items()} == {"260"}
    assert {one["SalesDetails"]["UnitPrice"] for one in store.items()} == {
        *(Decimal("925.00"), Decimal("42.5125")),
        *(Decimal("12.00"), Decimal("4800")),
    }
    priya.open(reverse("price_drift") + "?field=account")
    assert "Nothing fits" in priya.page.locator("#main").inner_text()


def test_what_changed_meanwhile_is_left_and_what_cannot_be_kept_is_not_offered(
    visit: Visit, store: Store
) -> None:
    priya = visit("priya")
    priya.open(reverse("price_drift") + "?field=price")
    buoy = priya.page.locator("tr", has_text="Marker buoy")
    assert buoy.locator("button", has_text="Xero’s").count() == 0
    assert "Salesforce keeps 2 decimals" in buoy.inner_text()
    buoy.locator("button", has_text="Salesforce’s stands").click()
    product = next(one for one in store.products() if one["ProductCode"] == "BUOY")
    (entry,) = store.prices(product["Id"])
    store.edit("PricebookEntry", entry["Id"], UnitPrice=Decimal("40.00"))
    store.sync()
    before = Write.objects.filter(kind="Item").count()
    priya.page.click("button[value=make]")
    assert "One has changed meanwhile" in priya.page.locator("body").inner_text()
    store.sync()
    assert Write.objects.filter(kind="Item").count() == before
    priya.open(reverse("price_drift") + "?field=name")
    long = priya.page.locator("tr", has_text="Annual support")
    assert long.locator("button", has_text="Xero’s").count() == 0


def test_by_keys_alone_and_at_every_width(visit: Visit, store: Store) -> None:
    store.rule("tax_type", "ZERORATEDOUTPUT")
    store.product("UNSUPPORTED-CODE-WITHOUT-A-BREAK-IN-IT", "Incomprehensibilities")
    store.sync()
    item = next(one for one in store.items() if one["Name"] == "Incomprehensibilities")
    store.change(
        item["ItemID"], Name="Incomprehensibilitiesandmore", SalesDetails={"TaxType": "NONE"}
    )
    store.sync()
    for look in ({}, {"color_scheme": "dark"}, {"viewport": {"width": 400, "height": 800}}):
        priya = visit("priya", **look)
        priya.open(reverse("price_drift"))
        wide = priya.page.evaluate("document.documentElement.scrollWidth - innerWidth")
        assert wide <= 0
    priya = visit("priya")
    priya.open(reverse("price_drift") + "?field=price")
    priya.page.locator("input[name=mark]").first.focus()
    priya.page.keyboard.press("Space")
    priya.page.locator("input[name=side]").first.focus()
    priya.page.keyboard.press("Space")
    priya.page.keyboard.press("e")
    priya.page.wait_for_selector("button[value=make]")
    assert priya.heading() == "Write 1 value to Xero?"


def test_who_may_only_read_sees_no_buttons(visit: Visit, store: Store) -> None:
    ben = visit("ben")
    ben.open(reverse("price_drift"))
    assert ben.page.locator("button[name=one]").count() == 0
    assert "You can read this; finance decides it." in ben.page.locator("#main").inner_text()
