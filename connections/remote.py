"""Remote: the one doorway to a system; the engine knows this Protocol and nothing of HTTP."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any, Protocol

from sync.core.organisation import Account, Reference, TaxRate, TrackingOption
from sync.core.records import Key, Record, System

__all__ = [
    "Account",
    "Answer",
    "Changes",
    "Happening",
    "Lane",
    "Reference",
    "Remote",
    "Sending",
    "TaxRate",
    "TrackingOption",
    "Verb",
]


class Lane(StrEnum):
    """Who asks for calls. Billing has a reserve that background work never touches."""

    PERSON = "person"
    BILLING = "billing"
    BACKGROUND = "background"


class Verb(StrEnum):
    """What a write does to the remote record."""

    CREATE = "create"
    UPDATE = "update"
    DELETE = "delete"


@dataclass(frozen=True)
class Changes:
    """What changed since a cursor: keys for the noticed records, and records where they came along.

    `covered` is the remote's own time up to which nothing can be missing any more; the next
    question starts there (minus the overlap). `complete` is false when the caller should ask
    again at once (more pages than one call may take).
    """

    keys: tuple[Key, ...]
    records: tuple[Record, ...]
    covered: datetime | None
    complete: bool = True


@dataclass(frozen=True)
class Sending:
    """One HTTP call that writes up to `Remote.batch_size(kind)` records, each with its own body.

    `bodies` use the remote's field names; Decimals stay Decimals. For an update each body holds
    the record's id under the remote's own id field, for a delete that alone (Salesforce only; what
    is gone already counts as done). `idempotency_key` has at most 128 characters.
    A create in Salesforce holds the value of the kind's external id, so that a repeat finds what
    is there already. `despite_duplicates` makes the records although the remote finds others like
    them: only ever a person's word; a rule that blocks still stands.
    """

    kind: str
    verb: Verb
    bodies: tuple[Mapping[str, Any], ...]
    idempotency_key: str
    despite_duplicates: bool = False


@dataclass(frozen=True)
class Answer:
    """The remote's answer for one element of a Sending, in the same order.

    `done` tells whether it was written. `record` is the record as the remote now has it where
    it says so (Xero does, Salesforce gives only an id). `message` is the remote's own reason of
    a refusal; `error` the design's error that a refusal means (NeedsPerson, of which DuplicateFound
    leads to the duplicate desk, or TryAgain). `met` tells that a create by external id found its
    record there already and changed that one: nothing new was made.
    """

    done: bool
    id: str = ""
    record: Record | None = None
    message: str = ""
    error: Exception | None = None
    warnings: tuple[str, ...] = ()
    correlation_id: str = ""
    status: int = 200
    met: bool = False


@dataclass(frozen=True)
class Happening:
    """One line of a record's history in its system: when (aware UTC), who, and what in words."""

    when: datetime | None
    who: str
    what: str


class Remote(Protocol):
    """One connection's system, opened for one lane. Every method may raise the design's errors."""

    system: System
    connection_id: int

    @property
    def calls(self) -> int:
        """HTTP calls made so far through this doorway (data calls; sign-in not counted)."""

    def batch_size(self, kind: str) -> int:
        """Return how many records of the kind one Sending may carry (Xero 50, Salesforce 200)."""

    def read(self, kind: str, ids: Sequence[str], fields: Sequence[str] = ()) -> list[Record]:
        """Return the records found (missing ids are absent; deleted ones come with `gone`).

        `fields` are further field paths to read besides the kind's own; a path that the remote
        does not have raises NeedsPerson. Ids go 40 (Xero) or 1,000 (Salesforce) to a call; Xero's
        credit goes 20, quotes one by one or by pages, at one call more than ids at most.
        """

    def changed(self, kind: str, since: datetime | None) -> Changes:
        """Return everything of the kind changed since the time (None: everything there is)."""

    def changed_records(
        self,
        kind: str,
        since: datetime | None,
        fields: Sequence[str] = (),
        known: Callable[[Sequence[str]], Mapping[str, Record]] = lambda ids: {},
    ) -> Iterator[Changes]:
        """Yield whole records changed since the time (None: all there are), page by page.

        For a local index: each page has at most some 2,000 records with what is below them, and
        is safe to keep by itself, with `covered` as the cursor that goes on after it. The last one
        is `complete`. Deleted and merged records come with `gone` and few of their values. `fields`
        as in `read`. Records come again in a later page when something below them changed.
        `known` tells what the caller has of records with these ids: what is still as it has it is
        left out (Salesforce; Xero sends its records with their stamps anyway).
        """

    def stamps(self, kind: str, ids: Sequence[str]) -> Mapping[str, datetime]:
        """Return when each of these living records was last changed; the lightest reading.

        Salesforce: one call for some 2,500 ids; Xero: as `read`.
        """

    def history(self, key: Key) -> list[Happening]:
        """Return who changed the record and when, newest first, as far as its system tells.

        Xero: its history of a contact or a document, one call. Salesforce: the last change alone.
        """

    def find_by(self, kind: str, field: str, values: Sequence[str]) -> list[Record]:
        """Return the living records whose field has one of the values (case does not count).

        It finds a write in doubt by its marker. Salesforce: one call for 1,000 values; Xero: one
        for each value, by its search.
        """

    def choices(self, kind: str, field: str, within: str = "") -> Mapping[str, str]:
        """Return the active values of a list with their labels; empty where there is no list.

        `within` is a value of the list that the field depends on: the states of a country by its
        code. Cached with `fields`.
        """

    def glance(self, kind: str, since: datetime) -> Changes:
        """Return in one light call the keys that most likely need work; no guarantee (no sweep)."""

    def newest(self, kind: str, since: datetime) -> Changes:
        """Return in one light call the keys of all stamped later, deleted too; no guarantee."""

    def open_records(self, kind: str) -> list[Record]:
        """Return all records of the kind that are still open, as they are now; see `Kind`.

        Xero: approved invoices that are not paid yet, credit of which something is left; 1,000 a
        call. Salesforce has no such kind.
        """

    def online_address(self, key: Key) -> str:
        """Return where a customer sees the record, or empty where there is no such page; one call.

        It never changes. Salesforce has none.
        """

    def fields(self, kind: str) -> Mapping[str, str]:
        """Return the kind's field names and types as the remote describes them (cached)."""

    def reference(self) -> Reference:
        """Read the organisation's facts and lists afresh (Xero about 7 calls, Salesforce 1)."""

    def send(self, sending: Sending) -> list[Answer]:
        """Write once; one answer per body, in order.

        Raises TryAgain (surely nothing written), OutcomeUnknown (perhaps written, look it up),
        ConnectionBroken. Never repeats the call by itself.
        """

    def link_to(self, key: Key) -> str:
        """Return the address of the record in the remote's own pages; no call is made."""
