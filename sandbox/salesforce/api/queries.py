"""query and queryAll, and the pages that follow the first."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from sandbox.salesforce.api.call import Call, Reply
from sandbox.salesforce.errors import RefusedError
from sandbox.salesforce.org import Org
from sandbox.salesforce.soql.choosing import choose
from sandbox.salesforce.soql.parsing import parse
from sandbox.salesforce.soql.paths import find_kind
from sandbox.salesforce.soql.showing import Shape, shape_of, show
from sandbox.salesforce.soql.syntax import Query
from sandbox.salesforce.soql.totals import total
from sandbox.store import Record

MOST_ROWS = 50_000_000
LOCATOR_LIFETIME = timedelta(days=2)
LEVELS, LEVELS_SINCE = 5, 58  # of records below records; two in earlier versions
SHORT_PAGE = 200  # where long texts are read


class Cursor(NamedTuple):
    """The rest of a query's records, to be read page by page."""

    ids: list[str]
    shape: Shape
    size: int
    deleted: bool
    made: datetime


class Cursors:
    """The queries that were answered in part; they are forgotten when the sandbox ends."""

    def __init__(self, org: Org) -> None:
        self._org = org
        self._kept: dict[str, Cursor] = {}

    def keep(self, cursor: Cursor) -> str:
        """Keep a cursor; its locator."""
        locator = self._org.new_id("01g")
        self._kept[locator] = cursor
        return locator

    def find(self, locator: str) -> Cursor:
        """The cursor of a locator. Raises INVALID_QUERY_LOCATOR."""
        cursor = self._kept.get(locator)
        if cursor is None or cursor.made + LOCATOR_LIFETIME < self._org.now():
            raise RefusedError("INVALID_QUERY_LOCATOR", "invalid query locator")
        return cursor


def cursors_of(org: Org) -> Cursors:
    """The org's cursors."""
    kept: dict[str, Cursors] = vars(org).setdefault("_cursors", {})
    return kept.setdefault("one", Cursors(org))


def query(call: Call) -> Reply:
    """The records that a query finds, or their totals."""
    return Reply(200, _answer(call, deleted=False))


def query_all(call: Call) -> Reply:
    """The same with those in the recycle bin."""
    return Reply(200, _answer(call, deleted=True))


def more(call: Call) -> Reply:
    """The page of a query that begins at the row its address names."""
    locator, _, start = call.args["locator"].partition("-")
    if not start.isdigit():
        raise RefusedError("INVALID_QUERY_LOCATOR", "invalid query locator")
    cursor = cursors_of(call.org).find(locator)
    return Reply(200, _page(call, locator, cursor, int(start)))


def _answer(call: Call, *, deleted: bool) -> Record:
    text = call.query.get("q")
    if not text:
        raise RefusedError("MALFORMED_QUERY", "A query string has to be specified")
    asked = parse(text)
    kind = find_kind(call.org, asked)
    if asked.counts:
        totals = total(call.org, kind, asked, deleted=deleted)
        rows = totals if isinstance(totals, list) else []
        size = totals if isinstance(totals, int) else len(rows)
        return {"totalSize": size, "done": True, "records": rows}
    _check_levels(call, asked)
    shape = shape_of(call.org, kind, asked, call.user)
    records = choose(call.org, kind, asked, deleted=deleted)
    return _first_page(call, shape, records, deleted=deleted)


def _check_levels(call: Call, asked: Query) -> None:
    most = LEVELS if call.version >= LEVELS_SINCE else 2
    if _levels(asked) > most:
        message = (
            f"SOQL statements cannot query aggregate relationships more than {most - 1} level away "
            "from the root entity object."
        )
        raise RefusedError("MALFORMED_QUERY", message)


def _levels(query: Query) -> int:
    below = (_levels(item) for item in query.items if isinstance(item, Query))
    return 1 + max(below, default=0)


def _first_page(call: Call, shape: Shape, records: list[Record], *, deleted: bool) -> Record:
    size = min(call.batch_size, SHORT_PAGE) if shape.long_texts > 1 else call.batch_size
    ids = [record["Id"] for record in records]
    return _page(call, "", Cursor(ids, shape, size, deleted, call.org.now()), 0)


def _page(call: Call, locator: str, cursor: Cursor, start: int) -> Record:
    """One page, which records below fill as well; those that have gone meanwhile are left out."""
    table = call.org.table(cursor.shape.kind.name)
    keep = _keeper(call, cursor.deleted)
    rows: list[Record] = []
    end, room = start, cursor.size
    while end < len(cursor.ids) and room > 0:
        record = table.get(cursor.ids[end])
        if record:
            rows.append(
                show(call.org, cursor.shape, record, call.root, keep, deleted=cursor.deleted)
            )
            room -= 1 + _children(rows[-1])
        end += 1
    page: dict[str, Any] = {"totalSize": len(cursor.ids), "done": end >= len(cursor.ids)}
    if not page["done"]:
        page["nextRecordsUrl"] = f"{call.root}/query/{locator or _kept(call, cursor)}-{end}"
    return page | {"records": rows}


def _children(row: Record) -> int:
    """How many records a row brings along: they count into the page, too."""
    below = (part["records"] for part in row.values() if isinstance(part, dict) and "done" in part)
    return sum(1 + _children(one) for records in below for one in records)


def _kept(call: Call, cursor: Cursor) -> str:
    return cursors_of(call.org).keep(cursor)


def _keeper(call: Call, deleted: bool) -> Callable[[Shape, list[Record]], Record]:
    def keep(shape: Shape, records: list[Record]) -> Record:
        return _first_page(call, shape, records, deleted=deleted)

    return keep
