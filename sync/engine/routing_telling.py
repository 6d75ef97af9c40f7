"""What new rows set going, and what waits for a flow that is off where it belongs."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal

from django.db import transaction
from django.db.models import Count, QuerySet, Sum
from django.utils import timezone

from connections.live import open_remote as open_live
from connections.models import Connection, Pair
from connections.remote import Lane
from mappings.models import RoutingVersion, newest_routing
from mappings.routing import rows_of
from sync.core.errors import SyncError
from sync.core.records import Key, System
from sync.core.routing import ACCOUNT, DEAL, KINDS
from sync.core.routing_questions import CAUSE, DOUBT
from sync.models import Cursor, FlowSwitch, KnownRecord, ReviewSubject, Unplaced

from . import assigning, claiming, noticing, routing_recent
from .routing_trying import DAYS, misplaced, routing_for
from .work import OpenRemote

OFF = FlowSwitch.Mode.OFF
LOOKED_AT = "routes looked at:"
"""Of which purpose the cursors are that tell how far a version has got; the kind follows."""
PATIENCE = timedelta(minutes=3)


@dataclass(frozen=True)
class Waiting:
    """How many records belong to a pair whose flow is off, with their sums by currency."""

    pair: Pair
    flow: str
    count: int
    sums: dict[str, Decimal]


def published(connection: Connection, open_remote: OpenRemote = open_live) -> int:
    """Let what a new version of the rows concerns be looked at again; return the notices.

    Those are what was asked about or left alone, and of the records of the last 90 days what
    stands nowhere, or elsewhere than it belongs; page by page, each kept as it is done, so that
    one who was stopped is followed by one who goes on. Where the system cannot be asked now, its
    next sweep reads these days again. The version says when this was done: see `unnoted`.
    """
    version = newest_routing(connection.pk)
    number = version.number if version is not None else 0
    noted = _note(connection, [*_left(connection), *_asked(connection)])
    try:
        for kind in KINDS[System(connection.system)]:
            noted += _go_through(connection, kind, number, open_remote)
    except SyncError:
        noted += _note(connection, _read_again(connection))
    with transaction.atomic():
        _cursors(connection.pk).delete()
        done = RoutingVersion.objects.filter(connection=connection, number__lte=number)
        done.filter(noted_at=None).update(noted_at=timezone.now())
    return noted


def looked_at(connection_id: int) -> int:
    """Return how many records have been looked at so far for the version that waits for it."""
    return sum(cursor.seen[1] for cursor in _cursors(connection_id))


def _cursors(connection_id: int) -> QuerySet[Cursor]:
    return Cursor.objects.filter(connection=connection_id, purpose__startswith=LOOKED_AT)


def _go_through(connection: Connection, kind: str, number: int, open_remote: OpenRemote) -> int:
    """Note what is misplaced of the recent records of a kind, from where a version has got to."""
    remote = open_remote(connection, Lane.BACKGROUND)
    routing = routing_for(connection, kind, rows_of(connection.pk) or (), remote)
    cursor = Cursor.objects.get_or_create(connection=connection, purpose=f"{LOOKED_AT}{kind}")[0]
    if cursor.seen[:1] != [number] or cursor.covered is None:
        cursor.seen, cursor.covered = [number, 0], None
    since = cursor.covered or timezone.now() - timedelta(days=DAYS)
    noted = 0
    for page in routing_recent.pages(connection, kind, since, remote, routing.readable):
        keys = misplaced(connection, routing, page.records)
        cursor.seen = [number, cursor.seen[1] + page.looked]
        cursor.covered = page.covered or cursor.covered
        with transaction.atomic():
            noted += assigning.note(connection.pk, keys) if keys else 0
            cursor.save(update_fields=["seen", "covered"])
    return noted


def _note(connection: Connection, keys: Iterable[Key]) -> int:
    """Note these keys, each once, a page at a time."""
    every = list(dict.fromkeys(keys))
    parts = range(0, len(every), routing_recent.AT_ONCE)
    return sum(
        assigning.note(connection.pk, every[at : at + routing_recent.AT_ONCE]) for at in parts
    )


def catch_up(connection_id: int, open_remote: OpenRemote = open_live) -> int:
    """Do what `published` does for each version that waits for it; return the notices.

    Another worker that is at it does it for both; what was done already is not done again.
    """
    connection, noted = Connection.objects.get(pk=connection_id), 0
    waits = RoutingVersion.objects.filter(connection=connection, noted_at=None)
    with claiming.alone(f"counterpart:routes:{connection_id}") as ours:
        while ours() and waits.exists():
            noted += published(connection, open_remote)
    return noted


def release() -> int:
    """Let what waits for a pair that is no more be planned by the one that is left; the notices.

    That is where a connection stands in one active pair only by now, whose flow is in use.
    """
    noted = 0
    shared = [connection.pk for connection in shared_connections()]
    waits = Unplaced.objects.exclude(connection__in=shared).order_by()
    for place, flow in waits.values_list("connection", "flow").distinct():
        for pair in assigning.pairs_of(place):
            if not FlowSwitch.objects.filter(pair=pair, flow=flow).exclude(mode=OFF).exists():
                continue
            rows = list(waits.filter(connection=place, flow=flow))
            with transaction.atomic():
                noted += noticing.note(pair, flow, [row.key for row in rows], "again")
                waits.filter(pk__in=[row.pk for row in rows]).delete()
    return noted


def unnoted() -> list[int]:
    """Return the connections with a version that was published minutes ago and is not noted yet.

    The ring was lost, or who heard it was stopped; without this a deal that belongs elsewhere
    now would be looked at by nobody until it changes.
    """
    rows = RoutingVersion.objects.filter(noted_at=None, at__lt=timezone.now() - PATIENCE)
    return list(rows.order_by("connection").values_list("connection", flat=True).distinct())


def waiting() -> list[Waiting]:
    """Return what waits in each pair for a flow that is off there."""
    in_use = FlowSwitch.objects.filter(pair__active=True).exclude(mode=FlowSwitch.Mode.OFF)
    used = set(in_use.values_list("pair", "flow"))
    shared = {connection.pk for connection in shared_connections()}
    rows = Unplaced.objects.filter(pair__isnull=False).order_by("pair", "flow", "currency")
    counted = rows.values_list("pair", "flow", "connection", "currency").annotate(
        Count("pk"), Sum("amount")
    )
    found: dict[tuple[int, str], Waiting] = {}
    pairs = Pair.objects.in_bulk({pair for pair, *_ in counted})
    for pk, flow, place, currency, count, amount in counted:
        if pk is None or (pk, flow) in used or place not in shared:
            continue
        before = found.get((pk, flow), Waiting(pairs[pk], flow, 0, {}))
        sums = {**before.sums, currency: amount} if amount is not None else before.sums
        found[pk, flow] = Waiting(before.pair, flow, before.count + count, sums)
    return list(found.values())


def shared_connections() -> list[Connection]:
    """Return the connections that stand in several active pairs."""
    ends = [
        end
        for pair in Pair.objects.filter(active=True)
        for end in (pair.salesforce_id, pair.xero_id)
    ]
    several = {end for end in ends if ends.count(end) > 1}
    return list(Connection.objects.filter(pk__in=several).order_by("name"))


def _left(connection: Connection) -> list[Key]:
    return [row.key for row in Unplaced.objects.filter(connection=connection)]


def _asked(connection: Connection) -> list[Key]:
    """Return the subjects of the open questions that routing raised for a connection's records."""
    pairs = assigning.pairs_of(connection.pk)
    found: list[Key] = []
    for cause in (CAUSE, DOUBT):
        rows = ReviewSubject.objects.filter(
            closed_at__isnull=True, item__pair__in=pairs, item__cause__startswith=cause
        )
        found += [Key.parse(subject) for subject in rows.values_list("subject", flat=True)]
    return [key for key in found if key.system == connection.system]


def _read_again(connection: Connection) -> Iterable[Key]:
    """Let the next sweeps read the last 90 days again, and return the accounts known of them."""
    if connection.system != System.SALESFORCE:
        return []
    since = timezone.now() - timedelta(days=DAYS)
    for pair in assigning.pairs_of(connection.pk):
        cursors = Cursor.objects.filter(
            connection=connection, purpose=f"sweep:{DEAL}:{pair.pk}", covered__gt=since
        )
        cursors.update(covered=since)
    known = KnownRecord.objects.filter(
        connection_id=connection.pk, kind=ACCOUNT, gone="", stamp__gte=since
    )
    return [row.key for row in known.filter(facts__values__unwanted="")]
