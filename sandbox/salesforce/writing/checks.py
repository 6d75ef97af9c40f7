"""What every record must fulfil, whatever its kind."""

from sandbox.salesforce.errors import RefusedError, deleted
from sandbox.salesforce.org import Org
from sandbox.salesforce.schema import Field, Kind
from sandbox.salesforce.writing.change import Change
from sandbox.salesforce.writing.values import label_of


def check_required(change: Change) -> None:
    """Raise REQUIRED_FIELD_MISSING where a field must not be empty and is."""
    missing = [
        field.name
        for field in change.kind.fields.values()
        if _required(field, change) and change.new.get(field.name) is None
    ]
    if missing:
        raise missing_fields(missing)


def missing_fields(names: list[str]) -> RefusedError:
    """The refusal for fields that must be filled."""
    message = f"Required fields are missing: [{', '.join(names)}]"
    return RefusedError("REQUIRED_FIELD_MISSING", message, names)


def _required(field: Field, change: Change) -> bool:
    """Whether it must be filled; one with a default, only where its author has emptied it."""
    if field.has("n") or field.type == "boolean" or not field.has("c"):
        return False
    return not field.has("d") or (field.name in change.given and not change.creates)


def check_references(org: Org, change: Change) -> None:
    """Raise where a reference that is new leads to nothing, or to a kind it may not lead to."""
    for field in change.kind.fields.values():
        key = change.new.get(field.name)
        if field.type == "reference" and key and change.moved(field.name):
            _check_reference(org, change.kind, field, key)


def _check_reference(org: Org, kind: Kind, field: Field, key: str) -> None:
    above = org.kind_of(key)
    if field.to and (above is None or above.name not in field.to):
        raise RefusedError(
            "FIELD_INTEGRITY_EXCEPTION",
            f"{label_of(kind, field)}: id value of incorrect type: {key}",
            [field.name],
        )
    record = org.get(above.name, key) if above else None
    if record is None:
        raise RefusedError("INVALID_CROSS_REFERENCE_KEY", "invalid cross reference id", [])
    if record.get("IsDeleted"):
        raise deleted()


def check_unique(org: Org, change: Change) -> None:
    """Raise DUPLICATE_VALUE where another record has the value of a unique field."""
    for field in change.kind.fields.values():
        if not field.has("q") or change.new.get(field.name) is None:
            continue
        for other in org.all_with(change.kind.name, field.name, change.new[field.name]):
            same = not field.case_sensitive or other[field.name] == change.new[field.name]
            if other["Id"] != change.key and same:
                raise RefusedError(
                    "DUPLICATE_VALUE",
                    f"duplicate value found: {field.name} duplicates value on record with id: "
                    f"{other['Id'][:15]}",
                    [],
                )
