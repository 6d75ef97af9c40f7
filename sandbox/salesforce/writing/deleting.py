"""Deleting: into the recycle bin, with everything below, and out of it again."""

from sandbox.salesforce.errors import RefusedError, deleted
from sandbox.salesforce.org import Org
from sandbox.salesforce.schema import Kind
from sandbox.salesforce.writing.amounts import recount
from sandbox.salesforce.writing.bin import gone_for_good, put_in_bin
from sandbox.salesforce.writing.change import Author, Change
from sandbox.salesforce.writing.checks import check_unique
from sandbox.salesforce.writing.org_rules import check_locks
from sandbox.salesforce.writing.records import sign
from sandbox.store import Record

_IN_USE = {
    "PricebookEntry": ("OpportunityLineItem", "PricebookEntryId"),
    "Product2": ("OpportunityLineItem", "Product2Id"),
    "Pricebook2": ("Opportunity", "Pricebook2Id"),
}


def delete(org: Org, author: Author, kind: Kind, key: str) -> None:
    """Delete a record and what belongs to it. Raises RefusedError."""
    record = org.get(kind.name, key)
    if record is None:
        raise RefusedError("INVALID_CROSS_REFERENCE_KEY", "invalid cross reference id", [])
    if record.get("IsDeleted"):
        raise deleted()
    if not (kind.can("delete") or author.by_hand):
        message = "insufficient access rights on object id"
        raise RefusedError("INSUFFICIENT_ACCESS_OR_READONLY", message, [])
    _refuse_used(org, kind, record)
    check_locks(org, Change(kind, author, record, record))
    with org.transaction():
        _bin(org, author, kind, record, root=key)
        if kind.name == "OpportunityLineItem":
            recount(org, author, record["OpportunityId"])


def restore(org: Org, author: Author, kind: Kind, key: str) -> None:
    """Bring a record back from the recycle bin with all that was deleted with it.

    Raises RefusedError, also where a living record has got its unique value meanwhile.
    """
    if key not in org.deletions or gone_for_good(org, key):
        raise RefusedError("UNDELETE_FAILED", "Entity is not in the recycle bin", [])
    root = org.deletions[key]["Root"]
    with org.transaction():
        for other, deletion in list(org.deletions.items()):
            if deletion["Root"] == root:
                below = org.catalogue.named(deletion["Kind"])
                gone = org.table(below.name)[other]
                back = {**gone, "IsDeleted": False}
                if "MasterRecordId" in back:
                    back["MasterRecordId"] = None  # what has gone over to the winner stays there
                check_unique(org, Change(below, author, gone, back))
                sign(org, below, back, author)
                org.put(below.name, back)
                org.drop(org.deletions, other)


def _bin(org: Org, author: Author, kind: Kind, record: Record, root: str) -> None:
    for below in kind.below:
        lower = org.catalogue.named(below.kind)
        for child in org.all_with(below.kind, below.field, record["Id"]):
            if below.cascade:
                _bin(org, author, lower, child, root)
            elif lower.fields[below.field].has("n"):
                org.put(below.kind, {**child, below.field: None})
    if "IsDeleted" in kind.fields:
        put_in_bin(org, author, kind, record, root=root)
    else:
        org.drop(org.table(kind.name), record["Id"])


def _refuse_used(org: Org, kind: Kind, record: Record) -> None:
    if kind.name not in _IN_USE:
        return
    user, field = _IN_USE[kind.name]
    if org.all_with(user, field, record["Id"]):
        message = (
            f"Your attempt to delete {record['Name']} could not be completed because it is "
            f"associated with the following records: {user}"
        )
        raise RefusedError("DELETE_FAILED", message, [])
