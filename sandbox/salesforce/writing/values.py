"""What a body may hold in a field of each type, and how it is kept."""

import re
from collections.abc import Callable
from decimal import Decimal, InvalidOperation
from typing import Any

from sandbox.salesforce import stamps
from sandbox.salesforce.choices import values_of
from sandbox.salesforce.errors import RefusedError, unreadable
from sandbox.salesforce.ids import whole_id
from sandbox.salesforce.numbers import rounded
from sandbox.salesforce.org import Org
from sandbox.salesforce.schema import NUMBERS, TEXTS, Field, Kind

_EMAIL = re.compile(r"[^@\s]+@[^@\s.]+(\.[^@\s.]+)+")
_FLAGS = {True: True, False: False, "true": True, "false": False}


def take(org: Org, kind: Kind, field: Field, value: Any) -> Any:
    """The value as it is kept. Raises RefusedError in Salesforce's words."""
    if value is None or (isinstance(value, str) and not value.strip()):
        if field.type == "boolean":
            raise unreadable("boolean", _token(value), value)
        return None
    if isinstance(value, dict | list):
        raise unreadable(_wanted(field), _token(value), "{" if isinstance(value, dict) else "[")
    if field.type in TEXTS:
        return _text(org, kind, field, value)
    if field.type in NUMBERS:
        return _number(kind, field, value)
    return _READ[field.type](kind, field, value)


def _text(org: Org, kind: Kind, field: Field, value: Any) -> str:
    if not isinstance(value, str):
        raise unreadable("string", _token(value), value)
    text = value.strip() if field.type != "textarea" else value.rstrip()
    if field.length and len(text) > field.length:
        raise RefusedError(
            "STRING_TOO_LONG",
            f"{label_of(kind, field)}: data value too large: {text} (max length={field.length})",
            [field.name],
        )
    if field.has("R") and text not in values_of(org, field):
        raise RefusedError(
            "INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST",
            f"{label_of(kind, field)}: bad value for restricted picklist field: {text}",
            [field.name],
        )
    if field.type == "email" and not _EMAIL.fullmatch(text):
        message = f"{label_of(kind, field)}: invalid email address: {text}"
        raise RefusedError("INVALID_EMAIL_ADDRESS", message, [field.name])
    return text


def _number(kind: Kind, field: Field, value: Any) -> Decimal:
    number = _decimal(field, value)
    places = field.scale or 0
    if number.adjusted() >= field.length - places:
        message = f"{label_of(kind, field)}: value outside of valid range on numeric field: {value}"
        raise RefusedError("NUMBER_OUTSIDE_VALID_RANGE", message, [field.name])
    return rounded(number, places)


def _decimal(field: Field, value: Any) -> Decimal:
    if isinstance(value, bool):
        raise unreadable(_wanted(field), _token(value), str(value).lower())
    try:
        number = Decimal(str(value))
    except InvalidOperation as error:
        raise unreadable(_wanted(field), _token(value), value) from error
    if not number.is_finite():
        raise unreadable(_wanted(field), _token(value), value)
    return number


def _whole(kind: Kind, field: Field, value: Any) -> int:
    number = _decimal(field, value)
    if number != number.to_integral_value():
        raise unreadable("int", "VALUE_NUMBER_FLOAT", value)
    if not -(2**31) <= number < 2**31:
        message = f"{label_of(kind, field)}: value outside of valid range on numeric field: {value}"
        raise RefusedError("NUMBER_OUTSIDE_VALID_RANGE", message, [field.name])
    return int(number)


def _boolean(kind: Kind, field: Field, value: Any) -> bool:
    if isinstance(value, bool) or (isinstance(value, str) and value.lower() in _FLAGS):
        return value if isinstance(value, bool) else _FLAGS[value.lower()]
    raise unreadable("boolean", _token(value), value)


def _date(kind: Kind, field: Field, value: Any) -> str:
    try:
        return stamps.read_date(str(value)).isoformat()
    except ValueError as error:
        raise unreadable("date", _token(value), value) from error


def _datetime(kind: Kind, field: Field, value: Any) -> str:
    try:
        return stamps.write(stamps.read(str(value)))
    except ValueError as error:
        raise unreadable("datetime", _token(value), value) from error


def _reference(kind: Kind, field: Field, value: Any) -> str:
    key = whole_id(value)
    if key is None:
        message = f"{label_of(kind, field)}: id value of incorrect type: {value}"
        raise RefusedError("MALFORMED_ID", message, [field.name])
    return key


_READ: dict[str, Callable[[Kind, Field, Any], Any]] = {
    "boolean": _boolean,
    "date": _date,
    "datetime": _datetime,
    "int": _whole,
    "id": _reference,
    "reference": _reference,
}


def label_of(kind: Kind, field: Field) -> str:
    """The field's name in Salesforce's screens."""
    if field.type == "id":
        return f"{kind.label} ID"
    if field.custom:
        return field.name.rpartition("__")[0].replace("_", " ")
    if field.has("N") and field.name == "Name":
        return f"{kind.label} Name"
    if field.name == "CurrencyIsoCode":
        return f"{kind.label} Currency"
    words = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", " ", field.name)
    return words.removesuffix(" Id") + " ID" if field.type == "reference" else words


def _wanted(field: Field) -> str:
    return {"picklist": "string", "textarea": "string", "id": "reference"}.get(
        field.type, field.type
    )


def _token(value: Any) -> str:
    if isinstance(value, bool):
        return f"VALUE_{str(value).upper()}"
    if isinstance(value, int):
        return "VALUE_NUMBER_INT"
    if isinstance(value, Decimal | float):
        return "VALUE_NUMBER_FLOAT"
    named = {dict: "START_OBJECT", list: "START_ARRAY", type(None): "VALUE_NULL"}
    return named.get(type(value), "VALUE_STRING")
