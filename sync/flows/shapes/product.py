"""Salesforce's Product2 with its prices: its entry in the index, and the price that counts."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from sync.core.flow import FieldRule, RuleSet, Surroundings
from sync.core.mapping import evaluate_one
from sync.core.matching import Candidate
from sync.core.records import Record
from sync.core.texts import text_key

from . import product_tables, salesforce_ids
from .item_codes import CODE_ROOM, NAME_ROOM, code_key, fitted

KIND, ENTRY, PRICES = "Product2", "PricebookEntry", "PricebookEntries"
MARKER = "Counterpart_Xero_Item_Id__c"
ENTERED_AS = "product 2"
"""Changes whenever products are entered in the index in another manner."""
Row = Mapping[str, Any]
PLAIN = RuleSet(
    tuple(
        FieldRule(target, source)
        for target, source in (
            ("code", "ProductCode"), ("name", "Name"), ("description", "Description"),
        )
    ),
    (),
)  # fmt: skip
"""The rows for texts where nobody has edited any."""


def text(record: Record, rules: RuleSet, field: str) -> str:
    """Return what a text's row makes of a product, without spare spaces at its ends."""
    rule = rules.field(field)
    found = evaluate_one(rule, record.get) if rule is not None else None
    return str(found or "").strip()


def own_code(record: Record, rules: RuleSet) -> str:
    """Return the product's code as Xero takes it; empty where it has none."""
    return fitted(text(record, rules, "code"), CODE_ROOM)


def code(record: Record, rules: RuleSet) -> str:
    """Return the code of its item: the product's own, else its id, which no other product has."""
    return own_code(record, rules) or salesforce_ids.to_18(record.key.id)


def name(record: Record, rules: RuleSet) -> str:
    """Return its name as Xero takes it."""
    return fitted(text(record, rules, "name"), NAME_ROOM)


def item_id(record: Record) -> str:
    """Return the id of the item that the product carries, or empty."""
    return str(record.get(MARKER) or "").lower()


def unwanted(record: Record) -> str:
    """Return why no item is made of a product, or empty."""
    return "" if record.get("IsActive") is True else "The product is not active."


def entry(record: Record, rules: RuleSet = PLAIN) -> Candidate:
    """Return the product's entry in the local index, by the pair's mapping rows."""
    keys = {
        ("code", code_key(code(record, rules))),
        ("name", text_key(name(record, rules))),
        ("item", item_id(record)),
    }
    return Candidate(
        record.key,
        text(record, rules, "name") or record.key.id,
        frozenset((kind, value) for kind, value in keys if value)
        if not record.gone
        else frozenset(),
        gone=record.gone,
        facts={"unwanted": unwanted(record), "code": text(record, rules, "code")},
    )


def row_of(record: Record, book: str, around: Surroundings) -> Row | None:
    """Return the product's price in a book and the organisation's own currency, or None.

    Without its own currency a price is in that of the Salesforce org.
    """
    wanted = around.reference.base_currency
    for row in record.get(PRICES) or ():
        currency = row.get("CurrencyIsoCode") or around.home_currency
        if str(row.get("Pricebook2Id"))[:15] == book[:15] and currency == wanted:
            return dict(row)
    return None


def in_book(record: Record, book: str) -> bool:
    """Return whether the product has any price in a book (15 letters of its id)."""
    return any(str(row.get("Pricebook2Id"))[:15] == book for row in record.get(PRICES) or ())


def counted(record: Record, around: Surroundings) -> Row | None:
    """Return the price that is held against Xero's: that of the chosen book, active or not.

    Where that book has none, or lets it follow the standard price, the standard price counts.
    """
    book, standard = product_tables.book(around), product_tables.standard(around)
    usual = row_of(record, standard.id, around) if standard is not None else None
    found = row_of(record, book.id, around) if book is not None else None
    follows = found is None or found.get("UseStandardPrice") is True
    return (usual or found) if follows else found


def price(record: Record, around: Surroundings) -> Decimal | None:
    """Return the price that counts, or None where there is none that is active."""
    row = counted(record, around)
    found = row.get("UnitPrice") if row is not None and row.get("IsActive") is True else None
    return found if isinstance(found, Decimal) else None


def compares_prices(around: Surroundings) -> bool:
    """Return whether prices are compared at all: in this currency, of a book that is there."""
    return takes_currency(around) and not product_tables.lacks_book(around)


def takes_currency(around: Surroundings) -> bool:
    """Return whether the org can have prices in the organisation's own currency."""
    base = around.reference.base_currency
    if "CurrencyIsoCode" not in around.fields.get(ENTRY, frozenset()):
        return base == around.home_currency
    return around.salesforce is None or base in around.salesforce.currencies
