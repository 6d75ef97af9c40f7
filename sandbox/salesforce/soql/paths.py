"""Finds the field that a path names, and its value from a record on."""

from dataclasses import dataclass
from typing import Any

from sandbox.salesforce.errors import RefusedError
from sandbox.salesforce.org import Org
from sandbox.salesforce.reading import value_of
from sandbox.salesforce.schema import Field, Kind
from sandbox.salesforce.soql.places import refused_at
from sandbox.salesforce.soql.syntax import Path, Query
from sandbox.store import Record

MOST_LEVELS = 5  # Salesforce's page on the limits of relationship queries
_LOOK_UP = "Please reference your WSDL or the describe call for the appropriate names."


@dataclass(frozen=True)
class Found:
    """A field, the references that lead to it, and the kind that it stands in."""

    field: Field
    kind: Kind
    ups: tuple[tuple[Field, Kind], ...]

    @property
    def own(self) -> bool:
        """Whether it is a field of the records themselves."""
        return not self.ups

    def value(self, org: Org, record: Record) -> Any:
        """The value seen from a record; None where a record on the way is missing."""
        seen = self.holder(org, record)
        return None if seen is None else value_of(org, self.kind, seen, self.field)

    def holder(self, org: Org, record: Record) -> Record | None:
        """The record that has the field, seen from a record; None where it is missing."""
        seen: Record | None = record
        for reference, _ in self.ups:
            seen = above(org, seen, reference)
        return seen


def above(org: Org, record: Record | None, reference: Field) -> Record | None:
    """The record that a reference leads to."""
    key = record.get(reference.name) if record else None
    kind = org.kind_of(key) if key else None
    return org.get(kind.name, key) if kind else None


def find(org: Org, kind: Kind, path: Path, query: Query) -> Found:
    """The field of a path that begins at a kind. Raises INVALID_FIELD in Salesforce's words."""
    steps = path.steps
    if len(steps) > 1 and steps[0].lower() in (query.alias.lower(), kind.name.lower()):
        steps = steps[1:]
    if len(steps) - 1 > MOST_LEVELS:
        reason = f"Relationships may go up {MOST_LEVELS} levels at most: {path}"
        raise refused_at(query.text, path.place, "MALFORMED_QUERY", reason)
    ups: list[tuple[Field, Kind]] = []
    for step in steps[:-1]:
        reference = kind.upwards(step)
        higher = org.catalogue.above(reference) if reference else None
        if reference is None or higher is None:
            raise _no_relationship(query, path, step)
        ups.append((reference, higher))
        kind = higher
    field = kind.find(steps[-1])
    if field is None:
        raise _no_field(query, path, steps[-1], kind)
    return Found(field, kind, tuple(ups))


def _no_field(query: Query, path: Path, name: str, kind: Kind) -> RefusedError:
    return refused_at(
        query.text,
        path.place,
        "INVALID_FIELD",
        f"No such column '{name}' on entity '{kind.name}'. If you are attempting to use a custom "
        f"field, be sure to append the '__c' after the custom field name. {_LOOK_UP}",
    )


def _no_relationship(query: Query, path: Path, name: str) -> RefusedError:
    return refused_at(
        query.text,
        path.place,
        "INVALID_FIELD",
        f"Didn't understand relationship '{name}' in field path. If you are attempting to use a "
        "custom relationship, be sure to append the '__r' after the custom relationship name. "
        f"{_LOOK_UP}",
    )


def find_kind(org: Org, query: Query) -> Kind:
    """The kind that a query is about. Raises INVALID_TYPE."""
    kind = org.catalogue.find(query.source)
    if kind is None:
        raise refused_at(
            query.text,
            query.source_place,
            "INVALID_TYPE",
            f"sObject type '{query.source}' is not supported. If you are attempting to use a "
            "custom object, be sure to append the '__c' after the entity name. " + _LOOK_UP,
        )
    return kind


def no_children(query: Query) -> RefusedError:
    """The refusal of a relationship downwards that the kind does not have."""
    return refused_at(
        query.text,
        query.source_place,
        "INVALID_TYPE",
        f"Didn't understand relationship '{query.source}' in FROM part of query call. If you are "
        "attempting to use a custom relationship, be sure to append the '__r' after the custom "
        f"relationship name. {_LOOK_UP}",
    )
