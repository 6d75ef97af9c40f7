"""Merging two records into one: the loser's children go over to the winner."""

from sandbox.salesforce.errors import RefusedError, deleted
from sandbox.salesforce.org import Org
from sandbox.salesforce.schema import Kind
from sandbox.salesforce.writing.bin import put_in_bin
from sandbox.salesforce.writing.change import Author
from sandbox.salesforce.writing.records import sign
from sandbox.store import Record


def merge(org: Org, author: Author, kind: Kind, winner: str, loser: str) -> None:
    """Merge the loser into the winner, whose own values stay. Raises RefusedError.

    The children's stamps stay as they are: Salesforce runs no triggers for them, and whether it
    stamps them is not known, so that nobody may count on it.
    """
    if not kind.can("merge") or winner == loser:
        raise RefusedError("INVALID_OPERATION", f"{kind.label} {loser} cannot be merged", [])
    kept, gone = _alive(org, kind, winner), _alive(org, kind, loser)
    _refuse_persons(kind, kept, gone)
    with org.transaction():
        _merge_persons(org, author, kept, gone)
        for field_kind, field in _pointers(org, kind):
            for child in org.all_with(field_kind, field, loser):
                org.put(field_kind, {**child, field: winner})
        put_in_bin(org, author, kind, gone, root=loser, master=winner)
        kept = dict(kept)
        sign(org, kind, kept, author)
        org.put(kind.name, kept)


def _refuse_persons(kind: Kind, kept: Record, gone: Record) -> None:
    """A person is merged into a person, and a person account's contact with its account alone."""
    persons = bool(kept.get("IsPersonAccount")), bool(gone.get("IsPersonAccount"))
    if persons[0] != persons[1] or (kind.name == "Contact" and any(persons)):
        message = "Person accounts can be merged with other person accounts only."
        raise RefusedError("INVALID_OPERATION", message, [])


def _merge_persons(org: Org, author: Author, kept: Record, gone: Record) -> None:
    """The contact of a person account goes into the winner's one."""
    contact = org.alive("Contact", gone.get("PersonContactId"))
    if contact:
        kind, master = org.catalogue.named("Contact"), kept["PersonContactId"]
        put_in_bin(org, author, kind, contact, root=gone["Id"], master=master)


def _alive(org: Org, kind: Kind, key: str) -> Record:
    record = org.get(kind.name, key)
    if record is None:
        raise RefusedError("INVALID_CROSS_REFERENCE_KEY", "invalid cross reference id", [])
    if record["IsDeleted"]:
        raise deleted()
    return record


def _pointers(org: Org, kind: Kind) -> list[tuple[str, str]]:
    return [
        (other.name, field.name)
        for other in org.catalogue.kinds.values()
        for field in other.fields.values()
        if kind.name in field.to and field.name != "MasterRecordId"
    ]
