"""The Remote of one Salesforce org."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import TypeVar

from connections.models import Connection
from connections.remote import Answer, Changes, Happening, Reference, Sending, Verb
from connections.transport import Caller
from sync.core.errors import NeedsPerson
from sync.core.fields import FieldFacts
from sync.core.records import Key, Record, System
from sync.core.rights import Rights

from . import answers, changes, organisation
from .describing import Shapes, forget
from .doorway import Doorway
from .kinds import KINDS, Kind
from .one_by_one import name_duplicates
from .reading import Known, Reader
from .refusals import UNKNOWN_FIELD

RECORDS_IN_A_WRITE = 200  # Salesforce, sObject Collections
Found = TypeVar("Found")


class SalesforceRemote:
    """One org, opened for one lane."""

    system = System.SALESFORCE

    def __init__(self, connection: Connection, caller: Caller) -> None:
        self.connection_id = connection.pk
        self._host = connection.host
        self._caller = caller
        self._door = Doorway(caller, connection.host)
        self._shapes = Shapes(connection.pk, self._door)
        self._reader = Reader(self._door, self._shapes)

    @property
    def calls(self) -> int:
        """HTTP calls made so far."""
        return self._caller.calls

    def batch_size(self, kind: str) -> int:
        """Return how many records one call may write."""
        return RECORDS_IN_A_WRITE

    def read(self, kind: str, ids: Sequence[str], fields: Sequence[str] = ()) -> list[Record]:
        """Return the records found, 1,000 ids a call; deleted ones come with `gone`.

        A field may be one below (`OpportunityLineItems.Region__c`). Raises NeedsPerson for one
        that the org does not have or hides.
        """
        wanted = list(dict.fromkeys(ids))
        if not wanted:
            return []
        return self._known(lambda: self._reader.by_ids(KINDS[kind], wanted, fields))

    def changed(self, kind: str, since: datetime | None) -> Changes:
        """Return the keys of everything changed or deleted since the time (None: of everything)."""
        return changes.changed(self._door, self._shapes, KINDS[kind], since)

    def changed_records(
        self,
        kind: str,
        since: datetime | None,
        fields: Sequence[str] = (),
        known: Known = lambda ids: {},
    ) -> Iterator[Changes]:
        """Yield whole records changed since the time, 1,000 a page with what is below them.

        What is yielded before an org is described anew comes again.
        """
        try:
            yield from self._reader.changed(KINDS[kind], since, fields, known)
        except NeedsPerson as error:
            self._forget(error)
            yield from self._reader.changed(KINDS[kind], since, fields, known)

    def find_by(self, kind: str, field: str, values: Sequence[str]) -> list[Record]:
        """Return the living records whose field has one of the values, 1,000 of them a call."""
        wanted = list(dict.fromkeys(values))
        if not wanted:
            return []
        return self._known(lambda: self._reader.by_values(KINDS[kind], field, wanted))

    def history(self, key: Key) -> list[Happening]:
        """Return the record's last change: Salesforce tells no more without field tracking."""
        found = self.read(key.kind, [key.id], ["LastModifiedBy.Name", "LastModifiedDate"])
        return [
            Happening(
                record.get("LastModifiedDate"),
                str(record.get("LastModifiedBy.Name") or ""),
                "Last changed",
            )
            for record in found
        ]

    def stamps(self, kind: str, ids: Sequence[str]) -> dict[str, datetime]:
        """Return when each of these living records was last changed, some 2,500 ids a call."""
        wanted = list(dict.fromkeys(ids))
        return self._reader.stamps(KINDS[kind], wanted) if wanted else {}

    def open_records(self, kind: str) -> list[Record]:
        """Return nothing: no kind of Salesforce's is open in this sense."""
        return []

    def online_address(self, key: Key) -> str:
        """Return nothing: customers see nothing of Salesforce."""
        return ""

    def choices(self, kind: str, field: str, within: str = "") -> Mapping[str, str]:
        """Return the active values of a picklist with their labels; empty where there is none."""
        shape = self._shapes.get(kind)
        return shape.choices(field, within) if shape else {}

    def glance(self, kind: str, since: datetime) -> Changes:
        """Return in one light call what most likely needs work; records have their stamp alone."""
        return changes.glance(self._door, KINDS[kind], since)

    def newest(self, kind: str, since: datetime) -> Changes:
        """Return in one light call all stamped later, deleted too; records have stamps alone."""
        return changes.newest(self._door, KINDS[kind], since)

    def fields(self, kind: str) -> Mapping[str, str]:
        """Return the field names and types that the org shows us; empty for an unknown kind."""
        if kind in KINDS:
            self._shapes.load(KINDS[kind].describes)
        return self._shapes.types(kind)

    def described(self, kinds: Sequence[str]) -> dict[str, Mapping[str, FieldFacts]]:
        """Return the fields of the kinds that the org shows us; one call for 25 (cached)."""
        self._shapes.load(kinds)
        shapes = {kind: self._shapes.get(kind) for kind in kinds}
        return {kind: shape.facts for kind, shape in shapes.items() if shape is not None}

    def rights(self, kinds: Sequence[str]) -> dict[str, Rights]:
        """Return what the org lets us do with the kinds; a hidden one is absent (cached)."""
        self._shapes.load(kinds)
        shapes = {kind: self._shapes.get(kind) for kind in kinds}
        return {kind: shape.rights for kind, shape in shapes.items() if shape is not None}

    def reference(self) -> Reference:
        """Read the org's own facts afresh, and let its fields be described anew."""
        forget(self.connection_id)
        return organisation.read(self._door, self._shapes)

    def send(self, sending: Sending) -> list[Answer]:
        """Write once, 200 records at most; Salesforce takes no idempotency key.

        What a duplicate rule refuses costs one more call for 25 records, which names the others.
        """
        answers.check(KINDS[sending.kind], sending)
        if sending.verb is Verb.CREATE and not KINDS[sending.kind].once:
            self._known(lambda: self._can_be_found_again(KINDS[sending.kind]))
        kind = KINDS[sending.kind]
        told = answers.write(self._door, kind, sending, self._correlation_id)
        return name_duplicates(self._door, kind, sending, told, self._correlation_id)

    def link_to(self, key: Key) -> str:
        """Return the record's page in Salesforce."""
        return f"{self._host}/lightning/r/{key.kind}/{key.id}/view"

    def _correlation_id(self) -> str:
        return self._caller.correlation_id

    def _can_be_found_again(self, kind: Kind) -> None:
        """Raise NeedsPerson where the org lacks the external id by which a create is repeatable."""
        shape = self._shapes.get(kind.name)
        if shape is None or kind.external_id not in shape.external_ids:
            raise answers.no_external_id(kind)

    def _known(self, ask: Callable[[], Found]) -> Found:
        """Return what is asked for; an unknown field may be one that the org got meanwhile."""
        try:
            return ask()
        except NeedsPerson as error:
            self._forget(error)
        return ask()

    def _forget(self, error: NeedsPerson) -> None:
        if not error.cause.startswith(UNKNOWN_FIELD):
            raise error
        forget(self.connection_id)
