"""Shows records with the fields that a query selects, those above and the records below them."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from sandbox.salesforce.numbers import on_the_wire
from sandbox.salesforce.org import Org
from sandbox.salesforce.reading import attributes, shown, value_of
from sandbox.salesforce.schema import Below, Field, Kind
from sandbox.salesforce.soql.choosing import cut, matching, ordered
from sandbox.salesforce.soql.currencies import converted, currency_of_user, has_many
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
    parts: dict[str, "Field | Converted | Upwards | Downwards"] = field(default_factory=dict)

    def add_path(self, ups: list[tuple[Field, Kind]], name: str, part: "Field | Converted") -> bool:
        """Show a field, below the references that lead to it. False where it is there already."""
        if ups:
            (reference, kind), *rest = ups
            found = self.parts.setdefault(reference.relationship, Upwards(reference, Shape(kind)))
            return isinstance(found, Upwards) and found.shape.add_path(rest, name, part)
        if name in self.parts:
            return False
        self.parts[name] = part
        return True

    @property
    def long_texts(self) -> int:
        """How many long texts are shown, which make pages shorter."""
        return sum(isinstance(part, Field) and part.long for part in self.parts.values())


@dataclass
class Converted:
    """An amount in a currency of the query's."""

    field: Field
    to: str


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


def shape_of(org: Org, kind: Kind, query: Query, user: str) -> Shape:
    """What a query shows its user. Raises INVALID_FIELD, INVALID_TYPE or MALFORMED_QUERY."""
    shape = Shape(kind)
    for item in query.items:
        if isinstance(item, Column):
            _add_column(org, shape, query, item, user)
        elif isinstance(item, Total):
            reason = "Only root queries support aggregate expressions"
            raise refused_at(query.text, item.place, "MALFORMED_QUERY", reason)
        elif isinstance(item, EveryField):
            _add_every(shape, query, item)
        else:
            below = kind.downwards(item.source)
            if below is None:
                raise no_children(item)
            lower = shape_of(org, org.catalogue.named(below.kind), item, user)
            shape.parts[below.name] = Downwards(below, item, lower)
    return shape


def _add_column(org: Org, shape: Shape, query: Query, item: Column, user: str) -> None:
    found = find(org, shape.kind, item.path, query)
    name = found.field.name
    part: Field | Converted = found.field
    if item.converts:
        if found.field.type != "currency" or not has_many(org):
            reason = f"convertCurrency cannot be used on {item.path}"
            raise refused_at(query.text, item.path.place, "MALFORMED_QUERY", reason)
        name, part = item.alias or name, Converted(found.field, currency_of_user(org, user))
    if not shape.add_path(list(found.ups), name, part):
        reason = f"duplicate field selected: {item.path}"
        raise refused_at(query.text, item.path.place, "MALFORMED_QUERY", reason)


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
            shape.add_path([], one.name, one)


def show(org: Org, shape: Shape, record: Record, root: str, keep: Keep, *, deleted: bool) -> Record:
    """The record as the wire shows it; `root` begins its address."""
    row: Record = {"attributes": _attributes(org, shape.kind, record, root)}
    for name, part in shape.parts.items():
        if isinstance(part, Field):
            row[name] = shown(org, shape.kind, record, part)
        elif isinstance(part, Converted):
            row[name] = _converted(org, shape.kind, record, part)
        elif isinstance(part, Upwards):
            higher = above(org, record, part.reference)
            row[name] = higher and show(org, part.shape, higher, root, keep, deleted=deleted)
        else:
            found = _children(org, part, record, deleted=deleted)
            row[name] = keep(part.shape, found) if found else None
    return row


def _converted(org: Org, kind: Kind, record: Record, part: Converted) -> Any:
    amount = value_of(org, kind, record, part.field)
    if amount is None:
        return None
    return on_the_wire(converted(org, kind.name, record, amount, part.to))


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
