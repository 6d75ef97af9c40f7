"""Looks, once a minute, at what people must know of: what stands is told, what is over ends."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta

from django.conf import settings
from django.db.models import Count, Min, Q
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode

from connections import budget
from connections.models import Connection, Credential
from connections.organisations import LOST
from connections.remote import Lane
from sync.flows.registry import every_flow
from sync.flows.shapes import quote_twice
from sync.models import Announcement, FlowSwitch, Notice, ReviewItem, Run

from . import announcing, announcing_people, announcing_talk
from .announcing import Fact, Words
from .announcing_kinds import KINDS
from .announcing_talk import desk_address

FAILING = timedelta(hours=1)
"""A sign-in that could not be renewed for so long is told of like one that ended."""
ENDS_WITHIN_DAYS = 10
LOW_STAYS_PERCENT = 5
"""So many percent more must be left again before the calls count as enough."""
STALE = timedelta(minutes=30)
LAST_RUNS = 100
QUIET = timedelta(hours=24)
"""After so long without another one, deals that came again are a message of the past."""


def look() -> None:
    """Bring every standing message up to date; some fifty queries, however much there is.

    What cannot be looked at hinders no other look.
    """
    for part in (
        _look_at_connections,
        lambda: announcing.settle("stuck", "", _stuck()),
        lambda: announcing.settle("waiting", "", _waiting()),
        lambda: announcing.settle("twice", "second:", _second_invoices()),
        lambda: announcing.over("silent", "worker"),  # whoever looks is a worker
        _end_what_is_quiet,
        announcing_talk.end_what_is_done,
        announcing_people.hand_out_standing,
    ):
        announcing.safely(part)


def _look_at_connections() -> None:
    connections = _connections()
    lost, low = _lost(connections), _low(connections)
    announcing.settle("connection", "lost:", lost)
    announcing.settle("connection", "ends:", _ending(connections, lost))
    announcing.settle("limit", "", low)
    blamed = {int(key.rpartition(":")[2]) for key in (*lost, *low)}
    announcing.settle("resting", "", _resting(blamed))


def _connections() -> list[Connection]:
    secrets = [f"credential__{name}" for name in Credential.SECRETS]
    return list(Connection.objects.select_related("credential").defer(*secrets))


def _lost(connections: Iterable[Connection]) -> dict[str, Fact]:
    facts = {}
    for one in connections:
        if why := _why_lost(one):
            label = one.get_system_display()
            words = Words(
                f"{label} “{one.name}” is lost",
                f"{why} Nothing is read or written there until an administrator connects it again. "
                "Changes are found afterwards; nothing is lost.",
                f"A connection to {label} is lost",
                _address(one),
            )
            facts[f"lost:{one.pk}"] = Fact(words)
    return facts


def _why_lost(one: Connection) -> str:
    if one.disconnected_at is not None:
        return LOST if one.disconnected_why == LOST else ""
    credential = one.credential
    if credential.broken_since is not None:
        return credential.broken_reason or "The sign-in has ended."
    since = credential.failing_since
    if since is not None and timezone.now() - since > FAILING:
        return credential.failing_reason or "The sign-in could not be renewed."
    return ""


def _ending(connections: Iterable[Connection], lost: dict[str, Fact]) -> dict[str, Fact]:
    facts = {}
    for one in connections:
        left = one.days_left
        if left is None or left >= ENDS_WITHIN_DAYS or one.disconnected_at is not None:
            continue
        if f"lost:{one.pk}" not in lost:
            words = Words(
                f"The sign-in of “{one.name}” ends in {left} day{'' if left == 1 else 's'}",
                "It is renewed by itself each day, and that has not worked lately. Connect again.",
                "A sign-in ends soon",
                _address(one),
            )
            facts[f"ends:{one.pk}"] = Fact(words)
    return facts


def _low(connections: Iterable[Connection]) -> dict[str, Fact]:
    """Return the connections of whose calls of the day only those kept for billing are left."""
    told, facts = announcing.standing("limit"), {}
    for one in connections:
        left = budget.calls_left(one)
        if left.day is None or not left.day_limit or one.disconnected_at is not None:
            continue
        kept = budget.day_reserve(one.system, Lane.BACKGROUND)
        kept += LOW_STAYS_PERCENT if f"calls:{one.pk}" in told else 0
        if left.day * 100 <= left.day_limit * kept:
            words = Words(
                f"The day’s calls to “{one.name}” run short",
                f"{_percent(left.day, left.day_limit)} of {left.day_limit:,} are left. They are "
                "kept for billing; sweeps and other work wait until the limit is renewed.",
                f"The day’s calls to {one.get_system_display()} run short",
                _address(one),
            )
            facts[f"calls:{one.pk}"] = Fact(words)
    return facts


def _percent(left: int, limit: int) -> str:
    """Return what is left in steps of five percent, so that the words do not change each minute."""
    return "Under 5 %" if left * 20 < limit else f"About {5 * round(left * 20 / limit)} %"


def _resting(blamed: set[int]) -> dict[str, Fact]:
    """Return the flows that cannot work, but for those whose connection says it already."""
    facts = {}
    switches = FlowSwitch.objects.exclude(mode=FlowSwitch.Mode.OFF).select_related("pair")
    for one in switches.filter(
        pair__active=True, parked_until__gt=timezone.now() - STALE, flow__in=every_flow()
    ):
        told_else = not blamed.isdisjoint((one.pair.salesforce_id, one.pair.xero_id))
        if not told_else and not _gets_on(one):
            words = Words(
                f"“{every_flow()[one.flow].title}” rests, {one.pair.name}",
                f"{one.parked_why} Changes are collected meanwhile; nothing is lost.",
                "A flow rests",
                reverse("admin:sync_flowswitch_change", args=[one.pk]),
            )
            facts[f"flow:{one.pk}"] = Fact(words)
    return facts


def _gets_on(switch: FlowSwitch) -> bool:
    """Return whether a flow does its work between its rests, as at a limit of calls a minute."""
    lately = timezone.now() - KINDS["resting"].patience
    rows = Run.objects.filter(pair=switch.pair_id, flow=switch.flow).order_by("-id")[:LAST_RUNS]
    return any(
        run.finished_at is not None
        and run.finished_at > lately
        and not run.error
        and (run.confirmed or not run.creates + run.updates)
        for run in rows
    )


def _stuck() -> dict[str, Fact]:
    rows = Notice.objects.filter(state=Notice.State.STUCK, flow__in=every_flow()).order_by()
    facts = {}
    for pair, name, flow, n in rows.values_list("pair_id", "pair__name", "flow").annotate(
        Count("id")
    ):
        asked = urlencode({"state__exact": Notice.State.STUCK.value, "flow": flow})
        what = "1 record was" if n == 1 else f"{n:,} records were"
        words = Words(
            f"{what} given up: {every_flow()[flow].title}, {name}",
            "Counterpart came upon something it does not understand. The question on the problems "
            "desk has the details; “Try again” takes the record up once more.",
            f"{what} given up",
            f"{reverse('admin:sync_notice_changelist')}?{asked}",
        )
        facts[f"{pair}:{flow}"] = Fact(words, n)
    return facts


def _waiting() -> dict[str, Fact]:
    days = settings.QUESTIONS_OLD_DAYS
    before = timezone.now() - timedelta(days=days)
    rows = ReviewItem.objects.filter(
        state=ReviewItem.State.OPEN, answered_at=None, first_seen__lt=before
    ).order_by()
    facts = {}
    for desk, n, oldest in rows.values_list("desk").annotate(Count("id"), Min("first_seen")):
        name = ReviewItem.Desk(desk).label.lower()
        what = "1 question has" if n == 1 else f"{n:,} questions have"
        words = Words(
            f"{what} waited for more than {days} days: {name}",
            f"The oldest waits since {timezone.localtime(oldest):%-d %b %Y}.",
            f"{what} waited for more than {days} days",
            desk_address(desk),
        )
        facts[desk] = Fact(words, n)
    return facts


def _second_invoices() -> dict[str, Fact]:
    """Return the deals that may be billed twice, since a second living invoice names them."""
    second = Q(cause__startswith="twins:") | Q(cause__startswith=quote_twice.TWICE)
    rows = ReviewItem.objects.filter(
        second, state=ReviewItem.State.OPEN, answered_at=None
    ).order_by()
    facts = {}
    for pair, name, n in rows.values_list("pair_id", "pair__name").annotate(Count("id")):
        what = "1 deal may" if n == 1 else f"{n:,} deals may"
        words = Words(
            f"{what} be billed twice, {name}",
            "A second invoice in Xero names the deal or is of its quote. If both bill the same, "
            "void one there.",
            f"{what} be billed twice",
            desk_address(ReviewItem.Desk.PROBLEMS, kind=ReviewItem.Kind.DUPLICATE.value),
        )
        facts[f"second:{pair}"] = Fact(words, n)
    return facts


def _end_what_is_quiet() -> None:
    quiet = timezone.now() - QUIET
    rows = Announcement.objects.filter(kind__in=("twice", "test"), over_at=None)
    for row in rows.filter(last_at__lt=quiet).exclude(key__startswith="second:"):
        announcing.over(row.kind, row.key)


def _address(one: Connection) -> str:
    return reverse("admin:connections_connection_change", args=[one.pk])
