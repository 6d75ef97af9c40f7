"""The local index: bring it up to date in one call a kind, and find records by their keys."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from functools import partial

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from connections.remote import Changes, Remote
from sync.core import snapshots
from sync.core.matching import Candidate, IndexKey
from sync.core.records import Key, Record, System
from sync.flows.shapes import BY_RULES, CANDIDATES
from sync.models import Cursor, KnownKey, KnownRecord

from . import book_rules, echoing, leaving, noticing
from .book_rules import BookRules

OVERLAP = timedelta(minutes=2)
"""Xero does not say whether If-Modified-Since is > or >=, and stamps may appear late."""
SHORT_OVERLAP = timedelta(seconds=5)
"""Within a batch of address books; the sweeps read further back, so that nothing is missed."""
CHUNK = 500
Known = Callable[[Sequence[str]], Mapping[str, Record]]


def refresh(
    remote: Remote, kind: str, max_age: timedelta = timedelta(0), overlap: timedelta = OVERLAP
) -> int:
    """Read what changed since the last time and keep it; return how many notices that made.

    One call in the usual case (Salesforce: one for the records and one for each kind below).
    Within `max_age` of the last reading nothing is asked. The cursor moves in the transaction that
    saves what it covers and the notices of it, for every pair of the connection: whoever looks,
    nobody's news is lost.
    """
    cursor, _ = Cursor.objects.get_or_create(
        connection_id=remote.connection_id, purpose=f"index:{kind}"
    )
    now = timezone.now()
    if cursor.read_at is not None and now - cursor.read_at < max_age:
        return 0
    rules = book_rules.of(remote.connection_id, remote.system, kind)
    anew = bool(cursor.seen) and cursor.seen != [rules.mark]
    since = cursor.covered - overlap if cursor.covered and not anew else None
    noted = 0
    held: Known = partial(_held, remote.connection_id, kind, anew)
    for changes in _pages(remote, kind, (since, overlap), rules.fields, held):
        with transaction.atomic():
            before = _before(remote, kind, changes.records)
            found = store(remote.connection_id, changes.records, rules, anew=anew)
            echoes = echoing.among(changes.records, before)
            noted += noticing.note_moved(remote.connection_id, found, echoes=echoes)
            cursor.covered = max(filter(None, (changes.covered, cursor.covered)), default=None)
            cursor.read_at = now
            cursor.save(update_fields=["covered", "read_at"])
    if cursor.seen != [rules.mark]:
        cursor.seen = [rules.mark]
        cursor.save(update_fields=["seen"])
    return noted


def _pages(
    remote: Remote,
    kind: str,
    span: tuple[datetime | None, timedelta],
    fields: Sequence[str],
    held: Known,
) -> Iterator[Changes]:
    """Yield what changed since a time, page by page; each may be kept by itself.

    `span` is the time with the overlap, by which each following question begins earlier.
    """
    since, overlap = span
    if remote.system is System.SALESFORCE:
        yield from remote.changed_records(kind, since, _readable(remote, kind, fields), held)
        return
    while True:
        changes = remote.changed(kind, since)
        yield changes
        following = changes.covered - overlap if changes.covered else None
        if changes.complete or following is None or following == since:
            return
        since = following


def _held(connection_id: int, kind: str, anew: bool, ids: Sequence[str]) -> Mapping[str, Record]:
    """Return what the index has of these ids; nothing where all is to be entered anew."""
    return {} if anew else records(connection_id, kind, ids)


def _before(remote: Remote, kind: str, found: Sequence[Record]) -> Mapping[str, Record]:
    """Return what the index had of Salesforce records; Xero's answers are kept as they come."""
    ids = [record.key.id for record in found]
    ours = remote.system is System.SALESFORCE and ids
    return records(remote.connection_id, kind, ids) if ours else {}


def _readable(remote: Remote, kind: str, fields: Sequence[str]) -> list[str]:
    """Return the fields that the org has; what a mapping row lacks there is told elsewhere."""
    known = remote.fields(kind)
    return [path for path in fields if path.split(".")[0] in known or "." in path]


def store(
    connection_id: int,
    records: Sequence[Record],
    rules: BookRules | None = None,
    *,
    anew: bool = False,
) -> list[Candidate]:
    """Save the records in the index; return the entries that are new or have moved, and those
    of contacts that invoices have left.

    With `anew` also those that did not move are entered again: the rules did.
    """
    moved: list[Candidate] = []
    for start in range(0, len(records), CHUNK):
        part = records[start : start + CHUNK]
        key = part[0].key
        found = rules or book_rules.of(connection_id, key.system, key.kind)
        moved += _store_chunk(connection_id, part, found, anew=anew)
    return moved


def _store_chunk(
    connection_id: int, records: Sequence[Record], rules: BookRules, *, anew: bool
) -> list[Candidate]:
    latest = {record.key: record for record in records}
    fresh = list(latest.values()) if anew else _fresh(connection_id, latest)
    entries = [(record, _entry(record, rules)) for record in fresh]
    rows = KnownRecord.objects.bulk_create(
        [_row(connection_id, record, entry) for record, entry in entries],
        update_conflicts=True,
        unique_fields=["connection", "kind", "remote_id"],
        update_fields=["name", "called", "gone", "status", "facts", "values", "stamp"],
    )
    left = leaving.left(rows, [entry for _, entry in entries])
    KnownKey.objects.filter(record__in=[row.pk for row in rows]).delete()
    KnownKey.objects.bulk_create(
        KnownKey(record=row, connection_id=connection_id, kind=row.kind, name=n, value=v[:600])
        for row, (_, entry) in zip(rows, entries, strict=True)
        for n, v in sorted(entry.keys)
    )
    return [*(entry for _, entry in entries), *left]


def _fresh(connection_id: int, latest: Mapping[Key, Record]) -> list[Record]:
    """Return the records that are new, or that moved since they were read last."""
    known = {
        (kind, remote_id): stamp
        for kind, remote_id, stamp in KnownRecord.objects.filter(
            connection_id=connection_id, remote_id__in=[key.id for key in latest]
        ).values_list("kind", "remote_id", "stamp")
    }
    fresh = [
        r
        for key, r in latest.items()
        if (key.kind, key.id) not in known or known[key.kind, key.id] != r.stamp
    ]
    same = [r for r in latest.values() if known.get((r.key.kind, r.key.id)) == r.stamp]
    fresh += _changed_below(connection_id, [r for r in same if (r.key.kind, r.key.id) in known])
    return fresh


def _entry(record: Record, rules: BookRules) -> Candidate:
    if record.key.kind in BY_RULES:
        return BY_RULES[record.key.kind](record, rules.rules)
    return CANDIDATES[record.key.kind](record)


def _changed_below(connection_id: int, records: Sequence[Record]) -> list[Record]:
    """Return the records that differ though their stamp does not: something below them changed.

    So it is with a Salesforce account whose contacts change; Xero stamps the whole record.
    """
    ours = {r.key.id: r for r in records if r.key.system is System.SALESFORCE}
    rows = KnownRecord.objects.filter(connection_id=connection_id, remote_id__in=ours)
    held = {(row.kind, row.remote_id): row.values for row in rows if ours}
    return [
        record
        for record in ours.values()
        if held.get((record.key.kind, record.key.id)) != snapshots.dump(record.values)
    ]


def _row(connection_id: int, record: Record, entry: Candidate) -> KnownRecord:
    return KnownRecord(
        connection_id=connection_id,
        system=record.key.system.value,
        kind=record.key.kind,
        remote_id=record.key.id,
        name=entry.name[:500],
        called=entry.called[:60],
        gone=entry.gone,
        status=entry.status,
        facts=snapshots.dump(entry.facts),
        values=snapshots.dump(record.values),
        stamp=record.stamp,
    )


def find(
    connection_id: int, kind: str, keys: Iterable[IndexKey]
) -> Mapping[IndexKey, list[Candidate]]:
    """Return the candidates under each of the keys, those that are gone last.

    A merged one is followed to its winner.
    """
    by_name: dict[str, set[str]] = {}
    for name, value in keys:
        by_name.setdefault(name, set()).add(value[:600])
    if not by_name:
        return {}
    wanted = Q()
    for name, values in by_name.items():
        wanted |= Q(name=name, value__in=values)
    hits = list(
        KnownKey.objects.filter(wanted, connection_id=connection_id, kind=kind).values_list(
            "name", "value", "record_id"
        )
    )
    candidates = candidates_by_row(KnownRecord.objects.filter(pk__in={pk for _, _, pk in hits}))
    found: dict[IndexKey, list[Candidate]] = {}
    for name, value, pk in hits:
        found.setdefault((name, value), []).append(candidates[pk])
    return {key: sorted(each, key=lambda one: bool(one.gone)) for key, each in found.items()}


def by_ids(connection_id: int, kind: str, ids: Iterable[str]) -> dict[str, Candidate]:
    """Return the candidates with these remote ids, by id."""
    rows = KnownRecord.objects.filter(
        connection_id=connection_id, kind=kind, remote_id__in=set(ids)
    )
    return {candidate.key.id: candidate for candidate in candidates_by_row(rows).values()}


def records(connection_id: int, kind: str, ids: Iterable[str]) -> dict[str, Record]:
    """Return the records with these remote ids as the index has them, by id."""
    rows = KnownRecord.objects.filter(
        connection_id=connection_id, kind=kind, remote_id__in=set(ids)
    )
    return {row.remote_id: _record(row) for row in rows}


def follow(connection_id: int, kind: str, ids: Iterable[str]) -> dict[str, Candidate]:
    """Return for each id the record that stands for it now: a merged one's last winner."""
    found = by_ids(connection_id, kind, ids)
    for _ in range(5):
        losers = {c.gone.removeprefix("merged:") for c in found.values() if _is_merged(c)}
        winners = by_ids(connection_id, kind, losers)
        if not winners:
            break
        found = {
            remote_id: winners.get(c.gone.removeprefix("merged:"), c) if _is_merged(c) else c
            for remote_id, c in found.items()
        }
    return found


def _is_merged(candidate: Candidate) -> bool:
    return candidate.gone.startswith("merged:")


def candidates_by_row(rows: Iterable[KnownRecord]) -> dict[int, Candidate]:
    """Return the candidates of index rows, by their primary keys; two queries."""
    chosen = {row.pk: row for row in rows}
    keys: dict[int, set[IndexKey]] = {}
    owned = KnownKey.objects.filter(record_id__in=chosen).values_list("record_id", "name", "value")
    for pk, name, value in owned:
        keys.setdefault(pk, set()).add((name, value))
    return {
        pk: Candidate(
            row.key,
            row.name,
            frozenset(keys.get(pk, ())),
            row.gone,
            row.status,
            snapshots.load(row.facts),
        )
        for pk, row in chosen.items()
    }


def _record(row: KnownRecord) -> Record:
    return Record(row.key, snapshots.load(row.values), row.stamp, row.gone)
