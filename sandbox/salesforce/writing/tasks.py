"""What Salesforce derives in a task, and who may own one."""

from sandbox.salesforce.errors import RefusedError
from sandbox.salesforce.org import Org
from sandbox.salesforce.writing.change import Change
from sandbox.store import Record


def before(org: Org, change: Change) -> None:
    """Derive the fields that nobody writes. Raises RefusedError for an owner that may not be."""
    new = change.new
    if change.moved("OwnerId"):
        _check_owner(org, new["OwnerId"])
    new["IsClosed"] = new["Status"] == "Completed"
    new["IsHighPriority"] = new["Priority"] == "High"
    new["AccountId"] = _account(org, new)
    if change.moved("Status"):
        new["CompletedDateTime"] = org.stamp() if new["IsClosed"] else None


def _check_owner(org: Org, key: str | None) -> None:
    user = org.get("User", key) if key else None
    if user is None:
        return
    if not user["IsActive"]:
        message = f"operation performed with inactive user [{user['Id']}] as owner of task"
        raise RefusedError("INACTIVE_OWNER_OR_USER", message, [])
    if user["UserType"] == "CsnOnly":
        message = "Operation not valid for this user type."
        raise RefusedError("OP_WITH_INVALID_USER_TYPE_EXCEPTION", message, [])


def _account(org: Org, task: Record) -> str | None:
    for key in (task["WhatId"], task["WhoId"]):
        kind = org.kind_of(key) if key else None
        record = org.get(kind.name, key) if kind else None
        if kind and record:
            found = record["Id"] if kind.name == "Account" else record.get("AccountId")
            return str(found) if found else None
    return None
