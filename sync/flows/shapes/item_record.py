"""A product and an item as shared values: what of the two is held against each other."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from sync.core.couples import Couple
from sync.core.flow import Surroundings
from sync.core.records import Record, System

from . import item, product, product_tables
from .item_codes import CODE_ROOM, NAME_ROOM, is_cut
from .product_tables import STOP

USED = "open_deals"
"""The fact with the open deals that sell a product which is sold no longer."""
ELSEWHERE = "sold_elsewhere"
"""The fact with the names of the other organisations that sell what is gone from this one."""
LEFT_BEHIND = "left_behind"
"""The fact that the item whose id a product carries is gone from this organisation."""
OWED = "price_owed"
"""The fact that a new product still lacks its price in the chosen book, which was to be made."""
TAKE = "take"
SALES = frozenset({"description", "price", "account", "tax"})
LEDGER = frozenset({"account", "tax"})
ROOMS = {"code": CODE_ROOM, "name": NAME_ROOM}
XERO_PLACES, SALESFORCE_PLACES = 4, 2


def of_product(couple: Couple, around: Surroundings) -> dict[str, Any]:
    """Return what a product says; its account and tax are what the tables give it."""
    record = couple.salesforce
    if record is None:
        return {}
    rules = around.rules
    own: Mapping[str, str] = _own_ledger(couple.xero) if couple.xero is not None else {}
    account = product_tables.account(around, record.get, own.get("account"))
    values: dict[str, Any] = {
        "code": product.own_code(record, rules),
        "name": product.name(record, rules),
        "description": product.text(record, rules, "description"),
        "price": _price_of(couple, record, around),
        "account": account,
        "tax": product_tables.tax(around, record.get, own.get("tax"), account),
        "active": record.get("IsActive") is True,
        "item_id": product.item_id(record),
    }
    return _compared(values, couple, around)


def of_item(couple: Couple, around: Surroundings) -> dict[str, Any]:
    """Return what an item says; of one that is gone nothing but that it is sold no longer."""
    record = couple.xero
    if record is None:
        return {}
    values: dict[str, Any] = {"active": is_sold(record)}
    if not record.gone:
        values |= {
            "code": str(record.get("Code") or ""),
            "name": str(record.get("Name") or ""),
            "description": str(record.get("Description") or ""),
            "price": item.price(record),
            **_own_ledger(record),
            "item_id": record.key.id,
        }
    return _compared(values, couple, around)


def _price_of(couple: Couple, record: Record, around: Surroundings) -> Decimal | None:
    """Return a product's price; none while the chosen book is owed the very price of its item."""
    found, theirs = product.price(record, around), couple.xero
    owed = couple.facts.get(OWED) and theirs is not None and found == item.price(theirs)
    return None if owed else found


def is_sold(record: Record) -> bool:
    """Return whether an item is there and sold."""
    return not record.gone and record.get("IsSold") is not False


def said(couple: Couple, kind: str) -> str:
    """Return what a person answered to the question of this kind, or empty."""
    return couple.decided(*cause(couple, kind))


def cause(couple: Couple, kind: str) -> tuple[str, str]:
    """Return the cause of a question of the catalogue, and the facts its answer holds for."""
    theirs = couple.xero
    told = str(theirs.get(kind.removesuffix("_lost").title()) or "") if theirs else ""
    about = told if kind.endswith("_lost") else (theirs.key.id if theirs else "")
    return f"{kind}:{couple.subject.id}", about


def would_be_lost(couple: Couple, around: Surroundings, field: str) -> bool:
    """Return whether Xero's short text would take the place of a longer one in Salesforce."""
    record = couple.salesforce
    return record is not None and is_cut(
        product.text(record, around.rules, field), ROOMS.get(field, 10**6)
    )


def too_fine(value: Any, places: int) -> bool:
    """Return whether a price has more decimals than a system keeps."""
    if not isinstance(value, Decimal):
        return False
    return value != round(value, places)


def places_of(couple: Couple, around: Surroundings) -> int:
    """Return how many decimals Salesforce surely keeps: two, or as many as its price has."""
    row = product.counted(couple.salesforce, around) if couple.salesforce else None
    held = row.get("UnitPrice") if row else None
    exponent = held.normalize().as_tuple().exponent if isinstance(held, Decimal) else 0
    return max(SALESFORCE_PLACES, -exponent if isinstance(exponent, int) else 0)


def _own_ledger(record: Record) -> dict[str, str]:
    found = item.sales(record)
    return {
        "account": str(found.get("AccountCode") or ""),
        "tax": str(found.get("TaxType") or ""),
    }


def _compared(values: dict[str, Any], couple: Couple, around: Surroundings) -> dict[str, Any]:
    """Return the values without those that are not held against the other side's."""
    left = _left_out(couple, around)
    return {name: value for name, value in values.items() if name not in left}


def _left_out(couple: Couple, around: Surroundings) -> set[str]:
    ours, theirs = couple.salesforce, couple.xero
    left: set[str] = set()
    if not product.compares_prices(around):
        left.add("price")
    if ours is None or theirs is None:
        return left | {"active", "item_id"}
    if not theirs.gone and not is_sold(theirs):
        left |= SALES  # Xero has forgotten them
    if item.is_tracked(theirs):
        left |= LEDGER
    if not _counts_as_sold(couple, around):
        left.add("active")
    if not _may_carry(couple):
        left.add("item_id")
    return left


def _may_carry(couple: Couple) -> bool:
    """Return whether the product may be given its item's id: not in place of another living one."""
    ours, theirs = couple.salesforce, couple.xero
    carried = product.item_id(ours) if ours is not None else ""
    own = theirs is not None and carried in ("", theirs.key.id)
    return (own or bool(couple.facts.get(LEFT_BEHIND))) and System.SALESFORCE not in couple.taken


def _counts_as_sold(couple: Couple, around: Surroundings) -> bool:
    """Return whether one side's end is the other's, by the tables or a person's word.

    What open deals or another organisation sell never ends by itself.
    """
    ours, theirs = couple.salesforce, couple.xero
    if ours is None or theirs is None:
        return False
    active, sold = ours.get("IsActive") is True, is_sold(theirs)
    if active == sold:
        return True
    if item.is_tracked(theirs) and not theirs.gone:
        return False
    if is_sold_again(couple):
        return _follows(around, System.SALESFORCE)
    ends_in = System.SALESFORCE if active else System.XERO
    if said(couple, kind_of_end(theirs, active=active)) == STOP:
        return True
    elsewhere = ends_in is System.SALESFORCE and couple.facts.get(ELSEWHERE)
    return _follows(around, ends_in) and not couple.facts.get(USED) and not elsewhere


def _follows(around: Surroundings, system: System) -> bool:
    """Return whether a system follows the other one, by the tables."""
    return product_tables.of_system(around.rules, product_tables.ENDED, system) == STOP


def is_sold_again(couple: Couple) -> bool:
    """Return whether Xero sells again what neither side sold when they last agreed."""
    ours, theirs = couple.salesforce, couple.xero
    base = couple.link.agreed.get("active") if couple.link and couple.adopts is None else None
    if base is None or ours is None or theirs is None or ours.get("IsActive") is True:
        return False
    return base.salesforce is False and base.xero is False and is_sold(theirs)


def kind_of_end(theirs: Record, *, active: bool) -> str:
    """Return which question is asked when one of the two is sold no longer."""
    if not active:
        return "product_inactive"
    return "item_gone" if theirs.gone else "item_unsold"
