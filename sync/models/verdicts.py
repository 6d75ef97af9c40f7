"""Verdicts and locks: what people have said for good about two records, or about one."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from sync.core.records import Key, System

from .notices import SYSTEMS


class Verdict(models.Model):
    """Two records that a person has told apart; never asked about again.

    `one` and `other` are keys (system:kind:id), the smaller first, so that a pair is one row.
    """

    class Kind(models.TextChoices):
        """In which way they differ."""

        DIFFERENT = "different", "Not the same"
        BRANCH = "branch", "Parent and branch"

    pair = models.ForeignKey("connections.Pair", models.CASCADE, related_name="+")
    kind = models.CharField(max_length=9, choices=Kind.choices)
    one = models.CharField(max_length=140)
    other = models.CharField(max_length=140)
    names = models.CharField(max_length=400, blank=True, help_text="What they were called then.")
    note = models.TextField(blank=True)
    by = models.CharField(max_length=150)
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        """One verdict two records."""

        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(fields=["pair", "one", "other"], name="one_verdict_two_records")
        ]
        indexes = [models.Index(fields=["pair", "other"], name="verdicts_by_other")]

    def __str__(self) -> str:
        return f"{self.get_kind_display()}: {self.names or f'{self.one}, {self.other}'}"


class Lock(models.Model):
    """A record that is kept out of sync: nothing is written to it or for it."""

    pair = models.ForeignKey("connections.Pair", models.CASCADE, related_name="+")
    system = models.CharField(max_length=12, choices=SYSTEMS)
    kind = models.CharField(max_length=60)
    remote_id = models.CharField(max_length=60)
    name = models.CharField(max_length=255, blank=True)
    why = models.TextField()
    by = models.CharField(max_length=150)
    at = models.DateTimeField(auto_now_add=True)
    ended_at = models.DateTimeField(null=True, blank=True)
    ended_by = models.CharField(max_length=150, blank=True)

    class Meta:
        """One lock in force a record; ended ones are kept."""

        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["pair", "system", "kind", "remote_id"],
                condition=Q(ended_at__isnull=True),
                name="one_lock_a_record",
            )
        ]

    def __str__(self) -> str:
        return f"{self.name or self.remote_id}: {self.why}"

    @property
    def key(self) -> Key:
        """The key of the locked record."""
        return Key(System(self.system), self.kind, self.remote_id)
