"""Installs the package in steps that are kept: whoever comes next goes on where one ended."""

from __future__ import annotations

import time
from collections.abc import Iterable, Mapping
from datetime import timedelta
from types import ModuleType

from django.contrib.auth.models import User
from django.db import IntegrityError, transaction
from django.db.models import Q
from django.utils import timezone

from connections.models import Connection, Installation
from connections.remote import Lane
from connections.salesforce import packaging
from connections.salesforce.packaging import Part
from sync.core.errors import NeedsPerson, OutcomeUnknown, SyncError, TryAgain
from sync.core.records import System

State = Installation.State
LEASE = timedelta(seconds=120)  # longer than any one step
PATIENCE = timedelta(minutes=30)
LEFT_ALONE = timedelta(minutes=5)
SOON = timedelta(seconds=5)
MOST_TRIES = 5
WHILE_SECONDS, REST_SECONDS = 15.0, 0.5
SLOW = "Salesforce did not finish within 30 minutes. Look under Setup, Deployment Status."
GIVEN_UP = "Nobody carried it on, so it was begun anew. It changed nothing by halves."


def begin(
    connection: Connection,
    parts: Iterable[Part] = (),
    *,
    check: bool = False,
    address: str = "",
    person: User | None = None,
) -> Installation:
    """Return the installation to carry on with `advance`: a new one, or the same under way.

    With `check` Salesforce tells whether it would go through, and nothing is changed. `address`
    is where the outbound message goes, for that part. Raises NeedsPerson where it cannot be
    begun, also while another one is under way.
    """
    wanted = [str(part) for part in Part if part in {Part.FIELDS, *parts}]
    _check_usable(connection)
    if Part.OUTBOUND_MESSAGE in wanted and not address.startswith("https://"):
        raise NeedsPerson(
            "The outbound message needs the address that it goes to, which begins with https://.",
            cause="package:address",
        )
    _end_left_alone(connection)
    new = Installation(
        connection=connection,
        check_only=check,
        parts=wanted,
        address=address,
        version=packaging.version(),
        started_by=person,
    )
    try:
        with transaction.atomic():
            new.save()
    except IntegrityError:
        return _same(new)
    return new


def advance(pk: int) -> Installation:
    """Take the next step of an installation, unless somebody else does or it is not yet due.

    Returns how it now stands. A step is one or a few calls; each may be repeated without harm, so
    that a process may end anywhere.
    """
    now = timezone.now()
    free = Q(lease_until=None) | Q(lease_until__lt=now)
    due = Installation.objects.filter(
        free, pk=pk, state__in=Installation.UNFINISHED, next_at__lte=now
    )
    if due.update(lease_until=now + LEASE):
        _step(Installation.objects.select_related("connection__credential").get(pk=pk))
    return Installation.objects.get(pk=pk)


def carry_on(pk: int) -> Installation:
    """Take step after step for up to a quarter of a minute; return how it then stands."""
    end = time.monotonic() + WHILE_SECONDS
    row = advance(pk)
    while not row.is_finished and time.monotonic() < end:
        time.sleep(max(row.wait.total_seconds(), REST_SECONDS))
        row = advance(pk)
    return row


def unfinished() -> list[int]:
    """Return the installations that are due for a step, for whoever comes by regularly."""
    rows = Installation.objects.filter(
        state__in=Installation.UNFINISHED, next_at__lte=timezone.now()
    )
    return list(rows.values_list("pk", flat=True))


def lacking(connection: Connection, lane: Lane = Lane.PERSON) -> Mapping[str, tuple[str, ...]]:
    """Return by flow which of the package's fields the org does not show; raises SyncError."""
    found: Mapping[str, tuple[str, ...]] = _steps().lacking(connection, lane)
    return found


def _check_usable(connection: Connection) -> None:
    if connection.system != System.SALESFORCE:
        raise NeedsPerson(f"{connection} is no Salesforce connection.", cause="package:system")
    if not connection.is_usable:
        raise NeedsPerson(
            f"{connection} is paused, disconnected or no longer signed in: mend that first.",
            cause="package:connection",
        )


def _end_left_alone(connection: Connection) -> None:
    """Give up what is unfinished and has not moved for minutes: its process has ended."""
    Installation.objects.filter(
        connection=connection,
        state__in=Installation.UNFINISHED,
        moved_at__lt=timezone.now() - LEFT_ALONE,
    ).update(state=State.FAILED, words=GIVEN_UP, finished_at=timezone.now())


def _same(new: Installation) -> Installation:
    """Return the one under way where it does the same."""
    under_way = Installation.objects.filter(
        connection=new.connection, state__in=Installation.UNFINISHED
    ).first()
    if under_way is None:
        raise NeedsPerson(
            "Another installation has just ended: begin again.", cause="package:under_way"
        )
    same = ("check_only", "parts", "address", "version")
    if all(getattr(under_way, name) == getattr(new, name) for name in same):
        return under_way
    raise NeedsPerson(
        f"“{under_way}” is under way in this org: wait until it has ended.",
        cause="package:under_way",
    )


def _step(row: Installation) -> None:
    """Take one step and keep what came of it."""
    try:
        _check_usable(row.connection)
        _steps().take(row)
        row.tries = 0
    except (TryAgain, OutcomeUnknown) as error:
        _later(row, error)
    except SyncError as error:
        row.end(State.FAILED, str(error))
    if not row.is_finished and row.created_at < timezone.now() - PATIENCE:
        row.end(State.FAILED, row.words or SLOW)
    row.lease_until = None
    row.save()


def _steps() -> ModuleType:
    """Return the module with the steps: Salesforce's library takes half a second to import."""
    from connections import install_steps  # noqa: PLC0415

    return install_steps


def _later(row: Installation, error: SyncError) -> None:
    row.tries += 1
    row.words = str(error)
    after = error.after if isinstance(error, TryAgain) else None
    row.next_at = after or timezone.now() + SOON
    if row.tries >= MOST_TRIES:
        row.end(State.FAILED, f"{error} It was tried {row.tries} times.")
