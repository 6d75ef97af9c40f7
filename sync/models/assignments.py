"""Assignments: a person's word where one record belongs; and the records made nowhere so far."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from sync.core.records import Key, System

from .notices import SYSTEMS


class Assignment(models.Model):
    """A person's word that one record of a connection belongs to a pair: before every row.

    `connection` is the one that stands in several pairs; the record is of its system.
    """

    connection = models.ForeignKey("connections.Connection", models.CASCADE, related_name="+")
    system = models.CharField(max_length=12, choices=SYSTEMS)
    kind = models.CharField(max_length=60)
    remote_id = models.CharField(max_length=60)
    pair = models.ForeignKey("connections.Pair", models.CASCADE, related_name="+")
    name = models.CharField(max_length=255, blank=True, help_text="What it was called then.")
    by = models.CharField(max_length=150)
    why = models.TextField(blank=True)
    at = models.DateTimeField(auto_now_add=True)
    ended_at = models.DateTimeField(null=True, blank=True)
    ended_by = models.CharField(max_length=150, blank=True)

    class Meta:
        """One in force a record; ended ones are kept."""

        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["connection", "kind", "remote_id"],
                condition=Q(ended_at__isnull=True),
                name="one_assignment_a_record",
            )
        ]

    def __str__(self) -> str:
        return f"{self.name or self.remote_id}: {self.pair}"

    @property
    def key(self) -> Key:
        """The key of the assigned record."""
        return Key(System(self.system), self.kind, self.remote_id)


class Unplaced(models.Model):
    """A record that a flow wants and makes nothing of, because of where it belongs.

    To `pair`, whose flow is off; or, where that is empty, to none, or to one that is being asked.
    Written anew whenever a run looks at the record. `mark` tells the values that the rows saw.
    """

    connection = models.ForeignKey("connections.Connection", models.CASCADE, related_name="+")
    flow = models.CharField(max_length=60)
    system = models.CharField(max_length=12, choices=SYSTEMS)
    kind = models.CharField(max_length=60)
    remote_id = models.CharField(max_length=60)
    pair = models.ForeignKey(
        "connections.Pair", models.CASCADE, related_name="+", null=True, blank=True
    )
    account_id = models.CharField(max_length=18, blank=True, help_text="Of a deal: its account.")
    name = models.CharField(max_length=255, blank=True)
    amount = models.DecimalField(max_digits=20, decimal_places=4, null=True, blank=True)
    currency = models.CharField(max_length=3, blank=True)
    reason = models.TextField(blank=True)
    mark = models.CharField(max_length=16, blank=True, editable=False)
    at = models.DateTimeField(auto_now=True)

    class Meta:
        """One a record and flow."""

        ordering = ["-id"]
        default_permissions = ("view",)
        constraints = [
            models.UniqueConstraint(
                fields=["connection", "flow", "kind", "remote_id"], name="one_unplaced_a_record"
            )
        ]
        indexes = [models.Index(fields=["account_id"], name="unplaced_of_account")]

    def __str__(self) -> str:
        return self.name or self.remote_id

    @property
    def key(self) -> Key:
        """The key of the record."""
        return Key(System(self.system), self.kind, self.remote_id)
