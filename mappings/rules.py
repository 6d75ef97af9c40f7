"""The mapping rows in force for one pair and flow, as the core wants them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Any

from django.db.models import OuterRef, Subquery

from connections.models import Pair
from mappings.models import FieldMapping, MappingVersion, ValueRow
from sync.core.flow import (
    TO_SALESFORCE,
    Condition,
    Empty,
    FieldRule,
    Flow,
    Owner,
    RuleSet,
    TableRow,
)
from sync.flows.registry import every_flow

LINE = "line."


def rules_for(pair: Pair, flow_key: str) -> RuleSet:
    """Return the pair's rules for the flow: two queries, however many rows.

    What a person cannot edit (which side is written, optional, on create only) is the shipped
    rule's. A pair without rows has the shipped ones, as version 0.
    """
    flow = every_flow()[flow_key]
    counter = MappingVersion.objects.filter(pair=OuterRef("pair"), flow=OuterRef("flow"))
    fields = list(
        FieldMapping.objects.filter(pair=pair, flow=flow_key)
        .annotate(version=Subquery(counter.values("number")[:1]))
        .order_by("id")
    )
    rows = list(ValueRow.objects.filter(pair=pair, flow=flow_key).order_by("position", "id"))
    version = next((row.version or 0 for row in fields), 0)
    return rules_of(flow, fields, rows, version)


def rules_of(
    flow: Flow, fields: Sequence[FieldMapping], rows: Sequence[ValueRow], version: int = 0
) -> RuleSet:
    """Return the rules that a pair's rows make, the value rows in their order."""
    if not fields and not rows:
        return shipped_rules(flow)
    return RuleSet(_fields(flow, fields), tuple(table_row(r) for r in rows if r.active), version)


def shipped_rules(flow: Flow) -> RuleSet:
    """Return the rules that the flow comes with."""
    return RuleSet(flow.fields, flow.tables)


def _fields(flow: Flow, rows: Iterable[FieldMapping]) -> tuple[FieldRule, ...]:
    by_target = {row.target: row for row in rows}
    found = [(rule, by_target.get(rule.target)) for rule in flow.fields]
    return tuple(
        field_rule(rule, row)
        for rule, row in found
        if row is None or row.active or not editable(rule)
    )


def editable(rule: FieldRule) -> frozenset[str]:
    """Return which parts of a shipped rule a person may edit: those that make a difference.

    What the flow computes has no source of ours; a line's fields are kept in step as one field,
    `lines`; what is written back to Salesforce is Xero's own.
    """
    if rule.computed:
        return frozenset() if rule.create_only else frozenset({"owner", "active"})
    if rule.writes == TO_SALESFORCE:
        return frozenset({"source", "active"})
    made = {"source", "transform", "argument", "active"}
    in_step = set() if rule.create_only or rule.target.startswith(LINE) else {"owner", "empty"}
    return frozenset(made | in_step)


def field_rule(shipped: FieldRule, row: FieldMapping | None) -> FieldRule:
    """Return the shipped rule with what a person may edit from the row."""
    if row is None:  # a rule that came with an upgrade and is not copied yet
        return shipped
    own: dict[str, Any] = {
        "source": row.source,
        "transform": row.transform,
        "argument": row.argument,
        "owner": Owner(row.owner),
        "empty": Empty(row.empty),
    }
    may = editable(shipped)
    return replace(shipped, **{name: value for name, value in own.items() if name in may})


def table_row(row: ValueRow) -> TableRow:
    """Return a row as the core knows it."""
    when = tuple(Condition(c["path"], c["operator"], c["value"]) for c in row.conditions)
    return TableRow(row.table, row.value, when, row.name)
