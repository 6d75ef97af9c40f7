"""Vanishing: Xero deletes an item without a trace, so the whole list is held against the index."""

from __future__ import annotations

from collections.abc import Sequence

from django.db import transaction

from connections.models import Pair
from connections.remote import Remote
from sync.flows.registry import every_flow
from sync.models import KnownRecord

from . import claiming, indexing, noticing, turns

TURN_SECONDS = 6 * 3600.0
"""The list comes in one call, however long it is; so often a deletion may go unseen."""
MOST = 20
"""Items read singly a time to be sure that they are gone: a call each."""


def look(pair: Pair, xero: Remote, *, now: bool = False) -> int:
    """Mark the items that Xero no longer has, and save notices of them; return how many notices.

    A list that came short is no proof: an item counts as gone only once Xero, asked for it alone,
    has none; of many at once, some are asked for alone. `now` looks whatever the time.
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
    return mark(pair.xero_id, kind, _gone(xero, kind, sorted(before - _listed(xero, kind))))


def mark(connection_id: int, kind: str, gone: Sequence[str]) -> int:
    """Keep that these records are gone, and save notices of them; return how many notices."""
    if not gone:
        return 0
    living = KnownRecord.objects.filter(connection_id=connection_id, kind=kind, gone="")
    with transaction.atomic():
        rows = list(living.filter(remote_id__in=gone).select_for_update())
        for row in rows:
            row.gone = "deleted"
        KnownRecord.objects.bulk_update(rows, ["gone"])
        found = indexing.by_ids(connection_id, kind, [row.remote_id for row in rows])
        return noticing.note_moved(connection_id, list(found.values()))


def _listed(xero: Remote, kind: str) -> set[str]:
    return {record.key.id for record in xero.changed(kind, None).records}


def _gone(xero: Remote, kind: str, missing: Sequence[str]) -> list[str]:
    """Return which of the missing are gone indeed: some asked for alone, many by a second list.

    The second list counts only where each one that was asked for alone is gone.
    """
    some = missing[:MOST]
    gone = [each for each in some if not xero.read(kind, [each])]
    rest = missing[MOST:] if len(gone) == len(some) else []
    return [*gone, *sorted(set(rest) - _listed(xero, kind))] if rest else gone
