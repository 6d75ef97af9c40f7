"""The lines of a quote as product lines of a deal: all of them to the cent, or none."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from sync.core.money import round_half_up
from sync.core.records import Record
from sync.core.transforms import as_number

from . import quote
from .quote import QuoteLine

CENT = Decimal("0.01")
HALF = CENT / 2
LONGEST = 255
"""The letters of a product line's description that Salesforce takes."""
MOST = Decimal(10) ** 10
"""The quantity that Salesforce takes no more of (12 digits, 2 of them decimals)."""
MARKER = "Counterpart_Xero_Line_Id__c"
ITEM = "Counterpart_Xero_Item_Id__c"


@dataclass(frozen=True)
class Catalogue:
    """What Salesforce can sell: its products by Xero item code, and one price book's entries.

    `entries` maps a product's id to its active price book entry in the deal's currency.
    """

    products: Mapping[str, Record] = field(default_factory=dict, hash=False)
    entries: Mapping[str, str] = field(default_factory=dict, hash=False)
    book: str = ""


@dataclass(frozen=True)
class Kept:
    """What the product catalogue keeps: products by their item here, and items of elsewhere.

    A product has room for the id of one item; several organisations may sell it all the same.
    """

    products: Mapping[str, str] = field(default_factory=dict, hash=False)
    elsewhere: frozenset[str] = frozenset()


NOTHING_KEPT = Kept()


@dataclass(frozen=True)
class Fitted:
    """The quote's lines by their ids, as shared values, or why there are none.

    `lacking` are the item codes that Salesforce has no product or no price for.
    """

    lines: Mapping[str, Mapping[str, Any]]
    why: str = ""
    lacking: tuple[str, ...] = ()
    refused: str = ""
    """The mark of the write by which Salesforce refused one of them, so that all are left out."""


NOTHING = Fitted({})


def fit(record: Record, catalogue: Catalogue, deal: Record | None = None) -> Fitted:
    """Return the quote's lines as product lines whose sum is the quote's before tax, or none.

    Salesforce rounds quantity × price less discount to cents, in which way at a tie is not said:
    a line that could be rounded either way, or that its decimals cannot hold, does not fit. What
    the deal has already stays sold, though its product or price was retired since.
    """
    every = quote.lines(record)
    if not every:
        return NOTHING
    lacking = tuple(dict.fromkeys(_lacking(every, catalogue, deal)))
    if lacking:
        return Fitted({}, f"Salesforce cannot sell {_named(lacking)}.", lacking)
    if len({line.id for line in every if line.id}) < len(every):
        return Fitted({}, "Xero gives two of its lines the same id, or one none.")
    found = {line.id: _fitted(line, catalogue) for line in every}
    unfit = [line.description or line.code for line in every if found[line.id] is None]
    if unfit:
        return Fitted({}, f"Salesforce’s decimals cannot hold “{unfit[0][:60]}” to the cent.")
    if sum((line.net for line in every), quote.ZERO) != quote.net(record):
        return Fitted({}, "Its lines do not add up to what it is over before tax.")
    return Fitted({line: values for line, values in found.items() if values is not None})


def catalogue(
    codes: Mapping[str, str],
    products: Iterable[Record],
    entries: Iterable[Record],
    book: str,
    currency: str,
    *,
    kept: Kept = NOTHING_KEPT,
) -> Catalogue:
    """Return what can be sold of these items, given as upper-case code to Xero item id.

    A product is known by its link or the item's id, else by its code; of two with the same code
    none is. One that is no longer active has no entry. Without a `book` the org's standard one
    counts. An entry without a currency is in the org's only one.
    """
    every = list(products)
    alive = [product for product in every if product.get("IsActive") is not False]
    chosen = {
        code: _product(code, item, alive, kept) or _product(code, item, every, kept)
        for code, item in codes.items()
    }
    sold = {product.key.id for product in alive}
    standing = [e for e in entries if e.get("IsActive") is not False and _sells(e, currency)]
    mine = [e for e in standing if _is_of(e, book) and str(e.get("Product2Id")) in sold]
    return Catalogue(
        {code: product for code, product in chosen.items() if product is not None},
        {str(entry.get("Product2Id")): entry.key.id for entry in mine},
        book or next((str(entry.get("Pricebook2Id")) for entry in mine), ""),
    )


def _product(code: str, item: str, products: Sequence[Record], kept: Kept) -> Record | None:
    linked = [p for p in products if item and kept.products.get(item) == p.key.id]
    by_item = [p for p in products if item and item_of(p) == item]
    by_code = [p for p in products if str(p.get("ProductCode") or "").strip().upper() == code]
    free = [p for p in by_code if item_of(p) in {"", item, *kept.elsewhere}]
    found = linked or by_item or [p for p in free if p.key.id not in kept.products.values()]
    return found[0] if len(found) == 1 else None


def item_of(product: Record) -> str:
    """Return the id of the Xero item that a product carries, or empty."""
    return str(product.get(ITEM) or "").lower()


def _sells(entry: Record, currency: str) -> bool:
    return entry.get("CurrencyIsoCode") in (None, "", currency)


def _is_of(entry: Record, book: str) -> bool:
    if book:
        return bool(entry.get("Pricebook2Id") == book)
    return entry.get("Pricebook2.IsStandard") is True


def _lacking(
    lines: Iterable[QuoteLine], catalogue: Catalogue, deal: Record | None
) -> Iterator[str]:
    standing = of_deal(deal) if deal is not None else {}
    for line in lines:
        product = catalogue.products.get(line.code.upper())
        sold = {*catalogue.entries, standing.get(line.id, {}).get("product")}
        if product is None or product.key.id not in sold:
            yield line.code or f"“{line.description[:60]}”"


def _named(lacking: Sequence[str]) -> str:
    shown = ", ".join(lacking[:5])
    return shown if len(lacking) <= 5 else f"{shown} and {len(lacking) - 5} more"


def _fitted(line: QuoteLine, catalogue: Catalogue) -> dict[str, Any] | None:
    price, discount = _priced(line)
    if price is None:
        return None
    product = catalogue.products[line.code.upper()]
    return as_shared(
        product.key.id,
        line.quantity,
        price,
        discount,
        _short(line.description),
        name=str(product.get("Name") or line.code),
    )


def _priced(line: QuoteLine) -> tuple[Decimal | None, Decimal]:
    """Return the price and the discount by which the line comes to its net, or no price.

    Where the unit price includes tax, or the discount is an amount, the price is what one costs.
    """
    if not line.quantity or abs(line.quantity) >= MOST or line.quantity % CENT:
        return None, quote.ZERO
    tried = [] if line.taxed else [(round_half_up(line.unit_amount), line.discount)]
    if line.taxed:
        tried = [(round_half_up(line.net / line.quantity), quote.ZERO)]
    for price, discount in tried:
        exact = line.quantity * price * (1 - discount / 100)
        if not discount % CENT and abs(exact - line.net) < HALF:
            return price, discount
    return None, quote.ZERO


def as_shared(
    product: str,
    quantity: Decimal,
    price: Decimal,
    discount: Decimal,
    description: str,
    *,
    name: str = "",
) -> dict[str, Any]:
    """Return a line as a shared value; its `words` are for people alone."""
    less = f" less {_plain(discount)} %" if discount else ""
    return {
        "product": product,
        "quantity": quantity,
        "price": price,
        "discount": discount,
        "description": description,
        "words": f"{_plain(quantity)} × {name or description} at {price:,.2f}{less}",
    }


def of_deal(deal: Record) -> dict[str, dict[str, Any]]:
    """Return the product lines of a deal that came from a quote, by the ids of their lines."""
    rows = deal.get("OpportunityLineItems") or []
    return {line_id(row): _of_row(row) for row in rows if line_id(row)}


def line_id(row: Mapping[str, Any]) -> str:
    """Return the id of the quote's line that a product line came from, or empty."""
    return str(row.get(MARKER) or "").lower()


def _of_row(row: Mapping[str, Any]) -> dict[str, Any]:
    product = row.get("Product2")
    name = product.get("Name") if isinstance(product, Mapping) else ""
    return as_shared(
        str(row.get("Product2Id") or ""),
        as_number(row.get("Quantity")) or quote.ZERO,
        as_number(row.get("UnitPrice")) or quote.ZERO,
        as_number(row.get("Discount")) or quote.ZERO,
        str(row.get("Description") or "").strip(),
        name=str(name or ""),
    )


def _short(text: str) -> str:
    plain = " ".join(text.split())
    return plain if len(plain) <= LONGEST else plain[: LONGEST - 1].rstrip() + "…"


def _plain(number: Decimal) -> str:
    return format(number.normalize() + 0, "f")
