"""Echoes: what changed in Salesforce is told from what we have just written there ourselves.

Xero answers a write with the whole record, which the index keeps; Salesforce answers with an id
alone, so that our own writes come back as changes. Where nothing but what we wrote has changed, and
to the very values that we wrote, no notice is needed.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import timedelta
from typing import Any, TypeGuard

from django.utils import timezone

from connections.models import Pair
from sync.core import snapshots
from sync.core.records import Key, Record, System
from sync.models import Write

RECENT = timedelta(hours=1)
"""A sweep looks back for minutes; what was written longer ago was seen by one before."""
AUDIT = frozenset({"SystemModstamp", "LastModifiedDate", "LastModifiedBy"})
LATELY = timedelta(minutes=5)
"""So long a quick look leaves to the sweeps what was written."""
Writer = tuple[int, str]
"""Who has written: a pair's primary key and a flow."""


def among(records: Sequence[Record], held: Mapping[str, Record]) -> dict[Writer, set[Key]]:
    """Return by writer which of these Salesforce records changed by that writer's writes alone.

    `held` has them as they were known before, by id. Two queries at most, whatever their number.
    """
    ours = {str(r.key): r for r in records if r.key.system is System.SALESFORCE and not r.gone}
    found: dict[Writer, set[Key]] = {}
    stamps = {subject: _stamps(held.get(record.key.id)) for subject, record in ours.items()}
    for (subject, writer), written in _written(stamps).items():
        record, before = ours[subject], held.get(ours[subject].key.id)
        if before is None or before.gone:
            continue
        changed = list(_changed(before.values, record.values, record.key.id))
        if all(written.get(place, _NOTHING) == value for place, value in changed):
            found.setdefault(writer, set()).add(record.key)
    return found


def written_lately(pair: Pair, keys: Sequence[Key]) -> set[Key]:
    """Return which of these Salesforce records were written lately, or may have been.

    A quick look sees stamps alone and cannot tell an echo from news: the sweep can.
    """
    rows = Write.objects.filter(
        pair=pair,
        system=System.SALESFORCE.value,
        subject__in=[str(key) for key in keys],
        sent_at__gte=timezone.now() - LATELY,
    )
    return {Key.parse(subject) for subject in rows.values_list("subject", flat=True)}


_NOTHING = object()
Place = tuple[str, str]
"""A record's id and its field."""


def _stamps(held: Record | None) -> dict[str, str]:
    """Return the stamps (ISO) of a record and of those below it by their ids, as it was known."""
    if held is None:
        return {}
    below = [row for rows in held.values.values() if _are_rows(rows) for row in rows]
    found = {str(row["Id"]): row.get("SystemModstamp") for row in below}
    found[held.key.id] = held.stamp
    return {each: stamp.isoformat() for each, stamp in found.items() if stamp is not None}


def _written(
    stamps: Mapping[str, Mapping[str, str]],
) -> dict[tuple[str, Writer], dict[Place, Any]]:
    """Return what was written to the records as they were known, by record and writer.

    A write to an earlier state says nothing of now: a person may have set a value back to it.
    """
    rows = Write.objects.filter(
        system=System.SALESFORCE.value,
        verb="update",
        state=Write.State.CONFIRMED,
        subject__in=list(stamps),
        settled_at__gte=timezone.now() - RECENT,
    ).order_by("settled_at", "pk")
    found: dict[tuple[str, Writer], dict[Place, Any]] = {}
    for row in rows:
        if stamps[row.subject].get(row.target_id) != row.based_on:
            continue
        values = snapshots.load(row.body)
        mine = found.setdefault((row.subject, (row.pair_id, row.flow)), {})
        mine |= {(row.target_id, name): value for name, value in values.items()}
    return found


def _changed(
    before: Mapping[str, Any], now: Mapping[str, Any], remote_id: str
) -> Iterator[tuple[Place, Any]]:
    """Yield where two readings of a record differ, and to what, with the records below it."""
    for name in sorted({*before, *now} - AUDIT):
        old, new = before.get(name), now.get(name)
        if old == new:
            continue
        if not _are_rows(old) or not _are_rows(new) or _ids(old) != _ids(new):
            yield (remote_id, name), new
            continue
        for earlier, later in zip(old, new, strict=True):
            yield from _changed(earlier, later, str(later["Id"]))


def _are_rows(value: Any) -> TypeGuard[list[Mapping[str, Any]]]:
    return isinstance(value, list) and all(
        isinstance(row, Mapping) and "Id" in row for row in value
    )


def _ids(rows: Iterable[Mapping[str, Any]]) -> list[str]:
    return [str(row["Id"]) for row in rows]
