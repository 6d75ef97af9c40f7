"""What new rows set going, and what waits for a flow that is off where it belongs."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal

from django.db import transaction
from django.db.models import Count, Sum
from django.utils import timezone

from connections.live import open_remote as open_live
from connections.models import Connection, Pair
from mappings.models import RoutingVersion, newest_routing
from mappings.routing import rows_of
from sync.core.errors import SyncError
from sync.core.records import Key, System
from sync.core.routing import ACCOUNT, DEAL
from sync.core.routing_questions import CAUSE, DOUBT
from sync.models import Cursor, FlowSwitch, KnownRecord, ReviewSubject, Unplaced

from . import assigning, claiming, noticing
from .routing_trying import DAYS, try_rows
from .work import OpenRemote

OFF = FlowSwitch.Mode.OFF
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
    stands nowhere, or elsewhere than it belongs. Where the system cannot be asked now, its next
    sweep reads these days again. The version says when this was done: see `unnoted`.
    """
    version = newest_routing(connection.pk)
    keys = [*_left(connection), *_asked(connection)]
    try:
        tried = try_rows(connection, rows_of(connection.pk) or (), DAYS, open_remote)
    except SyncError:
        keys += _read_again(connection)
    else:
        every = (one for kind in tried.values() for one in kind.records)
        keys += [one.key for one in every if one.elsewhere or not one.stands]
    noted = assigning.note(connection.pk, dict.fromkeys(keys))
    if version is not None:
        done = RoutingVersion.objects.filter(connection=connection, number__lte=version.number)
        done.filter(noted_at=None).update(noted_at=timezone.now())
    return noted


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
