"""Reads the fields of a body: their names, whether they may be written, their values."""

from collections.abc import Mapping
from typing import Any

from sandbox.salesforce.errors import RefusedError, no_column
from sandbox.salesforce.org import Org
from sandbox.salesforce.schema import Field, Kind
from sandbox.salesforce.writing.values import take
from sandbox.store import Record


def check_names(kind: Kind, values: Mapping[str, Any]) -> None:
    """Raise BadBodyError for a name that the kind does not have."""
    for name in values:
        if name != "attributes" and not kind.find(name) and not kind.upwards(name):
            raise no_column(name, kind.name)


def read(org: Org, kind: Kind, values: Mapping[str, Any], *, creates: bool) -> Record:
    """The fields of a body as they are kept, by their proper names."""
    check_names(kind, values)
    found: Record = {}
    barred = []
    for name, value in values.items():
        if name == "attributes":
            continue
        field = kind.find(name)
        if field is None:
            field = kind.upwards(name) or Field(name, "")
            found[field.name] = _by_external_id(org, field, value)
        else:
            found[field.name] = take(org, kind, field, value)
        if not field.has("c" if creates else "u"):
            barred.append(field.name)
    if barred:
        raise _barred(barred, creates=creates)
    return found


def _barred(names: list[str], *, creates: bool) -> RefusedError:
    verb = "create" if creates else "update"
    return RefusedError(
        "INVALID_FIELD_FOR_INSERT_UPDATE",
        f"Unable to {verb} fields: {', '.join(names)}. Please check the security settings of this "
        "field and verify that it is read/write for your profile or permission set.",
        names,
    )


def _by_external_id(org: Org, field: Field, value: Any) -> str | None:
    """The id of the record above that is named by its external id, as `{"Key__c": "A1"}`."""
    if value is None:
        return None
    named = {k: v for k, v in value.items() if k != "attributes"} if isinstance(value, dict) else {}
    above = org.catalogue.above(field)
    if len(named) != 1 or above is None:
        raise RefusedError("INVALID_FIELD", f"Cannot reference a foreign key field {field.name}.")
    (name, wanted), *_ = named.items()
    key = above.find(name)
    if key is None or not (key.has("x") or key.has("L")):
        raise no_column(name, above.name)
    if key.type == "id":
        return str(wanted)
    found = org.all_with(above.name, key.name, wanted)
    if len(found) != 1:
        some = "not found" if not found else "found more than once"
        raise RefusedError(
            "INVALID_FIELD",
            f"Foreign key external ID: {wanted} {some} for field {key.name} in entity {above.name}",
        )
    return str(found[0]["Id"])
