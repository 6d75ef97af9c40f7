"""What `manage.py route` reads and says: connections, rows, conditions and records in words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any
from uuid import uuid4

from django.core.management.base import CommandError

from connections.models import Connection, Pair
from mappings import routing_sheets, sheet_faults
from mappings.models import newest_routing
from mappings.routing import Row, conditions_in_words, in_force
from mappings.routing_publishing import Check
from mappings.sheet_files import Unreadable
from sync.core.records import Key, System
from sync.flows.shapes import salesforce_ids

OPERATORS = ("is not", "is", "in", "contains", "below", "above")


def connection_named(name: str | None) -> Connection:
    """Return the connection of that name, or the one that stands in several active pairs.

    Raises CommandError where there is none, or where several do.
    """
    if name:
        found = Connection.objects.filter(name=name).first()
        if found is None:
            raise CommandError(f"There is no connection “{name}”.")
        return found
    pairs = list(Pair.objects.filter(active=True))
    ends = [end for pair in pairs for end in sides_of(pair)]
    several = sorted({end for end in ends if ends.count(end) > 1})
    if len(several) == 1:
        return Connection.objects.get(pk=several[0])
    if not several:
        raise CommandError("No connection stands in several pairs, so there is nothing to choose.")
    names = ", ".join(Connection.objects.filter(pk__in=several).values_list("name", flat=True))
    raise CommandError(f"Say whose rows are meant with --connection: {names}.")


def sides_of(pair: Pair) -> tuple[int, int]:
    """Return the primary keys of a pair’s two connections."""
    return pair.salesforce_id, pair.xero_id


def rows_of(connection: Connection) -> list[Row]:
    """Return the rows in force, those that are switched off too."""
    return list(in_force(newest_routing(connection.pk)))


def names_of(connection: Connection) -> dict[int, str]:
    """Return the names of a connection’s pairs by primary key."""
    pairs = Pair.objects.all()
    return {pair.pk: pair.name for pair in pairs if connection.pk in sides_of(pair)}


def with_row(rows: list[Row], row: Row, place: int | None) -> list[Row]:
    """Return the rows with a new one: where it is wanted, else before one that takes all."""
    mine = [index for index, each in enumerate(rows) if each["kind"] == row["kind"]]
    rest = [i for i in mine if rows[i]["active"] and not rows[i]["conditions"]]
    after = mine[-1] + 1 if mine else len(rows)
    at = rest[0] if rest and row["conditions"] else after
    if place is not None:
        at = mine[place - 1] if 1 <= place <= len(mine) else after
    return [*rows[:at], row, *rows[at:]]


def lines_of(file: str) -> list[dict[str, str]]:
    """Return the lines of a sheet of rows by heading; raises CommandError where it is none."""
    path = Path(file)
    try:
        return routing_sheets.read(path.name, path.read_bytes())
    except OSError as error:
        raise CommandError(f"{file} cannot be read: {error.strerror}.") from error
    except Unreadable as error:
        raise CommandError(f"{file}: {error}") from error


def with_lines(
    connection: Connection, rows: list[Row], lines: Sequence[Mapping[str, str]], check: Check
) -> list[Row]:
    """Return the rows as a sheet has them, each new one with a key of its own.

    Raises CommandError with a sentence for each line that could not work.
    """
    made, faults = routing_sheets.wanted(connection, rows, lines)
    old = set(check(rows))
    new = [fault for fault in check(made) if fault not in old]
    faults = [*faults, *sheet_faults.of_routing(connection, made, lines, new, check)]
    if faults:
        raise CommandError("\n".join(["Nothing is changed.", *faults]))
    known = {row["key"] for row in rows}
    return [row if row["key"] in known else {**row, "key": new_key()} for row in made]


def new_key() -> str:
    """Return a key that no row has."""
    return f"n{uuid4().hex[:10]}"


def condition_of(text: str) -> dict[str, str]:
    """Return a condition as rows keep it; raises CommandError for other words."""
    path, _, rest = text.strip().partition(" ")
    operator = next((o for o in OPERATORS if rest.strip().startswith(o)), "")
    if not path or not operator:
        raise CommandError(f"“{text}” is no condition. Write 'CurrencyIsoCode is EUR'.")
    return {"path": path, "operator": operator, "value": rest.strip()[len(operator) :].strip()}


def key_of(connection: Connection, text: str, kind: str | None) -> Key:
    """Return the key of a record by its id; an id of Salesforce tells its kind."""
    system = System(connection.system)
    if system is System.SALESFORCE:
        of_id = {"001": "Account", "006": "Opportunity"}.get(text[:3], "Opportunity")
        return Key(system, kind or of_id, salesforce_ids.to_18(text))
    return Key(system, kind or "Contact", text.lower())


def as_line(row: Row, names: dict[int, str]) -> str:
    """Return a row as one line."""
    value = row["value"]
    there = names.get(int(value), "a pair that is no more") if value.isdigit() else value
    off = "" if row["active"] else " (off)"
    asked = " and ".join(conditions_in_words(row)) or "all others"
    named = f"{row['name']}: " if row["name"] else ""
    return f"{row['kind']}  {named}{asked} → {there}{off}"


def as_words(value: Any) -> str:
    """Return a count, or a count with its sums, in words."""
    if isinstance(value, int):
        return str(value)
    sums = ", ".join(f"{code} {amount:,.2f}" for code, amount in value["sums"].items())
    return f"{value['count']}  {sums}".rstrip()
