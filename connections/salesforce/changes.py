"""Which records changed: by Salesforce's own safe watermark, or by reading every stamp."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from connections.remote import Changes
from sync.core.records import Key, Record, System

from . import query, values
from .describing import Shapes
from .doorway import Doorway
from .kinds import Child, Kind
from .query import Selection
from .refusals import TooFarBack

# Deletions can be asked for up to 15 days back, updates up to 30 (Salesforce, Get Deleted).
FARTHEST = timedelta(days=14)
SHORTEST = timedelta(minutes=2)  # start must lie a minute before end, and seconds are cut off
AT_A_TIME = 20_000
PROGRESS = timedelta(minutes=30)  # more than any overlap, so that going on begins later
GLANCE = 2_000  # one page
STAMP = ("Id", "SystemModstamp")
OLDEST_FIRST = "SystemModstamp, Id"


@dataclass(frozen=True)
class Window:
    """The ids of what changed and of what was deleted, up to Salesforce's own safe watermark."""

    updated: tuple[str, ...]
    deleted: tuple[str, ...]
    covered: datetime


def changed(door: Doorway, shapes: Shapes, kind: Kind, since: datetime | None) -> Changes:
    """Return the keys of everything changed or deleted since the time (None: of everything)."""
    told = window(door, kind, since)
    if told is None or since is None:
        return _by_stamps(door, kind, since)
    below = (touch.above for touch in touched(door, shapes, kind, since))
    ids = [*told.updated, *told.deleted, *below]
    keys = tuple(Key(System.SALESFORCE, kind.name, each) for each in dict.fromkeys(ids))
    return Changes(keys, (), told.covered)


def glance(door: Doorway, kind: Kind, since: datetime) -> Changes:
    """Return in one light call the records stamped later that most likely need work.

    `covered` goes up to the last stamp that is wholly read: many records may have the same one.
    """
    return _page(partial(_stamps, door, kind, kind.glance), since)


def newest(door: Doorway, kind: Kind, since: datetime) -> Changes:
    """Return in one light call all records stamped later, deleted ones too; as `glance`.

    Salesforce's watermark ends with its last whole minute: this shows what came after it.
    """
    return _page(partial(_stamps, door, kind, "", with_deleted=True), since)


def _page(stamps: Callable[..., list[Record]], since: datetime) -> Changes:
    rows = stamps(query.changed_since(since), limit=GLANCE)
    if len(rows) < GLANCE:
        last = rows[-1].stamp if rows else None
        return Changes(_keys(rows), tuple(rows), max(last or since, since))
    last = rows[-1].stamp
    whole = [row for row in rows if row.stamp != last]
    if whole:
        return Changes(_keys(whole), tuple(whole), whole[-1].stamp, complete=False)
    rows = stamps(query.stamped_at(last or since))
    return Changes(_keys(rows), tuple(rows), last, complete=False)


def window(door: Doorway, kind: Kind, since: datetime | None) -> Window | None:
    """Ask for updated and deleted ids: two calls. None where Salesforce knows no longer.

    `latestDateCovered` stays behind transactions that are still running, so that what they
    commit later is found the next time.
    """
    if since is None or door.now() - since >= FARTHEST:
        return None
    try:
        return _window(door, kind, since)
    except TooFarBack:
        return None


def _window(door: Doorway, kind: Kind, since: datetime) -> Window:
    end = door.now()
    updated, asked = _updated(door, kind, since, end)
    if door.sent_at is not None and door.sent_at - end > SHORTEST:  # its clock was set meanwhile
        end = door.sent_at
        updated, asked = _updated(door, kind, since, end)
    covered = [values.moment(updated["latestDateCovered"])]
    covered += [door.sent_at] if door.sent_at else []
    deleted = door.get(f"sobjects/{kind.name}/deleted/", **asked)
    covered.append(values.moment(deleted["latestDateCovered"]))
    gone = tuple(str(row["id"]) for row in deleted["deletedRecords"])
    return Window(tuple(updated["ids"]), gone, min(covered))


def _updated(
    door: Doorway, kind: Kind, since: datetime, end: datetime
) -> tuple[dict[str, Any], dict[str, str]]:
    asked = {
        "start": min(since, end - SHORTEST).isoformat(timespec="seconds"),
        "end": end.isoformat(timespec="seconds"),
    }
    return door.get(f"sobjects/{kind.name}/updated/", **asked), asked


@dataclass(frozen=True)
class Touched:
    """What changed below a record: the id and the stamp above, and what is below."""

    above: str
    below: str
    child: Child | None
    stamp: datetime
    gone: bool
    above_stamp: datetime | None = None

    def is_known_of(self, held: Record | None) -> bool:
        """Return whether the record is known with what is below it as it is now."""
        if held is None or held.gone or self.child is None:
            return False
        rows = held.values.get(self.child.relationship) or []
        if self.child.limit:  # whichever it is
            return bool(rows) and not self.gone
        stamps = [row.get("SystemModstamp") for row in rows if row.get("Id") == self.below]
        return not stamps if self.gone else stamps == [self.stamp]


def touched(door: Doorway, shapes: Shapes, kind: Kind, since: datetime) -> Iterator[Touched]:
    """Yield what changed below records of the kind since the time, whatever their own stamps.

    One that changed itself a moment before may be known by its stamp, and what is below it not.
    """
    shapes.load(kind.describes)
    mine = [touch for touch in kind.touched_by if shapes.get(touch.kind) is not None]
    children = {touch.kind: kind.child(touch.kind) for touch in mine}
    queries = [
        Selection(
            touch.kind, (*STAMP, "IsDeleted", touch.field, f"{touch.above}.SystemModstamp")
        ).soql(touch.condition, f"{touch.field} != null", query.stamped_from(since))
        for touch in mine
    ]
    fields = {touch.kind: (touch.field, touch.above) for touch in mine}
    for page in door.together(queries, with_deleted=True):
        for row in page:
            below = str(row["attributes"]["type"])
            field, above = fields[below]
            own = (row.get(above) or {}).get("SystemModstamp")
            yield Touched(
                str(row[field]),
                str(row["Id"]),
                children[below],
                values.moment(row["SystemModstamp"]),
                row["IsDeleted"] is True,
                values.moment(own) if own else None,
            )


def _by_stamps(door: Doorway, kind: Kind, since: datetime | None) -> Changes:
    """Read the stamp of every record, deleted ones too, oldest first.

    After some thousands the rest is left for the next question, which begins at `covered`.
    """
    condition = query.stamped_from(since) if since else ""
    soql = Selection(kind.name, STAMP).soql(condition, order=OLDEST_FIRST)
    rows: list[Record] = []
    began = None
    for page in door.pages(soql, with_deleted=True):
        began = began or door.sent_at
        rows += [_stamp(kind, row) for row in page]
        if len(rows) >= AT_A_TIME:
            first, last = since or rows[0].stamp, rows[-1].stamp
            if first and last and last - first > PROGRESS:
                return Changes(_keys(rows), (), last, complete=False)
    last = rows[-1].stamp if rows else since
    return Changes(_keys(rows), (), began or last)


def _stamps(
    door: Doorway,
    kind: Kind,
    only: str,
    condition: str,
    *,
    limit: int = 0,
    with_deleted: bool = False,
) -> list[Record]:
    selection = Selection(kind.name, STAMP)
    soql = selection.soql(only, condition, order=OLDEST_FIRST, limit=limit)
    pages = door.pages(soql, with_deleted=with_deleted)
    return [_stamp(kind, row) for page in pages for row in page]


def _stamp(kind: Kind, row: dict[str, Any]) -> Record:
    stamp = values.moment(row["SystemModstamp"])
    read = {"Id": row["Id"], "SystemModstamp": stamp}
    return Record(Key(System.SALESFORCE, kind.name, row["Id"]), read, stamp)


def _keys(rows: Iterable[Record]) -> tuple[Key, ...]:
    return tuple(row.key for row in rows)
