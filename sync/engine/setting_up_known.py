"""What is known here of a pair that is being set up, gathered in a fixed number of queries."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings
from django.db.models import Count, Q
from django.utils import timezone

from connections import unopened
from connections.models import EventDoor, Installation, Pair
from connections.salesforce import packaging
from mappings import routing
from sync.core.flow import TableRow
from sync.core.records import System
from sync.flows.registry import every_flow
from sync.models import FlowSwitch, Link, ReviewItem, heartbeats
from sync.models.switches import is_paused

from . import mending, setting_up_plans
from .setting_up_checks import mark_of
from .setting_up_facts import Plans
from .setting_up_kept import Checked, last_check


@dataclass(frozen=True)
class Asked:
    """How many questions of a flow wait for a row: where, and how many records they hold up."""

    flow: str
    place: str
    argument: str
    records: int


@dataclass(frozen=True)
class Broken:
    """A row in force that the nightly check found broken."""

    flow: str
    place: str
    argument: str
    words: str


@dataclass(frozen=True)
class Known:
    """Everything that tells how a pair stands, without asking either system."""

    pair: Pair
    switches: Mapping[str, FlowSwitch]
    plans: Mapping[str, Plans]
    check: Checked | None
    check_is_current: bool
    package: Installation | None
    newest_package: str
    told_by: frozenset[int]
    """The connections whose events arrive, or have an address to arrive at."""
    neighbours: Mapping[int, frozenset[str]]
    """By connection that stands in other pairs too: the flows that those have in use."""
    routes: Mapping[int, tuple[TableRow, ...] | None]
    """The routing rows of these connections; None where none was ever published."""
    linked_kinds: frozenset[str]
    asked: Sequence[Asked]
    broken: Sequence[Broken]
    writes_paused: bool
    worker_seen: datetime | None

    @property
    def worker_is_silent(self) -> bool:
        """Whether no worker has reported lately."""
        allowed = timedelta(seconds=settings.WORKER_SILENCE_SECONDS)
        return self.worker_seen is None or timezone.now() - self.worker_seen > allowed

    def is_unrouted(self, connection_id: int) -> bool:
        """Return whether a connection is in other pairs too, and nobody said what belongs where."""
        return connection_id in self.routes and self.routes[connection_id] is None

    def mode(self, flow: str) -> str:
        """Return how a flow stands: off, shadow or on."""
        switch = self.switches.get(flow)
        return switch.mode if switch else FlowSwitch.Mode.OFF.value

    def in_use(self, flow: str) -> bool:
        """Return whether a flow is on or in shadow."""
        return self.mode(flow) != FlowSwitch.Mode.OFF


def gather(pair: Pair) -> Known:
    """Return what is known of a pair; some twenty queries however much there is."""
    pair = unopened.pairs().get(pk=pair.pk)
    switches = {
        one.flow: one for one in FlowSwitch.objects.filter(pair=pair, flow__in=every_flow())
    }
    for one in switches.values():
        one.pair = pair
    used = [one for one in switches.values() if one.mode != FlowSwitch.Mode.OFF]
    check, neighbours = last_check(pair), _neighbours(pair)
    return Known(
        pair=pair,
        switches=switches,
        plans=setting_up_plans.of_switches(pair, used),
        check=check,
        check_is_current=check is not None and check.mark == mark_of(pair),
        package=_package(pair),
        newest_package=packaging.version(),
        told_by=_told_by(pair),
        neighbours=neighbours,
        routes={pk: routing.rows_of(pk) for pk in neighbours},
        linked_kinds=frozenset(
            Link.objects.filter(pair=pair).order_by().values_list("salesforce_kind", flat=True)
            .distinct()
        ),
        asked=_asked(pair),
        broken=_broken(pair),
        writes_paused=is_paused(),
        worker_seen=heartbeats.newest_beat(),
    )  # fmt: skip


def _package(pair: Pair) -> Installation | None:
    """Return the newest installation that went through."""
    done = Installation.objects.filter(
        connection=pair.salesforce_id, state=Installation.State.DONE, check_only=False
    )
    return done.first()


def _told_by(pair: Pair) -> frozenset[int]:
    app = pair.xero.credential.client_id
    doors = EventDoor.objects.filter(
        Q(connection=pair.salesforce_id) | Q(system=System.XERO, client_id=app)
    )
    found = doors.values_list("connection_id", flat=True)
    return frozenset(pair.xero_id if one is None else one for one in found)


def _neighbours(pair: Pair) -> dict[int, frozenset[str]]:
    both = Q(salesforce=pair.salesforce_id) | Q(xero=pair.xero_id)
    others = Pair.objects.filter(both, active=True).exclude(pk=pair.pk)
    shared = list(others.values_list("pk", "salesforce_id", "xero_id"))
    if not shared:
        return {}
    rows = FlowSwitch.objects.filter(pair__in=[pk for pk, _, _ in shared])
    used = list(rows.exclude(mode=FlowSwitch.Mode.OFF).values_list("pair_id", "flow"))
    return {
        mine: frozenset(flow for pk, flow in used if pk in beside)
        for mine in (pair.salesforce_id, pair.xero_id)
        for beside in [{pk for pk, *stands in shared if mine in stands}]
        if beside
    }


def _asked(pair: Pair) -> list[Asked]:
    """Return what waits for a row of a mapping or a table, with the records that it holds up."""
    items = ReviewItem.objects.filter(
        pair=pair,
        state=ReviewItem.State.OPEN,
        answered_at__isnull=True,
        place__in=("table", "mapping"),
    ).exclude(cause__startswith=mending.CAUSE)
    rows = items.order_by("flow", "place", "argument").values_list("flow", "place", "argument")
    open_ones = Q(subjects__closed_at__isnull=True)
    counted = rows.annotate(n=Count("subjects__subject", distinct=True, filter=open_ones))
    return [Asked(*row) for row in counted if row[3]]


def _broken(pair: Pair) -> list[Broken]:
    items = ReviewItem.objects.filter(
        pair=pair, state=ReviewItem.State.OPEN, cause__startswith=mending.CAUSE
    )
    rows = items.order_by("flow", "cause").values_list("flow", "place", "argument", "explanation")
    return [Broken(*row) for row in rows]
