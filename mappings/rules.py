"""The published rules of one pair and flow, as the core wants them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from connections.models import Pair
from mappings.content import EMPTY
from mappings.models import PublishedRules
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
    """Return the pair's published rules for the flow: one query, however many rows.

    What a person cannot edit (which side is written, optional, on create only) is the shipped
    rule's. A pair without rows has the shipped ones, as version 0.
    """
    published = PublishedRules.objects.filter(pair=pair, flow=flow_key).order_by("-number").first()
    flow = every_flow()[flow_key]
    return rules_of(flow, published.content, published.number) if published else rules_of(flow)


def rules_of(flow: Flow, said: Mapping[str, Any] = EMPTY, version: int = 0) -> RuleSet:
    """Return the rules that a content makes, the value rows in their order."""
    if not said["fields"] and not said["rows"]:
        return replace(shipped_rules(flow), version=version)
    rows = tuple(table_row(row) for row in said["rows"] if row["active"])
    return RuleSet(_fields(flow, said["fields"]), rows, version)


def shipped_rules(flow: Flow) -> RuleSet:
    """Return the rules that the flow comes with."""
    return RuleSet(flow.fields, flow.tables)


def _fields(flow: Flow, said: Mapping[str, Any]) -> tuple[FieldRule, ...]:
    found = [(rule, said.get(rule.target)) for rule in flow.fields]
    return tuple(
        field_rule(rule, parts)
        for rule, parts in found
        if parts is None or parts["active"] or not editable(rule)
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


def field_rule(shipped: FieldRule, parts: Mapping[str, Any] | None) -> FieldRule:
    """Return the shipped rule with what a person may edit from a row's parts."""
    if parts is None:  # a rule that came with an upgrade and is not copied yet
        return shipped
    own: dict[str, Any] = {
        "source": parts["source"],
        "transform": parts["transform"],
        "argument": parts["argument"],
        "owner": Owner(parts["owner"]),
        "empty": Empty(parts["empty"]),
    }
    may = editable(shipped)
    return replace(shipped, **{name: value for name, value in own.items() if name in may})


def table_row(parts: Mapping[str, Any]) -> TableRow:
    """Return a row of a value table as the core knows it."""
    when = tuple(Condition(c["path"], c["operator"], c["value"]) for c in parts["conditions"])
    return TableRow(parts["table"], parts["value"], when, parts["name"])
