"""Salesforce's Task: what Counterpart reads and writes of one."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from sync.core.chasing.cases import HOLDS, Holds, Task
from sync.core.chasing.owners import Person
from sync.core.records import Record

KIND = "Task"
RULE_KEY = "Counterpart_Rule_Key__c"
SEVERITY = "Counterpart_Severity__c"
SNOOZED = "Counterpart_Snoozed_Until__c"
DISPUTED = "Counterpart_Disputed__c"
PROMISED = "Counterpart_Promised_On__c"
NAMES: Mapping[str, str] = {
    "owner": "OwnerId",
    "subject": "Subject",
    "text": "Description",
    "priority": "Priority",
    "due_on": "ActivityDate",
    "status": "Status",
    "severity": SEVERITY,
    "snoozed_until": SNOOZED,
    "disputed": DISPUTED,
    "promised_on": PROMISED,
}
COMPLETED = "Completed"


def read(record: Record) -> Task:
    """Return a task as the cases look at it."""
    severity = record.get(SEVERITY)
    return Task(
        record.key.id,
        str(record.get("OwnerId") or ""),
        str(record.get("Subject") or ""),
        str(record.get("Description") or ""),
        str(record.get("Priority") or ""),
        _day(record, "ActivityDate"),
        int(severity) if isinstance(severity, Decimal) else None,
        Holds(_day(record, SNOOZED), record.get(DISPUTED) is True, _day(record, PROMISED)),
        frozenset(name for name in HOLDS if NAMES[name] in record.values),
        done=record.get("IsClosed") is True,
        gone=bool(record.gone),
        stamp=record.stamp,
    )


def body(values: Mapping[str, Any], fields: Collection[str]) -> dict[str, Any]:
    """Return the body that writes these values; what is empty, or not in the org, is left out."""
    told = {name: value for name, value in values.items() if value != ""}
    found = {NAMES[name]: value for name, value in told.items() if NAMES[name] in fields}
    return {n: Decimal(v) if type(v) is int else v for n, v in found.items()}


def person(record: Record) -> Person:
    """Return a user as the choice of owners looks at it."""
    return Person(
        record.key.id,
        str(record.get("Name") or ""),
        record.get("IsActive") is not False and not record.gone,
        str(record.get("ManagerId") or ""),
    )


def _day(record: Record, name: str) -> date | None:
    day = record.get(name)
    return day if isinstance(day, date) else None
