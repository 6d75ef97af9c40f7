"""Reading the records of the last days that rows are tried on, or judge anew: page by page."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from django.db.models import QuerySet

from connections.models import Connection
from connections.remote import Remote
from sync.core.records import Key, Record, System
from sync.core.routing import CONTACT
from sync.flows.registry import every_flow
from sync.models import KnownRecord

from . import indexing
from .routing_rows import FLOWS

MOST = 2000
"""So many records of a kind are tried, the newest; reading them costs a handful of calls."""
AT_ONCE = 1000
"""So many are read in one call of Salesforce."""


@dataclass(frozen=True)
class Page:
    """Some records of a kind; `looked` counts those too that the flow leaves alone.

    `covered` is the time up to which all have been read, where reading may go on from there.
    """

    records: list[Record]
    looked: int
    covered: datetime | None = None


def newest(
    connection: Connection, kind: str, since: datetime, remote: Remote, fields: Sequence[str]
) -> tuple[list[Record], int]:
    """Return the newest records of a kind, and how many more there are."""
    if remote.system is System.XERO:
        known = _known(connection, kind, since).order_by("-stamp")
        ids = list(known.values_list("remote_id", flat=True)[:MOST])
        found = indexing.records(connection.pk, kind, ids)
        return list(found.values()), max(known.count() - MOST, 0)
    keys = list(dict.fromkeys(key for part, _ in _glanced(remote, kind, since) for key in part))
    read = [r for page, _ in _read(remote, kind, keys[-MOST:], fields) for r in page.records]
    return read, max(len(keys) - MOST, 0)


def pages(
    connection: Connection, kind: str, since: datetime, remote: Remote, fields: Sequence[str]
) -> Iterator[Page]:
    """Yield all records of a kind that changed since a time, oldest first; one may come twice.

    Salesforce: one call for up to 2,000 keys and one for each 1,000 records. Xero: from the index.
    """
    if remote.system is System.XERO:
        ids = _known(connection, kind, since).order_by("pk").values_list("remote_id", flat=True)
        for start in range(0, ids.count(), AT_ONCE):
            chosen = list(ids[start : start + AT_ONCE])
            found = indexing.records(connection.pk, kind, chosen)
            yield Page(list(found.values()), len(chosen))
        return
    for keys, covered in _glanced(remote, kind, since):
        for page, is_last in _read(remote, kind, keys, fields):
            yield replace(page, covered=covered) if is_last else page


def _known(connection: Connection, kind: str, since: datetime) -> QuerySet[KnownRecord]:
    known = KnownRecord.objects.filter(
        connection_id=connection.pk, kind=kind, gone="", stamp__gte=since
    )
    return known.filter(facts__values__unwanted="") if kind == CONTACT else known


def _read(
    remote: Remote, kind: str, keys: Sequence[Key], fields: Sequence[str]
) -> Iterator[tuple[Page, bool]]:
    """Yield those of these records that their flow does not leave alone, and whether these are
    the last ones.
    """
    unwanted = every_flow()[FLOWS[kind]].unwanted
    for start in range(0, len(keys), AT_ONCE):
        chosen = [key.id for key in keys[start : start + AT_ONCE]]
        found = [r for r in remote.read(kind, chosen, fields) if not r.gone and not unwanted(r)]
        yield Page(found, len(chosen)), start + AT_ONCE >= len(keys)


def _glanced(
    remote: Remote, kind: str, since: datetime
) -> Iterator[tuple[Sequence[Key], datetime | None]]:
    while True:
        changes = remote.glance(kind, since)
        yield changes.keys, changes.covered
        if changes.complete or changes.covered is None or changes.covered <= since:
            return
        since = changes.covered
