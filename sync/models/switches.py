"""Switches: which flow of which pair is on, and the one pause of all writes."""

from __future__ import annotations

from django.db import models


class FlowSwitch(models.Model):
    """One flow of one pair. In shadow, plans are made and kept and nothing is written."""

    class Mode(models.TextChoices):
        """Off at first."""

        OFF = "off", "Off"
        SHADOW = "shadow", "Shadow"
        ON = "on", "On"

    pair = models.ForeignKey("connections.Pair", models.CASCADE, related_name="switches")
    flow = models.CharField(max_length=60)
    mode = models.CharField(max_length=6, choices=Mode.choices, default=Mode.OFF)
    starts_from = models.DateField(
        null=True, blank=True, help_text="Older records are left alone; empty: all are wanted."
    )
    changed_at = models.DateTimeField(auto_now=True)
    changed_by = models.CharField(max_length=150, blank=True)
    parked_until = models.DateTimeField(null=True, blank=True)
    parked_why = models.TextField(blank=True)

    class Meta:
        """One switch a flow and pair."""

        ordering = ["pair", "flow"]
        verbose_name = "flow"
        constraints = [models.UniqueConstraint(fields=["pair", "flow"], name="one_switch_a_flow")]

    def __str__(self) -> str:
        return f"{self.flow} is {self.mode}"


class Pause(models.Model):
    """The one row that stops all writes; notices keep being collected."""

    on = models.BooleanField(default=False)
    why = models.TextField(blank=True)
    by = models.CharField(max_length=150, blank=True)
    since = models.DateTimeField(auto_now=True)

    class Meta:
        """There is only row 1."""

        constraints = [models.CheckConstraint(condition=models.Q(id=1), name="only_one_pause")]
        permissions = [("pause_writes", "Can pause all writes and let them go on")]

    def __str__(self) -> str:
        return "All writes are paused" if self.on else "Writes are on"


def is_paused() -> bool:
    """Return whether all writes are paused."""
    return Pause.objects.filter(id=1, on=True).exists()


def set_pause(*, on: bool, by: str, why: str = "") -> None:
    """Pause all writes or let them go on."""
    Pause.objects.update_or_create(id=1, defaults={"on": on, "by": by, "why": why})
