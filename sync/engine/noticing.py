"""Step 1 of 8, notice. Put on disk that records may have changed; a repeat only counts up."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime
from types import MappingProxyType

from django.db import connection
from django.db.models import Q
from django.utils import timezone

from connections.models import Pair
from sync import bell
from sync.core.flow import Flow
from sync.core.matching import Candidate
from sync.core.projection import ACCOUNT, DEAL
from sync.core.records import Key, Record, System
from sync.flows.registry import every_flow
from sync.models import FlowSwitch, KnownKey, KnownRecord, Link, Notice

_SQL = """
INSERT INTO sync_notice
    (pair_id, flow, system, kind, remote_id, state, source, count, attempts, first_seen, due_at,
     claimed_by, error)
SELECT %s, %s, s, k, i, 'waiting', %s, 1, 0, now(), %s, '', ''
FROM unnest(%s::text[], %s::text[], %s::text[]) AS t(s, k, i)
ON CONFLICT (pair_id, flow, system, kind, remote_id) WHERE state = 'waiting'
DO UPDATE SET count = sync_notice.count + 1,
              due_at = LEAST(sync_notice.due_at, EXCLUDED.due_at),
              source = CASE WHEN EXCLUDED.source IN ('look', 'sweep', 'event')
                            THEN sync_notice.source
                            ELSE EXCLUDED.source END
"""


def note(
    pair: Pair, flow: str, keys: Iterable[Key], source: str, due: datetime | None = None
) -> int:
    """Save a notice for every key in one statement and ring the bell; return how many keys.

    A record that already has a waiting notice for the flow keeps the one it has.
    """
    unique = sorted(set(keys))
    if not unique:
        return 0
    columns = [[str(k.system) for k in unique], [k.kind for k in unique], [k.id for k in unique]]
    with connection.cursor() as cursor:
        cursor.execute(_SQL, [pair.pk, flow, source, due or timezone.now(), *columns])
    if due is None:
        bell.ring("work", pair.pk, flow)
    return len(unique)


def note_for_every_flow(pair: Pair, keys: Iterable[Key], source: str) -> int:
    """Save notices for every flow of the pair that is not off and starts on the keys' kinds."""
    by_kind: dict[tuple[System, str], list[Key]] = {}
    for key in keys:
        by_kind.setdefault((key.system, key.kind), []).append(key)
    noted = 0
    for flow_key in flows_in_use(pair):
        flow = every_flow()[flow_key]
        wanted = [key for kind in flow.starts_on for key in by_kind.get(kind, ())]
        if flow.begins_in_xero:
            wanted += _counterparts(pair, flow, by_kind)
        noted += note(pair, flow_key, wanted, source)
    return noted


def _counterparts(
    pair: Pair, flow: Flow, by_kind: Mapping[tuple[System, str], Sequence[Key]]
) -> list[Key]:
    """Return the Salesforce records among these that a Xero record of the flow has.

    The flow starts no sweep of them: it would move on the cursor of those that wait for them.
    """
    keys = by_kind.get((System.SALESFORCE, flow.salesforce_kind), ())
    links = Link.objects.filter(
        pair=pair, xero_kind=flow.xero_kind, salesforce_id__in=[key.id for key in keys]
    )
    linked = set(links.values_list("salesforce_id", flat=True)) if keys else set()
    return [key for key in keys if key.id in linked]


def note_moved(
    connection_id: int,
    moved: Sequence[Candidate],
    source: str = "sweep",
    echoes: Mapping[tuple[int, str], Collection[Key]] = MappingProxyType({}),
) -> int:
    """Save notices of records that moved, for every pair of the connection; return how many.

    A record that is linked to nothing and names nothing is nobody's news, unless a flow makes
    records of the other system of such and does not leave this one alone. Nor is it news to the
    pair and flow whose own write it is the echo of.
    """
    noted = 0
    of_connection = Q(xero_id=connection_id) | Q(salesforce_id=connection_id)
    for pair in Pair.objects.filter(of_connection) if moved else ():
        linked = _linked(pair, moved)
        for flow_key in flows_in_use(pair):
            flow, own = every_flow()[flow_key], echoes.get((pair.pk, flow_key), ())
            wanted = [
                c.key
                for c in moved
                if c.key not in own
                if _starts(flow, c)
                if c.key.id in linked or _is_news(flow, c)
            ]
            if flow.projects:
                wanted += _of_customers(pair, [c for c in moved if _starts(flow, c)])
            if flow.begins_in_xero:
                wanted += _quotes_of(pair, flow, [c for c in moved if c.key.id not in linked])
            noted += note(pair, flow_key, wanted, source)
    return noted


def _linked(pair: Pair, moved: Sequence[Candidate]) -> set[str]:
    """Return the ids among these that are linked to anything; they are of one system."""
    side = "xero_id" if moved[0].key.system is System.XERO else "salesforce_id"
    ids = [candidate.key.id for candidate in moved]
    links = Link.objects.filter(pair=pair, **{f"{side}__in": ids})
    return set(links.values_list(side, flat=True))


def _of_customers(pair: Pair, moved: Sequence[Candidate]) -> list[Key]:
    """Return those that are entered under a linked customer, whoever made them: its invoices."""
    owned = {(c.key, v) for c in moved for n, v in c.keys if n == "contact"}
    links = Link.objects.filter(pair=pair, xero_kind="Contact", xero_id__in={v for _, v in owned})
    linked = set(links.values_list("xero_id", flat=True))
    return [key for key, contact in owned if contact in linked]


def _quotes_of(pair: Pair, flow: Flow, moved: Sequence[Candidate]) -> list[Key]:
    """Return the linked quotes of customers whose invoices moved that belong to no deal.

    Such an invoice may have been made from one of them, though the quote itself has not moved.
    """
    contacts = {v for c in moved if c.key.kind == "Invoice" for n, v in c.keys if n == "contact"}
    if not contacts:
        return []
    known = KnownKey.objects.filter(
        connection_id=pair.xero_id, kind=flow.xero_kind, name="contact", value__in=contacts
    )
    links = Link.objects.filter(
        pair=pair, xero_kind=flow.xero_kind, xero_id__in=known.values("record__remote_id")
    )
    return [link.xero_key for link in links]


def note_projected(pair: Pair, keys: Iterable[Key], source: str = "again") -> int:
    """Save notices of deals and accounts for the flows that tell them figures; return how many.

    What is linked or unlinked is such news, though neither record has changed.
    """
    wanted = list(keys)
    told = [flow for flow in flows_in_use(pair) if every_flow()[flow].projects] if wanted else []
    return sum(
        note(pair, flow, [key for key in wanted if key.kind in told_kinds(flow)], source)
        for flow in told
    )


def told_kinds(flow: str) -> tuple[str, ...]:
    """Return the Salesforce kinds that a projection tells of: one that judges, accounts alone."""
    projects = every_flow()[flow].projects
    return (ACCOUNT,) if projects is not None and projects.judges else (DEAL, ACCOUNT)


def _starts(flow: Flow, moved: Candidate) -> bool:
    return (moved.key.system, moved.key.kind) in flow.starts_on


def _is_news(flow: Flow, moved: Candidate) -> bool:
    makes = moved.key.system.other in flow.creates_in and not moved.facts.get("unwanted")
    return makes or bool(flow.subject_of(moved))


def linked_among(pair: Pair, keys: Sequence[Key]) -> list[Key]:
    """Return those Salesforce records among these that are linked to anything."""
    links = Link.objects.filter(pair=pair, salesforce_id__in=[key.id for key in keys])
    linked = set(links.values_list("salesforce_id", flat=True))
    return [key for key in keys if key.id in linked]


def unknown_among(connection_id: int, records: Sequence[Record]) -> list[Key]:
    """Return those of these records that the index has not read with the stamp they have now."""
    stamps = dict(
        KnownRecord.objects.filter(
            connection_id=connection_id, remote_id__in=[record.key.id for record in records]
        ).values_list("remote_id", "stamp")
    )
    return [r.key for r in records if r.key.id not in stamps or stamps[r.key.id] != r.stamp]


def note_books(pair: Pair, flow: str) -> int:
    """Save notices of all that a flow's address books know and that belongs; return how many.

    What the index has read before the flow was switched on is nobody's news any more.
    """
    return note(pair, flow, keys_of_books(pair, flow), "sweep")


def keys_of_books(pair: Pair, flow: str, since: datetime | None = None) -> list[Key]:
    """Return the keys of all that a flow's address books know and that belongs or is linked."""
    kinds = [(pair.salesforce_id, kind) for kind in every_flow()[flow].salesforce_indexes]
    kinds += [(pair.xero_id, every_flow()[flow].xero_kind)]
    links = Link.objects.filter(pair=pair, flow=flow)
    linked = Q(remote_id__in=links.values("salesforce_id")) | Q(
        remote_id__in=links.values("xero_id")
    )
    found: list[Key] = []
    for connection_id, kind in kinds:
        known = KnownRecord.objects.filter(connection_id=connection_id, kind=kind, gone="")
        known = known.filter(stamp__gte=since) if since else known
        rows = known.filter(Q(facts__values__unwanted="") | linked)
        rows = rows.only("system", "kind", "remote_id").order_by("id")
        found += [row.key for row in rows.iterator(chunk_size=2000)]
    return found


def note_linked(pair: Pair, flow: str, since: datetime) -> int:
    """Save notices of a flow's linked Xero records that moved since then; return how many.

    While a flow is off the index may be read for others, and nothing is noticed for it.
    """
    kind = every_flow()[flow].xero_kind
    moved = KnownRecord.objects.filter(
        connection_id=pair.xero_id,
        kind=kind,
        stamp__gte=since,
        remote_id__in=Link.objects.filter(pair=pair, flow=flow, xero_kind=kind).values("xero_id"),
    )
    keys = [
        Key(System.XERO, kind, remote_id) for remote_id in moved.values_list("remote_id", flat=True)
    ]
    return note(pair, flow, keys, "sweep")


def flows_in_use(pair: Pair) -> list[str]:
    """Return the keys of the pair's flows that are on or in shadow."""
    switches = FlowSwitch.objects.filter(pair=pair).exclude(mode=FlowSwitch.Mode.OFF)
    return [key for key in switches.values_list("flow", flat=True) if key in every_flow()]


def waiting(pair: Pair, flow: str) -> int:
    """Return how many notices wait for the flow."""
    return Notice.objects.filter(pair=pair, flow=flow, state=Notice.State.WAITING).count()
