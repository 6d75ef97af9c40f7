"""Trying routing rows: where recent records belong now, and where other rows would send them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from django.utils import timezone

from connections.live import open_remote as open_live
from connections.models import Connection
from connections.remote import Lane, Remote
from mappings.routing import rows_of
from sync.core.flow import TableRow
from sync.core.money import Money
from sync.core.records import Key, Record, System
from sync.core.routing import ACCOUNT, CONTACT, DEAL, KINDS, QUOTE, Route, Way, paths_of
from sync.core.transforms import as_number
from sync.flows.shapes import quote
from sync.models import Assignment, KnownRecord, Link

from . import assigning, routing_recent, routing_rows, surroundings
from .routing_past import HELD
from .routing_rows import FLOWS, Routing, account_of
from .work import OpenRemote

DAYS = 90
_COUNTERPARTS = {DEAL: "Invoice", ACCOUNT: "Contact", CONTACT: "Contact", QUOTE: "Quote"}


@dataclass(frozen=True)
class Tried:
    """One record: where it belongs by the rows in force and by those tried.

    `stands` are the pairs in which it has a living counterpart already: that stays there.
    """

    key: Key
    name: str
    money: Money | None
    now: Route
    then: Route
    stands: tuple[int, ...] = ()

    @property
    def moves(self) -> bool:
        """Whether the rows tried send it elsewhere than those in force."""
        return (self.now.way, self.now.pair) != (self.then.way, self.then.pair)

    @property
    def elsewhere(self) -> bool:
        """Whether it stands in other organisations than the rows tried would send it to."""
        return bool(self.stands) and self.then.way is Way.PAIR and self.then.pair not in self.stands


@dataclass(frozen=True)
class TriedRows:
    """What rows would do to the recent records of one kind; `left_out` older ones were not read.

    `ruled` tells whether any of the rows is of the kind: else accounts and contacts are not routed.
    """

    kind: str
    records: tuple[Tried, ...]
    left_out: int = 0
    ruled: bool = True

    def by_pair(self) -> dict[int, tuple[int, dict[str, Decimal]]]:
        """Return by pair how many records it would get, with their sums by currency.

        Under 0 those that no pair gets: asked about, or left alone.
        """
        counts = Counter(self._pair(tried) for tried in self.records)
        return {pair: (count, self._sums(pair)) for pair, count in sorted(counts.items())}

    @property
    def moved(self) -> list[Tried]:
        """Those that the rows tried send elsewhere."""
        return [tried for tried in self.records if tried.moves]

    @property
    def unmatched(self) -> list[Tried]:
        """Those that would be asked about."""
        if not self.ruled and self.kind not in HELD:
            return []
        return [tried for tried in self.records if not tried.then.known]

    @property
    def elsewhere(self) -> list[Tried]:
        """Those that stand in another organisation than they would be sent to."""
        return [tried for tried in self.records if tried.elsewhere]

    def _pair(self, tried: Tried) -> int:
        return tried.then.pair if tried.then.way is Way.PAIR else 0

    def _sums(self, pair: int) -> dict[str, Decimal]:
        sums: dict[str, Decimal] = {}
        for tried in self.records:
            if tried.money is not None and self._pair(tried) == pair:
                code = tried.money.currency
                sums[code] = sums.get(code, Decimal(0)) + tried.money.amount
        return sums


def try_rows(
    connection: Connection,
    rows: Sequence[TableRow],
    days: int = DAYS,
    open_remote: OpenRemote = open_live,
) -> dict[str, TriedRows]:
    """Return by kind what these rows would do to the records of the last days; writes nothing.

    Won deals, accounts with one, and of Xero's what the index knows. Raises the design's errors.
    """
    since = timezone.now() - timedelta(days=days)
    remote = open_remote(connection, Lane.PERSON)
    return {
        kind: _try_kind(connection, kind, rows, since, remote)
        for kind in KINDS[System(connection.system)]
    }


def _try_kind(
    connection: Connection,
    kind: str,
    rows: Sequence[TableRow],
    since: datetime,
    remote: Remote,
) -> TriedRows:
    now = routing_for(connection, kind, rows_of(connection.pk) or (), remote)
    then = routing_for(connection, kind, rows, remote)
    fields = tuple(dict.fromkeys([*now.readable, *then.readable]))
    records, left_out = routing_recent.newest(connection, kind, since, remote, fields)
    said = assigning.assigned(connection.pk, _keys(records))
    stands = _standing(connection, kind, [record.key for record in records])
    home = surroundings.organisation(remote).base_currency
    tried = tuple(
        Tried(
            record.key,
            str(record.get("Name") or record.get("QuoteNumber") or record.key.id),
            _money(kind, record, home),
            _route(now, record, said),
            _route(then, record, said),
            stands.get(record.key, ()),
        )
        for record in records
    )
    return TriedRows(kind, tried, left_out, then.has_rows)


def misplaced(connection: Connection, routing: Routing, records: Sequence[Record]) -> list[Key]:
    """Return those of these records that stand nowhere, or elsewhere than they belong."""
    said = assigning.assigned(connection.pk, _keys(records))
    stands = _standing(connection, routing.kind, [record.key for record in records])
    routed = (
        Tried(record.key, "", None, route, route, stands.get(record.key, ()))
        for record in records
        for route in (_route(routing, record, said),)
    )
    return [one.key for one in routed if one.elsewhere or not one.stands]


def routing_for(
    connection: Connection, kind: str, rows: Sequence[TableRow], remote: Remote
) -> Routing:
    """Return how rows would route a connection's records of a kind."""
    every = routing_rows.every_pair(connection.pk, System(connection.system))
    pairs = tuple(pair for pair in every if pair.active)
    return Routing(
        connection.pk,
        kind,
        FLOWS[kind],
        tuple(rows),
        pairs,
        {pair.pk: pair.name for pair in every},
        routing_rows.modes_of(pairs, FLOWS[kind]),
        routing_rows.able_of(pairs),
        routing_rows.hidden_in(remote, kind, paths_of(rows, kind)),
    )


def _route(routing: Routing, record: Record, said: Mapping[Key, Assignment]) -> Route:
    """Return where a record belongs; without rows, to the one pair that takes every one."""
    found = routing.route(record, said)
    if not routing.has_rows and not found.known and routing.sole:
        return replace(found, way=Way.PAIR, pair=routing.sole)
    return found


def _keys(records: Iterable[Record]) -> list[Key]:
    every = list(records)
    return [*(r.key for r in every), *(account_of(r) for r in every if r.key.kind == DEAL)]


def _standing(connection: Connection, kind: str, keys: Sequence[Key]) -> dict[Key, tuple[int, ...]]:
    """Return by record the pairs in which it has a living counterpart; two queries."""
    side = "salesforce" if connection.system == System.SALESFORCE else "xero"
    places = {
        pair.pk: pair.xero_id
        for pair in routing_rows.every_pair(connection.pk, System(connection.system))
    }
    wanted: dict[str, Any] = {"xero_kind": _COUNTERPARTS[kind], f"{side}_kind": kind}
    wanted[f"{side}_id__in"] = [key.id for key in keys]
    rows = Link.objects.filter(pair__in=places, **wanted)
    links = list(rows.order_by("pk")) if keys else []
    ended = KnownRecord.objects.filter(
        kind=_COUNTERPARTS[kind], remote_id__in=[link.xero_id for link in links]
    ).exclude(gone="")
    gone = set(ended.values_list("remote_id", "connection_id")) if links else set()
    found: dict[Key, dict[int, None]] = {}
    for link in links:
        if (link.xero_id, places[link.pair_id]) not in gone:
            key = link.salesforce_key if side == "salesforce" else link.xero_key
            found.setdefault(key, {})[link.pair_id] = None
    return {key: tuple(pairs) for key, pairs in found.items()}


def _money(kind: str, record: Record, home: str) -> Money | None:
    if kind == QUOTE:
        net = quote.net(record)
        return Money(net, quote.currency(record)) if net is not None else None
    amount = as_number(record.get("Amount")) if kind == DEAL else None
    if amount is None:
        return None
    return Money(amount, str(record.get("CurrencyIsoCode") or home))
