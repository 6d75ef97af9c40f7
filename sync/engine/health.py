"""Health: what `doctor` and the first steps look at, each with what to do about it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from django.conf import settings
from django.db import DatabaseError, connection
from django.utils import timezone

from connections import unopened
from connections.live import open_remote as open_live
from connections.models import Connection, Pair
from connections.models.doors import door_of
from connections.remote import Lane
from mappings import choices, fitting
from mappings.completeness import problems
from mappings.rules import rules_for
from sync.core.errors import SyncError
from sync.flows.registry import every_flow
from sync.models import FlowSwitch, Notice, Write, heartbeats
from sync.models.switches import is_paused

from . import (
    announcing_health,
    lacking,
    noticing,
    routing_health,
    setting_up_checks,
    setting_up_missing,
    surroundings,
)
from .work import OpenRemote

GOOD, LOOK, BAD = "good", "look", "bad"
SIGNS = {GOOD: "✓", LOOK: "!", BAD: "✕"}
CLOCK_TOLERANCE = timedelta(seconds=60)


@dataclass(frozen=True)
class Finding:
    """One thing that was looked at: its state, the fact in words and what to do."""

    what: str
    state: str
    words: str
    fix: str = ""


def examine(open_remote: OpenRemote = open_live) -> list[Finding]:
    """Return what every check found; costs a few calls on each connection."""
    findings = [*_database()]
    if findings[0].state == BAD:
        return findings
    for check in (_queue, _pause, _doubt, _messages):
        findings += check()
    for one in unopened.connections().order_by("name"):
        findings += [*_connection(one, open_remote), *_events(one)]
    findings += [*_pairs(open_remote), *_routing(open_remote)]
    return findings


def _database() -> Iterator[Finding]:
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT clock_timestamp(), version()")
            theirs, version = cursor.fetchone()
    except DatabaseError as error:
        yield Finding("Database", BAD, f"cannot be reached: {error}", "Check DATABASE_URL.")
        return
    yield Finding("Database", GOOD, " ".join(str(version).split()[:2]))
    apart = abs(datetime.now(UTC) - theirs)
    if apart > CLOCK_TOLERANCE:
        words = f"this host and the database are {apart.total_seconds():.0f} seconds apart"
        yield Finding("Clock", BAD, words, "Let both hosts set their clocks by NTP.")
    else:
        yield Finding("Clock", GOOD, "this host and the database agree")


def _queue() -> Iterator[Finding]:
    newest = heartbeats.newest_beat()
    start = "Start one: `manage.py worker`."
    if newest is None:
        yield Finding("Worker", LOOK, "none has reported yet; nothing syncs by itself", start)
    elif timezone.now() - newest > timedelta(seconds=settings.WORKER_SILENCE_SECONDS):
        yield Finding("Worker", BAD, f"none has reported since {newest:%-d %b %H:%M}", start)
    else:
        yield Finding("Worker", GOOD, "reports regularly")
    stuck = Notice.objects.filter(state=Notice.State.STUCK).count()
    if stuck:
        fix = "See the review items; `manage.py sync --record ID` tries one again."
        yield Finding("Notices", LOOK, f"{stuck} were given up", fix)


def _pause() -> Iterator[Finding]:
    if is_paused():
        yield Finding("Writes", LOOK, "all writes are paused; notices are being collected")


def _doubt() -> Iterator[Finding]:
    doubtful = Write.objects.filter(state=Write.State.IN_DOUBT).count()
    if doubtful:
        words = f"{doubtful} in doubt; each is looked up before anything is sent again"
        yield Finding("Writes", LOOK, words)


def _messages() -> Iterator[Finding]:
    yield from (Finding("Messages", *found) for found in announcing_health.findings())


def _connection(one: Connection, open_remote: OpenRemote) -> Iterator[Finding]:
    what = f"{one.get_system_display()} “{one.name}”"
    if one.is_paused:
        yield Finding(what, LOOK, "paused")
        return
    try:
        remote = open_remote(one, Lane.PERSON)
        reference = surroundings.organisation(remote, max_age=timedelta(0))
    except SyncError as error:
        yield Finding(what, BAD, str(error))
        return
    yield Finding(what, GOOD, f"{reference.name}, {reference.base_currency}")
    left = one.days_left
    if left is not None and left < 10:
        yield Finding(what, LOOK, f"the sign-in ends in {left} days", "Connect it again.")


def _events(one: Connection) -> Iterator[Finding]:
    """Tell of a door for events at which something is wrong; having none is well, too."""
    door = door_of(one)
    what = f"Events of “{one.name}”"
    if door is None or one.disconnected_at is not None:
        return
    if door.refused_at is not None and (door.heard_at is None or door.refused_at > door.heard_at):
        fix = f"See `manage.py events '{one.name}'` and the connection's page, Events…"
        yield Finding(what, LOOK, f"are turned away: {door.refused_why}", fix)
    elif door.heard_at is None:
        fix = f"Enter the address there: `manage.py events '{one.name}'`."
        yield Finding(what, LOOK, "none has come yet; sweeps find the changes", fix)
    else:
        yield Finding(what, GOOD, f"arrive, the last one at {door.heard_at:%-d %b %H:%M} UTC")


def _pairs(open_remote: OpenRemote) -> Iterator[Finding]:
    pairs = list(unopened.pairs())
    if not pairs:
        fix = "`manage.py connect …`, then `manage.py pair SALESFORCE_NAME XERO_NAME`."
        yield Finding("Pairs", LOOK, "none is set up", fix)
    for pair in pairs:
        flows = noticing.flows_in_use(pair)
        if not flows:
            fix = f"`manage.py flow won_opportunity_invoice shadow --pair '{pair.name}'`."
            yield Finding(f"Pair “{pair.name}”", LOOK, "no flow is on", fix)
        for flow in flows:
            yield from _mappings(pair, flow, open_remote)
    for switch in FlowSwitch.objects.filter(parked_until__gt=timezone.now()):
        words = f"{switch.flow} rests until {switch.parked_until:%H:%M:%S}: {switch.parked_why}"
        yield Finding(f"Pair “{switch.pair.name}”", LOOK, words)


def _routing(open_remote: OpenRemote) -> Iterator[Finding]:
    """Tell of rows that cannot work, and of what waits for a flow where it belongs."""
    try:
        for what, bad, words, fix in routing_health.findings(open_remote):
            yield Finding(what, BAD if bad else LOOK, words, fix)
    except SyncError as error:
        yield Finding("Which organisation", BAD, str(error))


def _mappings(pair: Pair, flow: str, open_remote: OpenRemote) -> Iterator[Finding]:
    what = f"Mappings of {flow}, {pair.name}"
    kind = every_flow()[flow].salesforce_kind
    try:
        remote = open_remote(pair.salesforce, Lane.PERSON)
        found = problems(pair, flow, remote.fields(kind), remote.fields(f"{kind}LineItem"))
        known = choices.describe(pair, every_flow()[flow], open_remote)
        found += fitting.sentences(pair, every_flow()[flow], rules_for(pair, flow), known)
        lacks = lacking.lacking(pair, flow, remote.fields)
        refused = setting_up_checks.rights_of(pair, flow, remote)
    except SyncError as error:
        yield Finding(what, BAD, str(error))
        return
    if found:
        yield from (Finding(what, BAD, words, "Correct it under Mappings.") for words in found)
    else:
        yield Finding(what, GOOD, "complete")
    for one in (*refused, *setting_up_missing.scopes_of(pair.xero, flow)):
        yield Finding(f"Rights of {flow}, {pair.name}", BAD, one.words)
    if lacks:
        yield Finding(
            f"Fields of {flow}, {pair.name}", LOOK, lacking.words(lacks), lacking.fix(pair)
        )
