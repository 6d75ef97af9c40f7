"""A sandbox in a process of its own with thousands of products and their items."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from benchmarks.address_books_box import HOUR, Books


class Catalogue(Books):
    """The sandbox, and the price of each product in it."""

    def fill(self, count: int) -> None:
        """Enter products and items of the same codes, a year ago; every tenth price differs."""
        world = self.box.world
        books = world.table("salesforce", "Pricebook2").values()
        book = next(one["Id"] for one in books if one["IsStandard"])
        with world.batch():
            world.clock.advance(-365 * 24 * HOUR)
            for number in range(count):
                self._ware(number, book)
            world.clock.advance(365 * 24 * HOUR)

    def stock(self, count: int) -> None:
        """Enter products that have no items, the texts of every third too long for Xero."""
        world = self.box.world
        books = world.table("salesforce", "Pricebook2").values()
        book = next(one["Id"] for one in books if one["IsStandard"])
        with world.batch():
            for number in range(count):
                long = " of the harbour survey system, annual" if number % 3 == 0 else ""
                product = self._make(
                    *("salesforce", "Product2"), Name=f"Spare {number}{long}", IsActive=True,
                    ProductCode=f"SPARE-{number:06}{long.upper().replace(' ', '-')}",
                )  # fmt: skip
                self._make(
                    *("salesforce", "PricebookEntry"), Pricebook2Id=book, Product2Id=product,
                    UnitPrice=number % 900 + 10, IsActive=True, CurrencyIsoCode="GBP",
                )  # fmt: skip

    def codes(self) -> list[str]:
        """Return the codes of the items that the products in stock were given."""
        every = (one["Code"] for one in self.box.world.table("xero", "Item").values())
        return [code for code in every if code.startswith("SPARE-")]

    def _ware(self, number: int, book: str) -> None:
        price = Decimal(number % 900 + 10)
        sales: dict[str, Any] = {"UnitPrice": price + (number % 10 == 0), "AccountCode": "200"}
        code = f"PART-{number:06}"
        item = self._make("xero", "Item", Code=code, Name=f"Part {number}", SalesDetails=sales)
        product = self._make(
            *("salesforce", "Product2"), Name=f"Part {number}", ProductCode=code, IsActive=True,
            Counterpart_Xero_Item_Id__c=item,
        )  # fmt: skip
        entry = self._make(
            *("salesforce", "PricebookEntry"), Pricebook2Id=book, Product2Id=product,
            UnitPrice=price, IsActive=True, CurrencyIsoCode="GBP",
        )  # fmt: skip
        self.rows.append((product, entry, item))

    def reprice(self, count: int) -> None:
        """Change the prices of the first products in Salesforce."""
        for number, (_, entry, _) in enumerate(self.rows[:count]):
            self._edit("salesforce", "PricebookEntry", entry, {"UnitPrice": 2000 + number})
