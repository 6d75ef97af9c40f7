"""Which organisation a record belongs to: the versions of a connection's rows, and their draft."""

from __future__ import annotations

from typing import Any

from django.db import models

from connections.models import Connection


class RoutingVersion(models.Model):
    """One version of a connection's routing rows as it was published; never changed afterwards.

    `content` is `{"rows": [{"key", "kind", "name", "conditions", "value", "active"}]}` in the
    order in which rows are tried; `differences` what changed against the version before: place,
    before, after and who wanted it. The newest is in force. `noted_at` is when all that it
    concerns had been noted to be looked at again; empty while that is still to be done.
    """

    connection = models.ForeignKey(Connection, models.CASCADE, related_name="+")
    number = models.PositiveIntegerField()
    content: Any = models.JSONField()
    differences: Any = models.JSONField(default=list)
    by = models.CharField(max_length=150, blank=True)
    why = models.CharField(max_length=500, blank=True)
    at = models.DateTimeField(auto_now_add=True)
    noted_at = models.DateTimeField(null=True, blank=True, editable=False)

    class Meta:
        """Newest first; one of each number."""

        ordering = ["connection_id", "-number"]
        verbose_name = "version of which organisation"
        verbose_name_plural = "which organisation"
        default_permissions = ("view",)
        constraints = [
            models.UniqueConstraint(
                fields=["connection", "number"], name="one_of_each_routing_version"
            )
        ]

    def __str__(self) -> str:
        return f"{self.connection}, version {self.number}"


class RoutingDraft(models.Model):
    """The rows of a connection as they would be published next; whoever changes them locks it.

    `content` is empty while nothing is drafted, else made of version `based_on` (0: of no rows).
    `hands` says by place who changed it last and when.
    """

    connection = models.OneToOneField(Connection, models.CASCADE, related_name="+")
    based_on = models.PositiveIntegerField(default=0)
    content: Any = models.JSONField(null=True)
    hands: Any = models.JSONField(default=dict)
    changed_by = models.CharField(max_length=150, blank=True)
    changed_at = models.DateTimeField(auto_now=True)

    class Meta:
        """One a connection."""

        default_permissions = ()

    def __str__(self) -> str:
        return f"draft of {self.connection}"


class RoutingTrial(models.Model):
    """What a draft of routing rows came to on the records of the last 90 days.

    `mark` tells the draft as it was tried; a draft that changed since is untried.
    """

    connection = models.OneToOneField(Connection, models.CASCADE, related_name="+")
    mark = models.CharField(max_length=16)
    result: Any = models.JSONField()
    at = models.DateTimeField(auto_now=True)

    class Meta:
        """The last trial alone."""

        default_permissions = ()

    def __str__(self) -> str:
        return f"trial of {self.connection}"


def lock_routing(connection_id: int) -> RoutingDraft:
    """Return the connection's draft, which nobody else changes until the transaction ends."""
    RoutingDraft.objects.bulk_create(
        [RoutingDraft(connection_id=connection_id)], ignore_conflicts=True
    )
    return RoutingDraft.objects.select_for_update().get(connection_id=connection_id)


def newest_routing(connection_id: int) -> RoutingVersion | None:
    """Return the version in force, or None where none was ever published; one query."""
    versions = RoutingVersion.objects.filter(connection_id=connection_id)
    return versions.order_by("-number").first()
