"""The mapping rows in force, one set a pair and flow; whatever changes them makes a version."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, TypeVar

from django.db import models, transaction
from django.db.models import Q

from connections.models import Pair
from mappings import content
from sync.core.flow import Empty, Owner

from .versions import MappingVersion, PublishedRules, Set, lock, newest

Row = TypeVar("Row", bound="MappingRow")
OWN = ""
"""`shipped_name` of a row that a person added."""


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
        """Save the row and make a version of the change in one transaction."""
        if self.offered is not None and self.offered == self.snapshot:
            self.take(self.offered)
        with transaction.atomic():  # everybody locks rows first, then the counter
            super().save(*args, **kwargs)
            record([(self.pair_id, self.flow)], self.changed_by)

    def delete(self, *args: Any, **kwargs: Any) -> tuple[int, dict[str, int]]:
        """Delete the row and make a version of the change in one transaction."""
        with transaction.atomic():
            gone = super().delete(*args, **kwargs)
            record([(self.pair_id, self.flow)], self.changed_by)
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


def record(sets: Iterable[Set], by: str = "", why: str = "", wanted_by: Any = None) -> None:
    """Make a new version of each set whose rows differ from its newest one.

    What writes rows in bulk calls this itself, in the same transaction. `wanted_by` names by
    place the people who drafted a change, where they are not `by`.
    """
    chosen = sorted(set(sets))
    scope = {"pair__in": {pair for pair, _ in chosen}, "flow__in": {flow for _, flow in chosen}}
    with transaction.atomic():
        counters, known = lock(chosen), newest(chosen)
        fields = by_set(FieldMapping.objects.filter(**scope).order_by("id"))
        rows = by_set(ValueRow.objects.filter(**scope).order_by("table", "position", "id"))
        new = []
        for key in chosen:
            before = known[key].content if key in known else content.EMPTY
            after = content_of(fields.get(key, []), rows.get(key, []))
            if found := content.differences(before, after):
                counters[key].number += 1
                new.append(
                    PublishedRules(
                        pair_id=key[0],
                        flow=key[1],
                        number=counters[key].number,
                        content=after,
                        differences=[_told(each, by, wanted_by or {}) for each in found],
                        by=by,
                        why=why,
                    )
                )
        MappingVersion.objects.bulk_update(
            [counters[one.pair_id, one.flow] for one in new], ["number"]
        )
        PublishedRules.objects.bulk_create(new)


def content_of(fields: Iterable[FieldMapping], rows: Iterable[ValueRow]) -> content.Content:
    """Return the content that rows make, the value rows in the order given."""
    return {
        "fields": {row.target: row.snapshot for row in fields},
        "rows": [{"key": str(row.pk), "table": row.table, **row.snapshot} for row in rows],
    }


def _told(difference: content.Difference, by: str, wanted_by: Mapping[str, str]) -> dict[str, Any]:
    return {
        "place": difference.place,
        "before": difference.before,
        "after": difference.after,
        "by": wanted_by.get(difference.place, by),
    }
