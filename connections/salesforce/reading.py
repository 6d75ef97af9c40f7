"""Reads whole records of a Salesforce org: by ids, by values, and page by page what changed."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any

from connections.remote import Changes
from sync.core.records import Key, Record, System

from . import changes, query, values
from .describing import Shapes
from .doorway import Doorway
from .kinds import Kind
from .query import Selection

MANY_STAMPS = 500
AT_A_TIME = 1_000  # ids whose records are given together


Known = Callable[[Sequence[str]], Mapping[str, Record]]
"""Returns what the caller knows already of records with these ids."""


class Reader:
    """The records of one org, with what is below them."""

    def __init__(self, door: Doorway, shapes: Shapes) -> None:
        self._door, self._shapes = door, shapes

    def by_ids(self, kind: Kind, ids: Sequence[str], fields: Sequence[str] = ()) -> list[Record]:
        """Return the records found, those in the recycle bin with `gone`."""
        selection = query.select(kind, self._shapes, fields)
        found = self._found(kind, query.with_values(selection, "Id", ids))
        missing = sorted(set(ids) - {record.key.id for record in found})
        own = Selection(kind.name, ("IsDeleted", *selection.paths))
        return found + self._found(kind, query.with_values(own, "Id", missing), with_deleted=True)

    def stamps(self, kind: Kind, ids: Sequence[str]) -> dict[str, datetime]:
        """Return the last change of each living record, some 2,500 ids a call."""
        selection = Selection(kind.name, changes.STAMP)
        queries = query.with_values(selection, "Id", ids, MANY_STAMPS)
        found = self._found(kind, queries)
        return {record.key.id: record.stamp for record in found if record.stamp}

    def by_values(self, kind: Kind, field: str, wanted: Sequence[str]) -> list[Record]:
        """Return the living records whose field has one of the values.

        Raises NeedsPerson for a field that the org does not have or hides.
        """
        selection = query.select(kind, self._shapes, [field])
        only = kind.narrowed.get(field, "")
        return self._found(kind, query.with_values(selection, field, wanted, only=only))

    def changed(
        self, kind: Kind, since: datetime | None, fields: Sequence[str], known: Known
    ) -> Iterator[Changes]:
        """Yield all that changed, in pages; see Remote.changed_records.

        What is gone or was touched from below comes first: the cursor may pass it only then. Of
        the others the stamps are read first, and whole records only where they are news.
        """
        begun = self._door.now()
        window = changes.window(self._door, kind, since)
        safe = min(window.covered, begun) if window else begun
        if window and since:
            again = [*window.deleted, *self._touched(kind, since, known)]
            yield from self._again(kind, list(dict.fromkeys(again)), fields, window.deleted, since)
        # A deletion so old that it is not told any more may have left no stamp.
        condition = query.stamped_from(since) if since else ""
        condition += " OR IsDeleted = true" if since and not window else ""
        soql = Selection(kind.name, changes.STAMP).soql(condition, order=changes.OLDEST_FIRST)
        for page in self._door.pages(soql, with_deleted=True):
            for start in range(0, len(page), AT_A_TIME):
                yield self._news(kind, page[start : start + AT_A_TIME], fields, known, safe)
        yield Changes((), (), safe)

    def _news(
        self, kind: Kind, rows: Sequence[Mapping[str, Any]], fields: Sequence[str], known: Known,
        safe: datetime,
    ) -> Changes:  # fmt: skip
        """Return the records of these stamps, but for those that are known as they are now."""
        stamps = {str(row["Id"]): values.moment(row["SystemModstamp"]) for row in rows}
        held = known(list(stamps))
        wanted = [each for each, stamp in stamps.items() if not _is_held(held.get(each), stamp)]
        records = self.by_ids(kind, wanted, fields) if wanted else []
        return _page(records, min(max(stamps.values()), safe))

    def _touched(self, kind: Kind, since: datetime, known: Known) -> Iterator[str]:
        """Yield the ids of records below which something changed that is not known of them yet.

        Those that changed themselves too are read with all that did.
        """
        found = list(changes.touched(self._door, self._shapes, kind, since))
        held = known([touch.above for touch in found])
        for touch in found:
            own, there = touch.above_stamp, held.get(touch.above)
            if own is not None and own >= since.replace(microsecond=0) and not _is_held(there, own):
                continue
            if not touch.is_known_of(there):
                yield touch.above

    def _again(
        self, kind: Kind, ids: Sequence[str], fields: Sequence[str], gone: Iterable[str],
        covered: datetime,
    ) -> Iterator[Changes]:  # fmt: skip
        """Yield the records with the ids; those of `gone` that no bin has any more, as deleted."""
        ended = set(gone)
        for start in range(0, len(ids), AT_A_TIME):
            part = ids[start : start + AT_A_TIME]
            records = self.by_ids(kind, part, fields)
            purged = ended & (set(part) - {record.key.id for record in records})
            records += [_purged(kind, each) for each in sorted(purged)]
            yield _page(records, covered)

    def _found(
        self, kind: Kind, queries: Iterable[str], *, with_deleted: bool = False
    ) -> list[Record]:
        pages = self._door.together(list(queries), with_deleted=with_deleted)
        return [self._record(kind, row) for page in pages for row in page]

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


def _is_held(held: Record | None, stamp: datetime) -> bool:
    return held is not None and held.stamp == stamp


def _page(records: Sequence[Record], covered: datetime | None) -> Changes:
    keys = tuple(record.key for record in records)
    return Changes(keys, tuple(records), covered, complete=False)


def _purged(kind: Kind, remote_id: str) -> Record:
    return Record(Key(System.SALESFORCE, kind.name, remote_id), {"Id": remote_id}, gone="deleted")


def _place(line: Mapping[str, Any]) -> tuple[bool, Decimal, str]:
    """Return where a line stands: as people sorted it, then by its id, the same at each reading."""
    order = line.get("SortOrder")
    return order is None, order or Decimal(0), str(line.get("Id"))


def _gone(read: Mapping[str, Any]) -> str:
    if read.get("IsDeleted") is not True:
        return ""
    winner = read.get("MasterRecordId")
    return f"merged:{winner}" if winner else "deleted"
