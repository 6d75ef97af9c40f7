"""The billing and the delivery address of a customer, as Salesforce and as Xero have them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from sync.core import countries
from sync.core.flow import Shared
from sync.core.records import Record, System
from sync.core.texts import plain

from . import lengths
from .lengths import Customer
from .party_fields import PARTS, PLACES

TYPES: Mapping[str, str] = {"billing": "POBOX", "delivery": "STREET"}
"""Xero's types of address: POBOX is the one that it prints on invoices (its Contacts page)."""
LINES = tuple(f"AddressLine{number}" for number in (1, 2, 3, 4))
_XERO: Mapping[str, str] = {
    "city": "City",
    "region": "Region",
    "postcode": "PostalCode",
    "country": "Country",
}
FIELDS = tuple(f"{place}_{part}" for place in PLACES for part in PARTS)
"""The shared fields of both addresses."""


def tidy(field: str, value: Any) -> str:
    """Return a part of an address as a shared value: a street line by line, a country's name."""
    text = plain(value)
    if field.endswith("_street"):
        return "\n".join(_lines(text.splitlines()))
    if field.endswith("_country"):
        return countries.common_name(text)
    return " ".join(text.split())


def of_contact(record: Record) -> dict[str, str]:
    """Return the shared values of both addresses of a Xero contact."""
    found: dict[str, str] = {}
    for place, kind in TYPES.items():
        entry = _of_type(record.get("Addresses"), kind)
        street = "\n".join(_lines(str(entry.get(line) or "") for line in LINES))
        parts = {part: str(entry.get(name) or "") for part, name in _XERO.items()}
        found |= {
            f"{place}_{part}": tidy(f"{place}_{part}", text)
            for part, text in {"street": street, **parts}.items()
        }
    return found


def xero_addresses(
    shared: Shared, existing: Record | None, whose: Customer
) -> list[dict[str, str]]:
    """Return Xero's Addresses with these shared values in them; empty where none is about one.

    Every address that is there comes along whole, so that nothing is lost whether Xero takes
    the list for all there is or for what is to be changed. Raises NeedsPerson for a text too long.
    """
    said = {field: str(shared[field] or "") for field in FIELDS if field in shared}
    there = (existing.get("Addresses") if existing else None) or []
    entries = {str(e.get("AddressType")): _filled(e) for e in there}
    moved = False
    for place, kind in TYPES.items():
        parts = {f.partition("_")[2]: v for f, v in said.items() if f.startswith(f"{place}_")}
        written = _written(place, parts, whose)
        if existing is None:
            written = {name: text for name, text in written.items() if text}
        if written:
            entries[kind] = {**entries.get(kind, {"AddressType": kind}), **written}
            moved = True
    return [entry for entry in entries.values() if len(entry) > 1] if moved else []


def _written(place: str, parts: Mapping[str, str], whose: Customer) -> dict[str, str]:
    found: dict[str, str] = {}
    if "street" in parts:
        for name, line in zip(LINES, _four(parts["street"]), strict=True):
            limit = lengths.XERO["line"]
            if len(line) > limit:
                raise lengths.too_long(f"{place}_street", len(line), limit, System.XERO, whose)
            found[name] = line
    for part, name in _XERO.items():
        if part in parts:
            found[name] = lengths.fitting(f"{place}_{part}", parts[part], System.XERO, whose)
    return found


def _four(street: str) -> list[str]:
    """Return a street in Xero's four lines; what is more stands in the last, after commas."""
    lines = _lines(street.splitlines())
    if len(lines) > len(LINES):
        lines = [*lines[:3], ", ".join(lines[3:])]
    return lines + [""] * (len(LINES) - len(lines))


def _lines(lines: Iterable[str]) -> list[str]:
    tidied = (" ".join(line.split()).strip(",").strip() for line in lines)
    return [line for line in tidied if line]


def _of_type(entries: Any, kind: str) -> Mapping[str, Any]:
    return next((e for e in entries or [] if e.get("AddressType") == kind), {})


def _filled(entry: Mapping[str, Any]) -> dict[str, str]:
    known = ("AddressType", "AttentionTo", *LINES, *_XERO.values())
    return {name: str(entry[name]) for name in known if entry.get(name)}


def country_of(shared: Shared) -> str:
    """Return the code of the country that a customer's numbers are dialled in, or empty."""
    said = (str(shared.get(f"{place}_country") or "") for place in TYPES)
    return next(filter(None, map(countries.code, said)), "")
