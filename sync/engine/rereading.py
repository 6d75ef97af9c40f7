"""Reads single records into the local index, when something says that they changed."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from django.db import transaction

from connections.remote import Remote
from sync.core.records import Record, System

from . import book_rules, echoing, indexing, noticing
from .book_rules import BookRules

MERGED = "merged:"


def read_by_ids(
    remote: Remote, kind: str, ids: Sequence[str], source: str, then: Callable[[], None]
) -> int:
    """Read these records and keep them as `indexing.refresh` does; return the notices it made.

    The notices say `source`. `then` is called in the transaction that saves them.
    """
    rules, records = _read(remote, kind, ids)
    with transaction.atomic():
        before = indexing.records(remote.connection_id, kind, ids)
        moved = indexing.store(remote.connection_id, records, rules)
        echoes = echoing.among(records, before)
        noted = noticing.note_moved(remote.connection_id, moved, source, echoes)
        then()
    return noted


def keep_merged(remote: Remote, kind: str, ids: Sequence[str]) -> set[str]:
    """Read these records and keep those that were merged; return what they were merged into."""
    rules, records = _read(remote, kind, ids)
    merged = [record for record in records if record.gone.startswith(MERGED)]
    with transaction.atomic():
        moved = indexing.store(remote.connection_id, merged, rules)
        noticing.note_moved(remote.connection_id, moved, "sweep")
    return {record.gone.removeprefix(MERGED) for record in merged}


def _read(remote: Remote, kind: str, ids: Sequence[str]) -> tuple[BookRules, list[Record]]:
    """Return the records as the index reads them, with its rules."""
    rules = book_rules.of(remote.connection_id, remote.system, kind)
    fields: list[str] = []
    if remote.system is System.SALESFORCE:
        known = remote.fields(kind)
        fields = [path for path in rules.fields if path.split(".")[0] in known or "." in path]
    return rules, list(remote.read(kind, ids, fields))
