"""One SQLite file that keeps the sandbox's world, so that a demo started twice continues."""

import sqlite3
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import simplejson

Record = dict[str, Any]

SCHEMA = """
CREATE TABLE IF NOT EXISTS records (
    place INTEGER PRIMARY KEY AUTOINCREMENT,
    system TEXT NOT NULL, kind TEXT NOT NULL, id TEXT NOT NULL, body TEXT NOT NULL,
    UNIQUE (system, kind, id));
CREATE TABLE IF NOT EXISTS settings (
    system TEXT NOT NULL, name TEXT NOT NULL, value TEXT NOT NULL, PRIMARY KEY (system, name));
"""


class StateInUseError(Exception):
    """Another sandbox is running on the same state directory."""


def _plain(value: object) -> object:
    if isinstance(value, Decimal):
        return {"$decimal": str(value)}
    raise TypeError(f"{type(value).__name__} cannot be stored in the sandbox")


def _revive(value: Record) -> object:
    if value.keys() == {"$decimal"}:
        return Decimal(value["$decimal"])
    return value


def to_text(value: object) -> str:
    """JSON text in which Decimals keep their exact digits and their type."""
    return simplejson.dumps(value, use_decimal=False, default=_plain, separators=(",", ":"))


def from_text(text: str) -> Any:
    """The value that `to_text` wrote."""
    return simplejson.loads(text, object_hook=_revive)


class Store:
    """Writes every change through to disk. Its caller holds the world's lock."""

    def __init__(self, directory: Path | None) -> None:
        if directory:
            directory.mkdir(parents=True, exist_ok=True)
        path = str(directory / "world.sqlite3") if directory else ":memory:"
        self._db = sqlite3.connect(path, isolation_level=None, check_same_thread=False, timeout=1)
        try:
            self._db.execute("PRAGMA locking_mode=EXCLUSIVE")
            self._db.execute("PRAGMA journal_mode=WAL")
            self._db.execute("PRAGMA synchronous=OFF")
            self._db.executescript(SCHEMA)
        except sqlite3.OperationalError as error:
            self._db.close()
            raise StateInUseError(f"{directory} is in use by another sandbox ({error}).") from error

    def records(self) -> Iterator[tuple[str, str, str, Record]]:
        """Every record as (system, kind, id, record), in the order of their creation."""
        rows = self._db.execute("SELECT system, kind, id, body FROM records ORDER BY place")
        for system, kind, key, body in rows:
            yield system, kind, key, from_text(body)

    def settings(self) -> Iterator[tuple[str, str, Any]]:
        """Every setting as (system, name, value)."""
        for system, name, value in self._db.execute("SELECT system, name, value FROM settings"):
            yield system, name, from_text(value)

    def save(self, system: str, kind: str, key: str, record: Record) -> None:
        """Write one record; an existing one keeps its place."""
        self._db.execute(
            "INSERT INTO records (system, kind, id, body) VALUES (?, ?, ?, ?)"
            " ON CONFLICT (system, kind, id) DO UPDATE SET body = excluded.body",
            (system, kind, key, to_text(record)),
        )

    def remove(self, system: str, kind: str, key: str) -> None:
        """Forget one record."""
        self._db.execute(
            "DELETE FROM records WHERE system = ? AND kind = ? AND id = ?", (system, kind, key)
        )

    def save_setting(self, system: str, name: str, value: object) -> None:
        """Write one setting."""
        self._db.execute(
            "INSERT OR REPLACE INTO settings VALUES (?, ?, ?)", (system, name, to_text(value))
        )

    def clear(self) -> None:
        """Forget everything."""
        self._db.executescript("DELETE FROM records; DELETE FROM settings;")

    def begin(self) -> None:
        """Open a transaction, which makes many writes quick."""
        self._db.execute("BEGIN")

    def commit(self) -> None:
        """End the transaction of `begin`."""
        self._db.execute("COMMIT")

    def close(self) -> None:
        """Let go of the file."""
        self._db.close()
