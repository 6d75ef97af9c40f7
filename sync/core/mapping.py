"""Step 4 of 8, map. Turn both sides' own fields into shared values by the mapping rows."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from decimal import Decimal
from typing import Any

from .couples import Couple
from .errors import Fix, NeedsPerson
from .flow import Condition, FieldRule, Flow, RuleSet, Shared, Surroundings, TableRow
from .questions import from_error
from .records import System
from .transforms import TRANSFORMS, as_number, fields_of

ABOVE = "Opportunity."
"""How a line's condition may write a field of the record that the line belongs to."""
BELOW = "OpportunityLineItems."
"""How the record is asked for what its lines read of other records."""


def map_couple(flow: Flow, couple: Couple, surroundings: Surroundings) -> Couple:
    """Return the couple with both sides' shared values; what cannot be mapped is a question."""
    shared: dict[System, Shared] = {}
    questions = list(couple.questions)
    for system in System:
        if couple.record(system) is None:
            continue
        try:
            shared[system] = flow.to_shared(system, couple, surroundings)
        except NeedsPerson as error:
            questions.append(from_error(error))
    return replace(couple, shared=shared, questions=tuple(questions))


def evaluate(rules: Iterable[FieldRule], at: Callable[[str], Any]) -> dict[str, Any]:
    """Return the shared values that the rules make; `at` gives the value of a field path."""
    return {rule.target: evaluate_one(rule, at) for rule in rules}


def evaluate_one(rule: FieldRule, at: Callable[[str], Any]) -> Any:
    """Return one rule's value; raises NeedsPerson for an unknown transform."""
    transform = TRANSFORMS.get(rule.transform)
    if transform is None:
        raise NeedsPerson(
            f"The mapping of {rule.target} uses “{rule.transform}”, which is no known transform.",
            cause=f"unknown_transform:{rule.target}",
            fix=Fix("Choose a transform from the list.", "mapping", rule.target),
        )
    return transform([at(path) for path in rule.sources], rule.argument, at)


def look_up(rules: RuleSet, table: str, at: Callable[[str], Any]) -> str | None:
    """Return the value of the first row whose conditions all hold, or None without one."""
    return next((row.value for row in rules.table(table) if holds(row, at)), None)


def holds(row: TableRow, at: Callable[[str], Any]) -> bool:
    """Return whether every condition of the row is true."""
    return all(_true(condition, at(condition.path)) for condition in row.when)


def _true(condition: Condition, value: Any) -> bool:
    if condition.operator in ("below", "above"):
        return _compare(condition, value)
    wanted = condition.value.strip().casefold()
    if condition.operator == "is":
        return _equals(value, wanted)
    if condition.operator == "is not":
        return not _equals(value, wanted)
    if condition.operator == "in":
        return any(_equals(value, part.strip()) for part in wanted.split(";"))
    return condition.operator == "contains" and wanted in _plain(value)


def _plain(value: Any) -> str:
    return "" if value is None else str(value).strip().casefold()


def _equals(value: Any, wanted: str) -> bool:
    """Return whether a value is what a row asks for; numbers whatever their decimals."""
    number = as_number(wanted) if isinstance(value, Decimal | int) else None
    return value == number if number is not None else _plain(value) == wanted


def _compare(condition: Condition, value: Any) -> bool:
    number, limit = as_number(value), as_number(condition.value)
    if number is None or limit is None:
        return False
    return number < limit if condition.operator == "below" else number > limit


def fields_needed(rules: RuleSet) -> tuple[str, ...]:
    """Return every Salesforce field path that the rules read on the subject itself.

    A line's rule reads the subject too where it says `Opportunity.…`. The rules are those in
    use: an optional one that is still among them names a field that is there.
    """
    paths: dict[str, None] = {}
    for rule in rules.fields:
        found = fields_of(rule.transform, rule.sources, rule.argument)
        if rule.target.startswith("line."):
            found = tuple(one for path in found for one in _of_line(path))
        paths.update(dict.fromkeys(found))
    for row in rules.tables:
        for condition in row.when:
            paths.update(dict.fromkeys(_of_condition(condition.path)))
    return tuple(paths)


def _of_condition(path: str) -> tuple[str, ...]:
    if path.startswith(("line.", ABOVE)):
        return _of_line(path.removeprefix("line."))
    return () if path.startswith("=") else (path,)


def _of_line(path: str) -> tuple[str, ...]:
    """Return what must be asked for so that lines know a path; their own fields are read anyway."""
    if path.startswith(ABOVE):
        return (path.removeprefix(ABOVE),)
    return (BELOW + path,) if "." in path else ()


def paths_of(values: Mapping[str, Any]) -> Callable[[str], Any]:
    """Return a look-up of dotted paths in nested mappings (None where absent)."""

    def at(path: str) -> Any:
        value: Any = values
        for part in path.split("."):
            value = value.get(part) if isinstance(value, Mapping) else None
        return value

    return at
