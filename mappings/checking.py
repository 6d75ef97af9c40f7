"""What a mapping row must hold before it is saved: each fault in words, beside its field."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from decimal import Decimal, InvalidOperation

from mappings import conditions, words
from mappings.arguments import PATH, argument_fault
from mappings.rules import LINE
from sync.core.flow import (
    TO_SALESFORCE,
    Condition,
    FieldRule,
    Flow,
    RuleSet,
    TableRow,
    ValueTable,
)
from sync.core.transforms import TRANSFORMS

Faults = dict[str, str]
"""A sentence by the name of the field that it belongs beside."""

ONE_FIELD = frozenset(
    {
        *("copy", "date_plus_days", "end_of_month", "number", "convert"),
        *("trim", "upper", "lower", "cut", "look_up", "split_name"),
    }
)
NO_FIELD = frozenset({"constant", "template", "expression"})
MOST_CONDITIONS = 3
RATES = ("currency", "rate")
"""The tables whose figures are rates."""
BARE = "Rows of this table hold in every case: they can have no conditions."
CHOOSE = "Choose from the list what this row is about."


def field_faults(shipped: FieldRule, rule: FieldRule) -> Faults:
    """Return what is wrong with a person's row for the shipped rule's target."""
    faults: Faults = {}
    if shipped.computed:
        return faults
    if shipped.writes == TO_SALESFORCE:
        return _written_back(rule)
    if rule.transform not in TRANSFORMS:
        return {"transform": f"“{rule.transform}” is no known way; choose one from the list."}
    _check_source(shipped, rule, faults)
    _check_argument(rule, faults)
    return faults


def _written_back(rule: FieldRule) -> Faults:
    if re.fullmatch(r"[A-Za-z]\w*", rule.source):
        return {}
    return {"source": "Name the one Salesforce field that is filled; not one of another record."}


def _check_source(shipped: FieldRule, rule: FieldRule, faults: Faults) -> None:
    bad = [path for path in rule.sources if not PATH.fullmatch(path.removeprefix(LINE))]
    if bad:
        faults["source"] = f"“{bad[0]}” is no field name: write CloseDate or Account.Name."
    elif rule.transform in NO_FIELD:
        return
    elif not rule.sources and (shipped.source or rule.transform != "copy"):
        faults["source"] = "Name a Salesforce field."
    elif rule.transform in ONE_FIELD and len(rule.sources) > 1:
        way = words.TRANSFORMS["first_non_empty"]
        faults["source"] = f"This way takes one field; for several choose “{way}”."


def _check_argument(rule: FieldRule, faults: Faults) -> None:
    fault = argument_fault(rule.transform, rule.argument)
    if fault:
        faults["argument"] = fault


def value_faults(table: ValueTable, row: TableRow, shipped: Sequence[TableRow]) -> Faults:
    """Return what is wrong with a person's row of the table; `shipped` are the flow's rows.

    A condition's fault stands under `condition_0` and so on.
    """
    faults: Faults = {}
    fault = value_fault(table, row.value, may_be_empty=bool(row.when) and not _any(table, shipped))
    if fault:
        faults["value"] = fault
    if table.asks and not row.when:
        faults["condition_0"] = CHOOSE
    if table.bare and row.when:
        return faults | {"condition_0": BARE}
    for index, condition in enumerate(row.when):
        fault = asked_fault(table, condition) if table.asks else condition_fault(condition)
        fault = fault or ("" if table.asks else computed_fault(table, condition))
        if fault:
            faults[f"condition_{index}"] = fault
    return faults


def _any(table: ValueTable, rows: Sequence[TableRow]) -> bool:
    return any(row.table == table.name for row in rows)


def value_fault(table: ValueTable, value: str, *, may_be_empty: bool = False) -> str:
    """Return what is wrong with a value of the table, or nothing."""
    value = value.strip()
    if not value:
        return "" if may_be_empty else "Say which value it gives."
    if value.casefold() == words.ASK and table.may_ask:
        return ""
    parts = [part.strip() for part in value.split(",")] if table.several else [value]
    bad = [part for part in parts if not _is_value(table, part)]
    if not bad:
        return ""
    if fault := _comma_fault(table, bad[0]):
        return fault
    if table.hint and not table.choices:
        return f"“{bad[0]}” cannot stand here. {table.hint}"
    known = ", ".join([*table.choices, *([words.ASK] if table.may_ask else [])])
    also = "" if not table.free else " or a value of this organisation"
    return f"“{bad[0]}” cannot stand here: it may be {known}{also}."


def _comma_fault(table: ValueTable, part: str) -> str:
    """Return how a number is written whose decimals stand behind a comma; both ways of one that
    may as well have thousands.
    """
    with_comma = re.search(r"\d+,\d+$", part)
    if with_comma is None or not _is_value(table, part.replace(",", ".")):
        return ""
    what = "rate" if table.name in RATES else "number"
    figure = with_comma[0]
    plain = f" or {figure.replace(',', '')}" if re.fullmatch(r"[1-9]\d{0,2},\d{3}", figure) else ""
    also = ", or without a comma" if plain else ""
    return f"Write the {what} with a point{also}: {figure.replace(',', '.')}{plain}."


def _is_value(table: ValueTable, part: str) -> bool:
    return part in table.choices or bool(table.free and re.fullmatch(table.free, part))


def asked_fault(table: ValueTable, condition: Condition) -> str:
    """Return what is wrong with a condition of a table whose rows the flow itself asks."""
    ours = condition.path == f"={table.asks}" and condition.operator == "is"
    return "" if ours and condition.value in table.asked else CHOOSE


def computed_fault(table: ValueTable, condition: Condition) -> str:
    """Return why a name that is no field cannot be asked of this table, or nothing."""
    name = condition.path.removeprefix(LINE)
    if not name.startswith("="):
        return ""
    if condition.path not in table.knows:
        known = " and ".join(f"{each} ({words.COMPUTED[each]})" for each in table.knows)
        also = f"; there are {known}" if known else ", where only fields are asked for"
        return f"“{name}” ({words.COMPUTED[name]}) is not known in this table{also}."
    return conditions.unfit_computed(condition)[1]


def condition_fault(condition: Condition) -> str:
    """Return what is wrong with a condition, or nothing."""
    path = condition.path.removeprefix(LINE)
    if path.startswith("=") and path not in words.COMPUTED:
        return f"“{path}” is unknown; there are {' and '.join(words.COMPUTED)}."
    if not path.startswith("=") and not PATH.fullmatch(path):
        return (
            f"“{path}” is no field name: write Amount or Account.Name."
            if path
            else ("Name the field that is asked for.")
        )
    if condition.operator not in words.OPERATORS:
        return f"“{condition.operator}” is no known comparison; choose one from the list."
    if condition.operator in ("below", "above") and not _is_number(condition.value):
        return "Give a plain number to compare with, such as 1000.50."
    if condition.operator in ("in", "contains") and not condition.value.strip(" ;"):
        return "Say what to look for."
    return ""


def _is_number(text: str) -> bool:
    try:
        return Decimal(text.strip()).is_finite()
    except InvalidOperation:
        return False


def table_warnings(table: ValueTable, rows: Sequence[TableRow]) -> list[str]:
    """Return what a person should know of a whole table; nothing here stops a row."""
    if table.asks:
        return [] if table.several else _said_twice(table, rows)
    found = []
    rest = next((index for index, row in enumerate(rows) if not row.when), None)
    if rows and rest is None:
        found.append(
            f"{table.title}: every row has conditions, so there is none for all other cases."
        )
    return found + unreached(table, rows)


def unreached(table: ValueTable, rows: Sequence[TableRow]) -> list[str]:
    """Return a sentence where rows stand behind one that takes everything; empty otherwise."""
    rest = next((index for index, row in enumerate(rows) if not row.when), len(rows))
    if table.asks or rest + 1 >= len(rows):
        return []
    name = rows[rest].name or rows[rest].value
    return [f"{table.title}: the rows after “{name}” are never reached, as it has no condition."]


def _said_twice(table: ValueTable, rows: Sequence[TableRow]) -> list[str]:
    told = Counter(condition.value for row in rows for condition in row.when)
    return [
        f"{table.title}: “{table.asked.get(name, name)}” stands there {count} times; only the "
        "first row counts."
        for name, count in told.items()
        if count > 1
    ]


def every_fault(flow: Flow, rules: RuleSet) -> list[str]:
    """Return a sentence for each fault in the rules of a flow, with the row it is in."""
    shipped = {rule.target: rule for rule in flow.fields}
    tables = words.tables_of(flow)
    found = [
        f"{words.title_of(rule.target)}: {fault}"
        for rule in rules.fields
        for fault in field_faults(shipped[rule.target], rule).values()
    ]
    for row in rules.tables:
        table = tables.get(row.table, ValueTable(row.table, words.title_of(row.table)))
        found += [
            f"{table.title}, “{row.name or row.value}”: {fault}"
            for fault in value_faults(table, row, flow.tables).values()
        ]
    return found + [
        f"{table.title}: end with a row for all other cases; it may say “{words.ASK}”."
        for table in tables.values()
        if table.needs_rest and all(row.when for row in rules.table(table.name))
    ]
