"""The history and notes of a record."""

from typing import Any

from sandbox.store import Record
from sandbox.xero.books import SYSTEM, Books
from sandbox.xero.errors import RefusedError
from sandbox.xero.reading import Given, parts, text
from sandbox.xero.stamps import stamp

LONGEST_NOTE = 2500
_KIND = "History"


def note(books: Books, key: str, changes: str, details: str = "") -> Record:
    """Add an entry to the record's history, in the name of who is at work; answers it."""
    entry: Record = {
        "Changes": changes,
        "DateUTC": stamp(books.world.clock.now()),
        "User": books.user,
        "Details": details,
    }
    table = books.world.table(SYSTEM, _KIND)
    earlier = table[key]["Entries"] if key in table else []
    table[key] = {"TenantID": books.tenant, "Entries": [*earlier, entry]}
    return entry


def entries(books: Books, key: str) -> list[Record]:
    """The record's history, newest first."""
    kept = books.world.table(SYSTEM, _KIND).get(key, {})
    return list(reversed(kept.get("Entries", [])))


def write_notes(books: Books, key: str, given: Given) -> list[Record]:
    """Keep the notes a client sends. Raises RefusedError for an empty or too long one."""
    texts: list[Any] = [text(raw, "Details") for raw in parts(given, "HistoryRecords") or []]
    for details in texts:
        if not details or len(details) > LONGEST_NOTE:
            raise RefusedError(f"Details must have 1 to {LONGEST_NOTE} characters")
    return [note(books, key, "Note", details) for details in texts]
