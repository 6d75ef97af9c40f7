"""Cases of credit risk: a row for each time that a rule has found an account, and its history."""

from __future__ import annotations

from typing import Any

from django.db import models
from django.db.models import Q

from sync.core import snapshots
from sync.core.chasing.cases import Case, Holds, State
from sync.core.records import Key, System


class RiskCase(models.Model):
    """One rule's reason about one account of an org; it has one task at a time."""

    class State(models.TextChoices):
        """How it stands."""

        OPEN = State.OPEN.value, "Open"
        DONE = State.DONE.value, "Completed by a person"
        REMOVED = State.REMOVED.value, "Task deleted by a person"
        DOUBLED = State.DOUBLED.value, "Being merged"
        SETTLED = State.SETTLED.value, "Settled"

    UNSETTLED = (State.OPEN, State.DONE, State.REMOVED, State.DOUBLED)

    connection = models.ForeignKey("connections.Connection", models.CASCADE, related_name="+")
    pair = models.ForeignKey("connections.Pair", models.SET_NULL, null=True, related_name="+")
    account = models.CharField(max_length=18)
    account_name = models.CharField(max_length=255, blank=True)
    rule = models.CharField(max_length=60)
    title = models.CharField(max_length=120)
    episode = models.PositiveIntegerField()
    marker = models.CharField(max_length=80, help_text="What finds its task.")
    state = models.CharField(max_length=8, choices=State.choices, default=State.OPEN)
    level = models.PositiveSmallIntegerField(default=1)
    peak = models.PositiveSmallIntegerField(default=1)
    severity = models.PositiveSmallIntegerField(default=1)
    amount = models.DecimalField(max_digits=20, decimal_places=4, null=True, blank=True)
    currency = models.CharField(max_length=3, blank=True)
    words: Any = models.JSONField(default=list)
    invoices: Any = models.JSONField(default=list)
    held: Any = models.JSONField(default=list, help_text="What is disputed or promised of them.")
    task = models.CharField(max_length=18)
    owner = models.CharField(max_length=18, blank=True)
    owner_name = models.CharField(max_length=255, blank=True)
    given: Any = models.JSONField(default=dict, help_text="What was last written to the task.")
    snoozed_until = models.DateField(null=True, blank=True)
    disputed = models.BooleanField(default=False)
    promised_on = models.DateField(null=True, blank=True)
    agreed: Any = models.JSONField(default=dict, help_text="What both sides said last of holds.")
    opened_at = models.DateTimeField(auto_now_add=True)
    changed_at = models.DateTimeField(auto_now=True)
    closed_on = models.DateField(null=True, blank=True)
    closed_why = models.TextField(blank=True)

    class Meta:
        """An account and rule have one open case; its task is found by a marker of its own."""

        verbose_name = "case"
        ordering = ["-severity", "-amount", "id"]
        permissions = [("hold_riskcase", "Can put a case off, or note a dispute or a promise")]
        constraints = [
            models.UniqueConstraint(fields=["connection", "marker"], name="one_case_a_marker"),
            models.UniqueConstraint(
                fields=["connection", "account", "rule"],
                condition=Q(state="open"),
                name="one_open_case_a_rule",
            ),
        ]
        indexes = [
            models.Index(fields=["connection", "account", "rule", "-episode"], name="cases_of"),
            models.Index(fields=["connection", "task"], name="cases_by_task"),
            models.Index(
                fields=["connection", "state"],
                condition=~Q(state="settled"),
                name="cases_unsettled",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.title}: {self.account_name or self.account}"

    @property
    def account_key(self) -> Key:
        """The key of its account."""
        return Key(System.SALESFORCE, "Account", self.account)

    @property
    def holds(self) -> Holds:
        """What people said of it."""
        return Holds(self.snoozed_until, self.disputed, self.promised_on)

    @property
    def case(self) -> Case:
        """The case as the core knows it."""
        return Case(
            account=self.account,
            rule=self.rule,
            episode=self.episode,
            state=State(self.state),
            level=self.level,
            peak=self.peak,
            task=self.task,
            given=snapshots.load(self.given),
            holds=self.holds,
            agreed=Holds(**snapshots.load(self.agreed)),
            as_read=self.holds,
            closed_on=self.closed_on,
            invoices=tuple(self.invoices),
            held=tuple(self.held),
            marker=self.marker,
            title=self.title,
            owner=self.owner,
            owner_name=self.owner_name,
        )


class RiskEntry(models.Model):
    """One line of a case's history: when, who, and what in words."""

    case = models.ForeignKey(RiskCase, models.CASCADE, related_name="entries")
    at = models.DateTimeField(auto_now_add=True)
    by = models.CharField(max_length=150)
    words = models.TextField()

    class Meta:
        """In the order of writing."""

        verbose_name = "entry"
        verbose_name_plural = "entries"
        ordering = ["id"]

    def __str__(self) -> str:
        return self.words


class RefusedOwner(models.Model):
    """A user to whom Salesforce gave no task of an account; tried again after some days."""

    connection = models.ForeignKey("connections.Connection", models.CASCADE, related_name="+")
    account = models.CharField(max_length=18)
    owner = models.CharField(max_length=18)
    why = models.TextField(blank=True)
    at = models.DateTimeField()

    class Meta:
        """One row an account and user."""

        constraints = [
            models.UniqueConstraint(
                fields=["connection", "account", "owner"], name="one_refusal_an_owner"
            )
        ]

    def __str__(self) -> str:
        return f"{self.owner}: {self.why}"
