"""Whether the conditions of value tables ask fields that are there, for what these can hold."""

from __future__ import annotations

from collections.abc import Iterator
from difflib import get_close_matches

from mappings import choices, conditions, words
from mappings.choices import SalesforceFields
from mappings.rules import LINE
from sync.core.fields import FieldFacts
from sync.core.flow import Condition, Flow, RuleSet, ValueTable
from sync.core.mapping import ABOVE

Place = tuple[str, str]
"""A Salesforce kind and a path of it."""


def condition_fault(
    flow: Flow, table: ValueTable, condition: Condition, known: SalesforceFields
) -> tuple[str, str]:
    """Return why a condition cannot hold as it is written, with the part it belongs beside.

    The part is `path`, `operator` or `wanted`; the words are empty where nothing is wrong, or where
    the fields are not described.
    """
    if condition.path.startswith("=") or not known.org.kinds:
        return "path", ""
    if condition.path.startswith(LINE) and not table.of_lines:
        return "path", f"“{condition.path}” is of a line; this table is asked for a whole record."
    found = list(places_of(flow, table, condition.path))
    facts = next(filter(None, (known.org.find(kind, path) for kind, path in found)), None)
    if facts is not None:
        return conditions.unfit(condition, facts)
    if any(known.org.is_open(kind, path) for kind, path in found):
        return "path", ""
    told = f"“{condition.path}” is no field that Salesforce shows us."
    return "path", told + _hint(flow, table, condition.path, known)


def unlisted_values(
    flow: Flow, rules: RuleSet, known: SalesforceFields, only: str = ""
) -> list[str]:
    """Return what is odd about values that rows ask of a list of Salesforce's; `only` one table."""
    tables, found = words.tables_of(flow), list[str]()
    for row in rules.tables:
        table = tables.get(row.table)
        if table is None or (only and row.table != only):
            continue
        for condition in row.when:
            facts = facts_of(flow, table, condition.path, known)
            if facts and (told := conditions.unlisted(condition, facts[1])):
                found.append(f"{table.title}, “{row.name or row.value}”: {told}")
    return list(dict.fromkeys(found))


def facts_of(
    flow: Flow, table: ValueTable, path: str, known: SalesforceFields
) -> tuple[Place, FieldFacts] | None:
    """Return the field that a condition's path leads to, and where it was found; None for none."""
    for place in places_of(flow, table, path):
        facts = known.org.find(*place)
        if facts is not None:
            return place, facts
    return None


def places_of(flow: Flow, table: ValueTable, path: str) -> Iterator[Place]:
    """Yield where a path may lead: of tables asked for lines, to the line's own field first."""
    own = path.removeprefix(LINE)
    if own.startswith(ABOVE) and table.of_lines:
        yield flow.salesforce_kind, own.removeprefix(ABOVE)
        return
    if table.of_lines:
        yield choices.line_kind(flow), own
    if not path.startswith(LINE):
        yield flow.salesforce_kind, own


def offered(flow: Flow, table: ValueTable, known: SalesforceFields) -> list[tuple[str, str]]:
    """Return (path, its words) of every field that a condition of the table may ask for."""
    found = choices.offers(known, flow.salesforce_kind)
    if table.of_lines:
        lines = choices.offers(known, choices.line_kind(flow))
        found += [(f"{LINE}{path}", f"of the line: {told}") for path, told in lines]
    return found


def _hint(flow: Flow, table: ValueTable, path: str, known: SalesforceFields) -> str:
    by_fold = {name.casefold(): name for name, _ in offered(flow, table, known)}
    close = get_close_matches(path.casefold(), by_fold, n=1, cutoff=0.75)
    return f" Did you mean {by_fold[close[0]]}?" if close else ""
