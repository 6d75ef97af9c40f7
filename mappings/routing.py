"""The routing rows in force: which pair a record belongs to, where a connection is in several."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from connections.models import Connection, Pair
from mappings import words
from mappings.models import RoutingVersion, newest_routing
from mappings.rules import table_row
from sync.core import routing
from sync.core.flow import TableRow
from sync.core.records import System

Row = Mapping[str, Any]
"""`{"key", "kind", "name", "conditions": [{"path", "operator", "value"}], "value", "active"}`."""
ASK, NONE, OF_ACCOUNT = routing.ASK, routing.NONE, routing.BY_ACCOUNT
KINDS: Mapping[System, Mapping[str, str]] = {
    System.SALESFORCE: {"Opportunity": "Deals", "Account": "Accounts"},
    System.XERO: {"Contact": "Contacts", "Quote": "Quotes"},
}
"""What is routed of each system, with its title."""
MADE_OF: Mapping[str, str] = {
    "Opportunity": "where a deal is billed",
    "Account": "where an account’s contact is made",
    "Contact": "where a contact’s account is made",
    "Quote": "where a quote’s deal is made",
}
WITHOUT: Mapping[str, str] = {
    "Opportunity": "As long as there are none, new won deals are asked about where several pairs "
    "have billing on.",
    "Account": "As long as there are none, each organisation keeps contacts of its own for the "
    "accounts.",
    "Contact": "As long as there are none, each Salesforce keeps accounts of its own for the "
    "contacts.",
    "Quote": "As long as there are none, new quotes are asked about where several pairs take them.",
}
"""What is done of a kind without any row."""


def rows_of(connection_id: int) -> tuple[TableRow, ...] | None:
    """Return the rows in force in their order, `table` the kind; one query.

    `value` is a pair's id, `ask`, `none` or, for deals, `=account`. A row without a name of its
    own has its conditions for one. None where no version was ever published.
    """
    version = newest_routing(connection_id)
    return table_rows(version.content["rows"]) if version else None


def table_rows(rows: Iterable[Row]) -> tuple[TableRow, ...]:
    """Return the rows in use as the core knows them."""
    return tuple(as_table_row(row) for row in rows if row["active"])


def as_table_row(row: Row) -> TableRow:
    """Return one row as the core knows it, with a name to tell of it by."""
    made = table_row({**row, "table": row["kind"]})
    return replace(made, name=name_of(row))


def name_of(row: Row) -> str:
    """Return what people call a row: its own name, or what it asks for."""
    return str(row["name"]) or " and ".join(conditions_in_words(row)) or "all others"


def conditions_in_words(row: Row) -> list[str]:
    """Return the row's conditions, each as a person would say it."""
    made = table_row({**row, "table": row["kind"]})
    return [words.condition_in_words(condition) for condition in made.when]


def pairs_of(connection: Connection) -> list[Pair]:
    """Return the pairs that the connection stands in, by name; inactive ones too."""
    stands = {connection.system: connection}
    found = Pair.objects.filter(**{str(system): it for system, it in stands.items()})
    return list(found.select_related("salesforce", "xero").order_by("name"))


def kinds_of(connection: Connection) -> Mapping[str, str]:
    """Return what is routed of the connection's system, with its titles."""
    return KINDS[System(connection.system)]


def in_force(version: RoutingVersion | None) -> Sequence[Row]:
    """Return the rows of a version, those that are switched off too; none without one."""
    return version.content["rows"] if version else ()


def other_side(pair: Pair, connection: Connection) -> Connection:
    """Return the pair's connection that is not the given one: the organisation or org chosen."""
    return pair.xero if connection.system == System.SALESFORCE else pair.salesforce


def both_names(pair: Pair, connection_id: int) -> str:
    """Return a pair's name with that of the organisation it chooses, where the two differ."""
    chosen = pair.xero if pair.salesforce_id == connection_id else pair.salesforce
    organisation = chosen.organisation_name or chosen.name
    alike = organisation.casefold() == pair.name.casefold()
    return pair.name if alike else f"{pair.name} · {organisation}"
