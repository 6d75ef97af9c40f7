"""Signs of life: when each worker last ran a task, and when each regular look last took place."""

from datetime import datetime, timedelta

from django.db import models
from django.db.models.functions import Now
from django.utils import timezone


class Heartbeat(models.Model):
    """One name and when it was last seen; times come from the database's clock, shared by all."""

    WORKER = "worker"
    LOOK = "look"

    name = models.CharField(max_length=200, unique=True)
    kind = models.CharField(max_length=20, choices=[(WORKER, "Worker"), (LOOK, "Regular look")])
    seen_at = models.DateTimeField(db_index=True)

    class Meta:
        """Newest first."""

        ordering = ["-seen_at", "id"]

    def __str__(self) -> str:
        """Return the name and when it was seen."""
        return f"{self.name}, {self.seen_at:%Y-%m-%d %H:%M:%S}"


def beat(worker: str) -> None:
    """Note that this worker runs tasks."""
    Heartbeat.objects.update_or_create(
        name=worker, defaults={"seen_at": Now(), "kind": Heartbeat.WORKER}
    )


def newest_beat() -> datetime | None:
    """Return when any worker last ran a task, or None when none ever did."""
    return (
        Heartbeat.objects.filter(kind=Heartbeat.WORKER)
        .order_by("-seen_at")
        .values_list("seen_at", flat=True)
        .first()
    )


def forget_beats(older_than: timedelta) -> None:
    """Remove the workers that have not been seen for so long."""
    limit = timezone.now() - older_than
    Heartbeat.objects.filter(kind=Heartbeat.WORKER, seen_at__lt=limit).delete()


def claim_look(name: str, every: timedelta) -> bool:
    """Say whether this caller takes the look that is due; of several askers only one gets a yes."""
    _, first = Heartbeat.objects.get_or_create(
        name=name, defaults={"seen_at": Now(), "kind": Heartbeat.LOOK}
    )
    if first:
        return True
    due = Heartbeat.objects.filter(name=name, seen_at__lte=Now() - every)
    return due.update(seen_at=Now()) == 1
