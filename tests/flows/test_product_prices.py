"""Which prices are compared and given, and what is never taken in their place."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

from sync.core.flow import Surroundings, TableRow
from sync.core.records import System
from sync.flows.shapes import product_drift
from tests.flows.shelves import OTHER_BOOK, Shelves, made, priced, stocked, surroundings

CHOSEN = TableRow("price_book", OTHER_BOOK.id)


def without_the_chosen_book() -> Surroundings:
    """Return the surroundings of an org whose chosen price book is no longer shown."""
    around = surroundings(CHOSEN)
    assert around.salesforce is not None
    left = tuple(one for one in around.salesforce.price_books if one.standard)
    return replace(around, salesforce=replace(around.salesforce, price_books=left))


def test_standard_prices_never_take_the_place_of_those_of_a_book_that_is_gone() -> None:
    rows = [priced("950"), priced("800", book=OTHER_BOOK.id)]
    held = Shelves(surroundings(CHOSEN), made(PricebookEntries=rows))
    held.settle()
    assert held.item is not None
    assert held.item.get("SalesDetails.UnitPrice") == 800
    held.around = without_the_chosen_book()
    held.sell(PricebookEntries=[priced("990")], Description="Two days")
    (question,) = held.prepare().questions
    assert question.cause == f"price_book_gone:{OTHER_BOOK.id[:15]}"
    assert (question.fix.place, question.fix.argument) == ("table", "price_book")
    held.settle()
    assert held.item.get("SalesDetails.UnitPrice") == 800
    assert held.item.get("Description") == "Two days"
    assert [d.field for d in product_drift.drifts(held.product or made(), held.item, held.around)
            ] == []  # fmt: skip


def test_what_was_made_while_the_book_was_gone_gets_its_price_once_it_is_back() -> None:
    rows = [priced("950"), priced("800", book=OTHER_BOOK.id)]
    held = Shelves(without_the_chosen_book(), made(PricebookEntries=rows))
    held.settle()
    assert held.item is not None
    assert held.item.get("SalesDetails.UnitPrice") is None
    held.around = surroundings(CHOSEN)
    held.settle()
    assert held.item.get("SalesDetails.UnitPrice") == 800


def test_a_price_of_nought_is_a_price() -> None:
    (drift,) = product_drift.drifts(made(price="0"), stocked(price="5.00"), surroundings())
    assert (set(drift.can), drift.why) == (set(System), "")
    (drift,) = product_drift.drifts(made(price="5.00"), stocked(price="0"), surroundings())
    assert (set(drift.can), drift.why) == (set(System), "")


def test_a_price_that_finance_gives_an_item_later_becomes_its_products() -> None:
    held = Shelves(item=stocked(price=None))
    held.settle()
    assert held.product is not None
    assert held.product.get("PricebookEntries") == []
    held.book(SalesDetails={"UnitPrice": Decimal("12.50")})
    held.settle()
    assert [row["UnitPrice"] for row in held.product.get("PricebookEntries") or ()] == [
        Decimal("12.50")
    ]


def test_a_price_that_a_salesperson_ended_is_never_started_again_by_xero() -> None:
    held = Shelves(product=made())
    held.settle()
    ended = [priced("950.00", IsActive=False)]
    held.sell(PricebookEntries=ended)
    held.settle()
    held.book(SalesDetails={"UnitPrice": Decimal(1)})
    held.settle()
    assert held.product is not None
    assert held.product.get("PricebookEntries") == ended
