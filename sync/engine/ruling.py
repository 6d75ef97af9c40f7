"""Ruling: an answer that a person wants to hold every time becomes an ownership rule."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from connections.models import Pair
from mappings import editing, shipped
from mappings.models import FieldMapping
from sync.core.flow import Owner
from sync.core.records import System
from sync.models import Decision

SHOWN = 200


class NoRule(ValueError):
    """The owner of such a field cannot be set."""


@dataclass(frozen=True)
class Past:
    """How past conflicts of one field were decided: counts by choice, and the newest others.

    `others` are decisions for anything but the side asked about.
    """

    counts: Mapping[str, int]
    others: tuple[Decision, ...]

    @property
    def total(self) -> int:
        """How many were decided in all."""
        return sum(self.counts.values())


def past(pair: Pair, flow: str, field: str, side: System) -> Past:
    """Return how the newest conflicts of a field were decided, for one side and otherwise."""
    rows = Decision.objects.filter(pair=pair, flow=flow, cause=f"conflict:{field}")
    newest = list(rows.select_related("item").order_by("-id")[:SHOWN])
    counts: dict[str, int] = {}
    for row in newest:
        counts[row.choice] = counts.get(row.choice, 0) + 1
    return Past(counts, tuple(row for row in newest if row.choice != side.value))


def let_own(pair: Pair, flow: str, field: str, side: System, by: str) -> str:
    """Let a system own a field from now on; return the change in words.

    The mapping row is changed as if it were edited on its own page: what waits is planned again
    with it. Raises NoRule for a field without a row.
    """
    shipped.ensure(pair, flow)
    row = FieldMapping.objects.filter(pair=pair, flow=flow, target=field).first()
    if row is None:
        raise NoRule(f"The field {field} has no mapping row, so it has no owner to set.")
    return editing.save_row(row, {"owner": Owner(side.value).value}, row.changed_at, by)
