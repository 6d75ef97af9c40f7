"""Finds records without looking at each: by a field's value, and by the time of their change."""

from bisect import bisect_left, bisect_right, insort
from collections.abc import Callable, Iterable, Iterator
from typing import Any

from sandbox.store import Record
from sandbox.world import Table

KeysOf = Callable[[Record], Iterable[str]]
_AFTER_EVERY_ID = "~"


def key_of(value: Any) -> Any:
    """A value as it is compared: texts without their case."""
    return value.casefold() if isinstance(value, str) else value


class ByValue:
    """The ids of a table's records by one field's value."""

    def __init__(self, table: Table, field: str) -> None:
        self._field = field
        self._ids: dict[Any, dict[str, None]] = {}
        table.watch(self._note)

    def ids(self, value: Any) -> list[str]:
        """The ids of the records with this value, in the order they got it."""
        return list(self._ids.get(key_of(value), ()))

    def _note(self, key: str, old: Record | None, new: Record | None) -> None:
        before = key_of(old.get(self._field)) if old else None
        after = key_of(new.get(self._field)) if new else None
        if before == after and bool(old) == bool(new):
            return
        if old and (ids := self._ids.get(before)):
            ids.pop(key, None)
            if not ids:
                del self._ids[before]
        if new:
            self._ids.setdefault(after, {})[key] = None


class ByKeys:
    """The ids of a table's records by keys that are made out of each."""

    def __init__(self, table: Table, keys_of: KeysOf) -> None:
        self._keys_of = keys_of
        self._ids: dict[str, dict[str, None]] = {}
        table.watch(self._note)

    def ids(self, record: Record) -> list[str]:
        """The ids of the records that share a key with this one."""
        found = (self._ids.get(key, {}) for key in self._keys_of(record))
        return list(dict.fromkeys(one for ids in found for one in ids))

    def _note(self, key: str, old: Record | None, new: Record | None) -> None:
        for one in self._keys_of(old) if old else ():
            self._ids.get(one, {}).pop(key, None)
        for one in self._keys_of(new) if new else ():
            self._ids.setdefault(one, {})[key] = None


class ByStamp:
    """The ids of a table's records in the order of their last change."""

    def __init__(self, table: Table) -> None:
        self._rows: list[tuple[str, str]] = []
        table.watch(self._note)

    def between(self, first: str, last: str) -> Iterator[str]:
        """The ids stamped from `first` to `last`, both included; "" leaves an end open."""
        low = bisect_left(self._rows, (first, "")) if first else 0
        high = bisect_right(self._rows, (last, _AFTER_EVERY_ID)) if last else len(self._rows)
        for place in range(low, high):
            yield self._rows[place][1]

    def count(self, first: str, last: str) -> int:
        """How many `between` would find."""
        low = bisect_left(self._rows, (first, "")) if first else 0
        high = bisect_right(self._rows, (last, _AFTER_EVERY_ID)) if last else len(self._rows)
        return max(0, high - low)

    def _note(self, key: str, old: Record | None, new: Record | None) -> None:
        if old and (row := _row(key, old)):
            place = bisect_left(self._rows, row)
            if place < len(self._rows) and self._rows[place] == row:
                self._rows.pop(place)
        if new and (row := _row(key, new)):
            insort(self._rows, row)


def _row(key: str, record: Record) -> tuple[str, str] | None:
    stamp = record.get("SystemModstamp")
    return (stamp, key) if stamp else None
