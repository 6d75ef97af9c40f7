"""The plain words for what mapping rows hold."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from sync.core.flow import Condition, Empty, FieldRule, Flow, Owner, ValueTable

TRANSFORMS: Mapping[str, str] = {
    "copy": "as it is",
    "first_non_empty": "the first that is filled",
    "or_else": "as it is, if empty then",
    "constant": "always the same",
    "template": "put together as",
    "join": "joined by",
    "look_up": "translated by",
    "date_plus_days": "days later",
    "end_of_month": "end of the month, months later",
    "number": "as a number",
    "convert": "converted at the rate",
    "cut": "the first characters",
    "split_name": "a part of the name",
    "trim": "without spare spaces",
    "upper": "in capitals",
    "lower": "in small letters",
    "expression": "calculated as",
}
"""What each transform does; the order in which they are offered."""

ARGUMENTS: Mapping[str, str] = {
    "constant": "the value",
    "template": "for example {Name} · {Id}",
    "join": "what stands between them; a space if empty",
    "or_else": "what it is then",
    "look_up": "for example GB = United Kingdom; else = {Account.Name}; or a table: =words",
    "date_plus_days": "how many days",
    "end_of_month": "how many months later; 0 for the same month",
    "convert": "for example 0.7912 GBP, 1 Nov 2026, the bank; or GBP by salesforce of CloseDate",
    "cut": "how many characters",
    "split_name": "first or last",
    "expression": "for example Quantity * UnitPrice",
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
    "=won_deal": "a won deal",
    "=customer": "a customer in Xero",
    "=currency": "the currency",
    "=account": "the line's account",
    "=item": "the line's item",
    "=difference": "the difference by rounding",
}
"""Names a condition may ask for that are no field."""

ASK = "ask"


def title_of(target: str) -> str:
    """Return a target in words: `line.unit_amount` is “Line: unit amount”."""
    place, dot, name = target.rpartition(".")
    words = name.replace("_", " ")
    return f"{place.capitalize()}: {words}" if dot else words[:1].upper() + words[1:]


def how_in_words(rule: FieldRule) -> str:
    """Return how a rule makes its value, as a person would say it."""
    told = _TOLD.get(rule.transform)
    return told(rule.argument) if told else TRANSFORMS.get(rule.transform, rule.transform)


def _later(argument: str, unit: str) -> str:
    return f"{argument} {unit}{'' if argument in ('1', '-1') else 's'} later"


def _end_of_month(argument: str) -> str:
    return "end of the month" + ("" if argument in ("", "0") else f", {_later(argument, 'month')}")


def _quoted(transform: str) -> Callable[[str], str]:
    return lambda argument: f"{TRANSFORMS[transform]} “{argument}”"


_TOLD: Mapping[str, Callable[[str], str]] = {
    "template": lambda argument: f"“{argument}”",
    "constant": lambda argument: f"always “{argument}”",
    "date_plus_days": lambda argument: _later(argument, "day"),
    "end_of_month": _end_of_month,
    "join": lambda argument: f"joined by “{argument or ' '}”",
    "cut": lambda argument: f"its first {argument} characters",
    "split_name": lambda argument: f"the {argument} name of it",
    **{each: _quoted(each) for each in ("or_else", "look_up", "convert", "expression")},
}


def condition_in_words(condition: Condition, table: ValueTable | None = None) -> str:
    """Return a condition, of a row of the table, as a person would say it."""
    if table and table.asks and condition.path == f"={table.asks}":
        return table.asked.get(condition.value, condition.value)
    path = COMPUTED.get(condition.path, condition.path)
    place, dot, field = path.partition(".")
    path = f"the line's {field}" if dot and place == "line" else path
    operator = OPERATORS.get(condition.operator, condition.operator)
    if not condition.value.strip():
        return f"{path} {operator} empty"
    wanted = condition.value
    if condition.operator == "in":
        wanted = " or ".join(part.strip() for part in wanted.split(";"))
    return f"{path} {operator} {wanted}"


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
