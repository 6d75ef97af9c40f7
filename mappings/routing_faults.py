"""What routing rows must hold before they are kept or published: each fault in a sentence."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

from connections.live import open_remote as open_live
from connections.models import Connection
from mappings import checking, conditions, routing, routing_choices, words
from mappings.choices import OpenRemote, SalesforceFields
from mappings.routing import ASK, NONE, OF_ACCOUNT, Row
from mappings.routing_publishing import Check
from sync.core.flow import Condition

Faults = dict[str, str]
"""A sentence by the part it belongs beside: `value`, `path_0`, `wanted_1`, `operator_0`."""
Known = Mapping[str, SalesforceFields]
"""The fields by kind."""


def row_faults(row: Row, pairs: Collection[str], known: SalesforceFields) -> Faults:
    """Return what is wrong with a row by itself; `pairs` are the ids that it may give."""
    faults: Faults = {}
    if fault := value_fault(row, pairs):
        faults["value"] = fault
    for index, parts in enumerate(row["conditions"]):
        condition = Condition(parts["path"], parts["operator"], parts["value"])
        part, fault = _condition_fault(condition, row["kind"], known)
        if fault:
            faults[f"{part}_{index}"] = fault
    return faults


def value_fault(row: Row, pairs: Collection[str]) -> str:
    """Return what is wrong with what a row gives, or nothing."""
    value = row["value"]
    if not value:
        return "Say which organisation it is, or that a person is asked."
    if value == OF_ACCOUNT and row["kind"] != "Opportunity":
        return "Only deals can go where their account goes."
    if value in (ASK, NONE, OF_ACCOUNT) or value in pairs:
        return ""
    return "That pair is switched off or belongs to another connection: choose from the list."


def _condition_fault(condition: Condition, kind: str, known: SalesforceFields) -> tuple[str, str]:
    path = condition.path
    if path.startswith("="):
        return "path", f"“{path}” is no field of the record."
    if fault := checking.condition_fault(condition):
        return ("path" if path in fault or not path else "wanted"), fault
    if not known.org.kinds:
        return "path", _absent(known, path)
    if facts := routing_choices.facts_of(known, kind, path):
        return conditions.unfit(condition, facts)
    return "path", "" if known.org.is_open(kind, path) else _unknown(path, kind, known)


def _unknown(path: str, kind: str, known: SalesforceFields) -> str:
    meant = routing_choices.close_to(known, kind, path)
    hint = f" Did you mean {meant}?" if meant else ""
    return f"“{path}” is no field that we are shown.{hint}"


def _absent(known: SalesforceFields, path: str) -> str:
    """Return that the record has no such field, where only its own fields are known."""
    if known.record and "." not in path and path not in known.record:
        return f"“{path}” is no field that we are shown."
    return ""


def unreached(rows: Sequence[Row]) -> dict[str, str]:
    """Return by key why a row in use is never reached: an earlier one takes all that it would."""
    found: dict[str, str] = {}
    above: list[Row] = []
    for row in rows:
        if not row["active"]:
            continue
        wanted = _asked(row)
        first = next((r for r in above if r["kind"] == row["kind"] and _asked(r) <= wanted), None)
        if first is not None:
            takes = "takes everything" if not first["conditions"] else "takes all of these"
            found[row["key"]] = (
                f"It is never reached: “{routing.name_of(first)}” before it {takes}."
            )
        above.append(row)
    return found


def refusal(before: Sequence[Row], after: Sequence[Row], key: str) -> str:
    """Return why rows may not become those after, in which the row of a key was changed or moved.

    It, or another behind it, would not be reached any more, though it is now. Empty when they may.
    """
    was, never = unreached(before), unreached(after)
    if key in never and never[key] != was.get(key):
        return never[key]
    lost = next((row for row in after if row["key"] in never.keys() - was.keys()), None)
    if lost is None:
        return ""
    return (
        f"“{routing.name_of(lost)}” would be behind it and never reached: move this row to the "
        "end first, or let it ask for more."
    )


def _asked(row: Row) -> frozenset[tuple[str, str, str]]:
    return frozenset(
        (c["path"], c["operator"], c["value"].strip().casefold()) for c in row["conditions"]
    )


def faults_of(connection: Connection, rows: Sequence[Row], known: Known) -> list[str]:
    """Return a sentence for everything in the rows in use that could not work."""
    pairs = {str(pair.pk) for pair in routing.pairs_of(connection) if pair.active}
    never = unreached(rows)
    kinds = routing.kinds_of(connection)
    found = []
    for row in rows:
        if row["kind"] not in kinds:
            found.append(f"“{row['kind']}” is nothing that {connection.name} is asked about.")
        if not row["active"] or row["kind"] not in kinds:
            continue
        faults = list(row_faults(row, pairs, known[row["kind"]]).values())
        faults += [never[row["key"]]] if row["key"] in never else []
        found += [told(connection, row, fault) for fault in faults]
    return found


def told(connection: Connection, row: Row, fault: str) -> str:
    """Return a row's fault with the row that it is in."""
    return f"{routing.kinds_of(connection)[row['kind']]}, “{routing.name_of(row)}”: {fault}"


def check(connection: Connection, open_remote: OpenRemote = open_live) -> Check:
    """Return what finds the faults of a connection's rows, by the fields that it has today."""
    known = {
        kind: routing_choices.fields_of(connection, kind, open_remote)
        for kind in routing.kinds_of(connection)
    }
    return lambda rows: faults_of(connection, rows, known)


def warnings(rows: Sequence[Row], kind: str, known: SalesforceFields) -> dict[str, str]:
    """Return by key what a person should know of a row; nothing here stops it."""
    found = {}
    for row in rows:
        for parts in row["conditions"] if row["kind"] == kind and row["active"] else ():
            facts = routing_choices.facts_of(known, kind, parts["path"])
            if facts is None or not facts.choices or parts["operator"] not in ("is", "in"):
                continue
            listed = {value.casefold() for value, _ in facts.choices}
            wanted = parts["value"].split(";") if parts["operator"] == "in" else [parts["value"]]
            strange = [
                w.strip() for w in wanted if w.strip() and w.strip().casefold() not in listed
            ]
            if strange:
                found[row["key"]] = f"“{strange[0]}” is not in the list of “{facts.label}”."
    return found


def in_words(condition: Condition, kind: str, known: SalesforceFields) -> str:
    """Return a condition with its field as people call it."""
    label = routing_choices.label_of(known, kind, condition.path)
    told = words.condition_in_words(Condition("", condition.operator, condition.value))
    return f"{label}{told}"
