"""Runs and plans: what each batch found, intended and did; the audit line."""

from __future__ import annotations

from typing import Any

from django.db import models


class Mode(models.TextChoices):
    """What a run may do."""

    LIVE = "live", "Live"
    SHADOW = "shadow", "Shadow: nothing is written"


class Run(models.Model):
    """One batch of notices carried through the eight steps."""

    pair = models.ForeignKey("connections.Pair", models.CASCADE, related_name="+")
    flow = models.CharField(max_length=60)
    mode = models.CharField(max_length=8, choices=Mode.choices, default=Mode.LIVE)
    asked_by = models.CharField(max_length=150, blank=True, help_text="Who or what started it.")
    started_at = models.DateTimeField(auto_now_add=True)
    finished_at = models.DateTimeField(null=True, blank=True)
    notices = models.PositiveIntegerField(default=0)
    creates = models.PositiveIntegerField(default=0)
    updates = models.PositiveIntegerField(default=0)
    nothings = models.PositiveIntegerField(default=0)
    questions = models.PositiveIntegerField(default=0)
    confirmed = models.PositiveIntegerField(default=0)
    refused = models.PositiveIntegerField(default=0)
    in_doubt = models.PositiveIntegerField(default=0)
    calls_salesforce = models.PositiveIntegerField(default=0)
    calls_xero = models.PositiveIntegerField(default=0)
    error = models.TextField(blank=True)

    class Meta:
        """Newest first."""

        ordering = ["-id"]
        indexes = [models.Index(fields=["pair", "flow", "-id"], name="runs_of_flow")]

    def __str__(self) -> str:
        return f"Run {self.pk}"

    @property
    def seconds(self) -> float | None:
        """How long the run took, or None while it goes on (or was killed)."""
        if self.finished_at is None:
            return None
        return (self.finished_at - self.started_at).total_seconds()


class PlanRow(models.Model):
    """One plan as it was made: what would be written, what was checked, what is asked."""

    class State(models.TextChoices):
        """What became of the plan."""

        SHADOW = "shadow", "Shadow"
        HELD = "held", "Held by a question"
        SENDING = "sending", "Being carried out"
        DONE = "done", "Carried out"
        FAILED = "failed", "Not carried out"

    run = models.ForeignKey(Run, models.CASCADE, related_name="plans")
    pair = models.ForeignKey("connections.Pair", models.CASCADE, related_name="+")
    flow = models.CharField(max_length=60)
    subject = models.CharField(max_length=140, help_text="system:kind:id")
    subject_name = models.CharField(max_length=255, blank=True)
    action = models.CharField(max_length=8)
    state = models.CharField(max_length=8, choices=State.choices)
    amount = models.DecimalField(max_digits=20, decimal_places=4, null=True, blank=True)
    currency = models.CharField(max_length=3, blank=True)
    fields: Any = models.JSONField(default=list, help_text="Each write: system, field, from, to.")
    picture: Any = models.JSONField(
        default=dict, blank=True, help_text="The counterpart as it would stand, with its names."
    )
    checks = models.JSONField(default=list)
    questions = models.JSONField(default=list)
    reason = models.TextField(blank=True)
    rules_version = models.PositiveIntegerField(default=0)
    made_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        """Newest first."""

        verbose_name = "plan"
        ordering = ["-id"]
        indexes = [
            models.Index(fields=["subject", "-id"], name="plans_of_subject"),
            models.Index(fields=["state", "-id"], name="plans_by_state"),
        ]

    def __str__(self) -> str:
        return f"Plan {self.pk}: {self.action} {self.subject_name}"
