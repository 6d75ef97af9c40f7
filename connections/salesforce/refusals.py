"""Why Salesforce refuses something: its codes, what finance is told, and how to solve it."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta

from django.utils import timezone

from sync.core.errors import ConnectionBroken, DuplicateFound, Fix, NeedsPerson, SyncError, TryAgain

LOCKED = ("UNABLE_TO_LOCK_ROW", "UNABLE_TO_LOCK_RECORD")
# Codes that pass by themselves, with the time after which another try is worth it.
PASSING: Mapping[str, timedelta] = {
    "UNABLE_TO_LOCK_ROW": timedelta(seconds=5),
    "UNABLE_TO_LOCK_RECORD": timedelta(seconds=5),
    "QUERY_TIMEOUT": timedelta(seconds=30),
    "SERVER_UNAVAILABLE": timedelta(minutes=1),
    "SERVICE_UNAVAILABLE": timedelta(minutes=1),
    "UNKNOWN_EXCEPTION": timedelta(minutes=1),
    "TXN_SECURITY_METERING_ERROR": timedelta(minutes=1),
    "INVALID_QUERY_LOCATOR": timedelta(seconds=5),
    "PROCESSING_HALTED": timedelta(seconds=5),
    "ALL_OR_NONE_OPERATION_ROLLED_BACK": timedelta(seconds=5),
    "LIMIT_EXCEEDED": timedelta(minutes=15),
    "ENTITY_IS_LOCKED": timedelta(hours=1),
}
# Windows of changes that cannot be asked for any more: everything is read instead.
TOO_FAR_BACK = ("INVALID_REPLICATION_DATE", "EXCEEDED_ID_LIMIT")
BROKEN: Mapping[str, str] = {
    "API_DISABLED_FOR_ORG": "This Salesforce edition or user has no API: an administrator must "
    "enable it.",
    "API_CURRENTLY_DISABLED": "Salesforce’s API is switched off for this org.",
    "UNSUPPORTED_API_VERSION": "Salesforce no longer knows this API version: update Counterpart.",
}


@dataclass(frozen=True)
class Known:
    """A code that a person must solve. {message}, {fields} and {field} are of Salesforce."""

    words: str
    hint: str
    cause: str = "{fields}"


SOLVABLE: Mapping[str, Known] = {
    "FIELD_CUSTOM_VALIDATION_EXCEPTION": Known(
        "A validation rule in Salesforce refused it: {message}",
        "Correct the record, or let the rule pass for Counterpart’s user.",
        "{message}",
    ),
    "REQUIRED_FIELD_MISSING": Known(
        "Salesforce requires a field that is not filled: {fields}.",
        "Fill the field by a mapping row, or make it optional in Salesforce.",
    ),
    "DUPLICATES_DETECTED": Known(
        "A duplicate rule in Salesforce refused it: {message}",
        "Link it to the record that exists already.",
        "{message}",
    ),
    "DUPLICATE_VALUE": Known(
        "Another record in Salesforce has this value already: {message}",
        "Link it to that record, or change the value.",
        "{message}",
    ),
    "DUPLICATE_EXTERNAL_ID": Known(
        "Several records in Salesforce have the same external id: {message}",
        "Link it to one of them, and take the id off the others.",
        "{message}",
    ),
    "STRING_TOO_LONG": Known(
        "A text is too long for Salesforce: {message}",
        "Shorten it, or enlarge the field {fields} in Salesforce.",
    ),
    "INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST": Known(
        "Salesforce does not have this choice in its list: {message}",
        "Add the value to the list of {fields}, or map it to one that is there.",
        "{message}",
    ),
    "FIELD_INTEGRITY_EXCEPTION": Known(
        "Salesforce finds that values do not fit together: {message}",
        "Correct what it names; states and countries must be in its lists.",
        "{message}",
    ),
    "INVALID_FIELD_FOR_INSERT_UPDATE": Known(
        "Counterpart’s user may not write {fields} in Salesforce.",
        "Give the user the right to edit the field, or take it off the mapping.",
    ),
    "CANNOT_INSERT_UPDATE_ACTIVATE_ENTITY": Known(
        "A trigger in Salesforce refused it: {message}",
        "Ask your Salesforce administrator.",
        "{message}",
    ),
    "CANNOT_EXECUTE_FLOW_TRIGGER": Known(
        "A flow in Salesforce refused it: {message}",
        "Ask your Salesforce administrator.",
        "{message}",
    ),
    "ENTITY_IS_DELETED": Known(
        "The record was deleted in Salesforce.",
        "Restore it from the recycle bin, or leave it.",
        "",
    ),
    "INVALID_CROSS_REFERENCE_KEY": Known(
        "A record that it points to is not there in Salesforce, or is hidden from Counterpart.",
        "Restore that record, or give Counterpart’s user access to it.",
        "{message}",
    ),
    "INVALID_CURRENCY_ISO": Known(
        "Salesforce does not have this currency: {message}",
        "Activate the currency in Salesforce.",
        "{message}",
    ),
    "STANDARD_PRICE_NOT_DEFINED": Known(
        "The product has no standard price in Salesforce.", "Give it a standard price.", "{message}"
    ),
    "INACTIVE_OWNER_OR_USER": Known(
        "Salesforce lets nobody inactive own a record: {message}",
        "Give the record another owner.",
        "{message}",
    ),
    "OP_WITH_INVALID_USER_TYPE_EXCEPTION": Known(
        "Salesforce lets users of this type own no such record: {message}",
        "Give the record another owner.",
        "{message}",
    ),
    "TRANSFER_REQUIRES_READ": Known(
        "Salesforce lets only those own a record who may see it: {message}",
        "Give the new owner access, or choose another one.",
        "{message}",
    ),
    "STORAGE_LIMIT_EXCEEDED": Known(
        "Salesforce’s storage is full.", "Free storage in Salesforce, or buy more.", ""
    ),
    "NOT_FOUND": Known("Salesforce has no such record or kind.", "Look whether it was deleted."),
    "INVALID_TYPE": Known(
        "Salesforce does not have a kind that is asked for, or hides it: {message}",
        "Give Counterpart’s user access to it.",
        "{message}",
    ),
}
_NO_COLUMN = re.compile(
    r"No such (?:column|relation) '([^']+)' on (?:entity|sobject of type) '?(\w+)'?"
)
UNKNOWN_FIELD = "unknown_field:"
# Refusals because of another record, which may be the same one.
DUPLICATES = ("DUPLICATES_DETECTED", "DUPLICATE_VALUE", "DUPLICATE_EXTERNAL_ID")
_TAKEN = re.compile(r"duplicate value found: (\w+)")


class TooFarBack(SyncError):
    """The changes since that time cannot be asked for any more: everything must be read."""


def error_of(
    code: str, message: str, fields: Sequence[str] = (), candidates: tuple[str, ...] = ()
) -> SyncError:
    """Return what an error code of Salesforce's means (Salesforce, status codes).

    `candidates` are the ids of the records that it names beside it.
    """
    if any(lock in message for lock in LOCKED):  # a flow wraps it in a code of its own
        code = LOCKED[0]
    if code in TOO_FAR_BACK:
        return TooFarBack(f"Salesforce: {message}")
    if code in BROKEN:
        return ConnectionBroken(BROKEN[code])
    if code in PASSING:
        return TryAgain(f"Salesforce: {message}", after=timezone.now() + PASSING[code])
    if code in DUPLICATES:
        return _duplicate(code, message, fields, candidates)
    return _needs_person(code, message, ", ".join(fields))


def _needs_person(code: str, message: str, fields: str) -> NeedsPerson:
    if code == "INVALID_FIELD":
        return _unknown_field(message)
    if code.startswith("INSUFFICIENT_ACCESS"):
        return NeedsPerson(
            f"Counterpart’s user may not do this in Salesforce: {message}",
            cause=f"salesforce:{code}:{_slug(message)}",
            fix=Fix("Give the user access to the record and its fields."),
        )
    return _solvable(code, message, fields)


def _duplicate(
    code: str, message: str, fields: Sequence[str], candidates: tuple[str, ...]
) -> DuplicateFound:
    """Return the question of linking; its cause is the records named, for each its own question."""
    known = _solvable(code, message, ", ".join(fields))
    cause = f"salesforce:{code}:{','.join(sorted(candidates))}" if candidates else known.cause
    found = _TAKEN.search(message)
    taken = found[1] if found else next(iter(fields), "")
    return DuplicateFound(
        str(known), cause=cause, fix=known.fix, candidates=candidates, taken=(taken, "")
    )


def _solvable(code: str, message: str, fields: str) -> NeedsPerson:
    known = SOLVABLE.get(code) or Known("Salesforce refused it: {message}", "", "{message}")
    said = message if message.endswith(("?", "!")) else message.rstrip(".") + "."
    named = {"message": said, "fields": fields or "not named"}
    detail = _slug(known.cause.format(**named))
    return NeedsPerson(
        known.words.format(**named),
        cause=f"salesforce:{code}" + (f":{detail}" if detail else ""),
        fix=Fix(known.hint.format(**named)),
    )


def _unknown_field(message: str) -> NeedsPerson:
    found = _NO_COLUMN.search(message)
    field, kind = (found[1], found[2]) if found else ("", "")
    return NeedsPerson(
        f"Salesforce has no field {field} on {kind}, or does not show it to Counterpart’s user."
        if found
        else f"Salesforce refused a field: {message}",
        cause=f"{UNKNOWN_FIELD}{kind}.{field}" if found else f"salesforce:field:{_slug(message)}",
        fix=Fix(
            "Correct the mapping row that names it, or give the user the right.", "mapping", field
        ),
    )


def _slug(text: str) -> str:
    """Return the words of a message without ids and numbers, so that equal causes are equal."""
    bare = re.sub(r"\b\w*\d\w*\b", "", text)
    return re.sub(r"[^A-Za-z_]+", "_", bare).strip("_")[:80]
