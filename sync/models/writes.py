"""Writes: the outbox. Each intended remote change is saved before it is sent."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from .notices import SYSTEMS


class Write(models.Model):
    """One intended remote change with its unique key: the same intent is never two rows."""

    class State(models.TextChoices):
        """How far it came."""

        INTENDED = "intended", "Intended"
        SENDING = "sending", "Sending"
        IN_DOUBT = "in_doubt", "In doubt"
        CONFIRMED = "confirmed", "Confirmed"
        ADOPTED = "adopted", "Found already there"
        REFUSED = "refused", "Refused"
        WITHDRAWN = "withdrawn", "Withdrawn"

    OPEN = (State.INTENDED, State.SENDING, State.IN_DOUBT)

    key = models.CharField(max_length=255, unique=True)
    pair = models.ForeignKey("connections.Pair", models.CASCADE, related_name="+")
    flow = models.CharField(max_length=60)
    plan = models.ForeignKey(
        "sync.PlanRow", models.SET_NULL, null=True, blank=True, related_name="writes"
    )
    system = models.CharField(max_length=12, choices=SYSTEMS)
    kind = models.CharField(max_length=60)
    verb = models.CharField(
        max_length=8, choices=[("create", "Create"), ("update", "Update"), ("delete", "Delete")]
    )
    subject = models.CharField(max_length=140, help_text="The record whose notice asked for it.")
    about = models.CharField(max_length=140, help_text="The Salesforce record it stands for.")
    marker = models.CharField(max_length=255, blank=True, help_text="What finds it again.")
    target_id = models.CharField(max_length=60, blank=True)
    needs = models.JSONField(default=dict, blank=True, help_text="Name to key of another write.")
    body = models.JSONField(default=dict)
    shared = models.JSONField(default=dict)
    before = models.JSONField(default=dict)
    despite_duplicates = models.BooleanField(
        default=False, help_text="A person said that it is none of those like it."
    )
    based_on = models.CharField(max_length=40, blank=True)
    generation = models.PositiveIntegerField(default=1)
    state = models.CharField(max_length=9, choices=State.choices, default=State.INTENDED)
    remote_id = models.CharField(max_length=60, blank=True)
    error = models.TextField(blank=True)
    made_at = models.DateTimeField(auto_now_add=True)
    sent_at = models.DateTimeField(null=True, blank=True)
    settled_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        """Open writes are found quickly, however many are settled."""

        ordering = ["-id"]
        indexes = [
            models.Index(
                fields=["pair", "flow"],
                condition=Q(state__in=["intended", "sending", "in_doubt"]),
                name="writes_open",
            ),
            models.Index(fields=["subject", "-id"], name="writes_of_subject"),
            models.Index(fields=["state", "-id"], name="writes_by_state"),
            models.Index(fields=["settled_at"], name="writes_settled"),
        ]

    def __str__(self) -> str:
        return f"{self.get_verb_display()} {self.kind}"


class Sent(models.Model):
    """One HTTP call that carried writes: kept before it goes out, completed by its answer."""

    class Outcome(models.TextChoices):
        """What is known of the call."""

        WAITING = "waiting", "No answer yet"
        ANSWERED = "answered", "Answered"
        NOT_DONE = "not_done", "Surely nothing written"
        UNKNOWN = "unknown", "Answer lost"

    idempotency_key = models.CharField(max_length=128, db_index=True)
    system = models.CharField(max_length=12, choices=SYSTEMS)
    kind = models.CharField(max_length=60)
    verb = models.CharField(max_length=8)
    worker = models.CharField(max_length=80)
    sent_at = models.DateTimeField()
    answered_at = models.DateTimeField(null=True, blank=True)
    outcome = models.CharField(max_length=8, choices=Outcome.choices, default=Outcome.WAITING)
    fresh_key = models.BooleanField(default=False)
    message = models.TextField(blank=True)

    class Meta:
        """Newest first."""

        verbose_name = "call"
        ordering = ["-id"]

    def __str__(self) -> str:
        return f"{self.verb} {self.kind} at {self.sent_at:%H:%M:%S}"


class Attempt(models.Model):
    """One write's place in one call, and the answer for it."""

    write = models.ForeignKey(Write, models.CASCADE, related_name="attempts")
    sent = models.ForeignKey(Sent, models.CASCADE, related_name="attempts")
    position = models.PositiveIntegerField()
    done = models.BooleanField(null=True, help_text="Empty: no answer for it yet.")
    status = models.PositiveIntegerField(null=True, blank=True)
    message = models.TextField(blank=True)
    warnings = models.JSONField(default=list, blank=True)
    correlation_id = models.CharField(max_length=80, blank=True)

    class Meta:
        """In the order of sending."""

        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(fields=["sent", "position"], name="one_place_in_a_call")
        ]

    def __str__(self) -> str:
        return f"Attempt {self.pk}"
