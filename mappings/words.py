"""The plain words for what mapping rows hold."""

from __future__ import annotations

from collections.abc import Mapping

from sync.core.flow import Empty, Flow, Owner, ValueTable

TRANSFORMS: Mapping[str, str] = {
    "copy": "as it is",
    "first_non_empty": "the first that is filled",
    "constant": "always the same",
    "template": "put together as",
    "join": "joined by",
    "date_plus_days": "days later",
    "number": "as a number",
    "trim": "without spare spaces",
    "upper": "in capitals",
}
"""What each transform does; the order in which they are offered."""

ARGUMENTS: Mapping[str, str] = {
    "constant": "the value",
    "template": "for example {Name} · {Id}",
    "join": "what stands between them; a space if empty",
    "date_plus_days": "how many days",
}
"""What the argument of a transform is; the others take none."""

OWNERS: Mapping[str, str] = {
    Owner.SALESFORCE.value: "Salesforce",
    Owner.XERO.value: "Xero",
    Owner.SHARED.value: "whoever changed it",
}

EMPTY: Mapping[str, str] = {
    Empty.KEEP.value: "keep what is there",
    Empty.ERASE.value: "empty it too",
}

OPERATORS: Mapping[str, str] = {
    "is": "is",
    "is not": "is not",
    "in": "is one of",
    "contains": "contains",
    "below": "is below",
    "above": "is above",
}
"""What each operator of a condition asks; `in` takes values separated by semicolons."""

COMPUTED: Mapping[str, str] = {
    "=amount": "the amount",
    "=currency": "the currency",
}
"""Names a condition may ask for that are no field."""

ASK = "ask"


def title_of(target: str) -> str:
    """Return a target in words: `line.unit_amount` is “Line: unit amount”."""
    place, dot, name = target.rpartition(".")
    words = name.replace("_", " ")
    return f"{place.capitalize()}: {words}" if dot else words.capitalize()


def tables_of(flow: Flow) -> dict[str, ValueTable]:
    """Return every value table of the flow by its name, those that it declares first."""
    found = {table.name: table for table in flow.value_tables}
    for row in flow.tables:
        found.setdefault(row.table, ValueTable(row.table, title_of(row.table)))
    return found


def value_in_words(table: ValueTable, value: str) -> str:
    """Return a value as a person reads it: the words of each part, joined by “else”."""
    if not value:
        return "nothing"
    parts = [part.strip() for part in value.split(",")] if table.several else [value]
    return ", else ".join(_word(table, part) for part in parts)


def _word(table: ValueTable, part: str) -> str:
    if part.casefold() == ASK:
        return "ask a person"
    return table.choices.get(part, part)
