"""A price book that the table names: its prices are compared, and new products are priced in it."""

from __future__ import annotations

from decimal import Decimal

import pytest
from pytest_django import Settings

from sync.models import Write
from tests.engine.killing import Killer, killer_of

from .store import Store
from .test_killed import recover

pytestmark = pytest.mark.slow


@pytest.fixture
def book(store: Store) -> str:
    """The partners' price book, which the table names."""
    made = store.book("Partners")
    store.rule("price_book", made)
    return made


@pytest.fixture
def killer(store: Store, outside_environment: dict[str, str], settings: Settings) -> Killer:
    return killer_of(outside_environment, settings)


def prices_by_book(store: Store) -> dict[str, Decimal]:
    """Return the prices of the one product by their book."""
    (product,) = store.products()
    return {p["Pricebook2Id"]: p["UnitPrice"] for p in store.prices(product["Id"])}


def test_a_new_item_gets_its_standard_price_first_and_then_that_of_the_chosen_book(
    store: Store, book: str
) -> None:
    store.item("BUOY", SalesDetails={"UnitPrice": 42})
    store.sync()
    assert prices_by_book(store) == {store.standard(): 42, book: 42}
    made = Write.objects.filter(kind="PricebookEntry").order_by("settled_at")
    books = [row.body["v"]["Pricebook2Id"] if "v" in row.body else row.body for row in made]
    assert len(books) == 2
    before = store.written()
    store.sync()
    assert (store.written(), store.asked()) == (before, [])


def test_the_chosen_books_price_goes_to_xero_and_the_standard_one_does_not(
    store: Store, book: str
) -> None:
    product = store.product("SURVEY-1", price="950")
    chosen = store.price(product, "800", book=book)
    store.sync()
    assert store.items()[0]["SalesDetails"]["UnitPrice"] == 800
    (standard,) = [p for p in store.prices(product) if p["Id"] != chosen]
    store.edit("PricebookEntry", standard["Id"], UnitPrice=990)
    store.sync()
    assert store.items()[0]["SalesDetails"]["UnitPrice"] == 800
    store.edit("PricebookEntry", chosen, UnitPrice=810)
    store.sync()
    assert store.items()[0]["SalesDetails"]["UnitPrice"] == 810


def test_a_product_that_the_chosen_book_does_not_sell_is_not_put_into_it(
    store: Store, book: str
) -> None:
    store.product("SURVEY-1", price="950")
    store.sync()
    assert store.items()[0]["SalesDetails"]["UnitPrice"] == 950
    assert prices_by_book(store) == {store.standard(): 950}


def test_a_price_that_the_book_refuses_is_asked_about_until_it_is_there(
    store: Store, book: str
) -> None:
    store.item("BUOY", SalesDetails={"UnitPrice": 42})
    refused = {"success": False, "errors": [{"statusCode": "INSUFFICIENT_ACCESS_OR_READONLY",
                                              "message": "No.", "fields": []}]}  # fmt: skip
    path = "*/composite/sobjects"
    store.box.faults.add(system="salesforce", method="POST", path=path, status=200, times=1,
                         body=[refused])  # fmt: skip
    store.sync(rounds=1)
    assert len(store.asked()) == 1
    store.answer(store.asked()[0], "retry")
    store.sync()
    assert prices_by_book(store) == {store.standard(): 42, book: 42}
    assert store.asked() == []


@pytest.mark.parametrize("number", range(1, 5))
@pytest.mark.parametrize("moment", ["before", "after"])
def test_a_worker_killed_at_any_write_leaves_no_book_without_its_price(
    store: Store, book: str, killer: Killer, moment: str, number: int
) -> None:
    store.item("BUOY", SalesDetails={"UnitPrice": 42})
    killer.run(moment, number)
    recover(store)
    assert prices_by_book(store) == {store.standard(): 42, book: 42}
    assert not Write.objects.filter(state__in=Write.OPEN).exists()
    assert store.asked() == []


@pytest.mark.parametrize("lost", ["before", "after"])
@pytest.mark.parametrize("number", [1, 2])
def test_a_lost_answer_makes_each_price_once(
    store: Store, book: str, settings: Settings, number: int, lost: str
) -> None:
    settings.LEASE_SECONDS = 1
    store.item("BUOY", SalesDetails={"UnitPrice": 42})
    path = "*/composite/sobjects"
    if number == 2:
        store.box.faults.add(system="salesforce", method="POST", path=path, delay=0.01, times=1)
    store.box.faults.add(system="salesforce", method="POST", path=path, lost=lost, times=1)
    store.sync(rounds=1)
    recover(store)
    (product,) = store.products()
    assert len(store.prices(product["Id"])) == 2
    assert prices_by_book(store) == {store.standard(): 42, book: 42}
    assert store.asked() == []
