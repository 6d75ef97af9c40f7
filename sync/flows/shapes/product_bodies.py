"""What is written of the catalogue, in each system's own words."""

from __future__ import annotations

from typing import Any

from sync.core.bodies import Body
from sync.core.couples import Couple
from sync.core.errors import Fix, NeedsPerson
from sync.core.flow import Shared, Surroundings
from sync.core.organisation import PriceBook
from sync.core.records import System

from . import item, product, product_tables
from .item_record import (
    LEDGER,
    OWED,
    ROOMS,
    SALES,
    TAKE,
    XERO_PLACES,
    places_of,
    said,
    too_fine,
    would_be_lost,
)

_WRITABLE = ("copy", "trim")


def bodies(
    system: System, shared: Shared, couple: Couple, around: Surroundings
) -> tuple[Body, ...]:
    """Return every body that one side's changes come to; none where none may be written."""
    if system is System.XERO:
        return _of_item(shared, couple, around)
    return _of_product(shared, couple, around)


def _of_item(shared: Shared, couple: Couple, around: Surroundings) -> tuple[Body, ...]:
    """Return the item's body. Quantities are never named; what it is sold for always as a whole."""
    record, ours = couple.xero, couple.salesforce
    values = {n: v for n, v in shared.items() if not (n == "price" and too_fine(v, XERO_PLACES))}
    if values.get("active") is True:  # Xero has forgotten what it was sold for
        values |= {n: v for n, v in _whole(couple, around).items() if n in SALES}
    if ours is None or not values:
        return ()
    code = str(values.get("code") or "") or (
        str(record.get("Code")) if record is not None else product.code(ours, around.rules)
    )
    body: dict[str, Any] = {"Code": code}
    body |= {"ItemID": record.key.id} if record is not None else {"IsSold": True}
    body |= {"Name": values["name"]} if "name" in values else {}
    body |= {"Description": values["description"]} if "description" in values else {}
    body |= {"IsSold": values["active"]} if "active" in values else {}
    if SALES & values.keys() - {"description"} and values.get("active") is not False:
        body["SalesDetails"] = _sales(values, couple)
    carried = frozenset(n for n in shared if n in values and (n != "code" or values["code"]))
    return (Body("Item", body, carried, record.key.id if record else "", code),)


def _whole(couple: Couple, around: Surroundings) -> Shared:
    from .item_record import of_product  # noqa: PLC0415

    return of_product(Couple(couple.subject, couple.salesforce), around)


def _sales(values: Shared, couple: Couple) -> dict[str, Any]:
    """Return the price, account and tax together: a part alone might make Xero forget the rest."""
    record = couple.xero
    own = item.sales(record) if record is not None else {}
    names = {"price": "UnitPrice", "account": "AccountCode", "tax": "TaxType"}
    ledger = {} if record is not None and item.is_tracked(record) else LEDGER
    changed = {names[n]: v for n, v in values.items() if n == "price" or n in ledger}
    kept = {name: own.get(name) for name in names.values()}
    return {name: value for name, value in {**kept, **changed}.items() if value not in (None, "")}


def _of_product(shared: Shared, couple: Couple, around: Surroundings) -> tuple[Body, ...]:
    ours, theirs = couple.salesforce, couple.xero
    values = {n: v for n, v in shared.items() if _may_be_told(n, v, couple, around)}
    prices = _of_price(values, couple, around)
    told = {
        path: values[name]
        for name in ("code", "name", "description", "active", "item_id")
        if name in values and (path := _path(around, name))
    }
    fields = frozenset(name for name in values if _path(around, name))
    if ours is not None:
        own = Body(product.KIND, {"Id": ours.key.id, **told}, fields, ours.key.id)
        return (*((own,) if told else ()), *prices)
    if theirs is None:
        return ()
    made = {
        "Name": str(theirs.get("Code") or theirs.key.id),
        **{path: value for path, value in told.items() if value not in (None, "")},
        product.MARKER: theirs.key.id,
        "IsActive": True,
    }
    return (Body(product.KIND, made, fields, "", theirs.key.id), *prices)


def _may_be_told(name: str, value: Any, couple: Couple, around: Surroundings) -> bool:
    """Return whether a value may be written to Salesforce; what may not is asked about."""
    if name == "price":
        return value is not None and not too_fine(value, places_of(couple, around))
    if name in ROOMS and would_be_lost(couple, around, name):
        return said(couple, f"{name}_lost") == TAKE
    return name not in LEDGER


def _path(around: Surroundings, name: str) -> str:
    """Return the field of Salesforce's that a shared one is written to; empty where it is none."""
    fixed = {"active": "IsActive", "item_id": product.MARKER}
    if name in fixed:
        return fixed[name]
    rule = around.rules.field(name)
    if rule is None or rule.transform not in _WRITABLE or len(rule.sources) != 1:
        return ""
    return "" if "." in rule.sources[0] else rule.sources[0]


def _of_price(values: Shared, couple: Couple, around: Surroundings) -> tuple[Body, ...]:
    """Return the price as a change of the one that counts, or as a new one.

    Without a standard price there can be no other: it is made first, then that of the chosen book.
    Which further books sell it is the sellers' choice.
    """
    if "price" not in values:
        return ()
    ours, theirs = couple.salesforce, couple.xero
    row = product.counted(ours, around) if ours is not None else None
    owed = row is not None and bool(couple.facts.get(OWED))
    price, only = {"UnitPrice": values["price"], "IsActive": True}, frozenset({"price"})
    if row is not None and not owed:
        return (Body(product.ENTRY, {"Id": row["Id"], **price}, only, str(row["Id"])),)
    standard, chosen = _standard(around), product_tables.book(around)
    base = around.reference.base_currency
    multi = "CurrencyIsoCode" in around.fields.get(product.ENTRY, frozenset())
    owner = ours.key.id if ours is not None else theirs.key.id if theirs is not None else ""
    made = {
        "Product2Id": ours.key.id if ours is not None else "@counterpart",
        **price,
        **({"CurrencyIsoCode": base} if multi else {}),
    }
    first = Body(
        *(product.ENTRY, {"Pricebook2Id": standard.id, **made}, only),
        marker=f"{owner}:{standard.id}:{base}",
    )
    if chosen is None or chosen.standard:
        return (first,)
    own = Body(
        *(product.ENTRY, {"Pricebook2Id": chosen.id, **made}, only),
        marker=f"{owner}:{chosen.id}:{base}",
        after="" if owed else first.marker,
    )
    return (own,) if owed else (first, own)


def _standard(around: Surroundings) -> PriceBook:
    found = product_tables.standard(around)
    if found is None:
        raise NeedsPerson(
            "Salesforce shows no standard price book to Counterpart’s user.",
            cause="no_standard_price_book",
            fix=Fix("Give Counterpart’s user the right to read price books, then try again."),
        )
    return found
