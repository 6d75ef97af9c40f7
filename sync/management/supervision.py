"""Watches over a worker: starts the queue's processes, and ends them when they no longer work."""

import signal
import sys
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any

import structlog
from django.db import DatabaseError, close_old_connections

from connections.models import Pair
from sync.bell import WORKER_VARIABLE, ring, waiting
from sync.management import orphans, processes
from sync.models import heartbeats

log = structlog.get_logger(__name__)

STEP_SECONDS = 0.25
PULSE_SECONDS = 5.0
QUICK_LOOK = "quick look"
MOST_WAITING = 50  # with more rings waiting, a quick look would only add to the heap


@dataclass
class Pulse:
    """How long a worker has been silent, by this machine's steady clock.

    Counted from the last change seen, so that neither a clock put right, nor a sleeping laptop,
    nor a database that was away for a while counts as silence.
    """

    since: float
    seen: Any = None

    def note(self, seen: Any, now: float) -> None:
        """Take in what the heartbeat row says now."""
        if seen != self.seen:
            self.seen, self.since = seen, now

    def silent(self, now: float) -> float:
        """Return the seconds without a sign of life."""
        return now - self.since


@dataclass
class Supervisor:
    """One worker and what it needs: how to start it, and how patient to be."""

    command: list[str]
    folder: Path
    silence: float
    grace: float
    quick_look: float
    stop: threading.Event = field(default_factory=threading.Event)

    def run(self) -> int:
        """Work until told to stop (0), or until the worker had to be given up (1)."""
        orphans.sweep(self.folder)
        heartbeats.forget_beats(timedelta(days=1))
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: self.stop.set())
        name, note = orphans.announce(self.folder)
        child = processes.start("worker", self.command, environment={WORKER_VARIABLE: name})
        log.info("worker started", worker=name)
        try:
            reason = self._watch(child, name)
        finally:
            processes.end([child], self.grace if self.stop.is_set() else 0)
            orphans.kill_all(name)
            note.unlink(missing_ok=True)
        if reason:
            log.error("worker given up; start it again", reason=reason)
            return 1
        log.info("worker stopped", worker=name)
        return 0

    def _watch(self, child: processes.Child, name: str) -> str:
        pulse = Pulse(time.monotonic())
        regularly = [
            Regularly(PULSE_SECONDS, lambda: _take(pulse, name)),
            Regularly(self.quick_look / 8, lambda: look_when_due(self.quick_look)),
        ]
        while not self.stop.wait(STEP_SECONDS):
            if child.ended:
                return f"its main process ended with {child.process.returncode}"
            now = time.monotonic()
            for each in regularly:
                each.go(now, pulse)
            if pulse.silent(time.monotonic()) > self.silence:
                return f"no task has run for {self.silence:.0f} seconds"
        return ""


@dataclass
class Regularly:
    """Something done again and again; a database that is away only delays it."""

    every: float
    what: Callable[[], None]
    next: float = 0.0

    def go(self, now: float, pulse: Pulse) -> None:
        """Do it if it is due."""
        if now < self.next:
            return
        self.next = now + self.every
        try:
            close_old_connections()
            self.what()
        except (DatabaseError, RuntimeError) as error:
            pulse.since = now  # the worker cannot beat either
            log.warning("database out of reach", error=str(error))


def look_when_due(every: float) -> None:
    """Ring for a quick look at each pair when one is due, whichever worker's turn it is."""
    if waiting() > MOST_WAITING:
        return
    if not heartbeats.claim_look(QUICK_LOOK, timedelta(seconds=every - STEP_SECONDS / 2)):
        return
    for pair in Pair.objects.filter(active=True).values_list("pk", flat=True):
        ring("quick_look", pair)


def _take(pulse: Pulse, name: str) -> None:
    row = heartbeats.Heartbeat.objects.filter(name=name).values_list("seen_at", flat=True)
    pulse.note(row.first(), time.monotonic())


def queue_command() -> list[str]:
    """Return the command that starts django-q2's processes in this checkout."""
    return [sys.executable, str(Path(sys.argv[0]).resolve()), "qcluster"]
