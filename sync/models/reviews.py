"""Review items: questions only a person can answer, the subjects they hold up, and decisions."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Case, Q, Value, When
from django.db.models.functions import Collate, Upper


class ReviewItem(models.Model):
    """One cause, asked once however many subjects it holds up."""

    class Kind(models.TextChoices):
        """What sort of answer is asked for."""

        PROBLEM = "problem", "Problem"
        MATCH = "match", "Match"
        DUPLICATE = "duplicate", "Duplicate"
        CONFLICT = "conflict", "Conflict"
        APPROVAL = "approval", "Approval"

    class Desk(models.TextChoices):
        """Where it is answered. Two records that may be one have a desk; other duplicates ask."""

        PROBLEMS = "problems", "Problems"
        MATCH = "match", "Match"
        DUPLICATE = "duplicate", "Duplicates"
        CONFLICT = "conflict", "Conflicts"

    class State(models.TextChoices):
        """Where the item is; `solved_by` says who or what solved it."""

        OPEN = "open", "Open"
        SOLVED = "solved", "Solved"
        LEFT = "left", "Left alone"

    pair = models.ForeignKey("connections.Pair", models.CASCADE, related_name="+")
    flow = models.CharField(max_length=60)
    kind = models.CharField(max_length=9, choices=Kind.choices)
    cause = models.CharField(max_length=255)
    title = models.CharField(max_length=500)
    explanation = models.TextField()
    hint = models.TextField(blank=True)
    place = models.CharField(max_length=60, blank=True)
    argument = models.CharField(max_length=120, blank=True)
    field = models.CharField(max_length=60, blank=True)
    choices = models.JSONField(default=list)
    details = models.JSONField(default=dict, blank=True, help_text="What its desk shows.")
    points = models.IntegerField(null=True, blank=True, help_text="Of the best candidate.")
    sure = models.BooleanField(default=False, help_text="Enough points and no rival.")
    answered_at = models.DateTimeField(
        null=True, blank=True, help_text="Answered, and not planned again yet."
    )
    desk = models.GeneratedField(
        expression=Case(
            When(kind="match", then=Value("match")),
            When(kind="conflict", then=Value("conflict")),
            When(kind="duplicate", details__has_key="records", then=Value("duplicate")),
            default=Value("problems"),
        ),
        output_field=models.CharField(max_length=9, choices=Desk.choices),
        db_persist=True,
    )
    state = models.CharField(max_length=6, choices=State.choices, default=State.OPEN)
    holds = models.BooleanField(default=True, help_text="Writes to Xero wait for the answer.")
    assignee = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+"
    )
    note = models.TextField(blank=True)
    first_seen = models.DateTimeField(auto_now_add=True)
    last_seen = models.DateTimeField()
    solved_at = models.DateTimeField(null=True, blank=True)
    solved_by = models.CharField(max_length=150, blank=True)

    class Meta:
        """One open item a cause."""

        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["pair", "flow", "cause"],
                condition=Q(state="open"),
                name="one_open_item_a_cause",
            )
        ]
        indexes = [
            models.Index(fields=["state", "kind", "-id"], name="reviews_by_state"),
            models.Index(
                fields=["kind", "-points", "id"],
                condition=Q(state="open", answered_at__isnull=True),
                name="reviews_to_answer",
            ),
            models.Index(
                fields=["desk", "-id"],
                include=["kind", "first_seen"],
                condition=Q(state="open", answered_at__isnull=True),
                name="reviews_waiting",
            ),
            models.Index(
                fields=["desk", "kind"],
                condition=Q(state="open", answered_at__isnull=False),
                name="reviews_answered",
            ),
            models.Index(fields=["desk", "state", "-id"], name="reviews_of_desk"),
            models.Index(
                fields=["pair", "kind"],
                include=["id", "answered_at", "points", "sure"],
                condition=Q(state="open"),
                name="reviews_of_pair",
            ),
            models.Index(
                fields=["desk", "id"],
                condition=Q(state="open", answered_at__isnull=True, details__blocks__gt=""),
                name="reviews_blocking",
            ),
            models.Index(
                fields=["field"],
                condition=Q(state="open", answered_at__isnull=True) & ~Q(field=""),
                name="reviews_of_field",
            ),
        ]
        permissions = [("decide_reviewitem", "Can answer review items")]

    def __str__(self) -> str:
        return self.title

    def own_cause(self, subject: str) -> str:
        """Return the cause as the core knows it: an item that stands alone names its subject."""
        return self.cause.removesuffix(f"|{subject.rpartition(':')[2]}")

    @property
    def others(self) -> list[str]:
        """The records that a match or a group speaks of, as keys (system:kind:id)."""
        shown = [*self.details.get("candidates", ()), *self.details.get("records", ())]
        return [str(record["key"]) for record in shown if record.get("key")]


class ReviewSubject(models.Model):
    """One subject that an item speaks of, with the money that waits."""

    item = models.ForeignKey(ReviewItem, models.CASCADE, related_name="subjects")
    subject = models.CharField(max_length=140, help_text="system:kind:id")
    name = models.CharField(max_length=255, blank=True)
    amount = models.DecimalField(max_digits=20, decimal_places=4, null=True, blank=True)
    currency = models.CharField(max_length=3, blank=True)
    about = models.TextField(blank=True)
    seen = models.CharField(max_length=80, blank=True, help_text="Both records' last changes.")
    since = models.DateTimeField(auto_now_add=True)
    closed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        """One open row a subject and item."""

        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(
                fields=["item", "subject"],
                condition=Q(closed_at__isnull=True),
                name="one_open_subject_an_item",
            )
        ]
        indexes = [
            models.Index(
                fields=["subject"], condition=Q(closed_at__isnull=True), name="open_subjects"
            ),
            models.Index(Collate(Upper("name"), "C"), name="subjects_by_name"),
        ]

    def __str__(self) -> str:
        return self.name or self.subject


class ReviewNote(models.Model):
    """A word to a colleague about an item; never changed."""

    item = models.ForeignKey(ReviewItem, models.CASCADE, related_name="notes")
    text = models.TextField()
    by = models.CharField(max_length=150)
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        """Oldest first, as a talk goes."""

        ordering = ["id"]
        default_permissions = ("add", "view")

    def __str__(self) -> str:
        return self.text[:60]


class Decision(models.Model):
    """A person's answer for one subject and cause; it holds while `about` stays true, and once.

    `values` has what was typed or chosen field by field (shared values, see core.snapshots).
    """

    item = models.ForeignKey(ReviewItem, models.CASCADE, related_name="decisions")
    pair = models.ForeignKey("connections.Pair", models.CASCADE, related_name="+")
    flow = models.CharField(max_length=60)
    subject = models.CharField(max_length=140)
    cause = models.CharField(max_length=255)
    choice = models.CharField(max_length=120)
    values = models.JSONField(default=dict, blank=True)
    about = models.TextField(blank=True)
    spent_at = models.DateTimeField(
        null=True, blank=True, help_text="When its question stood no more: it counts no longer."
    )
    by = models.CharField(max_length=150)
    made_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        """The newest of a subject and cause counts."""

        ordering = ["-id"]
        indexes = [models.Index(fields=["pair", "flow", "subject"], name="decisions_of_subject")]

    def __str__(self) -> str:
        return f"{self.choice} by {self.by}"
