"""Freshness: a record that moved, or was locked, since it was planned on is planned again."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

from django.utils import timezone

from sync.core.flow import Owner
from sync.core.records import Key, System
from sync.models import Write

from . import indexing, telling
from .work import Work


class Waits(Protocol):
    """What takes note of subjects to be planned again."""

    def wait(self, subject: Key, message: str, until: datetime | None = None) -> None:
        """Note that a subject is to be planned again."""


def unmoved(work: Work, rows: Sequence[Write], outcome: Waits) -> list[tuple[Write, int]]:
    """Return the rows that may still be sent, each with the number of rows a call may carry.

    Updates are held against the stamps that the remote has now: one call for Xero's changes
    since the last look, and for Salesforce one a batch where the flow writes fields that people
    share. Fields that the other system owns cannot overwrite anybody's work there.
    """
    updates = [row for row in rows if row.verb != "create" and row.based_on]
    moved = _moved_xero(work, [r for r in updates if r.system == System.XERO])
    moved |= _moved_salesforce(work, [r for r in updates if r.system == System.SALESFORCE])
    locked = _locked(work, rows)
    for row in rows:
        if row.pk in moved | locked:
            row.state = Write.State.WITHDRAWN
            row.error = f"The record {'moved' if row.pk in moved else 'was locked'} meanwhile."
            row.save(update_fields=["state", "error"])
            outcome.wait(Key.parse(row.subject), row.error, timezone.now())
    remote = {system: work.remote(system) for system in System}
    return [
        (row, remote[System(row.system)].batch_size(row.kind))
        for row in rows
        if row.pk not in moved | locked
    ]


def _moved_xero(work: Work, rows: Sequence[Write]) -> set[int]:
    if not rows:
        return set()
    kinds = {row.kind for row in rows}
    overlap = indexing.SHORT_OVERLAP if work.flow.by_likeness else indexing.OVERLAP
    for kind in kinds:
        indexing.refresh(work.xero, kind, overlap=overlap)
    stamps: dict[str, datetime | None] = {}
    for kind in kinds:
        ids = [row.target_id for row in rows]
        found = indexing.records(work.xero.connection_id, kind, ids)
        stamps.update({remote_id: record.stamp for remote_id, record in found.items()})
    return {row.pk for row in rows if _differs(stamps.get(row.target_id), row.based_on)}


def _moved_salesforce(work: Work, rows: Sequence[Write]) -> set[int]:
    shared = any(
        rule.owner is Owner.SHARED and System.SALESFORCE in rule.writes
        for rule in work.rules.fields
    )
    judges = work.flow.projects is not None and work.flow.projects.judges  # tasks are people's too
    if not rows or not (shared or judges):
        return set()
    stamps: dict[str, datetime | None] = {}
    for kind in sorted({row.kind for row in rows}):
        stamps |= work.salesforce.stamps(kind, [r.target_id for r in rows if r.kind == kind])
    return {row.pk for row in rows if _differs(stamps.get(row.target_id), row.based_on)}


def _locked(work: Work, rows: Sequence[Write]) -> set[int]:
    """Return the rows of records that a person has locked since the run began."""
    locked = telling.locked_since(work.pair, work.run.started_at)
    if not locked:
        return set()
    named = {row.pk: {Key.parse(row.subject), Key.parse(row.about)} for row in rows}
    bound = telling.bound_to(work.pair, locked)
    return {pk for pk, keys in named.items() if keys & (locked | bound)}


def _differs(stamp: datetime | None, based_on: str) -> bool:
    return stamp is None or stamp != datetime.fromisoformat(based_on)
