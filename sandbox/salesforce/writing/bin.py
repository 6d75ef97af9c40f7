"""The recycle bin: what was deleted, when, and together with what."""

from datetime import timedelta

from sandbox.salesforce import stamps
from sandbox.salesforce.org import Org
from sandbox.salesforce.schema import Kind
from sandbox.salesforce.writing.change import Author
from sandbox.salesforce.writing.records import sign
from sandbox.store import Record

KEPT = timedelta(days=15)


def put_in_bin(
    org: Org, author: Author, kind: Kind, record: Record, *, root: str, master: str | None = None
) -> None:
    """Mark one record as deleted together with `root`; with `master`, as merged into that one."""
    gone = {**record, "IsDeleted": True}
    if master:
        gone["MasterRecordId"] = master
    sign(org, kind, gone, author)
    org.put(kind.name, gone)
    note = {"Kind": kind.name, "Date": org.stamp(), "Root": root}
    org.keep(org.deletions, record["Id"], note)


def gone_for_good(org: Org, key: str) -> bool:
    """Whether a deleted record has left the recycle bin."""
    deletion = org.deletions.get(key)
    return deletion is None or stamps.read(deletion["Date"]) < org.now() - KEPT
