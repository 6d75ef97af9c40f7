"""Record types: the usual one of a kind, and which of them a record may have."""

from sandbox.salesforce.errors import RefusedError
from sandbox.salesforce.org import Org
from sandbox.salesforce.writing.change import Change


def settle(org: Org, change: Change) -> None:
    """Give a new record its kind's first type; raises where a given one is not for its kind."""
    if "RecordTypeId" not in change.kind.fields:
        return
    key = change.new.get("RecordTypeId")
    types = [
        one["Id"]
        for one in org.all_with("RecordType", "SobjectType", change.kind.name)
        if one["IsActive"] and not (one.get("IsPersonType") and not _knows_persons(change))
    ]
    if change.creates and key is None:
        change.new["RecordTypeId"] = types[0] if types else None
    elif key is not None and change.moved("RecordTypeId") and key not in types:
        message = f"Record Type ID: this ID value isn't valid for the user: {key}"
        raise RefusedError("INVALID_CROSS_REFERENCE_KEY", message, ["RecordTypeId"])


def _knows_persons(change: Change) -> bool:
    return "IsPersonAccount" in change.kind.fields
