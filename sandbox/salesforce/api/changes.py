"""Which records were updated or deleted in a span of time."""

from datetime import datetime, timedelta

from sandbox.salesforce import stamps
from sandbox.salesforce.api.call import Call, Reply
from sandbox.salesforce.catalogue import SYSTEM
from sandbox.salesforce.errors import RefusedError
from sandbox.salesforce.org import Org
from sandbox.salesforce.schema import Kind

UPDATES_KEPT = timedelta(days=30)
DELETIONS_KEPT = timedelta(days=15)
MOST_IDS = 600_000  # the setting `id_limit`


def updated(call: Call) -> Reply:
    """The ids of the records created or changed in the span, and how far it is safe to go on."""
    start, end = _span(call, UPDATES_KEPT)
    kind = _replicated(call)
    ids = call.org.by_stamp(kind.name)
    first, last = stamps.write(start), stamps.write(end)
    most = call.org.world.setting(SYSTEM, "id_limit", MOST_IDS)
    if ids.count(first, last) > most:
        message = f"Too many ids returned; id limit is {most}"
        raise RefusedError("EXCEEDED_ID_LIMIT", message)
    found = [key for key in ids.between(first, last) if call.org.alive(kind.name, key)]
    return Reply(200, {"ids": found, "latestDateCovered": _covered(call.org, end)})


def deleted(call: Call) -> Reply:
    """The ids of the records deleted in the span, each with its time."""
    start, end = _span(call, DELETIONS_KEPT)
    kind = _replicated(call)
    first, last = stamps.write(start), stamps.write(end)
    rows = [
        {"id": key, "deletedDate": note["Date"]}
        for key, note in call.org.deletions.items()
        if note["Kind"] == kind.name and first <= note["Date"] <= last
    ]
    body = {
        "deletedRecords": rows,
        "earliestDateAvailable": stamps.write(stamps.to_minute(call.org.now() - DELETIONS_KEPT)),
        "latestDateCovered": _covered(call.org, end),
    }
    return Reply(200, body)


def _replicated(call: Call) -> Kind:
    kind = call.kind()
    if "SystemModstamp" not in kind.fields:
        message = f"The entity {kind.name} is not replicateable"
        raise RefusedError("INVALID_REPLICATION_TYPE", message)
    return kind


def _span(call: Call, kept: timedelta) -> tuple[datetime, datetime]:
    """Start and end without their seconds. Raises INVALID_REPLICATION_DATE."""
    start, end = (stamps.to_minute(_moment(call, name)) for name in ("start", "end"))
    if end - start < timedelta(minutes=1):
        raise _refused("endDate must be at least one minute greater than startDate")
    if start < call.org.now() - kept:
        raise _refused("startDate before org's replication data is available")
    return start, end


def _moment(call: Call, name: str) -> datetime:
    text = call.query.get(name, "")
    try:
        return stamps.read(text)
    except ValueError as error:
        raise _refused(f"{name} is not a valid date and time: {text}") from error


def _covered(org: Org, end: datetime) -> str:
    """Up to when nothing can come any more: now, or where the oldest transaction began."""
    covered = min(end, stamps.to_minute(org.now()))
    began = org.world.setting(SYSTEM, "open_transaction")
    if began:
        covered = min(covered, stamps.read(began))
    return stamps.write(covered)


def _refused(message: str) -> RefusedError:
    return RefusedError("INVALID_REPLICATION_DATE", message)
