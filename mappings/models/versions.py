"""The versions of each pair's rows for one flow, and the draft of the next one."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.db import models
from django.db.models import Q

from connections.models import Pair

Set = tuple[int, str]
"""A pair's id and a flow's key."""


class MappingVersion(models.Model):
    """Counts the versions of one pair's rows for one flow; whoever makes a new one locks it."""

    pair = models.ForeignKey(Pair, models.CASCADE, related_name="+")
    flow = models.CharField(max_length=60)
    number = models.PositiveIntegerField(default=0)

    class Meta:
        """One counter a pair and flow."""

        default_permissions = ()
        constraints = [models.UniqueConstraint(fields=["pair", "flow"], name="one_mapping_version")]

    def __str__(self) -> str:
        return f"{self.flow}, version {self.number}"


class PublishedRules(models.Model):
    """One version as it was published: what runs read. It is never changed afterwards.

    `content` is every row (see mappings.content), `differences` what changed against the version
    before: place, before, after and who wanted it.
    """

    pair = models.ForeignKey(Pair, models.CASCADE, related_name="+")
    flow = models.CharField(max_length=60)
    number = models.PositiveIntegerField()
    content: Any = models.JSONField()
    differences: Any = models.JSONField(default=list)
    by = models.CharField(max_length=150, blank=True)
    why = models.CharField(max_length=500, blank=True)
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        """Newest first; one of each number."""

        ordering = ["pair_id", "flow", "-number"]
        verbose_name = "version of a mapping"
        verbose_name_plural = "versions of mappings"
        default_permissions = ("view",)
        permissions = [("publish_mapping", "Can publish mappings and take them back")]
        constraints = [
            models.UniqueConstraint(fields=["pair", "flow", "number"], name="one_of_each_version")
        ]

    def __str__(self) -> str:
        return f"{self.flow}, version {self.number}"


class DraftChange(models.Model):
    """One change of the draft of a pair's next version: a place, before and after.

    `before` is what was in force when somebody first changed the place, empty for a new row;
    `after` is empty for a row that shall go.
    """

    pair = models.ForeignKey(Pair, models.CASCADE, related_name="+")
    flow = models.CharField(max_length=60)
    place = models.CharField(max_length=120)
    before: Any = models.JSONField(null=True)
    after: Any = models.JSONField(null=True)
    changed_by = models.CharField(max_length=150)
    changed_at = models.DateTimeField(auto_now=True)

    class Meta:
        """One change a place."""

        ordering = ["id"]
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(fields=["pair", "flow", "place"], name="one_change_a_place")
        ]

    def __str__(self) -> str:
        return f"{self.place} of {self.flow}"


class DraftTrial(models.Model):
    """What a draft came to on the records of the last 90 days, for who publishes it.

    `mark` tells the draft as it was tried; a draft that changed since is untried.
    """

    pair = models.ForeignKey(Pair, models.CASCADE, related_name="+")
    flow = models.CharField(max_length=60)
    mark = models.CharField(max_length=16)
    result: Any = models.JSONField()
    at = models.DateTimeField(auto_now=True)

    class Meta:
        """The last trial alone."""

        default_permissions = ()
        constraints = [
            models.UniqueConstraint(fields=["pair", "flow"], name="one_trial_of_a_draft")
        ]

    def __str__(self) -> str:
        return f"trial of {self.flow}"


def lock(sets: Iterable[Set]) -> dict[Set, MappingVersion]:
    """Return the counters of these pairs and flows, locked until the transaction ends.

    Whoever also locks rows locks those first.
    """
    wanted = sorted(set(sets))
    if not wanted:
        return {}
    MappingVersion.objects.bulk_create(
        [MappingVersion(pair_id=pair, flow=flow) for pair, flow in wanted], ignore_conflicts=True
    )
    counters = MappingVersion.objects.select_for_update().filter(_any_of(wanted))
    return {(row.pair_id, row.flow): row for row in counters.order_by("pair_id", "flow")}


def newest(sets: Iterable[Set]) -> dict[Set, PublishedRules]:
    """Return the version in force of each pair and flow that has one; one query."""
    wanted = sorted(set(sets))
    if not wanted:
        return {}
    rows = PublishedRules.objects.filter(_any_of(wanted)).order_by("pair_id", "flow", "-number")
    return {(row.pair_id, row.flow): row for row in rows.distinct("pair_id", "flow")}


def _any_of(sets: Iterable[Set]) -> Q:
    chosen = Q()
    for pair, flow in sets:
        chosen |= Q(pair_id=pair, flow=flow)
    return chosen
