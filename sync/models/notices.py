"""Notices: the queue of record. A notice carries a key, never data."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from sync.core.records import Key, System

SYSTEMS = [(system.value, system.label) for system in System]


class Notice(models.Model):
    """Word that a record may have changed, for one flow of one pair."""

    class State(models.TextChoices):
        """Where a notice is; done ones are kept for a while and then pruned."""

        WAITING = "waiting", "Waiting"
        CLAIMED = "claimed", "Being worked on"
        DONE = "done", "Done"
        STUCK = "stuck", "Given up"

    class Source(models.TextChoices):
        """Who said so."""

        SWEEP = "sweep", "Sweep"
        LOOK = "look", "Quick look"
        BUTTON = "button", "A person"
        COMMAND = "command", "Command"
        DECISION = "decision", "A decision"
        EVENT = "event", "An event"
        AGAIN = "again", "Planned again"

    pair = models.ForeignKey("connections.Pair", models.CASCADE, related_name="+")
    flow = models.CharField(max_length=60)
    system = models.CharField(max_length=12, choices=SYSTEMS)
    kind = models.CharField(max_length=60)
    remote_id = models.CharField(max_length=60)
    state = models.CharField(max_length=8, choices=State.choices, default=State.WAITING)
    source = models.CharField(max_length=8, choices=Source.choices)
    count = models.PositiveIntegerField(default=1, help_text="How often it was said.")
    attempts = models.PositiveIntegerField(default=0)
    first_seen = models.DateTimeField(auto_now_add=True)
    due_at = models.DateTimeField(help_text="Not worked on before.")
    claimed_by = models.CharField(max_length=80, blank=True)
    lease_until = models.DateTimeField(null=True, blank=True)
    done_at = models.DateTimeField(null=True, blank=True)
    error = models.TextField(blank=True)

    class Meta:
        """One waiting notice a record and flow: repeats only count up."""

        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["pair", "flow", "system", "kind", "remote_id"],
                condition=Q(state="waiting"),
                name="one_waiting_notice",
            )
        ]
        indexes = [
            models.Index(
                fields=["pair", "flow", "due_at"], condition=Q(state="waiting"), name="notices_due"
            ),
            models.Index(
                fields=["lease_until"], condition=Q(state="claimed"), name="notices_leased"
            ),
            models.Index(fields=["remote_id"], name="notices_of_record"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.remote_id}"

    @property
    def key(self) -> Key:
        """The key of the record that the notice speaks of."""
        return Key(System(self.system), self.kind, self.remote_id)
