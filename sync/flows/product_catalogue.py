"""Flow: Salesforce's products with their prices and Xero's items are kept the same."""

from __future__ import annotations

from typing import Any

from sync.core.couples import Couple
from sync.core.flow import (
    BOTH,
    TO_SALESFORCE,
    TO_XERO,
    FieldRule,
    Flow,
    Owner,
    RuleSet,
    Shared,
    Surroundings,
)
from sync.core.mapping import look_up
from sync.core.matching import Candidate, Wanted
from sync.core.records import Record, System

from .shapes import (
    item,
    item_record,
    product,
    product_bodies,
    product_ends,
    product_match,
    product_tables,
    salesforce_ids,
)

FIELDS = (
    FieldRule("code", "ProductCode", writes=BOTH, compare="text"),
    FieldRule("name", "Name", writes=BOTH, compare="name"),
    FieldRule("description", "Description", owner=Owner.SALESFORCE, writes=BOTH, compare="name"),
    FieldRule("price", owner=Owner.SALESFORCE, writes=BOTH, computed=True, lends=True),
    FieldRule("account", owner=Owner.XERO, writes=TO_XERO, computed=True),
    FieldRule("tax", owner=Owner.XERO, writes=TO_XERO, computed=True),
    FieldRule("active", "IsActive", writes=BOTH, computed=True),
    FieldRule(
        "item_id", product.MARKER, owner=Owner.XERO, writes=TO_SALESFORCE, optional=True,
        computed=True,
    ),
)  # fmt: skip
LABELS = {
    "code": "Code",
    "name": "Name",
    "description": "Description",
    "price": "Price",
    "account": "Sales account",
    "tax": "Sales tax rate",
    "active": "Sold",
    "item_id": "Xero item ID",
}


def _is_item(record: Record) -> bool:
    return record.key.system is System.XERO


def _unwanted(record: Record) -> str:
    return item.unwanted(record) if _is_item(record) else product.unwanted(record)


def _left_out(record: Record, rules: RuleSet) -> str:
    value = look_up(rules, product_tables.BELONGS, record.get)
    return "" if value == "yes" else "The rows of the table “Which belong” leave it alone."


def _wanted(record: Record) -> Wanted:
    """Return what a record is looked for by, under the rows that the flow comes with."""
    return product_match.wanted_by(record, SHIPPED)


def _to_shared(system: System, couple: Couple, around: Surroundings) -> dict[str, Any]:
    of_xero = system is System.XERO
    return (item_record.of_item if of_xero else item_record.of_product)(couple, around)


def _to_body(
    system: System, shared: Shared, couple: Couple, around: Surroundings
) -> dict[str, Any]:
    return dict(product_bodies.bodies(system, shared, couple, around)[0].values)


def _subject_of(found: Candidate) -> str:
    return ""  # an item carries no id of a product


SHIPPED = RuleSet(FIELDS, product_tables.ROWS)

FLOW = Flow(
    key="product_catalogue",
    title="Product catalogue",
    salesforce_kind="Product2",
    xero_kind="Item",
    starts_on=frozenset({(System.SALESFORCE, "Product2"), (System.XERO, "Item")}),
    creates_in=BOTH,
    fields=FIELDS,
    tables=product_tables.ROWS,
    value_tables=product_tables.TABLES,
    unwanted=_unwanted,
    left_out=_left_out,
    marker=lambda subject: salesforce_ids.to_18(subject.id),
    wanted=_wanted,
    subject_of=_subject_of,
    to_shared=_to_shared,
    to_body=_to_body,
    further=product_bodies.bodies,
    indexes=("Item",),
    salesforce_indexes=("Product2",),
    frozen=lambda record: "deleted" if record.gone else "",
    check=product_ends.checks,
    ended=product_ends.ended,
    lost=product_ends.lost,
    lasting=True,
    labels=LABELS,
    conflicts_hold=False,
    creation=lambda system, rules: product_tables.of_system(rules, product_tables.CREATE, system),
    by_code=True,
    batch=1000,
)
