"""The lines of a value table's screen: conditions, value and what is to be said, in words."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from connections.models import Pair
from mappings import checking, words
from mappings.admin import sets
from mappings.choices import values_of
from mappings.models import ValueRow
from mappings.rules import table_row
from sync.core.flow import Condition, Flow, ValueTable


@dataclass(frozen=True)
class TablePlace:
    """One table of one pair and flow."""

    pair: Pair
    flow: Flow
    table: ValueTable

    @property
    def address(self) -> str:
        """The address of its page."""
        return sets.table_address(self.pair.pk, self.flow.key, self.table.name)

    def rows(self) -> list[ValueRow]:
        """Return its rows in their order."""
        found = ValueRow.objects.filter(pair=self.pair, flow=self.flow.key, table=self.table.name)
        return list(found.order_by("position", "id"))

    def row(self, pk: str) -> ValueRow | None:
        """Return one of its rows, or None."""
        return next((r for r in self.rows() if str(r.pk) == pk), None)

    def new_row(self) -> ValueRow:
        """Return an empty row for it, unsaved."""
        return ValueRow(pair=self.pair, flow=self.flow.key, table=self.table.name)

    def warnings(self) -> list[str]:
        """Return what a person should know of the table as a whole."""
        in_use = [table_row(row) for row in self.rows() if row.active]
        return checking.table_warnings(self.table, in_use)


@dataclass(frozen=True)
class ValueLine:
    """One row as it is read."""

    row: ValueRow
    number: int
    conditions: Sequence[str]
    value: str
    own: bool
    faults: Sequence[str]
    shipped: str
    offered: str


def lines(at: TablePlace) -> list[ValueLine]:
    """Return the table's rows in words, in their order."""
    offers = dict(values_of(at.pair, at.table))
    return [_line(at, row, number, offers) for number, row in enumerate(at.rows(), start=1)]


def _line(at: TablePlace, row: ValueRow, number: int, offers: dict[str, str]) -> ValueLine:
    rule = table_row(row)
    return ValueLine(
        row=row,
        number=number,
        conditions=[words.condition_in_words(c, at.table) for c in rule.when],
        value=in_words(at.table, row.value, offers),
        own=row.shipped_as is None,
        faults=list(checking.value_faults(at.table, rule, at.flow.tables).values()),
        shipped=_told(at, row.shipped_as) if row.is_edited and row.shipped_as else "",
        offered=_told(at, row.offered) if row.offered else "",
    )


def in_words(table: ValueTable, value: str, offers: dict[str, str]) -> str:
    """Return a value with the name that the organisation gives it, or its words."""
    name = offers.get(value)
    if name and value not in table.choices and value != words.ASK:
        return name if table.listed in ("tracking", "themes") else f"{value} {name}"
    return words.value_in_words(table, value)


def sentence(at: TablePlace, row: ValueRow) -> str:
    """Return a whole row in one sentence."""
    return _told(at, row.snapshot)


def _told(at: TablePlace, snapshot: dict[str, Any]) -> str:
    value = words.value_in_words(at.table, snapshot["value"])
    when = [
        words.condition_in_words(Condition(c["path"], c["operator"], c["value"]), at.table)
        for c in snapshot["conditions"]
    ]
    return f"{value}, when {' and '.join(when)}" if when else f"{value}, in all other cases"
