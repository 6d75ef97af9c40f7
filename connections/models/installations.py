"""Installations: each time that Counterpart's package is put into a Salesforce org."""

from __future__ import annotations

from datetime import timedelta

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils import timezone

from connections.fields import EncryptedTextField
from connections.models.connections import Connection


class Installation(models.Model):
    """One deployment of the package, or the mere check whether it would go through.

    Only `connections.installing` changes it, a step at a time. `lease_until` is set
    while somebody takes a step, `next_at` is when the next one is worth it. `failures` has one
    {what, words, problem} for each component that was refused. The address of the outbound message
    is a secret: who knows it can ring our bell.
    """

    class State(models.TextChoices):
        """The steps in their order, and the two ends."""

        WAITING = "waiting", "to be sent"
        RUNNING = "running", "Salesforce is at it"
        GRANTING = "granting", "to be shown to Counterpart’s user"
        DONE = "done", "done"
        FAILED = "failed", "failed"

    UNFINISHED = (State.WAITING, State.RUNNING, State.GRANTING)

    connection = models.ForeignKey(Connection, models.CASCADE, related_name="installations")
    check_only = models.BooleanField(default=False)
    parts = ArrayField(models.CharField(max_length=30), default=list)
    address = EncryptedTextField(blank=True, default="", editable=False)
    version = models.CharField(max_length=20)
    state = models.CharField(max_length=10, choices=State.choices, default=State.WAITING)
    remote_id = models.CharField(max_length=18, blank=True, default="")
    components_done = models.PositiveIntegerField(default=0)
    components = models.PositiveIntegerField(default=0)
    failures = models.JSONField(default=list)
    words = models.TextField(blank=True, default="")
    tries = models.PositiveIntegerField(default=0)
    next_at = models.DateTimeField(default=timezone.now)
    lease_until = models.DateTimeField(null=True)
    started_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+"
    )
    created_at = models.DateTimeField(auto_now_add=True)
    moved_at = models.DateTimeField(auto_now=True)
    finished_at = models.DateTimeField(null=True)

    class Meta:
        """An org takes one deployment at a time."""

        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["connection"],
                condition=models.Q(state__in=["waiting", "running", "granting"]),
                name="one_installation_at_a_time",
            )
        ]

    def __str__(self) -> str:
        """Return what is done where."""
        return f"{'Check' if self.check_only else 'Installation'} of {self.version}"

    @property
    def is_finished(self) -> bool:
        """Whether nothing is left to do."""
        return self.state not in self.UNFINISHED

    @property
    def succeeded(self) -> bool:
        """Whether it went through."""
        return self.state == self.State.DONE

    @property
    def wait(self) -> timedelta:
        """How long until the next step is worth it."""
        return max(self.next_at - timezone.now(), timedelta(0))

    def end(self, state: State, words: str = "") -> None:
        """Let it end in this state, unsaved."""
        self.state, self.words, self.finished_at = state, words, timezone.now()
