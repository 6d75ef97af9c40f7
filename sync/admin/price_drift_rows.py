"""What the page of products that differ shows: its filters, rows, effect and export."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any
from urllib.parse import urlencode

from django.core.cache import cache

from connections.live import open_remote
from connections.models import Pair
from connections.numbers import number_in
from connections.remote import Lane
from sync.core.money import places
from sync.core.records import System
from sync.engine import price_drift as engine
from sync.engine.price_drift import NAMES, Comparison, Difference

ROWS = 50
KEPT_SECONDS = 300
SIZE = "size"
HEADINGS = (
    "product", "code", "field", "Salesforce", "Xero", "currency", "Xero less Salesforce",
    "Salesforce id", "Xero id",
)  # fmt: skip
EMPTY = "–"


@dataclass(frozen=True)
class Asked:
    """What the page is asked for: the pair, one field, words of the name or code, and the page.

    `order` is empty by name, `size` for the largest difference in price first.
    """

    pair: str = ""
    field: str = ""
    words: str = ""
    page: int = 0
    order: str = ""

    @classmethod
    def of(cls, query: Mapping[str, Any]) -> Asked:
        """Return what a query asks for; what cannot be is left out."""
        pair, page = str(query.get("pair", "")), str(query.get("page", ""))
        field = str(query.get("field", ""))
        return cls(
            pair if number_in(pair) else "",
            field if field in NAMES else "",
            str(query.get("q", "")).strip()[:100],
            min(number_in(page), 999_999),
            SIZE if query.get("order") == SIZE else "",
        )

    def narrow(self, found: Sequence[Difference]) -> list[Difference]:
        """Return those of the field that have the words in a name or code of either system."""
        words = self.words.casefold()
        kept = [
            one
            for one in found
            if not self.field or one.drift.field == self.field
            if not words or words in one.sought
        ]
        return sorted(kept, key=_by_size) if self.order == SIZE else kept

    def stay(self, **changes: Any) -> str:
        """Return the query that asks for the same, with changes."""
        asked = {
            "pair": self.pair,
            "field": self.field,
            "q": self.words,
            "order": self.order,
            "page": self.page or "",
        }
        return urlencode({name: text for name, text in (asked | changes).items() if text != ""})


def comparison_of(pair: Pair) -> Comparison:
    """Return the comparison, made anew whenever either side was read or anything was linked."""
    key = f"price-drift:{abs(hash(engine.mark_of(pair)))}"
    found = cache.get(key)
    if not isinstance(found, Comparison):
        found = engine.compare(pair)
        cache.set(key, found, KEPT_SECONDS)
    return found


def page_of(
    found: Sequence[Difference], comparison: Comparison, pair: Pair, asked: Asked
) -> dict[str, Any]:
    """Return the rows of a page with the counts, the tabs and the ways to the other pages."""
    start = min(asked.page * ROWS, max(0, len(found) - 1) // ROWS * ROWS)
    shown = found[start : start + ROWS]
    totals = engine.by_field(comparison)
    links = {
        System.SALESFORCE: open_remote(pair.salesforce, Lane.PERSON).link_to,
        System.XERO: open_remote(pair.xero, Lane.PERSON).link_to,
    }
    return {
        "asked": asked,
        "stay": asked.stay(page=""),
        "figures": asked.field == "price",
        "rows": [_row(one, comparison, links) for one in shown],
        "found": len(found),
        "products": len({one.product for one in comparison.differences}),
        "start": start + 1,
        "end": start + len(shown),
        "number": start // ROWS + 1,
        "pages": -(-len(found) // ROWS),
        "by_name": asked.stay(order="", page=""),
        "by_size": asked.stay(order=SIZE, page=""),
        "before": asked.stay(page=start // ROWS - 1) if start else None,
        "after": asked.stay(page=start // ROWS + 1) if start + ROWS < len(found) else None,
        "tabs": [
            ("All", len(comparison.differences), asked.stay(field="", page=""), not asked.field),
            *(
                (NAMES[name].capitalize(), count, asked.stay(field=name, page=""),
                 asked.field == name)
                for name, count in totals.items()
            ),
        ],
    }  # fmt: skip


def exported(found: Sequence[Difference], comparison: Comparison) -> Iterator[Sequence[object]]:
    """Yield a line for each difference; prices are plain figures."""
    for one in found:
        drift = one.drift
        priced = drift.field == "price"
        yield (
            one.name, one.code, NAMES[drift.field], drift.salesforce, drift.xero,
            comparison.currency if priced else "", less(one) if priced else None,
            one.product.id, one.item.id,
        )  # fmt: skip


def _row(one: Difference, comparison: Comparison, links: Mapping[System, Any]) -> dict[str, Any]:
    drift = one.drift
    return {
        "mark": one.mark,
        "name": one.name,
        "code": one.code,
        "field": NAMES[drift.field].capitalize(),
        "is_price": drift.field == "price",
        "salesforce": shown(drift.salesforce, drift.field, comparison),
        "xero": shown(drift.xero, drift.field, comparison),
        "less": signed(less(one), comparison),
        "can": set(drift.can),
        "why": drift.why,
        "product_page": links[System.SALESFORCE](one.product),
        "item_page": links[System.XERO](one.item),
    }


def shown(value: Any, field: str, comparison: Comparison) -> str:
    """Return a value as a person reads it: a price with its decimals, a code with its name."""
    if value in (None, ""):
        return EMPTY
    if field == "price":
        return figure(value, comparison.currency)
    name = comparison.names.get((field, str(value)), "")
    if field == "tax":
        return name or str(value)
    return f"{value} {name}".strip()


def figure(amount: Decimal, currency: str) -> str:
    """Return a price with the decimals of its currency, or as many more as it has."""
    least = places(currency)
    exponent = amount.normalize().as_tuple().exponent
    most = max(least, -exponent if isinstance(exponent, int) else least)
    return f"{amount:,.{most}f}"


def less(one: Difference) -> Decimal | None:
    """Return how much more Xero’s price is than Salesforce’s; None where they are no two prices."""
    ours, theirs = one.drift.salesforce, one.drift.xero
    both = isinstance(ours, Decimal) and isinstance(theirs, Decimal)
    return theirs - ours if both else None


def signed(amount: Decimal | None, comparison: Comparison) -> str:
    """Return a difference of prices with its sign, or nothing."""
    if amount is None:
        return ""
    sign = "+" if amount > 0 else "−"
    return f"{sign}{figure(abs(amount), comparison.currency)}"


def _by_size(one: Difference) -> tuple[bool, Decimal, str]:
    """Return the order of the largest difference in price; what is no price comes last."""
    apart = less(one)
    return (apart is None, -abs(apart or Decimal(0)), one.name.casefold())
