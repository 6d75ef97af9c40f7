"""Events: what a system told at its door, kept before the answer. They carry keys, never data."""

from __future__ import annotations

from django.db import models
from django.db.models import Q


class Event(models.Model):
    """Word from a system that one of its records changed; read once, however often it is told.

    `mark` tells one event of a record from another: Xero's kind of change and time, or the id of
    Salesforce's notification. `happened_at` is the system's own time, where it says so.
    """

    connection = models.ForeignKey("connections.Connection", models.CASCADE, related_name="+")
    kind = models.CharField(max_length=60)
    remote_id = models.CharField(max_length=60)
    mark = models.CharField(max_length=80)
    happened_at = models.DateTimeField(null=True)
    received_at = models.DateTimeField()
    done_at = models.DateTimeField(null=True)

    class Meta:
        """A repeat is none: it meets its own row."""

        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(
                fields=["connection", "kind", "remote_id", "mark"], name="one_row_an_event"
            )
        ]
        indexes = [
            models.Index(
                fields=["connection", "id"], condition=Q(done_at=None), name="events_waiting"
            ),
            models.Index(fields=["received_at"], name="events_by_age"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.remote_id}"


class Delivery(models.Model):
    """One signed message of Xero, by the numbers of its events: a number missing is one lost."""

    door = models.ForeignKey("connections.EventDoor", models.CASCADE, related_name="+")
    first = models.BigIntegerField()
    last = models.BigIntegerField()
    received_at = models.DateTimeField()

    class Meta:
        """Looked through by number."""

        indexes = [models.Index(fields=["door", "first"], name="deliveries_by_number")]

    def __str__(self) -> str:
        return f"{self.first} to {self.last}"
