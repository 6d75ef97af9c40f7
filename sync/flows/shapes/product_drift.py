"""Drift: in what a linked product and its item differ, and which side could be made the other's."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sync.core.couples import Couple
from sync.core.flow import Surroundings
from sync.core.records import Record, System
from sync.core.sameness import same

from . import item_record, product
from .item_record import LEDGER, ROOMS, XERO_PLACES, places_of, too_fine, would_be_lost
from .product_ledger import refused

FIELDS = ("price", "name", "account", "tax")
"""What is compared, in the order that it is shown in."""


@dataclass(frozen=True)
class Drift:
    """One field in which a product and its item differ.

    `salesforce` and `xero` are the values as they are compared; `can` the sides whose value may be
    given to the other, and `why` says in words why another side may not.
    """

    field: str
    salesforce: Any
    xero: Any
    can: tuple[System, ...]
    why: str = ""


def drifts(ours: Record, theirs: Record, around: Surroundings) -> list[Drift]:
    """Return every difference between a linked product and item; none where one is gone."""
    if ours.gone or theirs.gone:
        return []
    couple = Couple(ours.key, ours, theirs)
    left = item_record.of_product(couple, around)
    right = item_record.of_item(couple, around)
    found = []
    for name in FIELDS:
        rule = around.rules.field(name)
        one, other = left.get(name), right.get(name)
        if rule is None or (name not in left and name not in right):
            continue
        if not same(rule.compare, one, other):
            found.append(_drift(name, one, other, couple, around))
    return found


def _drift(name: str, one: Any, other: Any, couple: Couple, around: Surroundings) -> Drift:
    reasons = {
        System.SALESFORCE: _against_ours(name, one, around),
        System.XERO: _against_theirs(name, other, couple, around),
    }
    can = tuple(system for system, why in reasons.items() if not why)
    return Drift(name, one, other, can, " ".join(why for why in reasons.values() if why))


def _against_ours(name: str, value: Any, around: Surroundings) -> str:
    """Return why Salesforce's value cannot be given to Xero, or empty."""
    if name == "price" and value is None:
        return f"Salesforce has no active price in {around.reference.base_currency}."
    if name == "price" and too_fine(value, XERO_PLACES):
        return f"Xero keeps {XERO_PLACES} decimals."
    if name in LEDGER:
        return refused(name, value, around) if value else "The table gives none."
    return "Salesforce’s is empty." if value in (None, "") else ""


def _against_theirs(name: str, value: Any, couple: Couple, around: Surroundings) -> str:
    """Return why Xero's value cannot be given to Salesforce, or empty."""
    if name in LEDGER:
        return "To keep Xero’s, change the table’s row."
    if value in (None, ""):
        return "Xero’s is empty."
    if name == "price" and too_fine(value, places_of(couple, around)):
        return f"Salesforce keeps {places_of(couple, around)} decimals."
    if name in ROOMS and would_be_lost(couple, around, name):
        return "Salesforce’s is longer than Xero has room for, and would be lost."
    return ""


def whole_name(ours: Record, around: Surroundings) -> str:
    """Return the product's name as Salesforce has it, however long."""
    return product.text(ours, around.rules, "name")
