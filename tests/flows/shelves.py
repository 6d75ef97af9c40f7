"""One product and its item in memory: plans are applied as the two systems would."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from sync.core.agreed import Common
from sync.core.couples import Couple, Decision, LinkFacts
from sync.core.flow import RuleSet, Surroundings, TableRow
from sync.core.intents import Intent
from sync.core.mapping import map_couple
from sync.core.merging import merge_couple
from sync.core.organisation import PriceBook
from sync.core.planning import Plan, plan
from sync.core.records import Key, Record, System
from sync.flows.product_catalogue import FLOW
from sync.flows.shapes import item as items
from sync.flows.shapes import item_record, product
from sync.flows.shapes.open_deals import OpenDeal
from sync.flows.shapes.product_match import Shelf, choose, wanted_by
from tests.builders import NOON, around, uk, xero_id

BOOK = "01s5g0000000001AAA"
PRODUCT = "01t5g0000000001AAA"
OTHER_BOOK = PriceBook("01s5g0000000002AAA", "Partners", standard=False)


def made(code: str | None = "SURVEY", price: str | None = "950.00", **values: Any) -> Record:
    """Return an active product with its standard price in pounds."""
    fields = {
        "Id": PRODUCT,
        "Name": "Survey day",
        "ProductCode": code,
        "Description": "One day on site",
        "IsActive": True,
        "PricebookEntries": [priced(price)] if price is not None else [],
        **values,
    }
    return Record(Key(System.SALESFORCE, "Product2", PRODUCT), fields, NOON)


def priced(price: str, currency: str = "GBP", book: str = BOOK, **values: Any) -> dict[str, Any]:
    """Return a row of a product's prices."""
    return {
        "Id": f"01u{book[-4:]}{currency}",
        "Pricebook2Id": book,
        "UnitPrice": Decimal(price),
        "CurrencyIsoCode": currency,
        "IsActive": True,
        **values,
    }


def stocked(code: str = "SURVEY", price: str | None = "950.00", **values: Any) -> Record:
    """Return a sold item."""
    sales = {"UnitPrice": Decimal(price)} if price is not None else {}
    fields = {
        "Code": code,
        "Name": "Survey day",
        "Description": "One day on site",
        "IsSold": True,
        "SalesDetails": {**sales, "AccountCode": "200", "TaxType": "OUTPUT2"},
        **values,
    }
    return Record(Key(System.XERO, "Item", xero_id(code)), fields, NOON)


def surroundings(*first: TableRow, **values: Any) -> Surroundings:
    """Return the surroundings of a batch of products; these table rows come before the shipped."""
    org = uk(
        currencies=frozenset({"GBP", "EUR"}),
        price_books=(PriceBook(BOOK, "Standard Price Book", standard=True), OTHER_BOOK),
    )
    rules = RuleSet(FLOW.fields, (*first, *FLOW.tables))
    fields = {product.ENTRY: frozenset({"CurrencyIsoCode"})}
    return around(**{"rules": rules, "salesforce": org, "fields": fields, **values})


@dataclass
class Shelves:
    """A product, an item, or both, and what was agreed on and decided of the two."""

    around: Surroundings = field(default_factory=surroundings)
    product: Record | None = None
    item: Record | None = None
    link: LinkFacts | None = None
    decisions: dict[str, Decision] = field(default_factory=dict)
    used: tuple[OpenDeal, ...] = ()

    def prepare(self) -> Plan:
        """Return the plan of the two as they are now; nothing changes."""
        couple = self._couple()
        merged = merge_couple(map_couple(FLOW, couple, self.around), self.around.rules)
        return plan(FLOW, merged, self.around)

    def _couple(self) -> Couple:
        known = {item_record.USED: self.used}
        if self.link is not None:
            assert self.product is not None
            return Couple(self.product.key, self.product, self.item, self.link,
                          decisions=self.decisions, facts=known)  # fmt: skip
        own = self.product or self.item
        assert own is not None
        other = self.item if self.product is not None else None
        pool = [items.candidate(other)] if other is not None else []
        alone = Couple(own.key, self.product, None if self.product else self.item,
                       decisions=self.decisions, facts=known)  # fmt: skip
        match = choose(alone, wanted_by(own, self.around.rules), Shelf(pool))
        found = replace(alone, match=match)
        return replace(found, xero=other) if found.adopts is not None else found

    def settle(self) -> int:
        """Carry out plans until one writes nothing; return how many wrote something."""
        for number in range(6):
            planned = self.prepare()
            self.carry_out(planned)
            if not planned.intents and not planned.adopts:
                return number
        raise AssertionError("It never comes to rest.")

    def carry_out(self, planned: Plan) -> None:
        """Do what the systems do with a plan's writes, and keep what agrees."""
        if planned.adopts and not planned.reason:
            self.link = LinkFacts(planned.adopts, planned.agreed)
        elif self.link and planned.agreed:
            self.link = replace(self.link, agreed=planned.agreed)
        for intent in planned.intents:
            self._write(intent)

    def _write(self, intent: Intent) -> None:
        sent = dict(intent.shared)
        if intent.system is System.XERO:
            self.item = _kept_item(self.item, intent)
            if self.link is None or intent.target is None:
                self.link = LinkFacts(self.item.key, {})
            assert self.product is not None
            seen = item_record.of_item(Couple(self.product.key, xero=self.item), self.around)
            agreed = {n: Common(v, seen.get(n)) for n, v in sent.items()}
        else:
            assert self.item is not None
            self.product = _kept_product(self.product, intent)
            self.link = self.link or LinkFacts(self.item.key, {})
            agreed = {n: Common(v, v) for n, v in sent.items()}
        self.link = replace(self.link, agreed={**self.link.agreed, **agreed})

    def sell(self, **values: Any) -> None:
        """Let a salesperson change the product; `price` is that of its first price."""
        assert self.product is not None
        price = values.pop("price", None)
        if price is not None:
            values["PricebookEntries"] = [priced(price)]
        self.product = replace(self.product, values={**self.product.values, **values})

    def book(self, **values: Any) -> None:
        """Let finance change the item; what it is sold for may be given in part."""
        assert self.item is not None
        sales = {**items.sales(self.item), **values.pop("SalesDetails", {})}
        self.item = replace(self.item, values={**self.item.values, **values, "SalesDetails": sales})


def _kept_item(old: Record | None, intent: Intent) -> Record:
    """Return the item as Xero has it after a write: prices of four decimals."""
    body = dict(intent.body)
    if sales := body.get("SalesDetails"):
        price = sales.get("UnitPrice")
        exact = {"UnitPrice": price.quantize(Decimal("0.0001"), ROUND_HALF_UP)} if price else {}
        body["SalesDetails"] = {**(items.sales(old) if old else {}), **sales, **exact}
    if body.get("IsSold") is False:
        body |= {"Description": None, "SalesDetails": {}}
    key = old.key if old and intent.target else Key(System.XERO, "Item", xero_id(body["Code"]))
    values = {**(old.values if old and intent.target else {}), **body}
    return Record(key, values, NOON)


def _kept_product(old: Record | None, intent: Intent) -> Record:
    """Return the product as Salesforce has it after a write."""
    values: Mapping[str, Any] = dict(old.values) if old else {"Id": PRODUCT, "PricebookEntries": []}
    body = {name: value for name, value in intent.body.items() if name != "Id"}
    if intent.kind == product.ENTRY:
        row = priced(str(body.get("UnitPrice")))
        return replace(old or made(), values={**values, "PricebookEntries": [row]})
    return Record(Key(System.SALESFORCE, "Product2", PRODUCT), {**values, **body}, NOON)
