"""Xero's Item: what a line needs to know of it, and what the catalogue does."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from sync.core.matching import Candidate
from sync.core.records import Record
from sync.core.texts import text_key

from .item_codes import code_key

ENTERED_AS = "item 3"
"""Changes whenever items are entered in the index in another manner, so that all are anew."""


def candidate(record: Record) -> Candidate:
    """Return the item's entry in the local index, found by its code and name without case."""
    code, name = str(record.get("Code") or ""), str(record.get("Name") or "")
    keys = {("code", code_key(code)), ("name", text_key(name)), ("item", record.key.id)}
    return Candidate(
        record.key,
        name or code,
        frozenset((kind, value) for kind, value in keys if value),
        gone=record.gone,
        facts={
            "code": code,
            "sold": record.get("IsSold") is not False,
            "account": str(record.get("SalesDetails.AccountCode") or ""),
            "tax_type": str(record.get("SalesDetails.TaxType") or ""),
            "unwanted": unwanted(record),
        },
    )


def unwanted(record: Record) -> str:
    """Return why no product is made of an item, or empty."""
    return "" if record.get("IsSold") is not False else "The item is not sold."


def is_tracked(record: Record) -> bool:
    """Return whether Xero keeps its stock: then its accounts are Xero's alone."""
    return record.get("IsTrackedAsInventory") is True


def sales(record: Record) -> dict[str, Any]:
    """Return what it is sold for, on which account and with which tax, as far as it is set."""
    found = record.get("SalesDetails")
    return dict(found) if isinstance(found, Mapping) else {}


def price(record: Record) -> Decimal | None:
    """Return its sales price in the organisation's own currency, or None."""
    found = sales(record).get("UnitPrice")
    return found if isinstance(found, Decimal) else None
