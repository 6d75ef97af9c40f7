"""Routing rows of a run: who may have its records, by which rows, and what those may read."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass

from django.db.models import Q

from connections.models import Pair
from connections.remote import Remote
from mappings.completeness import has
from mappings.routing import both_names, rows_of
from sync.core.fields import Describing, FieldFacts, Org
from sync.core.flow import Flow, TableRow
from sync.core.records import Key, Record, System
from sync.core.routing import (
    ACCOUNT,
    CONTACT,
    DEAL,
    KINDS,
    QUOTE,
    Route,
    Way,
    group_of,
    paths_of,
    route,
)
from sync.core.routing import rows_of_kind as of_kind
from sync.models import Assignment, FlowSwitch

from .work import Work

FLOWS: Mapping[str, str] = {
    DEAL: "won_opportunity_invoice",
    ACCOUNT: "account_contact",
    CONTACT: "account_contact",
    QUOTE: "quote_opportunity",
}
"""The flow that makes something of each kind."""
ON = FlowSwitch.Mode.ON
ABLE: Mapping[str, None] = {
    f"{side}__{why}": None
    for side in ("salesforce", "xero")
    for why in ("paused_at", "disconnected_at", "credential__broken_since")
}
"""What holds of a pair that can work: signed in on both sides, neither of them paused."""


@dataclass(frozen=True)
class Routing:
    """How records of one kind and connection find their pair, for one flow.

    `pairs` are the active ones, oldest first; `names` those of every pair of the connection;
    `modes` the flow's mode by pair, of those in which it is not off; `able` the pairs that can
    work now. `hidden` are the field paths of the rows that cannot be read.
    """

    connection_id: int
    kind: str
    flow: str
    rows: tuple[TableRow, ...]
    pairs: tuple[Pair, ...]
    names: Mapping[int, str]
    modes: Mapping[int, str]
    able: frozenset[int]
    hidden: frozenset[str] = frozenset()

    @property
    def has_rows(self) -> bool:
        """Whether any row is asked for the kind."""
        return bool(of_kind(self.rows, self.kind))

    @property
    def choices(self) -> dict[int, str]:
        """The active pairs by primary key, each by its name and its organisation's."""
        return {pair.pk: both_names(pair, self.connection_id) for pair in self.pairs}

    @property
    def readable(self) -> tuple[str, ...]:
        """The field paths that the rows ask of a record and that can be read.

        With each that leads to another record also the field that says whether there is one.
        """
        asked = (p for p in paths_of(self.rows, self.kind) if self.shows(p))
        return tuple(dict.fromkeys(p for path in asked for p in (*keys_above(path), path)))

    def shows(self, path: str) -> bool:
        """Return whether a field path can be read."""
        return path not in self.hidden

    @property
    def first_rank(self) -> list[int]:
        """The pairs in which the flow is on, where there is any; else those in shadow."""
        in_use = [pair.pk for pair in self.pairs if pair.pk in self.modes]
        return [pk for pk in in_use if self.modes[pk] == ON] or in_use

    @property
    def sole(self) -> int:
        """The pair that has every record while no row was published: the only one of the first
        rank, since one in shadow takes nothing from one that writes; 0 where there are several.
        """
        best = self.first_rank
        return best[0] if len(best) == 1 else 0

    def askers(self) -> list[int]:
        """Return the pairs that may ask where a record belongs, the first to be preferred.

        Of the first rank those that can work at all, where there is any.
        """
        best = self.first_rank
        return [pk for pk in best if pk in self.able] or best

    def route(self, record: Record, said: Mapping[Key, Assignment]) -> Route:
        """Return where a record belongs: by a person's word (`said`), else by the rows."""
        own, above = said.get(record.key), said.get(account_of(record))
        if own is not None:
            return _as_said(own)
        account = _as_said(above) if above is not None else None
        found = route(self.rows, self.kind, record.get, self._shows_of(record), account)
        if found.way is Way.PAIR and found.pair not in self.names:
            return Route(Way.ASK, row=found.row)  # its pair is no more
        return found

    def group(self, record: Record) -> tuple[tuple[str, str], ...]:
        """Return what the rows ask of a record, the same for those no row tells apart."""
        return group_of(self.rows, self.kind, record.get, self._shows_of(record))

    def mark(self, record: Record) -> str:
        """Return what tells whether the rows see other values of the record than they did."""
        return hashlib.sha256(repr(self.group(record)).encode()).hexdigest()[:16]

    def _shows_of(self, record: Record) -> Callable[[str], bool]:
        return lambda path: self.shows(path) and not is_withheld(record, path)


def _as_said(word: Assignment) -> Route:
    """Return where a person's word sends a record; one without a pair is asked about."""
    if not word.pair_id:
        return Route(Way.ASK, by=word.by)
    return Route(Way.PAIR, word.pair_id, by=word.by)


def keys_above(path: str) -> tuple[str, ...]:
    """Return the fields that tell whether the records are there that a Salesforce path leads
    through: of `Account.Owner.Country` these are `AccountId` and `Account.OwnerId`.
    """
    steps = path.split(".")[:-1]
    above = (".".join(steps[: n + 1]) for n in range(len(steps)))
    return tuple(
        f"{one.removesuffix('__r')}__c" if one.endswith("__r") else f"{one}Id" for one in above
    )


def is_withheld(record: Record, path: str) -> bool:
    """Return whether a path leads to a record that is there and that is not shown to us.

    Salesforce answers null for a related record that our user may not see.
    """
    if record.key.system is not System.SALESFORCE:
        return False
    places = enumerate(keys_above(path), 1)
    steps = path.split(".")
    return any(record.get(key) and record.get(".".join(steps[:n])) is None for n, key in places)


def account_of(record: Record) -> Key:
    """Return the key of a deal's account."""
    return Key(System.SALESFORCE, ACCOUNT, str(record.get("AccountId") or ""))


def routing_of(work: Work, system: System) -> Routing | None:
    """Return how the flow's records of one system are routed; None where they are not.

    Four queries at most a run, whoever asks; the fields of a Salesforce org are described once.
    """
    place = (work.flow.key, system)
    if place not in work.routings:
        work.routings[place] = _routing(work, system)
    return work.routings[place]


def kind_of(flow: Flow, system: System) -> str:
    """Return the kind of a flow's records of one system that is routed, or empty."""
    if flow.projects is not None:
        return ACCOUNT if system is System.SALESFORCE else ""
    kind = flow.salesforce_kind
    if system is System.XERO:
        kind = flow.xero_kind if flow.takes_both else ""
    return kind if kind in KINDS[system] else ""


def paths(work: Work) -> tuple[str, ...]:
    """Return the Salesforce fields that are read with the flow's own records to route them."""
    routing = routing_of(work, System.SALESFORCE)
    return routing.readable if routing is not None else ()


def _routing(work: Work, system: System) -> Routing | None:
    kind = kind_of(work.flow, system)
    if not kind:
        return None
    place = work.connection_ids[system]
    every = pairs_of(work, system)
    pairs = tuple(pair for pair in every if pair.active)
    if len(pairs) < 2:
        return None
    rows = rows_of(place) or ()
    looking = {work.pair.pk: work.switch.mode}  # a preview looks as if its flow were in use
    return Routing(
        place,
        kind,
        work.flow.key,
        rows,
        pairs,
        {pair.pk: pair.name for pair in every},
        looking | modes_of(pairs, work.flow.key),
        able_of(pairs),
        hidden_in(work.remote(system), kind, paths_of(rows, kind)),
    )


def every_pair(connection_id: int, system: System) -> list[Pair]:
    """Return every pair of a connection, oldest first, those that are off too."""
    side = {f"{system}_id": connection_id}
    rows = Pair.objects.filter(**side).select_related("salesforce", "xero")
    return list(rows.order_by("pk"))


def pairs_of(work: Work, system: System) -> list[Pair]:
    """Return every pair of the work's connection, oldest first; one query a run, whoever asks."""
    if system not in work.pairs:
        work.pairs[system] = every_pair(work.connection_ids[system], system)
    return work.pairs[system]


def modes_of(pairs: Collection[Pair], flow: str) -> dict[int, str]:
    """Return the flow's mode by pair, of the pairs in which it is not off."""
    switches = FlowSwitch.objects.filter(~Q(mode=FlowSwitch.Mode.OFF), flow=flow, pair__in=pairs)
    return dict(switches.values_list("pair", "mode"))


def able_of(pairs: Collection[Pair]) -> frozenset[int]:
    """Return the pairs that can work now; one query."""
    rows = Pair.objects.filter(pk__in=[pair.pk for pair in pairs], **ABLE)
    return frozenset(rows.values_list("pk", flat=True))


def hidden_in(remote: Remote, kind: str, wanted: Sequence[str]) -> frozenset[str]:
    """Return which of these field paths the system does not show us.

    Costs no call besides the descriptions that reading the fields needs anyway (kept for minutes).
    """
    if not wanted:
        return frozenset()
    if remote.system is System.SALESFORCE and isinstance(remote, Describing):
        return _hidden_in_org(remote, kind, wanted)
    known = remote.fields(kind)
    if remote.system is System.SALESFORCE:
        return frozenset(path for path in wanted if not has(known, path))
    return frozenset(path for path in wanted if known and path.split(".")[0] not in known)


def _hidden_in_org(remote: Describing, kind: str, wanted: Sequence[str]) -> frozenset[str]:
    kinds: dict[str, Mapping[str, FieldFacts]] = {}
    return frozenset(p for p in wanted if not _leads_to_a_field(remote, kinds, kind, p))


def _leads_to_a_field(
    remote: Describing, kinds: dict[str, Mapping[str, FieldFacts]], kind: str, path: str
) -> bool:
    """Return whether a dotted path leads to a field; what it leads through is described."""
    if kind not in kinds:
        kinds.update({kind: {}} | dict(remote.described([kind])))
    step, dot, rest = path.partition(".")
    if not dot:
        return Org(kinds).find(kind, path) is not None
    above = next((f for f in kinds[kind].values() if f.relationship == step), None)
    return above is not None and _leads_to_a_field(remote, kinds, above.leads_to, rest)
