"""Whether mapping rows name only what this Salesforce org has."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from difflib import get_close_matches

from connections.models import Pair
from mappings.checking import every_fault
from mappings.rules import LINE, rules_for
from mappings.words import title_of
from sync.core.errors import Fix, NeedsPerson
from sync.core.flow import Condition, FieldRule, Flow, RuleSet, TableRow
from sync.core.mapping import ABOVE
from sync.core.transforms import fields_of
from sync.flows.registry import every_flow

COMPUTED = "="
NO_FIELDS: Mapping[str, str] = {}


@dataclass(frozen=True)
class Unknown:
    """One path that the org does not have: its words, and the row that names it."""

    words: str
    path: str
    place: str
    argument: str

    def error(self) -> NeedsPerson:
        """Return the error that stops the flow until a person corrects the row."""
        hint = "Correct the row, or add the field in Salesforce and let Counterpart read it."
        return NeedsPerson(
            self.words,
            cause=f"unknown_field:{self.path}",
            fix=Fix(hint, self.place, self.argument),
        )


def usable(
    rules: RuleSet, fields: Mapping[str, str], line_fields: Mapping[str, str] = NO_FIELDS
) -> tuple[RuleSet, tuple[str, ...]]:
    """Return the rules that the org can serve, and the names of optional fields it lacks.

    `fields` and `line_fields` are names to types as the record and its lines are described.
    Raises NeedsPerson for a row that must be there and names an unknown field.
    """
    kept, missing = [], dict[str, None]()
    for rule in rules.fields:
        absent = _absent(rule, fields, line_fields)
        if not rule.optional or not absent:
            kept.append(rule)
        missing.update(dict.fromkeys(absent if rule.optional else ()))
    tables = tuple(_placed(row, fields, line_fields) for row in rules.tables)
    served = replace(rules, fields=tuple(kept), tables=tables)
    for unknown in unknown_fields(served, fields, line_fields):
        raise unknown.error()
    return served, tuple(missing)


def problems(
    pair: Pair, flow: str, fields: Mapping[str, str], line_fields: Mapping[str, str] = NO_FIELDS
) -> list[str]:
    """Return a sentence for each thing in the pair's published rules that would stop the flow."""
    return rule_problems(every_flow()[flow], rules_for(pair, flow), fields, line_fields)


def rule_problems(
    flow: Flow,
    rules: RuleSet,
    fields: Mapping[str, str],
    line_fields: Mapping[str, str] = NO_FIELDS,
) -> list[str]:
    """Return a sentence for each thing in a flow's rules that would stop it."""
    needed = replace(rules, fields=tuple(r for r in rules.fields if not r.optional))
    unknown = [one.words for one in unknown_fields(needed, fields, line_fields)]
    return [*every_fault(flow, rules), *unknown]


def unknown_fields(
    rules: RuleSet, fields: Mapping[str, str], line_fields: Mapping[str, str]
) -> list[Unknown]:
    """Return every path of the rules that the record and its lines do not have."""
    found = []
    for rule in rules.fields:
        known = line_fields if rule.target.startswith(LINE) else fields
        for path in _absent(rule, fields, line_fields):
            named = f"The mapping of “{title_of(rule.target)}” names {_unknown(path, known)}"
            found.append(Unknown(named, path, "mapping", rule.target))
    for row in rules.tables:
        for path in _absent_conditions(row, fields, line_fields):
            of_line = path.startswith(LINE) and not path.startswith(LINE + ABOVE)
            known = line_fields if of_line else {**line_fields, **fields}
            named = f"A row of the table “{title_of(row.table)}” asks for {_unknown(path, known)}"
            found.append(Unknown(named, path, "table", row.table))
    return found


def _absent(
    rule: FieldRule, fields: Mapping[str, str], line_fields: Mapping[str, str]
) -> list[str]:
    known = line_fields if rule.target.startswith(LINE) else fields
    paths = fields_of(rule.transform, rule.sources, rule.argument)
    if known is line_fields:
        return [path for path in paths if not _serves(LINE + path, fields, line_fields)]
    return [path for path in paths if not has(known, path)]


def _absent_conditions(
    row: TableRow, fields: Mapping[str, str], line_fields: Mapping[str, str]
) -> list[str]:
    paths = [c.path for c in row.when if not c.path.startswith(COMPUTED)]
    return [path for path in paths if not _serves(path, fields, line_fields)]


def _serves(path: str, fields: Mapping[str, str], line_fields: Mapping[str, str]) -> bool:
    own = path.removeprefix(LINE)
    if own.startswith(ABOVE):
        return has(fields, own.removeprefix(ABOVE))
    return has(line_fields, own) or (not path.startswith(LINE) and has(fields, own))


def _placed(row: TableRow, fields: Mapping[str, str], line_fields: Mapping[str, str]) -> TableRow:
    """Mark a condition on what only lines have as theirs, so that it is not asked of the record."""

    def placed(condition: Condition) -> Condition:
        path = condition.path
        of_line = has(line_fields, path) and not has(fields, path)
        if path.startswith((LINE, COMPUTED, ABOVE)) or not of_line:
            return condition
        return replace(condition, path=LINE + path)

    return replace(row, when=tuple(placed(c) for c in row.when))


def has(fields: Mapping[str, str], path: str) -> bool:
    """Return whether the fields serve the path; of a relationship its first step is looked at.

    `Account.Name` needs AccountId, `Region__r.Name` needs Region__c (Salesforce, Relationship
    Names).
    """
    step, dot, _ = path.removeprefix(LINE).partition(".")
    if not dot:
        return step in fields
    custom = f"{step.removesuffix('__r')}__c"
    return custom in fields if step.endswith("__r") else f"{step}Id" in fields


def _unknown(path: str, known: Iterable[str]) -> str:
    field = path.removeprefix(LINE).removeprefix(ABOVE)
    alike = {name.casefold(): name for name in known}
    close = get_close_matches(field.casefold(), alike, n=1, cutoff=0.75)
    hint = f" Did you mean {alike[close[0]]}?" if close else ""
    return f"“{field}”, which is no field that Salesforce shows us.{hint}"
