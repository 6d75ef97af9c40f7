"""What Salesforce derives in a task: whether it is done, and whose account it belongs to."""

from sandbox.salesforce.org import Org
from sandbox.salesforce.writing.change import Change
from sandbox.store import Record


def before(org: Org, change: Change) -> None:
    """Derive the fields that nobody writes."""
    new = change.new
    new["IsClosed"] = new["Status"] == "Completed"
    new["IsHighPriority"] = new["Priority"] == "High"
    new["AccountId"] = _account(org, new)
    if change.moved("Status"):
        new["CompletedDateTime"] = org.stamp() if new["IsClosed"] else None


def _account(org: Org, task: Record) -> str | None:
    for key in (task["WhatId"], task["WhoId"]):
        kind = org.kind_of(key) if key else None
        record = org.get(kind.name, key) if kind else None
        if kind and record:
            found = record["Id"] if kind.name == "Account" else record.get("AccountId")
            return str(found) if found else None
    return None
