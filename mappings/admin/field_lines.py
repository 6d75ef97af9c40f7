"""The lines of the fields' screen: each row beside what is shipped, in plain words."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from connections.models import Pair
from mappings import checking, drafted, fitting, words
from mappings.admin import sets
from mappings.choices import SalesforceFields
from mappings.drafted import Drafted
from mappings.drafting import Draft
from mappings.models import FieldMapping
from mappings.rules import LINE, editable, field_rule
from mappings.shipped import field_snapshot
from mappings.tried import Lack, Tried
from sync.core.flow import TO_SALESFORCE, FieldRule, Flow, ValueTable


@dataclass(frozen=True)
class FieldLine:
    """One row as it is read: words for each cell, and what is to be said below it."""

    one: Drafted[FieldMapping]
    anchor: str
    title: str
    source: str
    how: str
    owner: str
    empty: str
    unset: str
    may: frozenset[str]
    tables: Sequence[tuple[str, str]] = ()
    faults: Sequence[str] = ()
    lacks: Sequence[str] = ()
    without: Sequence[Lack] = ()
    shipped: str = ""
    offered: str = ""
    upgraded_from: str = ""
    was: str = ""

    @property
    def row(self) -> FieldMapping:
        """The row as the draft has it."""
        return self.one.row


@dataclass(frozen=True)
class Part:
    """One table of the screen."""

    title: str
    note: str = ""
    back: bool = False
    in_step: bool = False
    lines: list[FieldLine] = field(default_factory=list)


def parts(
    draft: Draft, flow: Flow, known: SalesforceFields, trial: Tried | None = None
) -> list[Part]:
    """Return the tables of the screen: the record's fields, its lines', and those written back.

    `trial` has the values of the last 90 days that no row is for.
    """
    lacks = trial.lacks if trial else {}
    rows = drafted.field_rows(draft)
    rules, faults = draft.rules, dict[str, list[str]]()
    for one in fitting.misfits(draft.pair, flow, rules, known):
        faults.setdefault(one.argument, []).append(one.words)
    absent = sets.missing_fields(rules, known)
    found = {
        "own": Part(f"The {flow.xero_kind.lower()}", in_step=True),
        "line": Part("Each line", "kept in step together, as “Lines” above"),
        "back": Part("Told to Salesforce", "where the fields exist there", back=True),
    }
    for rule in flow.fields:
        row = rows.get(rule.target)
        if row is not None:
            line = _line(draft.pair, flow, rule, row, absent.get(rule.target, []))
            line = replace(
                line,
                faults=[*line.faults, *faults.get(rule.target, [])],
                without=[lack for place in _places(flow, rule) for lack in lacks.get(place, ())],
            )
            found[_part_of(rule)].lines.append(line)
    return [part for part in found.values() if part.lines]


def _places(flow: Flow, rule: FieldRule) -> list[str]:
    """Return a target and the tables that give it its value."""
    tables = words.tables_of(flow).values()
    return [rule.target, *(table.name for table in tables if _gives(table) == rule.target)]


def _part_of(rule: FieldRule) -> str:
    if rule.writes == TO_SALESFORCE:
        return "back"
    return "line" if rule.target.startswith(LINE) else "own"


def _line(
    pair: Pair, flow: Flow, shipped: FieldRule, one: Drafted[FieldMapping], absent: list[str]
) -> FieldLine:
    row = one.row
    rule, may = field_rule(shipped, row.snapshot), editable(shipped)
    newest = field_snapshot(shipped)
    return FieldLine(
        one=one,
        anchor=sets.anchor(shipped.target),
        title=flow.labels.get(shipped.target) or words.title_of(shipped.target.removeprefix(LINE)),
        source=", ".join(rule.sources),
        how="" if shipped.computed or not (rule.source or rule.argument) else _how(rule),
        owner=words.OWNERS[rule.owner.value],
        empty=words.EMPTY[rule.empty.value],
        unset=shipped.unset or ("not set" if "source" in may else "by Counterpart"),
        may=may,
        tables=[
            (table.title, sets.table_address(pair.pk, flow.key, table.name))
            for table in words.tables_of(flow).values()
            if _gives(table) == shipped.target
        ],
        faults=list(checking.field_faults(shipped, rule).values())
        + [f"Salesforce shows us no field {path}." for path in absent if not shipped.optional],
        lacks=absent if shipped.optional else [],
        shipped=_told(newest, may) if row.is_edited else "",
        offered=_told(row.offered, may) if row.offered else "",
        upgraded_from=_told(row.shipped_as, may) if row.offered and row.shipped_as else "",
        was=_was(one, shipped),
    )


def _was(one: Drafted[FieldMapping], shipped: FieldRule) -> str:
    """Return what is in force where the draft says otherwise: the parts that differ."""
    if not one.change or not one.in_force:
        return ""
    now = one.row.snapshot
    changed = frozenset(name for name in now if now[name] != one.in_force.get(name))
    return in_words(one.in_force, shipped, changed) if changed else ""


def _how(rule: FieldRule) -> str:
    return "" if rule.writes == TO_SALESFORCE else words.how_in_words(rule)


def _gives(table: ValueTable) -> str:
    return table.gives or table.name


WAYS = frozenset({"source", "transform", "argument"})


def in_words(
    parts: dict[str, Any], shipped: FieldRule, changed: frozenset[str] | None = None
) -> str:
    """Return a row's parts in a few words, of what a person may edit; where given, the changed."""
    may = editable(shipped)
    if changed is None:
        return _told(parts, may)
    if changed == {"active"}:
        return "in use" if parts["active"] else "not in use"
    return _told(parts, may & (changed | (WAYS if changed & WAYS else frozenset())))


def _told(values: dict[str, Any], may: frozenset[str]) -> str:
    """Return a shipped row in a few words, of what a person may edit."""
    rule = FieldRule("", values["source"], values["transform"], values["argument"])
    told = [rule.source] if "source" in may and rule.source else []
    if "transform" in may and (rule.source or rule.argument):
        told.append(words.how_in_words(rule))
    if "owner" in may:
        told.append(f"owned by {words.OWNERS[values['owner']]}")
    if "empty" in may:
        told.append(f"if empty {words.EMPTY[values['empty']]}")
    if "active" in may and not values.get("active", True):
        told.append("not in use")
    return ", ".join(told) or "nothing set"
