"""The errors of the whole app, named by what happens next; their text is for finance staff."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


class SyncError(Exception):
    """An expected failure whose text a person in finance can act on."""


class TryAgain(SyncError):
    """Nothing was written; the same call may succeed at `after` (aware UTC; None: soon).

    `whole_connection` says that the limit or outage holds for every call on the connection,
    so that its queue is parked; otherwise only this record waits.
    """

    def __init__(
        self, message: str, *, after: datetime | None = None, whole_connection: bool = False
    ) -> None:
        super().__init__(message)
        self.after = after
        self.whole_connection = whole_connection


@dataclass(frozen=True)
class Fix:
    """Where a problem is solved: a sentence, an admin page's key and its argument."""

    hint: str
    place: str = ""
    argument: str = ""


class NeedsPerson(SyncError):
    """Repeating cannot help; a person must change something. `cause` groups equal problems.

    `cause` is a stable key such as `tax_type_missing:GST`; many subjects with the same cause
    become one review item. `fix` says what to change and where.
    """

    def __init__(self, message: str, *, cause: str, fix: Fix | None = None) -> None:
        super().__init__(message)
        self.cause = cause
        self.fix = fix or Fix("")


class DuplicateFound(NeedsPerson):
    """The remote refused a record because of others that it may be: a question of linking.

    `candidates` are the remote ids of those others, where it names them. `taken` is the field and
    the value that must be unique and that another record has: (`Name`, `Aire Ltd`).
    """

    def __init__(
        self,
        message: str,
        *,
        cause: str,
        fix: Fix | None = None,
        candidates: tuple[str, ...] = (),
        taken: tuple[str, str] = ("", ""),
    ) -> None:
        super().__init__(message, cause=cause, fix=fix)
        self.candidates = candidates
        self.taken = taken


class OutcomeUnknown(SyncError):
    """A write was sent and its answer was lost: look it up before anything is sent again.

    `fresh_key` is true where the remote may replay its own failure under the same idempotency
    key (Xero caches answers of 500 for six minutes), so a resend needs a new one.
    """

    def __init__(self, message: str, *, fresh_key: bool = False) -> None:
        super().__init__(message)
        self.fresh_key = fresh_key


class ConnectionBroken(SyncError):
    """The connection cannot be used until an administrator acts (reconnect, settings, rights)."""
