"""Vanishing: Xero deletes an item without a trace, so the whole list is held against the index."""

from __future__ import annotations

from django.db import transaction

from connections.models import Pair
from connections.remote import Remote
from sync.flows.registry import every_flow
from sync.models import KnownRecord

from . import claiming, indexing, noticing, turns

TURN_SECONDS = 6 * 3600.0
"""The list comes in one call, however long it is; so often a deletion may go unseen."""
MOST = 20
"""Items read singly a time to be sure that they are gone; the rest is left to the next time."""


def look(pair: Pair, xero: Remote, *, now: bool = False) -> int:
    """Mark the items that Xero no longer has, and save notices of them; return how many notices.

    An item counts as gone only once Xero, asked for it alone, says that it has none: a list that
    came short is no proof. `now` looks whatever the time.
    """
    kinds = {every_flow()[key].xero_kind for key in noticing.flows_in_use(pair)
             if every_flow()[key].by_code}  # fmt: skip
    noted = 0
    for kind in sorted(kinds):
        due = turns.take_turn(pair.xero, f"turn:gone:{kind}", lambda: TURN_SECONDS)
        if due or now:
            with claiming.alone(f"counterpart:gone:{pair.xero_id}:{kind}") as ours:
                noted += _look(pair, xero, kind) if ours() else 0
    return noted


def _look(pair: Pair, xero: Remote, kind: str) -> int:
    living = KnownRecord.objects.filter(connection_id=pair.xero_id, kind=kind, gone="")
    before = set(living.values_list("remote_id", flat=True))
    if not before:
        return 0
    listed = xero.changed(kind, None)
    there = {record.key.id for record in listed.records}
    missing = sorted(before - there)[:MOST]
    gone = [each for each in missing if not xero.read(kind, [each])]
    with transaction.atomic():
        rows = list(living.filter(remote_id__in=gone).select_for_update())
        for row in rows:
            row.gone = "deleted"
        KnownRecord.objects.bulk_update(rows, ["gone"])
        found = indexing.by_ids(pair.xero_id, kind, [row.remote_id for row in rows])
        return noticing.note_moved(pair.xero_id, list(found.values()))
