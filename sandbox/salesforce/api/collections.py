"""Up to 200 records in one call, each with an outcome of its own."""

from collections.abc import Callable, Iterable
from itertools import groupby
from typing import Any

from sandbox.salesforce.api.call import Call, Reply
from sandbox.salesforce.api.records import by_value, naming_field, pick_fields, show_record
from sandbox.salesforce.catalogue import SYSTEM
from sandbox.salesforce.errors import BadBodyError, RefusedError, unreadable
from sandbox.salesforce.ids import whole_id
from sandbox.salesforce.schema import Field, Kind
from sandbox.salesforce.writing import bodies, deleting, saving
from sandbox.salesforce.writing.values import label_of
from sandbox.store import Record

MOST_RECORDS = 200
MOST_READ = 2000
MOST_CHUNKS = 10
_ROLLED_BACK = (
    "Record rolled back because not all records were valid and the request was using AllOrNone "
    "header"
)
Work = Callable[[Record], Record]


class _RolledBack(Exception):
    pass


def insert(call: Call) -> Reply:
    """Create records of one or several kinds."""

    def one(values: Record) -> Record:
        kind = _kind(call, values)
        key = saving.insert(call.org, call.author, kind, _plain(values))
        call.org.saved_together.add(key)
        return {"id": key, "success": True, "errors": []}

    return _each(call, _records(call), one)


def update(call: Call) -> Reply:
    """Change records that are named by their ids."""

    def one(values: Record) -> Record:
        kind = _kind(call, values)
        given = next((value for name, value in values.items() if name.lower() == "id"), None)
        if given is None:
            raise RefusedError("MISSING_ARGUMENT", "Id not specified in an update call", [])
        key = _id(kind, given)
        saving.update(call.org, call.author, kind, key, _plain(values))
        return {"id": key, "success": True, "errors": []}

    return _each(call, _records(call), one)


def upsert(call: Call) -> Reply:
    """Change the records that have an external id, and create those that are not there yet."""
    kind = call.kind()
    field = naming_field(kind, call.args["field"])
    records = _records(call, kind)
    seen = [_as_known(field, _named(values, field.name)) for values in records]

    def one(values: Record) -> Record:
        wanted = _named(values, field.name)
        if wanted is None:
            raise RefusedError("MISSING_ARGUMENT", f"{field.name} not specified", [])
        _check_name(field, wanted)
        if seen.count(_as_known(field, wanted)) > 1:
            message = f"Duplicate external id specified: {wanted}"
            raise RefusedError("DUPLICATE_VALUE", message, [field.name])
        found = by_value(call.org, kind, field, wanted)
        if len(found) > 1:
            keys = ", ".join(str(record["Id"])[:15] for record in found)
            message = f"More than one record found for external id field: [{keys}]"
            raise RefusedError("DUPLICATE_EXTERNAL_ID", message, [field.name])
        given = _plain(values)
        if not found:
            key = saving.insert(call.org, call.author, kind, given)
            call.org.saved_together.add(key)
        else:
            key = str(found[0]["Id"])
            rest = {name: v for name, v in given.items() if name.lower() != field.name.lower()}
            saving.update(call.org, call.author, kind, key, rest)
        return {"id": key, "success": True, "errors": [], "created": not found}

    return _each(call, records, one)


def delete(call: Call) -> Reply:
    """Delete records that are named by their ids."""
    ids = [one.strip() for one in call.query.get("ids", "").split(",") if one.strip()]
    _check_size(ids, MOST_RECORDS)

    def one(values: Record) -> Record:
        key = whole_id(values["id"])
        kind = call.org.kind_of(key) if key else None
        if key is None or kind is None:
            raise RefusedError("MALFORMED_ID", f"malformed id {values['id']}", [])
        deleting.delete(call.org, call.author, kind, key)
        return {"id": key, "success": True, "errors": []}

    whole = call.query.get("allOrNone", "").lower() == "true"
    return _each(call, [{"id": key} for key in ids], one, all_or_none=whole)


def retrieve(call: Call) -> Reply:
    """Show records that are named by their ids, in that order; null for those not found."""
    kind = call.kind()
    asked = call.fields if call.method == "POST" else {
        name: call.query.get(name, "").split(",") for name in ("ids", "fields")
    }  # fmt: skip
    ids, names = asked.get("ids") or [], asked.get("fields") or []
    if not (_texts(ids) and _texts(names) and all(names)):
        raise RefusedError("MISSING_ARGUMENT", "ids and fields must be specified")
    _check_size(ids, MOST_READ)
    fields = pick_fields(kind, names)
    found = [call.org.alive(kind.name, whole_id(str(key).strip())) for key in ids]
    rows = [show_record(call, kind, one, fields) if one else None for one in found]
    return Reply(200, rows)


def _texts(values: Any) -> bool:
    return isinstance(values, list) and all(isinstance(one, str) for one in values)


def _each(
    call: Call, records: list[Record], one: Work, *, all_or_none: bool | None = None
) -> Reply:
    """Do the work for each record, and take all of it back where it is all or nothing.

    A body that cannot be read fails the whole call: nothing of it is done.
    """
    if all_or_none is None:
        all_or_none = call.fields.get("allOrNone") is True
    rows: list[Record] = []
    call.org.saved_together.clear()
    try:
        with call.org.transaction():
            rows += [_outcome(call, one, values) for values in records]
            if all_or_none and not all(row["success"] for row in rows):
                raise _RolledBack
    except _RolledBack:
        return Reply(200, [_rolled_back(row) if row["success"] else row for row in rows])
    finally:
        call.org.saved_together.clear()
    return Reply(200, rows)


def _outcome(call: Call, one: Work, values: Record) -> Record:
    try:
        return one(values)
    except BadBodyError:
        raise
    except RefusedError as error:
        told = call.org.world.setting(SYSTEM, "duplicates_in_collections", False)
        return {"success": False, "errors": [error.as_element(more=bool(told))]}


def _rolled_back(row: Record) -> Record:
    code = "ALL_OR_NONE_OPERATION_ROLLED_BACK"
    return {"success": False, "errors": [RefusedError(code, _ROLLED_BACK, []).as_element()]}


def _records(call: Call, kind: Kind | None = None) -> list[Record]:
    """The records of the body, whose kinds and names must be right in all of them."""
    records = call.fields.get("records")
    if not isinstance(records, list) or not all(isinstance(one, dict) for one in records):
        raise BadBodyError("JSON_PARSER_ERROR", "The body must hold a list of records")
    _check_size(records, MOST_RECORDS)
    kinds = [_kind(call, values) for values in records]
    if kind and any(one != kind for one in kinds):
        raise BadBodyError("INVALID_TYPE", f"All records must be of type {kind.name}")
    if len([key for key, _ in groupby(one.name for one in kinds)]) > MOST_CHUNKS:
        message = f"Cannot have more than {MOST_CHUNKS} chunks in a single operation."
        raise BadBodyError("LIMIT_EXCEEDED", message)
    for one, values in zip(kinds, records, strict=True):
        bodies.check_names(one, values)
    return records


def _kind(call: Call, values: Record) -> Kind:
    attributes = values.get("attributes")
    name = attributes.get("type") if isinstance(attributes, dict) else None
    kind = call.org.catalogue.find(str(name)) if name else None
    if kind is None:
        raise BadBodyError("INVALID_TYPE", f"sObject type '{name}' is not supported.")
    return kind


def _check_size(records: Iterable[Any], most: int) -> None:
    if len(list(records)) > most:
        message = f"record limit reached. cannot submit more than {most} records into this call"
        raise RefusedError("EXCEEDED_ID_LIMIT", message)


def _id(kind: Kind, given: Any) -> str:
    key = whole_id(given)
    if key is None or not key.startswith(kind.prefix):
        message = f"{label_of(kind, kind.fields['Id'])}: id value of incorrect type: {given}"
        raise RefusedError("MALFORMED_ID", message, ["Id"])
    return key


def _named(values: Record, field: str) -> Any:
    return next((v for name, v in values.items() if name.lower() == field.lower()), None)


def _as_known(field: Field, value: Any) -> Any:
    """What names a record: where the field minds no case, neither does the name."""
    return value.casefold() if isinstance(value, str) and not field.case_sensitive else value


def _check_name(field: Field, value: Any) -> None:
    if isinstance(value, dict):
        raise unreadable(field.type, "START_OBJECT", "{")
    if isinstance(value, list):
        raise unreadable(field.type, "START_ARRAY", "[")


def _plain(values: Record) -> Record:
    return {name: v for name, v in values.items() if name.lower() not in ("attributes", "id")}
