"""Links: the lasting bond of two record keys, with their agreed values."""

from __future__ import annotations

from typing import Any

from django.db import models
from django.db.models import Q
from django.db.models.functions import Collate, Upper

from sync.core import snapshots
from sync.core.agreed import Agreed, Common
from sync.core.records import Key, System


class Link(models.Model):
    """One Salesforce record and one Xero record that are the same thing, for one pair."""

    class Origin(models.TextChoices):
        """How the link came about."""

        CREATED = "created", "Created by Counterpart"
        FOUND = "found", "Found by its keys"
        PERSON = "person", "A person decided it"

    class Role(models.TextChoices):
        """Whether the fields are kept in step: only with the main counterpart."""

        MAIN = "main", "Main"
        FURTHER = "further", "Further"

    pair = models.ForeignKey("connections.Pair", models.CASCADE, related_name="+")
    flow = models.CharField(max_length=60)
    salesforce_kind = models.CharField(max_length=60)
    salesforce_id = models.CharField(max_length=18)
    xero_kind = models.CharField(max_length=60)
    xero_id = models.CharField(max_length=36)
    generation = models.PositiveIntegerField(
        default=1, help_text="2 and more: a person had it made again."
    )
    role = models.CharField(
        max_length=7,
        choices=Role.choices,
        default=Role.MAIN,
        help_text="A further contact belongs to the account; its fields are its own.",
    )
    origin = models.CharField(max_length=8, choices=Origin.choices)
    reasons = models.JSONField(default=list, blank=True)
    agreed = models.JSONField(default=dict, blank=True)
    label = models.CharField(max_length=255, blank=True)
    made_at = models.DateTimeField(auto_now_add=True)
    changed_at = models.DateTimeField(auto_now=True)

    class Meta:
        """A subject has one link a generation, and a Xero record belongs to one subject."""

        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["pair", "salesforce_kind", "salesforce_id", "xero_kind", "generation"],
                condition=Q(role="main"),
                name="one_link_a_generation",
            ),
            models.UniqueConstraint(
                fields=["pair", "salesforce_kind", "salesforce_id", "xero_kind", "xero_id"],
                condition=Q(role="further"),
                name="one_further_link",
            ),
            models.UniqueConstraint(
                fields=["pair", "xero_kind", "xero_id"],
                condition=~Q(xero_kind="Contact") | Q(role="main"),
                name="one_subject_a_record",
            ),
        ]
        indexes = [
            models.Index(fields=["pair", "xero_kind", "xero_id"], name="links_by_xero"),
            models.Index(fields=["salesforce_id"], name="links_by_salesforce"),
            models.Index(fields=["xero_id"], name="links_by_xero_id"),
            models.Index(Collate(Upper("label"), "C"), name="links_by_label"),
            models.Index(fields=["flow", "-id"], name="links_of_flow"),
            models.Index(fields=["pair", "-id"], name="links_of_pair"),
            models.Index(fields=["origin", "-id"], name="links_of_origin"),
            models.Index(fields=["-id"], condition=Q(role="further"), name="links_further"),
        ]

    def __str__(self) -> str:
        return self.label or f"{self.salesforce_id} = {self.xero_id}"

    @property
    def salesforce_key(self) -> Key:
        """The key of the Salesforce record."""
        return Key(System.SALESFORCE, self.salesforce_kind, self.salesforce_id)

    @property
    def xero_key(self) -> Key:
        """The key of the Xero record."""
        return Key(System.XERO, self.xero_kind, self.xero_id)

    @property
    def agreed_values(self) -> Agreed:
        """The agreed values by field; empty for a link that never merged anything."""
        return load_agreed(self.agreed)


def dump_agreed(agreed: Agreed) -> dict[str, Any]:
    """Return the agreed values as JSON data, each as [Salesforce's, Xero's, apart]."""
    return snapshots.dump({name: [c.salesforce, c.xero, c.apart] for name, c in agreed.items()})


def load_agreed(data: dict[str, Any]) -> Agreed:
    """Return the agreed values that `dump_agreed` wrote."""
    return {name: Common(*triple) for name, triple in snapshots.load(data).items()}
