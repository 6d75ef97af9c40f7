"""Watching related records: values that rows ask and that change without a notice of the deal."""

from __future__ import annotations

from collections.abc import Sequence

from django.db import transaction

from connections.models import Pair
from connections.remote import Remote
from mappings.routing import rows_of
from sync.core.errors import NeedsPerson
from sync.core.flow import TableRow
from sync.core.records import System
from sync.core.routing import KINDS, paths_of
from sync.models import Cursor, Unplaced
from sync.models.together import update_together

from . import noticing
from .routing_rows import FLOWS, Routing
from .routing_trying import routing_for

AT_ONCE = 1000
"""So many are read in one call; where more wait, the next sweep goes on behind them."""


def look(pair: Pair, salesforce: Remote, most: int = AT_ONCE) -> int:
    """Note what was made nowhere so far and shows the rows other values by now; the notices.

    One pair looks for all of a connection, one call a kind: none where rows ask no related
    record, or nothing waits.
    """
    if Pair.objects.filter(active=True, salesforce=pair.salesforce_id).count() < 2:
        return 0
    rows = rows_of(pair.salesforce_id) or ()
    related = [k for k in KINDS[System.SALESFORCE] if any("." in p for p in paths_of(rows, k))]
    return sum(_look(pair, salesforce, (kind, rows), most) for kind in related)


def _look(pair: Pair, salesforce: Remote, asked: tuple[str, Sequence[TableRow]], most: int) -> int:
    kind, rows = asked
    waits = Unplaced.objects.filter(connection=pair.salesforce_id, flow=FLOWS[kind], kind=kind)
    if not waits.exists():
        return 0
    routing = routing_for(pair.salesforce, kind, rows, salesforce)
    if routing.askers()[:1] != [pair.pk]:
        return 0
    cursor = Cursor.objects.get_or_create(connection=pair.salesforce, purpose=f"routes:{kind}")[0]
    behind = waits.filter(pk__gt=cursor.seen[0] if cursor.seen else 0).order_by("pk")
    seen = list(behind[:most]) or list(waits.order_by("pk")[:most])
    try:
        moved = _moved(routing, salesforce, seen)
    except NeedsPerson:
        return 0  # a field was hidden a moment ago: the next sweep has the org described anew
    cursor.seen = [seen[-1].pk] if len(seen) == most else []
    with transaction.atomic():
        cursor.save(update_fields=["seen"])
        update_together(moved, ("mark",))  # each change is noted once, whoever works when
        keys, users = (
            [row.key for row in moved],
            [p for p in routing.pairs if p.pk in routing.modes],
        )
        return sum(noticing.note(each, routing.flow, keys, "again") for each in users)


def _moved(routing: Routing, salesforce: Remote, rows: Sequence[Unplaced]) -> list[Unplaced]:
    """Return those of which the rows see other values than when they were judged, marked anew."""
    read = salesforce.read(routing.kind, [row.remote_id for row in rows], routing.readable)
    marks = {record.key.id: routing.mark(record) for record in read if not record.gone}
    moved = [row for row in rows if row.mark != marks.get(row.remote_id, row.mark)]
    for row in moved:
        row.mark = marks[row.remote_id]
    return moved
