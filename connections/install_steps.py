"""The steps of an installation: send the package, look how far it is, show the fields."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import asdict
from datetime import timedelta

from django.utils import timezone

from connections import live
from connections.models import Connection, Installation
from connections.remote import Lane
from connections.salesforce import describing, granting, packaging, purposes
from connections.salesforce.deploying import Deployments
from connections.salesforce.doorway import Doorway
from connections.salesforce.packaging import Part, Sender
from sync.core.errors import NeedsPerson

State = Installation.State
FIRST_REST, LONGEST_REST = timedelta(seconds=0.3), timedelta(seconds=5)


def take(row: Installation) -> None:
    """Take the next step of an unfinished installation, unsaved; raises the design's errors."""
    STEPS[State(row.state)](row)


def lacking(connection: Connection, lane: Lane = Lane.PERSON) -> Mapping[str, tuple[str, ...]]:
    """Return by flow which of the package's fields the org does not show; raises SyncError."""
    door = Doorway(live.open_caller(connection, lane), connection.host)
    shapes = describing.Shapes(connection.pk, door)
    shapes.load(purposes.KINDS)
    return {flow: purposes.lacking(flow, shapes.types) for flow in purposes.PURPOSES}


def _send(row: Installation) -> None:
    caller = live.open_caller(row.connection, Lane.PERSON)
    parts = [Part(name) for name in row.parts]
    sender = None
    if Part.OUTBOUND_MESSAGE in parts:
        door = Doorway(caller, row.connection.host)
        sender = Sender(row.address, granting.own_user(door, caller).username)
    deployments = Deployments(caller, row.connection.host)
    row.remote_id = deployments.start(packaging.pack(parts, sender), check=row.check_only)
    row.state, row.words = State.RUNNING, ""


def _look(row: Installation) -> None:
    caller = live.open_caller(row.connection, Lane.PERSON)
    found = Deployments(caller, row.connection.host).look(row.remote_id)
    row.components_done, row.components = found.components_done, found.components
    row.failures = [asdict(one) for one in found.failures]
    row.words = found.words
    if not found.done:
        age = timezone.now() - row.created_at
        row.next_at = timezone.now() + min(FIRST_REST + age / 4, LONGEST_REST)
    elif not found.success:
        row.end(State.FAILED, found.words)
    elif row.check_only:
        row.end(State.DONE)
    else:
        row.state = State.GRANTING


def _grant(row: Installation) -> None:
    caller = live.open_caller(row.connection, Lane.PERSON)
    door = Doorway(caller, row.connection.host)
    describing.forget(row.connection_id)
    try:
        granting.grant(door, caller)
    except NeedsPerson:
        if any(lacking(row.connection).values()):
            raise
    describing.forget(row.connection_id)
    row.end(State.DONE)


STEPS: Mapping[Installation.State, Callable[[Installation], None]] = {
    State.WAITING: _send,
    State.RUNNING: _look,
    State.GRANTING: _grant,
}
