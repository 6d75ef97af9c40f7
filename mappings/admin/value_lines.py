"""The lines of a value table's screen: conditions, value and what is to be said, in words."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from connections.models import Pair
from mappings import checking, choices, drafted, drafting, fitting, words
from mappings.admin import beside, sets
from mappings.admin.beside import Asked
from mappings.choices import values_of
from mappings.content import ORDER, ROW, Difference
from mappings.drafted import Drafted
from mappings.drafting import Draft
from mappings.models import ValueRow
from mappings.rules import table_row
from sync.core.flow import Condition, Flow, ValueTable

NEW = "new"
"""The key of a row that nobody has added yet."""


@dataclass(frozen=True)
class TablePlace:
    """One table of one pair and flow, as the draft has it."""

    draft: Draft
    flow: Flow
    table: ValueTable

    @property
    def pair(self) -> Pair:
        """The pair that it belongs to."""
        return self.draft.pair

    @property
    def address(self) -> str:
        """The address of its page."""
        return sets.table_address(self.pair.pk, self.flow.key, self.table.name)

    @cached_property
    def rows(self) -> list[Drafted[ValueRow]]:
        """Its rows in their order."""
        return drafted.value_rows(self.draft, self.table.name)

    def row(self, key: str) -> Drafted[ValueRow] | None:
        """Return one of its rows, or None."""
        return next((one for one in self.rows if one.key == key), None)

    def blank(self) -> Drafted[ValueRow]:
        """Return an empty row for it."""
        return drafted.blank(self.draft, self.table.name)

    def warnings(self) -> list[str]:
        """Return what a person should know of the table as a whole."""
        return checking.table_warnings(self.table, self.draft.rules.table(self.table.name))


def as_typed(at: TablePlace, one: Drafted[ValueRow], typed: dict[str, Any]) -> Asked:
    """Return what is asked of a row as it was typed, a new one in the place that it would have."""
    row = {"table": at.table.name, **(one.row.snapshot if one.key else {}), **typed}
    if one.key:
        changes = [Difference(one.place, None, row)]
    else:
        order = drafting.order_with(at.draft, row, NEW)
        changes = [
            Difference(f"{ROW}{NEW}", None, row),
            Difference(f"{ORDER}{at.table.name}", None, order),
        ]
    then = beside.as_typed(at.draft, *changes)
    before = beside.without(at.draft, one.place) if one.key else at.draft.rules
    return Asked(at.draft, then, at.table.name, reads=True, before=before)


@dataclass(frozen=True)
class ValueLine:
    """One row as it is read."""

    one: Drafted[ValueRow]
    number: int
    conditions: Sequence[str]
    value: str
    own: bool
    faults: Sequence[str]
    shipped: str
    offered: str
    upgraded_from: str
    was: str

    @property
    def row(self) -> ValueRow:
        """The row as the draft has it."""
        return self.one.row


def lines(at: TablePlace) -> list[ValueLine]:
    """Return the table's rows in words, in their order."""
    offers = dict(values_of(at.pair, at.table))
    return [_line(at, row, number, offers) for number, row in enumerate(at.rows, start=1)]


def _line(at: TablePlace, one: Drafted[ValueRow], number: int, offers: dict[str, str]) -> ValueLine:
    row = one.row
    rule = table_row({"table": row.table, **row.snapshot})
    return ValueLine(
        one=one,
        number=number,
        conditions=[words.condition_in_words(c, at.table) for c in rule.when],
        value=in_words(at.table, row.value, offers),
        own=row.shipped_as is None,
        faults=[
            *checking.value_faults(at.table, rule, at.flow.tables).values(),
            *(each.words for each in fitting.value_misfits(at.pair, at.table, rule) if row.active),
        ],
        shipped=in_a_sentence(at.table, row.shipped_as) if row.is_edited else "",
        offered=in_a_sentence(at.table, row.offered) if row.offered else "",
        upgraded_from=in_a_sentence(at.table, row.shipped_as) if row.offered else "",
        was=in_a_sentence(at.table, one.in_force) if one.change and one.in_force else "",
    )


def in_words(table: ValueTable, value: str, offers: dict[str, str]) -> str:
    """Return a value with the name that the organisation gives it, or its words."""
    name = offers.get(value)
    shown = name and table.listed != "stages"
    if shown and value not in table.choices and value != words.ASK:
        return str(name) if table.listed in choices.NAMED else f"{value} {name}"
    return words.value_in_words(table, value)


def in_a_sentence(table: ValueTable, parts: Any) -> str:
    """Return a row's parts in one sentence; empty for none."""
    if not parts:
        return ""
    value = words.value_in_words(table, parts["value"])
    when = [
        words.condition_in_words(Condition(c["path"], c["operator"], c["value"]), table)
        for c in parts["conditions"]
    ]
    told = f"{value}, when {' and '.join(when)}" if when else f"{value}, in all other cases"
    return told if parts["active"] else f"{told}, not in use"
