"""The queue of the conflict desk: records with disputed fields, blocking ones first."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Any, NamedTuple

from django.db.models import Q, QuerySet
from django.db.models.fields.json import KT

from connections.models import Pair
from connections.numbers import number_in
from sync.core.money import Money
from sync.models import ReviewItem, ReviewSubject

COUNTED = 2000
"""So many disputed fields are counted by record; it is asked for on every page."""
MOST = 200
"""How many questions of either sort are looked at; what is behind them comes up in its turn."""
OPEN = Q(desk=ReviewItem.Desk.CONFLICT, state=ReviewItem.State.OPEN)
BLOCKS = Q(details__blocks__gt="")
_SEEN = ("pk", "pair_id", "pair__name", "flow", "field", "first_seen", "holds", "label", "blocks")
_WITH = ("assignee_id", "assignee__first_name", "assignee__last_name", "assignee__username")


class Place(NamedTuple):
    """Whose fields are disputed."""

    pair_id: int
    flow: str
    subject: str


@dataclass
class Waiting:
    """One record of the queue; `blocks` says in words what waits for it."""

    place: Place
    name: str
    pair_name: str
    since: datetime
    blocks: str = ""
    assignee: str = ""
    items: list[int] = field(default_factory=list)
    fields: dict[str, str] = field(default_factory=dict)
    """What the disputed fields are called, by field."""

    @property
    def pk(self) -> int:
        """The item that the record's page is addressed by."""
        return self.items[0]


@dataclass(frozen=True)
class Filters:
    """What the queue is narrowed to; empty parts narrow nothing."""

    pair: str = ""
    field: str = ""
    who: str = ""

    def of(self, items: QuerySet[ReviewItem], me: int) -> QuerySet[ReviewItem]:
        """Return the items that are left."""
        if pair := number_in(self.pair):
            items = items.filter(pair=pair)
        if self.field:
            items = items.filter(field=self.field)
        if self.who == "mine":
            items = items.filter(assignee=me)
        return items.filter(assignee=None) if self.who == "nobody" else items


def unanswered() -> QuerySet[ReviewItem]:
    """Return the disputed fields that nobody has answered yet."""
    return ReviewItem.objects.filter(OPEN, answered_at=None)


def queue(items: QuerySet[ReviewItem]) -> list[Waiting]:
    """Return the records that these items wait for, blocking ones first, then oldest; 3 queries."""
    oldest = items.annotate(label=KT("details__label"), blocks=KT("details__blocks"))
    shown = oldest.order_by("id").values(*_SEEN, *_WITH)
    rows = {row["pk"]: row for row in [*shown.filter(BLOCKS)[:MOST], *shown[:MOST]]}
    return sorted(_grouped(rows).values(), key=lambda one: (not one.blocks, one.since))


def _grouped(rows: Mapping[int, Mapping[str, Any]]) -> dict[Place, Waiting]:
    found: dict[Place, Waiting] = {}
    subjects = ReviewSubject.objects.filter(item__in=rows, closed_at=None).order_by("item_id")
    for subject in subjects.defer("about"):
        row = rows[subject.item_id]
        place = Place(row["pair_id"], row["flow"], subject.subject)
        if place not in found:
            name = subject.name or subject.subject
            found[place] = Waiting(place, name, row["pair__name"], row["first_seen"])
        one = found[place]
        one.items.append(row["pk"])
        one.fields[row["field"]] = row["label"] or row["field"].replace("_", " ").capitalize()
        one.since = min(one.since, row["first_seen"])
        one.blocks = one.blocks or row["blocks"] or _held(row["holds"], subject)
        one.assignee = one.assignee or _person(row)
    return found


def _held(holds: bool, subject: ReviewSubject) -> str:
    """Return the money of a deal that waits."""
    if not holds or subject.amount is None or not subject.currency:
        return ""
    return f"its deal, {Money(Decimal(subject.amount), subject.currency)}"


def _person(row: Mapping[str, Any]) -> str:
    if row["assignee_id"] is None:
        return ""
    name = f"{row['assignee__first_name']} {row['assignee__last_name']}".strip()
    return name or str(row["assignee__username"])


def items_of(place: Place) -> QuerySet[ReviewItem]:
    """Return the unanswered items of one record, oldest first."""
    return (
        unanswered()
        .filter(
            pair=place.pair_id,
            flow=place.flow,
            subjects__subject=place.subject,
            subjects__closed_at=None,
        )
        .select_related("pair__salesforce", "pair__xero", "assignee")
        .order_by("id")
    )


def place_of(pk: str) -> Place | None:
    """Return whose field an unanswered item is about, or None when it waits no longer."""
    rows = ReviewSubject.objects.filter(item__in=unanswered(), closed_at=None)
    row = (
        rows.filter(item=number).select_related("item").first()
        if (number := number_in(pk))
        else None
    )
    return Place(row.item.pair_id, row.item.flow, row.subject) if row else None


def labels(waiting: Iterable[Waiting]) -> list[tuple[str, str]]:
    """Return the fields that are disputed in these records with what they are called."""
    found = {name: label for one in waiting for name, label in one.fields.items()}
    return sorted(found.items(), key=lambda pair: pair[1])


def waiting_count() -> str:
    """Return how many records wait in words, as `in_words`; empty for none."""
    count, more = records_waiting()
    return in_words(count, more=more) if count else ""


def in_words(count: int, *, more: bool) -> str:
    """Return a count as it is shown: `1,200+` where not all fields were counted."""
    return f"{count:,}{'+' if more else ''}"


def records_waiting(pair: Pair | None = None) -> tuple[int, bool]:
    """Return how many records wait, of a pair or of all, and whether there are more.

    Those of the newest COUNTED fields are counted; two queries, or one.
    """
    rows = unanswered()
    mine = rows.filter(pair=pair) if pair else rows
    first = mine.order_by("-id").values("pk")[: COUNTED + 1]
    fields = first.count()
    if not fields:
        return 0, False
    held = ReviewSubject.objects.filter(item__in=first[:COUNTED], closed_at=None)
    places = held.order_by().values("item__pair_id", "item__flow", "subject").distinct()
    return places.count(), fields > COUNTED
