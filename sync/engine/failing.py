"""Failing: what becomes of a batch when a step raises one of the design's errors, or a bug."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

import structlog
from django.utils import timezone

from sync.core.couples import Couple
from sync.core.errors import ConnectionBroken, Fix, NeedsPerson, SyncError, TryAgain
from sync.core.planning import Action, Plan
from sync.core.questions import from_error
from sync.models import FlowSwitch, Notice

from . import asking, claiming
from .work import Work

log = structlog.get_logger(__name__)
SHORT = timedelta(seconds=15)
LONG = timedelta(minutes=5)


class NoLongerOurs(Exception):
    """The batch must not write any more: writes were paused, or another worker has the lease."""


def park(switch: FlowSwitch, error: SyncError) -> datetime:
    """Let the flow rest until the error's time, instead of a worker sleeping; return the time."""
    now = timezone.now()
    until = now + (LONG if isinstance(error, ConnectionBroken) else SHORT)
    if isinstance(error, TryAgain) and error.after is not None:
        until = max(error.after, now)
    switch.parked_until, switch.parked_why = until, str(error)
    switch.save(update_fields=["parked_until", "parked_why"])
    return until


def unpark(switch: FlowSwitch) -> None:
    """Let a parked flow go on."""
    if switch.parked_until is not None:
        switch.parked_until, switch.parked_why = None, ""
        switch.save(update_fields=["parked_until", "parked_why"])


def fail(work: Work, notices: Sequence[Notice], error: Exception) -> None:
    """Put the batch back according to the error, and note the error on the run."""
    work.run.error = str(error)
    if isinstance(error, NoLongerOurs):
        claiming.release(notices, timezone.now() + SHORT, str(error))
    elif isinstance(error, NeedsPerson):
        ask_for_all(work, notices, error)
        claiming.finish(notices)
    elif isinstance(error, SyncError):
        claiming.release(notices, park(work.switch, error), str(error))
    else:
        _bug(work, notices, error)


def ask_for_all(work: Work, notices: Sequence[Notice], error: NeedsPerson) -> None:
    """Raise one question that holds up every subject of the batch."""
    question = from_error(error)
    plans = [
        Plan(key, Action.QUESTION, Couple(key), questions=(question,))
        for key in claiming.keys_of(notices)
    ]
    asking.ask(work, plans, {})
    work.run.questions += len(plans)


def _bug(work: Work, notices: Sequence[Notice], error: Exception) -> None:
    """Anything else is a bug: alert, try the records alone, and give them up in the end."""
    log.error("run stopped by a bug", run=work.run.pk, flow=work.flow.key, exc_info=error)
    work.run.error = f"{type(error).__name__}: {error}"
    attempts = max((notice.attempts for notice in notices), default=1)
    due = timezone.now() + timedelta(seconds=5 * 2**attempts)
    given_up = claiming.release(notices, due, work.run.error, innocent=False)
    if given_up:
        tries = f"{type(error).__name__} in {claiming.MAX_ATTEMPTS} tries"
        _ask_for_help(work, given_up, tries)


def give_up(work: Work, notices: Sequence[Notice], why: str) -> None:
    """Give claimed notices up for good, and ask about their subjects."""
    log.error("notices given up", run=work.run.pk, flow=work.flow.key, why=why)
    work.run.error = why
    claiming.give_up(notices, why)
    _ask_for_help(work, notices, why)


def _ask_for_help(work: Work, notices: Sequence[Notice], why: str) -> None:
    words = (
        "Counterpart came upon something it does not understand and has stopped working on "
        f"this record: {why}."
    )
    hint = "Please report it with the run’s number; then try again."
    ask_for_all(work, notices, NeedsPerson(words, cause="bug", fix=Fix(hint)))
