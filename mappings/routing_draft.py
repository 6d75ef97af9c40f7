"""The draft of a connection's routing rows beside what is in force, as places and rows."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from connections.models import Connection
from mappings import content
from mappings.content import ORDER, Difference, Places
from mappings.models import RoutingDraft, RoutingVersion, newest_routing
from mappings.routing import Row, in_force

PARTS = ("name", "conditions", "value", "active")


@dataclass(frozen=True)
class RouteDraft:
    """What is in force for a connection, and how its rows would be once the draft is published."""

    connection: Connection
    published: RoutingVersion | None
    kept: RoutingDraft | None
    base: Sequence[Row]
    """The rows that the draft was made of."""

    @property
    def number(self) -> int:
        """The version in force, 0 for none."""
        return self.published.number if self.published else 0

    @cached_property
    def in_force(self) -> Places:
        """What is in force, by place."""
        return places_of(in_force(self.published))

    @cached_property
    def made(self) -> list[Difference]:
        """What the draft changes in the rows that it was made of, orders last."""
        if self.kept is None or self.kept.content is None:
            return []
        old, new = places_of(self.base), places_of(self.kept.content["rows"])
        moved = [
            Difference(place, old.get(place), new.get(place))
            for place in dict.fromkeys([*old, *new])
            if old.get(place) != new.get(place)
        ]
        return sorted(moved, key=lambda each: each.place.startswith(ORDER))

    @cached_property
    def rows(self) -> Sequence[Row]:
        """All rows as they would be, in their order, those that are switched off too."""
        if not self.made:
            return in_force(self.published)
        if self.kept is not None and self.kept.based_on == self.number:
            return list(self.kept.content["rows"])
        return rows_of_content(content.changed(as_content(in_force(self.published)), self.made))

    @cached_property
    def places(self) -> Places:
        """Everything as it would be, by place."""
        return places_of(self.rows)

    @cached_property
    def told(self) -> list[Difference]:
        """What publishing would change in what is in force."""
        return content.differences(as_content(in_force(self.published)), as_content(self.rows))

    @cached_property
    def overtaken(self) -> list[str]:
        """The places that another version changed since they were drafted, otherwise than here."""
        return [
            each.place
            for each in self.made
            if not content.same(each.place, each.before, self.in_force.get(each.place))
            and not content.same(each.place, each.after, self.in_force.get(each.place))
        ]

    @property
    def mark(self) -> str:
        """A mark of all that a person sees of the draft before publishing it."""
        return content.mark([self.number, list(self.rows)])

    def seen(self, place: str) -> str:
        """Return the mark of how one place stands in the draft."""
        return content.mark(self.places.get(place))

    def row(self, key: str) -> Row | None:
        """Return one row as it would be, or None."""
        return next((row for row in self.rows if row["key"] == key), None)

    def hand(self, place: str) -> Mapping[str, str]:
        """Return who changed a place last: `by` and `at`, an ISO time; empty for nobody."""
        hands: Mapping[str, Mapping[str, str]] = self.kept.hands if self.kept else {}
        return hands.get(place, {})


def as_content(rows: Iterable[Row]) -> content.Content:
    """Return routing rows as a content, each kind a table."""
    return {"fields": {}, "rows": [{"key": row["key"], **parts_of(row)} for row in rows]}


def parts_of(row: Row) -> dict[str, Any]:
    """Return what a row says, as it stands at its place."""
    return {"table": row["kind"], **{name: row[name] for name in PARTS}}


def rows_of_content(said: content.Content) -> list[Row]:
    """Return the routing rows of a content."""
    return [
        {"key": row["key"], "kind": row["table"], **{name: row[name] for name in PARTS}}
        for row in said["rows"]
    ]


def places_of(rows: Iterable[Row]) -> Places:
    """Return everything that routing rows say, by place: `row:<key>` and `order:<kind>`."""
    return content.places(as_content(rows))


def draft_of(connection: Connection) -> RouteDraft:
    """Return the draft of a connection's rows: three queries at most."""
    kept = RoutingDraft.objects.filter(connection=connection).first()
    return made_of(connection, kept)


def made_of(connection: Connection, kept: RoutingDraft | None) -> RouteDraft:
    """Return the draft that a kept one makes with what is in force."""
    published = newest_routing(connection.pk)
    based_on = kept.based_on if kept and kept.content is not None else 0
    if published is None or based_on in (0, published.number):
        base = in_force(published) if published and based_on else ()
    else:
        base = in_force(
            RoutingVersion.objects.filter(connection=connection, number=based_on).first()
        )
    return RouteDraft(connection, published, kept, base)


def last_hand(draft: RouteDraft, place: str = "") -> str:
    """Return who last changed the place, or the draft; else who published what is in force."""
    if place and (hand := draft.hand(place)):
        return hand["by"]
    if not place and draft.kept is not None and draft.kept.content is not None:
        return draft.kept.changed_by
    return draft.published.by if draft.published else ""
