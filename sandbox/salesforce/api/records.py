"""One record at its address: by its id, or by an external id."""

from typing import Any

from sandbox.salesforce.api.call import Call, Reply
from sandbox.salesforce.api.preconditions import check_unchanged, etag_header, is_known
from sandbox.salesforce.errors import RefusedError, deleted, no_column, not_found
from sandbox.salesforce.ids import whole_id
from sandbox.salesforce.org import Org
from sandbox.salesforce.reading import attributes, shown
from sandbox.salesforce.schema import Field, Kind
from sandbox.salesforce.writing import deleting, saving
from sandbox.store import Record

QUIET_UPSERTS_BEFORE = 46  # older versions answer an update with 204


def create(call: Call) -> Reply:
    """Create a record."""
    kind = call.kind()
    key = saving.insert(call.org, call.author, kind, call.fields)
    where = {"Location": f"{call.root}/sobjects/{kind.name}/{key}"}
    return Reply(201, {"id": key, "success": True, "errors": []}, where)


def retrieve(call: Call) -> Reply:
    """Show a record, or those of its fields that are asked for."""
    return _shown(call, call.kind(), _by_id(call, call.kind()))


def update(call: Call) -> Reply:
    """Change some of a record's fields."""
    kind = call.kind()
    record = _by_id(call, kind)
    check_unchanged(call.headers, kind.name, record)
    saving.update(call.org, call.author, kind, record["Id"], _without_id(call.fields))
    return Reply(204)


def delete(call: Call) -> Reply:
    """Put a record into the recycle bin."""
    kind = call.kind()
    deleting.delete(call.org, call.author, kind, _by_id(call, kind)["Id"])
    return Reply(204)


def retrieve_by(call: Call) -> Reply:
    """Show the record that has this value in a field that names records."""
    found = _found(call, _naming(call))
    return found if isinstance(found, Reply) else _shown(call, call.kind(), found)


def delete_by(call: Call) -> Reply:
    """Delete the record that has this value."""
    found = _found(call, _naming(call))
    if isinstance(found, Reply):
        return found
    deleting.delete(call.org, call.author, call.kind(), found["Id"])
    return Reply(204)


def upsert(call: Call) -> Reply:
    """Change the record that has this external id, or create it."""
    kind, field = call.kind(), _naming(call)
    found = by_value(call.org, kind, field, call.args["value"])
    if len(found) > 1:
        return _several(call, kind, found)
    values = call.fields
    if any(name.lower() in ("id", field.name.lower()) for name in values):
        message = f"The {field.name} field should not be specified in the sobject data."
        raise RefusedError("INVALID_FIELD", message)
    if found:
        check_unchanged(call.headers, kind.name, found[0])
        saving.update(call.org, call.author, kind, found[0]["Id"], values)
        return _upserted(call, str(found[0]["Id"]))
    if call.query.get("updateOnly", "").lower() == "true":
        raise not_found()
    named = {field.name: call.args["value"]}
    key = saving.insert(call.org, call.author, kind, {**values, **named})
    return Reply(201, {"id": key, "success": True, "errors": [], "created": True})


def by_value(org: Org, kind: Kind, field: Field, value: Any) -> list[Record]:
    """The records that have this value in a field; texts without their case, unless it minds."""
    if field.type == "id":
        record = org.alive(kind.name, whole_id(value))
        return [record] if record else []
    found = org.all_with(kind.name, field.name, value)
    return [one for one in found if not field.case_sensitive or one[field.name] == value]


def naming_field(kind: Kind, name: str) -> Field:
    """The field of this name, which must be one that names records. Raises NOT_FOUND."""
    field = kind.find(name)
    if field is None or not (field.has("x") or field.type == "id"):
        message = f"Provided external ID field does not exist or is not accessible: {name}"
        raise not_found(message)
    return field


def _naming(call: Call) -> Field:
    return naming_field(call.kind(), call.args["field"])


def _by_id(call: Call, kind: Kind) -> Record:
    key = whole_id(call.args["key"])
    if key is None or not key.startswith(kind.prefix):
        message = (
            f"Provided external ID field does not exist or is not accessible: {call.args['key']}"
        )
        raise not_found(message)
    record = call.org.get(kind.name, key)
    if record is None:
        raise not_found()
    if record.get("IsDeleted"):
        raise deleted()
    return record


def _found(call: Call, field: Field) -> Record | Reply:
    found = by_value(call.org, call.kind(), field, call.args["value"])
    if not found:
        raise not_found()
    return found[0] if len(found) == 1 else _several(call, call.kind(), found)


def _several(call: Call, kind: Kind, found: list[Record]) -> Reply:
    return Reply(300, [f"{call.root}/sobjects/{kind.name}/{one['Id']}" for one in found])


def _upserted(call: Call, key: str) -> Reply:
    if call.version < QUIET_UPSERTS_BEFORE:
        return Reply(204)
    return Reply(200, {"id": key, "success": True, "errors": [], "created": False})


def _shown(call: Call, kind: Kind, record: Record) -> Reply:
    if is_known(call.headers, kind.name, record):
        return Reply(304)
    names = call.query.get("fields", "")
    wanted = pick_fields(kind, names.split(",")) if names else list(kind.fields.values())
    row = show_record(call, kind, record, wanted)
    return Reply(200, row, etag_header(kind.name, record))


def pick_fields(kind: Kind, names: list[str]) -> list[Field]:
    """The fields of these names. Raises INVALID_FIELD."""
    fields = []
    for name in names:
        field = kind.find(name.strip())
        if field is None:
            raise no_column(name.strip(), kind.name)
        fields.append(field)
    return fields


def show_record(call: Call, kind: Kind, record: Record, fields: list[Field]) -> Record:
    """A record with these fields, as the wire shows it."""
    row: Record = {"attributes": attributes(kind, record, call.root)}
    return row | {one.name: shown(call.org, kind, record, one) for one in fields}


def _without_id(values: dict[str, Any]) -> dict[str, Any]:
    if any(name.lower() == "id" for name in values):
        message = "The Id field should not be specified in the sobject data."
        raise RefusedError("INVALID_FIELD", message)
    return values
