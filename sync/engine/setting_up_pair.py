"""What a pair itself lacks, whatever template it is for: sign-ins, a worker, events."""

from __future__ import annotations

from collections.abc import Iterator

from django.utils.timezone import localtime

from connections.models import Connection, Environment
from sync.core.records import System

from .setting_up_facts import Missing, Place
from .setting_up_kept import SHARED
from .setting_up_known import Known


def of_pair(known: Known) -> tuple[Missing, ...]:
    """Return what the pair itself lacks, whatever template it is for."""
    both = (known.pair.salesforce, known.pair.xero)
    found = [one for connection in both for one in _connection(connection)]
    found += [*_environments(*both), *_pair(known), *_events(known)]
    if not any(one.blocking for one in found) and known.check is not None:
        found += known.check.of(SHARED)
    return tuple(found)


def _connection(connection: Connection) -> Iterator[Missing]:
    name = f"{connection.get_system_display()} “{connection.name}”"
    page = Place("admin:connections_connection_change", "Open the connection", (connection.pk,))
    again = Place("connections:reconnect", "Connect again", (connection.pk,))
    if connection.disconnected_at is not None:
        words = f"{name} is disconnected. {connection.disconnected_why}".strip()
        yield Missing("disconnected", words, again, blocking=True, shared=True)
    elif connection.credential.broken_since is not None:
        words = f"{name} does not let us in: {connection.credential.broken_reason}"
        yield Missing("broken", words, again, blocking=True, shared=True)
    elif connection.is_paused:
        why = f": {connection.paused_why}" if connection.paused_why else "."
        yield Missing("paused", f"{name} is paused{why}", page, blocking=True, shared=True)


def _environments(salesforce: Connection, xero: Connection) -> Iterator[Missing]:
    """Yield that real books stand beside a rehearsal; it can become so after they were paired."""
    real = [one.environment == Environment.PRODUCTION for one in (salesforce, xero)]
    if real[0] != real[1]:
        true, other = (salesforce, xero) if real[0] else (xero, salesforce)
        words = (
            f"“{true.name}” holds real data and “{other.name}” is a "
            f"{Environment(other.environment).label.lower()}: keep production with production only."
        )
        yield Missing("environments", words, Place("admin:connections_pair_changelist",
                      "Open the pairs"), blocking=True, shared=True)  # fmt: skip


def _pair(known: Known) -> Iterator[Missing]:
    if not known.pair.active:
        place = Place("admin:connections_pair_change", "Open the pair", (known.pair.pk,))
        words = f"The pair “{known.pair.name}” is switched off: nothing of it is read or written."
        yield Missing("inactive", words, place, blocking=True, shared=True)
    if known.worker_is_silent:
        seen = known.worker_seen
        since = f"since {localtime(seen):%-d %b %H:%M}" if seen else "yet"
        words = f"No worker has reported {since}: nothing is read by itself. `manage.py worker`"
        yield Missing("worker", words, shared=True)
    if known.writes_paused:
        place = Place("admin:sync_pause_changelist", "Let writes go on")
        words = "All writes are paused: plans are made, and written once they go on."
        yield Missing("writes_paused", words, place, shared=True)


def _events(known: Known) -> Iterator[Missing]:
    for system in System:
        connection = known.pair.connection(system)
        if connection.pk not in known.told_by:
            words = (
                f"{system.label} tells of no change by itself yet: it is asked every few minutes. "
                "With an address for its events that becomes seconds."
            )
            place = Place("connections:events", "Set up events", (connection.pk,))
            yield Missing(f"events:{system}", words, place, shared=True)
