"""The mapping rows that people edit, one set a pair and flow, and the version of each set."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, TypeVar

from django.db import models, transaction
from django.db.models import F, Q

from connections.models import Pair
from sync.core.flow import Empty, Owner

Row = TypeVar("Row", bound="MappingRow")
OWN = ""
"""`shipped_name` of a row that a person added."""


class MappingVersion(models.Model):
    """Counts the changes of one pair's rows for one flow, so that a plan can name its rules."""

    pair = models.ForeignKey(Pair, models.CASCADE, related_name="+")
    flow = models.CharField(max_length=60)
    number = models.PositiveIntegerField(default=0)

    class Meta:
        """One counter a pair and flow."""

        default_permissions = ()
        constraints = [models.UniqueConstraint(fields=["pair", "flow"], name="one_mapping_version")]

    def __str__(self) -> str:
        return f"{self.flow}, version {self.number}"


class MappingRow(models.Model):
    """What both kinds of rows have in common.

    `shipped_as` is the shipped row that this one was copied from: a row that differs from it was
    edited by a person and is never overwritten. `offered` is a newer shipped row, kept for a
    person to take or leave.
    """

    pair = models.ForeignKey(Pair, models.CASCADE, related_name="+")
    flow = models.CharField(max_length=60)
    active = models.BooleanField("in use", default=True)
    shipped_as = models.JSONField(null=True, blank=True, editable=False)
    offered = models.JSONField(null=True, blank=True, editable=False)
    changed_by = models.CharField(max_length=150, blank=True, editable=False)
    changed_at = models.DateTimeField(auto_now=True)

    EDITED: tuple[str, ...] = ()
    """The fields that a shipped row gives and a person may change."""

    class Meta:
        """No table of its own."""

        abstract = True

    @property
    def snapshot(self) -> dict[str, Any]:
        """The row as it would stand in `shipped_as`."""
        return {name: getattr(self, name) for name in self.EDITED} | {"active": self.active}

    @property
    def is_edited(self) -> bool:
        """Whether a person changed this shipped row; a row of one's own is not called edited."""
        return self.shipped_as is not None and self.snapshot != self.shipped_as

    def take(self, shipped: dict[str, Any]) -> None:
        """Make the row what was shipped, unsaved."""
        for name, value in shipped.items():
            setattr(self, name, value)
        self.shipped_as, self.offered = shipped, None

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Save the row and count the change in one transaction."""
        if self.offered is not None and self.offered == self.snapshot:
            self.take(self.offered)
        with transaction.atomic():  # everybody locks rows first, then the counter
            super().save(*args, **kwargs)
            bump([(self.pair_id, self.flow)])

    def delete(self, *args: Any, **kwargs: Any) -> tuple[int, dict[str, int]]:
        """Delete the row and count the change in one transaction."""
        with transaction.atomic():
            gone = super().delete(*args, **kwargs)
            bump([(self.pair_id, self.flow)])
            return gone


class FieldMapping(MappingRow):
    """How one field of the flow's counterpart is made; see sync.core.flow.FieldRule."""

    target = models.CharField("becomes", max_length=100)
    source = models.CharField("Salesforce field", max_length=500, blank=True)
    transform = models.CharField("how", max_length=40, default="copy")
    argument = models.CharField("with", max_length=500, blank=True)
    owner = models.CharField(
        "who owns it", max_length=20, choices=[(o.value, o.name.title()) for o in Owner]
    )
    empty = models.CharField(
        "if empty",
        max_length=20,
        choices=[(Empty.KEEP.value, "keep what is there"), (Empty.ERASE.value, "empty it too")],
        default=Empty.KEEP.value,
    )

    EDITED = ("source", "transform", "argument", "owner", "empty")

    class Meta:
        """One row a field."""

        ordering = ["pair", "flow", "id"]
        verbose_name = "field mapping"
        default_permissions = ("change", "view")
        constraints = [
            models.UniqueConstraint(fields=["pair", "flow", "target"], name="one_row_a_field")
        ]

    def __str__(self) -> str:
        return f"{self.target} of {self.flow}"


class ValueRow(MappingRow):
    """One row of a value table; the first whose conditions all hold gives the value.

    `conditions` is a list of {"path", "operator", "value"}. `shipped_name` names the shipped row
    that this one was copied from; empty for a person's own.
    """

    table = models.CharField(max_length=60)
    position = models.PositiveIntegerField(default=0)
    name = models.CharField("what it is for", max_length=200, blank=True)
    value = models.CharField("gives", max_length=500)
    conditions = models.JSONField(default=list, blank=True)
    shipped_name = models.CharField(max_length=200, blank=True, default=OWN, editable=False)

    EDITED = ("name", "value", "conditions")

    class Meta:
        """In the order in which they are tried; a shipped row is copied once."""

        ordering = ["pair", "flow", "table", "position", "id"]
        verbose_name = "value row"
        constraints = [
            models.UniqueConstraint(
                fields=["pair", "flow", "table", "shipped_name"],
                condition=~Q(shipped_name=OWN),
                name="one_copy_of_a_shipped_row",
            )
        ]

    def __str__(self) -> str:
        return self.name or f"{self.table}: {self.value}"


def by_set(rows: Iterable[Row]) -> dict[tuple[int, str], list[Row]]:
    """Return the rows by (pair id, flow key), in the order given."""
    found: dict[tuple[int, str], list[Row]] = {}
    for row in rows:
        found.setdefault((row.pair_id, row.flow), []).append(row)
    return found


def bump(sets: Iterable[tuple[int, str]]) -> None:
    """Count one change for each (pair id, flow key). What writes rows in bulk calls this itself."""
    wanted = sorted(set(sets))
    if not wanted:
        return
    MappingVersion.objects.bulk_create(
        [MappingVersion(pair_id=pair, flow=flow) for pair, flow in wanted], ignore_conflicts=True
    )
    chosen = Q()
    for pair, flow in wanted:
        chosen |= Q(pair_id=pair, flow=flow)
    MappingVersion.objects.filter(chosen).update(number=F("number") + 1)
