"""Remote: the one doorway to a system; the engine knows this Protocol and nothing of HTTP."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
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
    the record's id under the remote's own id field. `idempotency_key` has at most 128 characters.
    """

    kind: str
    verb: Verb
    bodies: tuple[Mapping[str, Any], ...]
    idempotency_key: str


@dataclass(frozen=True)
class Answer:
    """The remote's answer for one element of a Sending, in the same order.

    `done` tells whether it was written. `record` is the record as the remote now has it where
    it says so (Xero does, Salesforce gives only an id). `message` is the remote's own reason of
    a refusal; `error` the design's error that a refusal means (NeedsPerson or TryAgain).
    """

    done: bool
    id: str = ""
    record: Record | None = None
    message: str = ""
    error: Exception | None = None
    warnings: tuple[str, ...] = ()
    correlation_id: str = ""
    status: int = 200


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
        does not have raises NeedsPerson. Ids go 40 (Xero) or 200 (Salesforce) to a call.
        """

    def changed(self, kind: str, since: datetime | None) -> Changes:
        """Return everything of the kind changed since the time (None: everything there is)."""

    def glance(self, kind: str, since: datetime) -> Changes:
        """Return in one light call the keys that most likely need work; no guarantee (no sweep)."""

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
