"""Values for which no row is there: of a table's conditions, or of a look-up's pairs."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from sync.core import mapping
from sync.core.couples import Couple
from sync.core.flow import FieldRule, Flow, RuleSet, TableRow, ValueTable
from sync.core.records import Record
from sync.core.transforms_parts import first, text
from sync.core.transforms_values import ELSE, pairs_of, table_of

from . import choosing

ALIKE = frozenset({"is", "is not", "in", "contains"})
KNOWN = frozenset({"=amount", "=currency"})
"""The computed names that are known without making the invoice; others may hold."""
LINE = "line."


@dataclass(frozen=True)
class Gap:
    """A table's name or a target, and the values of one record that no row there is for."""

    place: str
    words: str


def gaps(flow: Flow, rules: RuleSet, couple: Couple, home: str) -> Iterator[Gap]:
    """Yield what the rows leave without a value in one record; `home` is the org's currency.

    A row whose conditions ask what only the making of an invoice tells counts as one that holds.
    """
    record = couple.own
    if record is None or record.gone:
        return
    for table in flow.value_tables:
        rows = rules.table(table.name)
        if table.asks or not any(row.when for row in rows):
            continue
        for at in _places(flow, table, record, home):
            if not any(_may_hold(row, at) for row in rows):
                yield Gap(table.name, _words(rows, at))
    for rule in rules.fields:
        yield from _of_field(flow, rule, record, home)


def _places(flow: Flow, table: ValueTable, record: Record, home: str) -> Iterator[choosing.At]:
    currency = str(record.get("CurrencyIsoCode") or home)
    if table.of_lines:
        for row in _lines(record):
            yield choosing.line_paths(row, record, currency)
    else:
        yield choosing.deal_paths(record, currency) if flow.exclusive else record.get


def _lines(record: Record) -> list[Mapping[str, Any]]:
    return list(record.get("OpportunityLineItems") or []) or [{"Description": record.get("Name")}]


def _may_hold(row: TableRow, at: choosing.At) -> bool:
    sure = [c for c in row.when if not c.path.startswith("=") or c.path in KNOWN]
    return mapping.holds(TableRow(row.table, row.value, tuple(sure)), at)


def _words(rows: tuple[TableRow, ...], at: choosing.At) -> str:
    asked = [c.path for row in rows for c in row.when if c.operator in ALIKE]
    paths = dict.fromkeys(p for p in asked if not p.startswith("=") or p in KNOWN)
    told = [f"{p.lstrip('=')} “{text(at(p)) or '–'}”" for p in paths]
    return ", ".join(told) or "some amounts"


def _of_field(flow: Flow, rule: FieldRule, record: Record, home: str) -> Iterator[Gap]:
    pairs = pairs_of(rule.argument)
    if rule.transform != "look_up" or table_of(rule.argument) or ELSE in pairs:
        return
    currency = str(record.get("CurrencyIsoCode") or home)
    of_line = rule.target.startswith(LINE)
    places = [choosing.line_paths(row, record, currency) for row in _lines(record)]
    for at in places if of_line else [record.get]:
        value = text(first([at(path) for path in rule.sources])).strip()
        if value and value.casefold() not in pairs:
            yield Gap(rule.target, f"“{value}”")
