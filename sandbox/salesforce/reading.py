"""What stands in a field of a record, kept or worked out, and how the wire shows it."""

from decimal import Decimal
from typing import Any

from sandbox.salesforce.numbers import on_the_wire
from sandbox.salesforce.org import Org
from sandbox.salesforce.schema import NUMBERS, Field, Kind
from sandbox.store import Record

_ADDRESS = {
    "City": "city",
    "Country": "country",
    "CountryCode": "countryCode",
    "GeocodeAccuracy": "geocodeAccuracy",
    "Latitude": "latitude",
    "Longitude": "longitude",
    "PostalCode": "postalCode",
    "State": "state",
    "StateCode": "stateCode",
    "Street": "street",
}


def value_of(org: Org, kind: Kind, record: Record, field: Field) -> Any:
    """The field's value as it is compared and sorted."""
    if field.type == "address":
        return _address(kind, record, field.name.removesuffix("Address"))
    if field.name in ("HasOpenActivity", "HasOverdueTask"):
        return _has_task(org, record["Id"], overdue=field.name == "HasOverdueTask")
    if field.name == "NextStartDate":
        return _next_start(org, record)
    if kind.name == "Name" and field.name == "Type":
        found = org.kind_of(record["Id"])
        return found.name if found else None
    value = record.get(field.name)
    return bool(value) if field.type == "boolean" else value


def shown(org: Org, kind: Kind, record: Record, field: Field) -> Any:
    """The field's value as it goes over the wire."""
    value = value_of(org, kind, record, field)
    if isinstance(value, Decimal) or (field.type in NUMBERS and value is not None):
        return on_the_wire(Decimal(value))
    return value


def attributes(kind: Kind, record: Record, root: str) -> Record:
    """The record's kind and address; `root` is such as `/services/data/v67.0`."""
    own = kind.name
    return {"type": own, "url": f"{root}/sobjects/{own}/{record['Id']}"}


def _address(kind: Kind, record: Record, prefix: str) -> Record | None:
    known = {
        name: record.get(f"{prefix}{part}")
        for part, name in _ADDRESS.items()
        if f"{prefix}{part}" in kind.fields
    }
    if not any(value is not None for value in known.values()):
        return None
    return {
        name: on_the_wire(value) if isinstance(value, Decimal) else value
        for name, value in known.items()
    }


def _next_start(org: Org, rate: Record) -> str | None:
    """The day from which the currency's next rate holds."""
    rates = org.all_with("DatedConversionRate", "IsoCode", rate["IsoCode"])
    later = (str(one["StartDate"]) for one in rates if one["StartDate"] > rate["StartDate"])
    return min(later, default=None)


def _has_task(org: Org, key: str, *, overdue: bool) -> bool:
    today = org.now().date().isoformat()
    return any(
        not task["IsClosed"] and not (overdue and (task["ActivityDate"] or today) >= today)
        for task in org.all_with("Task", "WhatId", key)
    )
