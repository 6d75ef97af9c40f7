"""A group of the duplicate desk as its table: a column a record, a line a field, the choices."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from string import ascii_uppercase
from typing import Any

from django.http import QueryDict

from sync.core.flow import RuleSet
from sync.core.records import System
from sync.core.sameness import same
from sync.engine import joining
from sync.models import ReviewItem

MOST = 12
"""How many records stand side by side; a group of more is told by its names."""
FACTS = {
    "made": "Made",
    "last_used": "Last used",
    "invoices": "Invoices",
    "owes": "Owes",
    "deals": "Deals",
    "owner": "Owner",
}


@dataclass(frozen=True)
class Column:
    """One record of the group under its letter."""

    letter: str
    key: str
    system: System
    name: str
    address: str
    facts: Sequence[tuple[str, str]]
    invoices: int | None
    """How many invoices hang on it, where that is known."""


@dataclass
class Line:
    """One field: what each record says, by its key, and whose value was chosen."""

    name: str
    label: str
    values: Mapping[str, str]
    seen: str
    """A fingerprint of the values, by which a line is known that moved meanwhile."""
    chosen: str = ""
    moved: bool = False
    compare: str = ""
    """How two of its values are held against each other, see core.sameness."""
    asks: bool = False
    """Whether a value may be chosen: one that Counterpart writes in either system."""

    def is_same(self, one: str, other: str) -> bool:
        """Return whether two of its values are the same to people."""
        return same(self.compare, one, other)

    @property
    def folds(self) -> bool:
        """Whether every record says the same."""
        first, *others = self.values.values()
        return all(self.is_same(first, other) for other in others)

    @property
    def result(self) -> str:
        """What both systems will say."""
        return self.values.get(self.chosen, "")

    @property
    def cells(self) -> list[tuple[str, str]]:
        """The records' keys with their values, in the columns' order."""
        return list(self.values.items())


@dataclass
class Group:
    """One question of the desk with what has been chosen so far."""

    item: ReviewItem
    mark: str
    columns: Sequence[Column]
    differing: Sequence[Line]
    same: Sequence[Line]
    further: Sequence[str]
    """The names of the records beyond those that stand side by side."""
    rules: RuleSet
    primary: dict[System, str] = field(default_factory=dict)
    """The key of the record of each system that the others stand behind."""

    @property
    def both(self) -> bool:
        """Whether both systems have a record of the group."""
        return len(self.primary) == len(System)

    def of(self, system: System) -> list[Column]:
        """Return the records of one system."""
        return [column for column in self.columns if column.system is system]

    def column(self, system: System) -> Column | None:
        """Return the primary record of one system, or None where the group has none there."""
        key = self.primary.get(system)
        return next((column for column in self.columns if column.key == key), None)


def group_of(item: ReviewItem, mark: str) -> Group:
    """Return the table of a group, each field chosen from the primary record of its owner."""
    details = item.details
    records = details["records"]
    columns = [_column(*pair) for pair in zip(ascii_uppercase, records[:MOST], strict=False)]
    rules = joining.rules_of(item)
    lines = _lines(details.get("fields") or {}, [column.key for column in columns], rules)
    found = Group(
        item=item,
        mark=mark,
        columns=columns,
        differing=[line for line in lines if not line.folds],
        same=[line for line in lines if line.folds],
        further=[str(record.get("name", "")) for record in records[MOST:]],
        rules=rules,
    )
    named = details.get("primary") or {}
    for system in System:
        keys = [column.key for column in found.of(system)]
        if keys:
            wanted = named.get(system.value)
            found.primary[system] = wanted if wanted in keys else keys[0]
    for line in found.differing:
        line.asks = found.both and joining.rule_of(rules, line.name) is not None
        line.chosen = _first_choice(found, line) if line.asks or not found.both else ""
    return found


def take_choices(group: Group, form: QueryDict) -> None:
    """Put into the group what the form says; a line that moved since it was shown asks again."""
    pressed = form.get("primary", "")
    for system in System:
        keys = [column.key for column in group.of(system)]
        for wanted in (form.get(f"primary_{system}", ""), pressed):
            if wanted in keys:
                group.primary[system] = wanted
    for line in group.differing:
        if not line.asks:
            line.chosen = "" if group.both else next(iter(group.primary.values()))
            continue
        wanted = form.get(f"field_{line.name}", "")
        line.moved = form.get(f"seen_{line.name}", line.seen) != line.seen
        if line.moved:
            line.chosen = ""
        elif line.values.get(wanted):
            line.chosen = wanted


def chosen_values(group: Group) -> dict[str, str]:
    """Return the chosen texts by column."""
    return {line.name: line.result for line in group.differing if line.asks and line.chosen}


def _first_choice(group: Group, line: Line) -> str:
    """Return whose value is proposed: the owner's, else Xero's, but the fullest of the names.

    With records in one system only, each keeps its own, and the new one takes the primary's.
    """
    if not group.both:
        return next(iter(group.primary.values()))
    rule = joining.rule_of(group.rules, line.name)
    owner = rule.owner.value if rule is not None else ""
    if line.name == "name" and owner not in (*System,):
        return max(line.values, key=lambda key: len(line.values[key]))
    first = System.SALESFORCE if owner == System.SALESFORCE else System.XERO
    order = [group.primary.get(first, ""), group.primary.get(first.other, ""), *line.values]
    return next(key for key in order if line.values.get(key))


def _column(letter: str, record: Mapping[str, Any]) -> Column:
    facts = record.get("facts") or {}
    shown = [(label, _fact(facts[name])) for name, label in FACTS.items() if facts.get(name)]
    count = str(facts.get("invoices") or "").split(",")[0].split(" ")[0]
    return Column(
        letter=letter,
        key=record["key"],
        system=System(record["system"]),
        name=str(record.get("name") or record["key"]),
        address=str(record.get("address") or ""),
        facts=shown,
        invoices=int(count) if count.isdigit() else None,
    )


def _fact(value: Any) -> str:
    """Return a fact in words; a day is written out."""
    try:
        return f"{date.fromisoformat(str(value)[:10]):%-d %b %Y}"
    except ValueError:
        return str(value)


def _lines(fields: Mapping[str, Any], keys: Sequence[str], rules: RuleSet) -> list[Line]:
    found = []
    for name, told in fields.items():
        values = {key: str((told.get("values") or {}).get(key) or "").strip() for key in keys}
        seen = hashlib.sha256(json.dumps(values, sort_keys=True).encode()).hexdigest()[:12]
        label = told.get("label") or name.replace("_", " ").capitalize()
        rule = joining.rule_of(rules, name)
        compare = rule.compare if rule is not None else ""
        found.append(Line(name, str(label), values, seen, compare=compare))
    return found
