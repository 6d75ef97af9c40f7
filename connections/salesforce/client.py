"""The Remote of one Salesforce org."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any

from connections.models import Connection
from connections.remote import Answer, Changes, Reference, Sending
from connections.transport import Caller
from sync.core.errors import NeedsPerson
from sync.core.records import Key, Record, System

from . import answers, changes, organisation, query, values
from .describing import Shapes, forget
from .doorway import Doorway
from .kinds import KINDS, Kind
from .query import Selection
from .refusals import UNKNOWN_FIELD

RECORDS_IN_A_WRITE = 200  # Salesforce, sObject Collections


class SalesforceRemote:
    """One org, opened for one lane."""

    system = System.SALESFORCE

    def __init__(self, connection: Connection, caller: Caller) -> None:
        self.connection_id = connection.pk
        self._host = connection.host
        self._caller = caller
        self._door = Doorway(caller, connection.host)
        self._shapes = Shapes(connection.pk, self._door)

    @property
    def calls(self) -> int:
        """HTTP calls made so far."""
        return self._caller.calls

    def batch_size(self, kind: str) -> int:
        """Return how many records one call may write."""
        return RECORDS_IN_A_WRITE

    def read(self, kind: str, ids: Sequence[str], fields: Sequence[str] = ()) -> list[Record]:
        """Return the records found, 200 ids a call; deleted ones come with `gone`.

        A field may be one below (`OpportunityLineItems.Region__c`). Raises NeedsPerson for one
        that the org does not have or hides.
        """
        wanted = list(dict.fromkeys(ids))
        if not wanted:
            return []
        try:
            return self._read(KINDS[kind], wanted, fields)
        except NeedsPerson as error:
            if not error.cause.startswith(UNKNOWN_FIELD):
                raise
        forget(self.connection_id)  # the org may have changed since it was described
        return self._read(KINDS[kind], wanted, fields)

    def changed(self, kind: str, since: datetime | None) -> Changes:
        """Return the keys of everything changed or deleted since the time (None: of everything)."""
        return changes.changed(self._door, self._shapes, KINDS[kind], since)

    def glance(self, kind: str, since: datetime) -> Changes:
        """Return in one light call what most likely needs work; records have their stamp alone."""
        return changes.glance(self._door, KINDS[kind], since)

    def fields(self, kind: str) -> Mapping[str, str]:
        """Return the field names and types that the org shows us; empty for an unknown kind."""
        if kind in KINDS:
            self._shapes.load(KINDS[kind].describes)
        return self._shapes.types(kind)

    def reference(self) -> Reference:
        """Read the org's own facts afresh, and let its fields be described anew."""
        forget(self.connection_id)
        return organisation.read(self._door, self._shapes)

    def send(self, sending: Sending) -> list[Answer]:
        """Write once, 200 records at most; Salesforce takes no idempotency key."""
        kind = KINDS[sending.kind]
        rows = answers.write(self._door, kind, sending.verb, sending.bodies)
        return answers.read(rows, sending.bodies, self._caller.correlation_id)

    def link_to(self, key: Key) -> str:
        """Return the record's page in Salesforce."""
        return f"{self._host}/lightning/r/{key.kind}/{key.id}/view"

    def _read(self, kind: Kind, ids: Sequence[str], fields: Sequence[str]) -> list[Record]:
        selection = query.select(kind, self._shapes, fields)
        found = [self._record(kind, row) for row in self._rows(selection, ids)]
        missing = sorted(set(ids) - {record.key.id for record in found})
        return found + self._deleted(kind, selection, missing)

    def _rows(self, selection: Selection, ids: Sequence[str]) -> Iterator[dict[str, Any]]:
        for soql in query.by_ids(selection, ids):
            for page in self._door.pages(soql):
                yield from page

    def _deleted(self, kind: Kind, selection: Selection, ids: Sequence[str]) -> list[Record]:
        """Read what the recycle bin still has of records that were not found."""
        if not ids:
            return []
        own = Selection(kind.name, ("IsDeleted", *selection.paths))
        rows = (
            row
            for soql in query.by_ids(own, ids)
            for page in self._door.pages(soql, with_deleted=True)
            for row in page
        )
        return [self._record(kind, row) for row in rows]

    def _record(self, kind: Kind, row: Mapping[str, Any]) -> Record:
        whole = {name: self._all_below(value) for name, value in row.items()}
        read = values.read(whole, self._shapes.types)
        for child in kind.children:
            read[child.relationship] = sorted(read.get(child.relationship) or [], key=_place)
        key = Key(System.SALESFORCE, kind.name, str(row["Id"]))
        return Record(key, read, read.get("SystemModstamp"), _gone(read))

    def _all_below(self, value: Any) -> Any:
        """Follow the lines of a record that did not fit the page."""
        if isinstance(value, Mapping) and value.get("done") is False:
            rest = self._door.more(str(value["nextRecordsUrl"]))
            return {**value, "records": [*value["records"], *rest]}
        return value


def _place(line: Mapping[str, Any]) -> tuple[bool, Decimal, str]:
    """Return where a line stands: as people sorted it, then by its id, the same at each reading."""
    order = line.get("SortOrder")
    return order is None, order or Decimal(0), str(line.get("Id"))


def _gone(read: Mapping[str, Any]) -> str:
    if read.get("IsDeleted") is not True:
        return ""
    winner = read.get("MasterRecordId")
    return f"merged:{winner}" if winner else "deleted"
