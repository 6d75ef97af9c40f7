"""The values that a condition may ask for: those of a list, and those met in recent records."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

from django.core.cache import cache
from django.utils import timezone

from connections.live import open_remote as open_live
from connections.models import Pair
from connections.remote import Lane
from mappings import choices, fitting_conditions
from mappings.choices import FRESH_SECONDS, RETRY_SECONDS, OpenRemote, SalesforceFields
from sync.core.errors import SyncError
from sync.core.fields import Holds
from sync.core.flow import Flow, ValueTable
from sync.core.mapping import BELOW, paths_of

LATELY = timedelta(days=400)
RECENT = 200  # one call reads them
MOST, LONGEST = 60, 80
YES_NO = [("true", "yes"), ("false", "no")]
OF_XERO = {"=account": "accounts", "=currency": "currencies"}
Offered = list[tuple[str, str]]
"""Values with their words."""


def values_of(
    pair: Pair,
    asked: tuple[Flow, ValueTable],
    path: str,
    known: SalesforceFields,
    open_remote: OpenRemote = open_live,
) -> Offered:
    """Return the values to offer for a path: those met lately with their count, then its list's.

    `asked` is the table, with its flow, of whose conditions the path is one.
    Two calls, kept for ten minutes; empty where there is nothing to offer or Salesforce is silent.
    """
    if path.startswith("="):
        return _of_computed(pair, path)
    flow, table = asked
    found = fitting_conditions.facts_of(flow, table, path, known)
    if found is None:
        return []
    (kind, own), facts = found
    of_line = kind != flow.salesforce_kind
    met = _met_lately(pair, flow.salesforce_kind, f"{BELOW}{own}" if of_line else own, open_remote)
    labels, said = dict(facts.choices), dict(met)
    rest = [(value, told) for value, told in facts.choices if value not in said]
    if facts.holds is Holds.YES_NO:
        rest += [(value, told) for value, told in YES_NO if value not in said]
    return [*((value, _words(labels.get(value, ""), value, many)) for value, many in met), *rest]


def _of_computed(pair: Pair, path: str) -> Offered:
    listed = OF_XERO.get(path)
    if listed:
        return choices.active(pair, ValueTable("", "", listed=listed))
    return [("yes", ""), ("no", "")] if path in ("=won_deal", "=customer") else []


def _words(label: str, value: str, many: int) -> str:
    lately = f"{many} lately"
    return f"{label}, {lately}" if label and label != value else lately


def _met_lately(pair: Pair, kind: str, path: str, open_remote: OpenRemote) -> list[tuple[str, int]]:
    key = f"condition_values:{pair.salesforce_id}:{kind}:{path}"
    found: list[tuple[str, int]] | None = cache.get(key)
    if found is None:
        found = _read(pair, kind, path, open_remote)
        cache.set(key, found, FRESH_SECONDS if found else RETRY_SECONDS)
    return found


def _read(pair: Pair, kind: str, path: str, open_remote: OpenRemote) -> list[tuple[str, int]]:
    try:
        remote = open_remote(pair.salesforce, Lane.PERSON)
        keys = remote.glance(kind, timezone.now() - LATELY).keys[-RECENT:]
        records = remote.read(kind, [key.id for key in keys], [path]) if keys else []
    except (SyncError, ValueError):
        return []
    met = Counter(_text(value) for record in records for value in _all(record.values, path))
    return [(value, many) for value, many in met.most_common(MOST) if value]


def _all(values: Any, path: str) -> Iterator[Any]:
    """Yield what a path leads to; of lines, what it leads to in each."""
    if not path.startswith(BELOW):
        yield paths_of(values)(path)
        return
    for row in values.get(BELOW.removesuffix(".")) or ():
        yield paths_of(row)(path.removeprefix(BELOW))


def _text(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if value is None or (isinstance(value, str) and len(value) > LONGEST):
        return ""
    return value.isoformat() if isinstance(value, date) else str(value)
