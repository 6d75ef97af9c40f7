"""Wakes work: the only file that knows django-q2. What has to be done stands in our own tables."""

import os
import socket
import threading
import time
from collections.abc import Callable
from datetime import timedelta
from typing import Any

from django.db import connection, transaction
from django.dispatch import receiver
from django.utils import timezone
from django_q.brokers.orm import ORM
from django_q.conf import Conf
from django_q.humanhash import uuid
from django_q.models import OrmQ, Schedule
from django_q.signals import post_execute_in_worker, pre_execute
from django_q.signing import SignedPackage
from django_q.tasks import async_task

from sync.models import heartbeats

TICK = "tick"
WORKER_VARIABLE = "COUNTERPART_WORKER"  # the name that a supervisor gives its worker
PROBE_SECONDS = 20.0
BUSY_BEAT_SECONDS = 60.0

Ring = Callable[..., None]


def ring(task_name: str, *ids: Any) -> None:
    """Have a worker call `sync.tasks.<task_name>(*ids)` once this transaction is committed.

    A ring may be lost or doubled. Its arguments show in the admin: ids only, never data.
    """

    def enqueue() -> None:
        async_task(f"sync.tasks.{task_name}", *ids, save=False)

    transaction.on_commit(enqueue)


def waiting() -> int:
    """Return how many rings wait for a worker."""
    ready = OrmQ.objects.filter(key=Conf.CLUSTER_NAME, lock__lte=timezone.now())
    return int(ready.count())


def ensure_schedule() -> None:
    """Make or mend the one schedule: `sync.tasks.tick` every minute. All others are our rows."""
    Schedule.objects.update_or_create(
        name=TICK,
        defaults={
            "func": "sync.tasks.tick",
            "schedule_type": Schedule.MINUTES,
            "minutes": 1,
            "repeats": -1,
            "args": None,
            "kwargs": None,
            "hook": None,
            "cluster": None,
        },
    )


def tick_lateness() -> timedelta | None:
    """Return by how much the tick is overdue (negative: not yet), None when it is not planned."""
    due = Schedule.objects.filter(name=TICK).values_list("next_run", flat=True).first()
    return None if due is None else timezone.now() - due


def worker_name() -> str:
    """Return the name under which this process's worker beats."""
    return os.environ.get(WORKER_VARIABLE) or f"{socket.gethostname()}:unsupervised"


def beat() -> None:
    """Note that tasks run here; called as a task itself, by every worker for itself."""
    heartbeats.beat(worker_name())


class Broker(ORM):  # type: ignore[misc]
    """django-q2's own broker, with a probe of its own worker slipped in now and then.

    A worker's processes can live while no task gets through them any more. The probe takes the
    way of every task, except that it is not in the shared queue, where others could take it.
    """

    def __init__(self, list_key: str | None = None) -> None:
        super().__init__(list_key)
        self.next_probe = 0.0

    def __setstate__(self, state: Any) -> None:
        """Come back in another process, with the probe due."""
        super().__setstate__(state)
        self.next_probe = 0.0

    def dequeue(self) -> list[tuple[int | None, str]] | None:
        """Return tasks as pairs of a number to acknowledge and a signed task."""
        tasks: list[tuple[int | None, str]] | None = super().dequeue()
        if time.monotonic() < self.next_probe:
            return tasks
        self.next_probe = time.monotonic() + PROBE_SECONDS
        return [*(tasks or []), (None, _probe())]


def _probe() -> str:
    name, number = uuid()
    task = {"id": number, "name": name, "func": "sync.bell.beat", "args": (), "kwargs": {}}
    signed: str = SignedPackage.dumps(task | {"save": False, "started": timezone.now()})
    return signed


_busy: list[threading.Event] = []


@receiver(pre_execute)
def beat_while_busy(**_: Any) -> None:
    """Beat during a long task too: with every process busy no probe gets its turn."""
    done = threading.Event()
    _busy.append(done)
    threading.Thread(target=_beat_until, args=(done,), daemon=True).start()


@receiver(post_execute_in_worker)
def stop_busy_beat(**_: Any) -> None:
    """End what `beat_while_busy` began."""
    while _busy:
        _busy.pop().set()


def _beat_until(done: threading.Event) -> None:
    try:
        while not done.wait(BUSY_BEAT_SECONDS):
            beat()
    finally:
        connection.close()  # this thread's own
