"""Ruling: an answer that a person wants to hold every time becomes an ownership rule."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.db.models import F, OuterRef, Subquery, TextField, Value, Window
from django.db.models.fields.json import KeyTextTransform, KeyTransform
from django.db.models.functions import Coalesce, NullIf, RowNumber

from connections.models import Pair
from mappings import drafting, publishing, shipped
from mappings.content import FIELD
from sync.core.couples import ANYWAY
from sync.core.flow import Owner
from sync.core.records import System
from sync.models import Decision, ReviewItem, ReviewSubject

from . import deciding

SHOWN = 200
BULKY = ("item__details", "item__choices", "item__explanation", "item__hint", "values")
RECORD_NAME = Coalesce(
    NullIf(
        KeyTextTransform("name", KeyTransform("record", "item__details")),
        Value(""),
        output_field=TextField(),
    ),
    Subquery(
        ReviewSubject.objects.filter(item=OuterRef("item"), subject=OuterRef("subject"))
        .order_by("-id")
        .values("name")[:1]
    ),
    output_field=TextField(),
)
"""What the record of a decision was called then."""


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
    return pasts(pair, flow, [field])[field, side]


def pasts(pair: Pair, flow: str, fields: Sequence[str]) -> Mapping[tuple[str, System], Past]:
    """Return how the newest conflicts of many fields were decided, by field and side; one query.

    Each decision comes with its item, and with the name of its record in `record_name`.
    """
    causes = {f"conflict:{name}": name for name in fields}
    place = Window(RowNumber(), partition_by="cause", order_by=F("id").desc())
    asked = Decision.objects.filter(pair=pair, flow=flow, cause__in=causes)
    rows = asked.exclude(about=ANYWAY).annotate(place=place)
    found: dict[str, list[Decision]] = {name: [] for name in fields}
    newest = rows.filter(place__lte=SHOWN).annotate(record_name=RECORD_NAME).order_by("-id")
    for row in newest.select_related("item").defer(*BULKY):
        found[causes[row.cause]].append(row)
    return {(name, side): _past(rows, side) for name, rows in found.items() for side in System}


def _past(rows: Sequence[Decision], side: System) -> Past:
    counts = Counter(row.choice for row in rows)
    return Past(counts, tuple(row for row in rows if row.choice != side.value))


def let_own(pair: Pair, flow: str, field: str, side: System, by: str) -> str:
    """Let a system own a field from now on; return the change in words.

    That is a small version of the mapping of its own, which leaves the draft as it is; what waits
    is planned again with it. Raises NoRule for a field without a row.
    """
    shipped.ensure(pair, flow)
    place, owner = f"{FIELD}{field}", Owner(side.value).value
    row = drafting.draft_of(pair, flow).in_force.get(place)
    if row is None:
        raise NoRule(f"The field {field} has no mapping row, so it has no owner to set.")
    why = "An answer at the conflict desk that holds every time"
    changed = publishing.publish_one(pair, flow, place, {**row, "owner": owner}, by=by, why=why)
    words = f"who owns it: “{row['owner']}” → “{owner}”" if changed else ""
    deciding.recheck(
        ReviewItem.objects.filter(
            pair=pair, flow=flow, field=field, state=ReviewItem.State.OPEN
        ).select_related("pair")
    )
    return words
