"""Builds SOQL: field names only as described, values only quoted."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from urllib.parse import quote_plus

from simple_salesforce.format import format_soql

from sync.core.errors import Fix, NeedsPerson

from .describing import Shapes
from .kinds import OPTIONAL, Child, Kind
from .refusals import UNKNOWN_FIELD

IDS_IN_A_CALL = 200
LONGEST_ADDRESS = 15_000  # of the 16,384 bytes that Salesforce takes for address and headers


@dataclass(frozen=True)
class Selection:
    """What a query reads of a kind or of a relationship below one: its paths, and what is below.

    `condition` and `most` belong to a relationship: which of its records, and how many.
    """

    kind: str
    paths: tuple[str, ...]
    below: tuple[Selection, ...] = ()
    condition: str = ""
    most: int = 0

    def soql(self, *conditions: str, order: str = "", limit: int = 0) -> str:
        """Return the query for the records that every condition holds for."""
        below = (f"({each.soql(each.condition, limit=each.most)})" for each in self.below)
        whole = " ".join(("SELECT", ", ".join([*self.paths, *below]), "FROM", self.kind))
        where = _all_of(*conditions)
        ends = [f"WHERE {where}" if where else "", f"ORDER BY {order}" if order else ""]
        return " ".join(part for part in [whole, *ends, f"LIMIT {limit}" if limit else ""] if part)


def _all_of(*conditions: str) -> str:
    return " AND ".join(condition for condition in conditions if condition)


def select(kind: Kind, shapes: Shapes, asked: Sequence[str] = ()) -> Selection:
    """Return what is read of the kind in this org: its own fields and those asked for.

    A path asked for may begin with a relationship below (`OpportunityLineItems.Region__c`).
    Raises NeedsPerson for a field that the org does not have or hides from us.
    """
    shapes.load(kind.describes)
    children = [child for child in kind.children if shapes.get(child.kind) is not None]
    lower: dict[str, list[str]] = {child.relationship: [] for child in children}
    own: list[str] = []
    for path in asked:
        step, _, rest = path.partition(".")
        (lower[step].append(rest) if step in lower else own.append(path))
    return Selection(
        kind.name,
        _paths(kind.name, kind.fields, shapes, own),
        tuple(_below(child, shapes, lower[child.relationship]) for child in children),
    )


def _below(child: Child, shapes: Shapes, asked: Iterable[str]) -> Selection:
    custom = [n for n in shapes.types(child.kind) if n.endswith("__c")] if child.custom else []
    paths = _paths(child.kind, [*child.fields, *custom], shapes, asked)
    return Selection(child.relationship, paths, condition=child.condition, most=child.limit)


def _paths(
    kind: str, declared: Iterable[str], shapes: Shapes, asked: Iterable[str]
) -> tuple[str, ...]:
    """Return each path once; an optional one that the org lacks is left out."""
    found: dict[str, None] = {}
    for field in [*declared, *asked]:
        path = field.removesuffix(OPTIONAL)
        if shapes.has(kind, path):
            found[path] = None
        elif not field.endswith(OPTIONAL):
            raise unknown_field(kind, path)
    return tuple(found)


def unknown_field(kind: str, path: str) -> NeedsPerson:
    """Return the error for a field that the org does not have, or hides from our user."""
    return NeedsPerson(
        f"Salesforce has no field {path} on {kind}, or does not show it to Counterpart’s user.",
        cause=f"{UNKNOWN_FIELD}{kind}.{path}",
        fix=Fix(
            "Correct the mapping row that names it, or give Counterpart’s user the right to read "
            "the field.",
            "mapping",
            path,
        ),
    )


def with_values(
    selection: Selection,
    field: str,
    values: Sequence[str],
    most: int = IDS_IN_A_CALL,
    only: str = "",
) -> Iterator[str]:
    """Yield queries for the values: 200 each, fewer where the address would grow too long.

    `only` is a condition that the records must hold as well.
    """
    start = 0
    while start < len(values):
        size = most
        soql = selection.soql(_one_of(field, values[start : start + size]), only)
        while size > 1 and len(quote_plus(soql)) > LONGEST_ADDRESS:
            size //= 2
            soql = selection.soql(_one_of(field, values[start : start + size]), only)
        yield soql
        start += size


def changed_since(since: datetime) -> str:
    """Return the condition for records stamped later than the time."""
    return str(format_soql("SystemModstamp > {}", _whole(since)))


def stamped_from(since: datetime) -> str:
    """Return the condition for records stamped at the time or later."""
    return str(format_soql("SystemModstamp >= {}", _whole(since)))


def stamped_at(moment: datetime) -> str:
    """Return the condition for records stamped at exactly the time."""
    return str(format_soql("SystemModstamp = {}", _whole(moment)))


def _one_of(field: str, values: Sequence[str]) -> str:
    if not values:
        raise ValueError("a query for no values")
    return f"{field} IN " + str(format_soql("{}", list(values)))


def _whole(moment: datetime) -> datetime:
    return moment.astimezone(UTC).replace(microsecond=0)
