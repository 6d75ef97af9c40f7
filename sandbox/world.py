"""Everything both systems know: their records, settings, counters and the time."""

import threading
from collections.abc import Callable, Iterator, MutableMapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sandbox.clock import Clock
from sandbox.store import Record, Store

Watcher = Callable[[str, Record | None, Record | None], None]
_WORLD = "world"  # the settings' system for what belongs to neither Salesforce nor Xero


class Table(MutableMapping[str, Record]):
    """The records of one kind by id, in order of creation. Change one by assigning it anew."""

    def __init__(self, world: "World", system: str, kind: str) -> None:
        self.system, self.kind = system, kind
        self._world = world
        self._records: dict[str, Record] = {}
        self._watchers: list[Watcher] = []

    def watch(self, watcher: Watcher) -> None:
        """Call `watcher(id, old, new)` for every record now here and at every later change.

        `old` is None at a creation, `new` at a removal. Meant for secondary indexes.
        """
        with self._world.lock:
            for key, record in self._records.items():
                watcher(key, None, record)
            self._watchers.append(watcher)

    def __getitem__(self, key: str) -> Record:
        return self._records[key]

    def __setitem__(self, key: str, record: Record) -> None:
        with self._world.lock:
            self._world.store.save(self.system, self.kind, key, record)
            old = self._records.get(key)
            self._records[key] = record
            self._tell(key, old, record)

    def __delitem__(self, key: str) -> None:
        with self._world.lock:
            old = self._records.pop(key)
            self._world.store.remove(self.system, self.kind, key)
            self._tell(key, old, None)

    def __iter__(self) -> Iterator[str]:
        return iter(self._records)

    def __len__(self) -> int:
        return len(self._records)

    def __contains__(self, key: object) -> bool:
        return key in self._records

    def load(self, key: str, record: Record) -> None:
        """Take over a record that the store already holds."""
        self._records[key] = record

    def forget(self) -> None:
        """Drop every record; the store has dropped them already."""
        gone, self._records = self._records, {}
        for key, record in gone.items():
            self._tell(key, record, None)

    def _tell(self, key: str, old: Record | None, new: Record | None) -> None:
        for watcher in self._watchers:
            watcher(key, old, new)


class World:
    """One shared state behind both systems; with `state`, it outlives the process.

    `instance` is Salesforce's, three characters in the ids of an org beside the usual one.
    """

    def __init__(self, state: Path | None = None, instance: str = "") -> None:
        self.lock = threading.RLock()
        self.instance = instance
        self.store = Store(state)
        self._depth = 0
        self._tables: dict[tuple[str, str], Table] = {}
        self._settings: dict[tuple[str, str], Any] = {
            (system, name): value for system, name, value in self.store.settings()
        }
        for system, kind, key, record in self.store.records():
            self.table(system, kind).load(key, record)
        self.clock = Clock(self._save_clock)
        if saved := self.setting(_WORLD, "clock"):
            self.clock.restore(saved)

    def table(self, system: str, kind: str) -> Table:
        """The table of one kind; always the same object, empty at first."""
        with self.lock:
            name = (system, kind)
            if name not in self._tables:
                self._tables[name] = Table(self, system, kind)
            return self._tables[name]

    def kinds(self, system: str) -> list[str]:
        """The kinds of this system that have records, sorted."""
        with self.lock:
            return sorted(kind for (owner, kind), table in self._tables.items()
                          if owner == system and len(table))  # fmt: skip

    def setting(self, system: str, name: str, default: Any = None) -> Any:
        """A setting's value, JSON-able; `default` where nobody has set it."""
        return self._settings.get((system, name), default)

    def set_setting(self, system: str, name: str, value: Any) -> None:
        """Set and keep a JSON-able value."""
        with self.lock:
            self.store.save_setting(system, name, value)
            self._settings[(system, name)] = value

    def settings(self, system: str) -> dict[str, Any]:
        """What has been set for this system, by name."""
        with self.lock:
            return {name: value for (owner, name), value in self._settings.items()
                    if owner == system}  # fmt: skip

    def next_number(self, system: str, name: str) -> int:
        """The next of 1, 2, 3, …, never the same twice until the world is cleared."""
        with self.lock:
            number: int = self.setting(f"{system}/numbers", name, 0) + 1
            self.set_setting(f"{system}/numbers", name, number)
            return number

    @contextmanager
    def batch(self) -> Iterator[None]:
        """Hold the lock and write to disk once at the end: quick for thousands of records."""
        with self.lock:
            self._depth += 1
            if self._depth == 1:
                self.store.begin()
            try:
                yield
            finally:
                self._depth -= 1
                if self._depth == 0:
                    self.store.commit()

    def clear(self) -> None:
        """Empty every table and setting, and tell the real time again."""
        with self.lock:
            self.store.clear()
            self._settings.clear()
            for table in self._tables.values():
                table.forget()
            self.clock.real()

    def close(self) -> None:
        """Let go of the state directory."""
        with self.lock:
            self.store.close()

    def _save_clock(self) -> None:
        self.set_setting(_WORLD, "clock", self.clock.saved())
