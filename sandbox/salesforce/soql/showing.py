"""Shows records with the fields that a query selects, those above and the records below them."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from sandbox.salesforce.org import Org
from sandbox.salesforce.reading import attributes, shown
from sandbox.salesforce.schema import Below, Field, Kind
from sandbox.salesforce.soql.choosing import cut, matching, ordered
from sandbox.salesforce.soql.paths import above, find, no_children
from sandbox.salesforce.soql.places import refused_at
from sandbox.salesforce.soql.syntax import Column, EveryField, Query, Total
from sandbox.store import Record

MOST_WITH_EVERY_FIELD = 200
Keep = Callable[["Shape", list[Record]], Record]
"""Makes the result of a query below, which may be longer than a page."""


@dataclass
class Shape:
    """What is shown of one kind's records, in the order of the query."""

    kind: Kind
    parts: dict[str, "Field | Upwards | Downwards"] = field(default_factory=dict)

    def add_path(self, ups: list[tuple[Field, Kind]], shown_field: Field) -> bool:
        """Show a field, below the references that lead to it. False where it is there already."""
        if ups:
            (reference, kind), *rest = ups
            found = self.parts.setdefault(reference.relationship, Upwards(reference, Shape(kind)))
            return isinstance(found, Upwards) and found.shape.add_path(rest, shown_field)
        if shown_field.name in self.parts:
            return False
        self.parts[shown_field.name] = shown_field
        return True

    @property
    def long_texts(self) -> int:
        """How many long texts are shown, which make pages shorter."""
        return sum(isinstance(part, Field) and part.long for part in self.parts.values())


@dataclass
class Upwards:
    """A record above."""

    reference: Field
    shape: Shape


@dataclass
class Downwards:
    """The records of a query below."""

    below: Below
    query: Query
    shape: Shape


def shape_of(org: Org, kind: Kind, query: Query) -> Shape:
    """What a query shows. Raises INVALID_FIELD, INVALID_TYPE or MALFORMED_QUERY."""
    shape = Shape(kind)
    for item in query.items:
        if isinstance(item, Column):
            found = find(org, kind, item.path, query)
            if not shape.add_path(list(found.ups), found.field):
                reason = f"duplicate field selected: {item.path}"
                raise refused_at(query.text, item.path.place, "MALFORMED_QUERY", reason)
        elif isinstance(item, Total):
            reason = "Only root queries support aggregate expressions"
            raise refused_at(query.text, item.place, "MALFORMED_QUERY", reason)
        elif isinstance(item, EveryField):
            _add_every(shape, query, item)
        else:
            below = kind.downwards(item.source)
            if below is None:
                raise no_children(item)
            lower = shape_of(org, org.catalogue.named(below.kind), item)
            shape.parts[below.name] = Downwards(below, item, lower)
    return shape


def _add_every(shape: Shape, query: Query, item: EveryField) -> None:
    wanted_custom = {"ALL": (False, True), "STANDARD": (False,), "CUSTOM": (True,)}[item.which]
    if item.which != "STANDARD" and (query.limit or MOST_WITH_EVERY_FIELD + 1) > (
        MOST_WITH_EVERY_FIELD
    ):
        reason = (
            "The SOQL FIELDS function must have a LIMIT of at most "
            f"{MOST_WITH_EVERY_FIELD} where it names custom fields"
        )
        raise refused_at(query.text, item.place, "MALFORMED_QUERY", reason)
    for one in shape.kind.fields.values():
        if one.custom in wanted_custom:
            shape.add_path([], one)


def show(org: Org, shape: Shape, record: Record, root: str, keep: Keep, *, deleted: bool) -> Record:
    """The record as the wire shows it; `root` begins its address."""
    row: Record = {"attributes": _attributes(org, shape.kind, record, root)}
    for name, part in shape.parts.items():
        if isinstance(part, Field):
            row[name] = shown(org, shape.kind, record, part)
        elif isinstance(part, Upwards):
            higher = above(org, record, part.reference)
            row[name] = higher and show(org, part.shape, higher, root, keep, deleted=deleted)
        else:
            found = _children(org, part, record, deleted=deleted)
            row[name] = keep(part.shape, found) if found else None
    return row


def _children(org: Org, part: Downwards, record: Record, *, deleted: bool) -> list[Record]:
    kind = part.shape.kind
    among = org.ids_with(kind.name, part.below.field, record["Id"])
    found = matching(org, kind, part.query, deleted=deleted, among=among)
    own = [one for one in found if one.get(part.below.field) == record["Id"]]
    return cut(ordered(org, kind, part.query, own), part.query)


def _attributes(org: Org, kind: Kind, record: Record, root: str) -> dict[str, Any]:
    made = attributes(kind, record, root)
    if kind.name == "Name" and (own := org.kind_of(record["Id"])):
        made["url"] = f"{root}/sobjects/{own.name}/{record['Id']}"
    return made
