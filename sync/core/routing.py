"""Routing: which organisation (pair) a record belongs to, by rows of conditions; pure."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any

from .flow import Condition, TableRow
from .mapping import holds
from .records import System

ASK, NONE, BY_ACCOUNT = "ask", "none", "=account"
"""What a row may say besides a pair's id: a person says, no organisation, as its account."""
DEAL, ACCOUNT, CONTACT, QUOTE = "Opportunity", "Account", "Contact", "Quote"
KINDS: Mapping[System, tuple[str, ...]] = {
    System.SALESFORCE: (DEAL, ACCOUNT),
    System.XERO: (CONTACT, QUOTE),
}
"""The kinds that are routed, by the system whose connection stands in several pairs."""
ABOVE = "Account."
"""How a deal's account is asked for a field of its own."""

_WHOLE = ("is", "is not", "in")
"""The operators that ask for a value as a whole."""

At = Callable[[str], Any]
"""Gives the value of a field path of the record."""
Shows = Callable[[str], bool]
"""Tells whether a field path of the record can be read."""


class Way(StrEnum):
    """What the rows come to for one record."""

    PAIR = "pair"
    NONE = "none"
    ASK = "ask"
    UNMATCHED = "unmatched"
    UNREAD = "unread"


@dataclass(frozen=True)
class Route:
    """Where a record belongs, and by which row or by whom.

    `pair` is the pair's primary key where there is one. `path` is the field that could not be
    read, of the row that names it. `by` is the person whose assignment it is.
    """

    way: Way
    pair: int = 0
    row: str = ""
    path: str = ""
    by: str = ""

    @property
    def known(self) -> bool:
        """Whether it is settled where the record belongs, be it nowhere."""
        return self.way in (Way.PAIR, Way.NONE)


def every_field(path: str) -> bool:
    """Return that a field path can be read."""
    return True


def route(
    rows: Sequence[TableRow],
    kind: str,
    at: At,
    shows: Shows = every_field,
    account: Route | None = None,
) -> Route:
    """Return where the first row of the kind that holds sends a record.

    A row that names a field which cannot be read decides nothing: the record that gets as far
    (none of the row's other conditions is false) is UNREAD. `account` is where a person has
    assigned the deal's account to, for rows that say `=account`.
    """
    for row in rows_of_kind(rows, kind):
        hidden = [c.path for c in row.when if not shows(c.path)]
        readable = replace(row, when=tuple(c for c in row.when if c.path not in hidden))
        if not holds(readable, at):
            continue
        if hidden:
            return Route(Way.UNREAD, row=row.name, path=hidden[0])
        if row.value == BY_ACCOUNT and kind == DEAL:
            return account or _of_account(rows, row, at, shows)
        return _said(row)
    return Route(Way.UNMATCHED)


def rows_of_kind(rows: Iterable[TableRow], kind: str) -> tuple[TableRow, ...]:
    """Return the rows that are asked for records of a kind, in order."""
    return tuple(row for row in rows if row.table == kind)


def paths_of(rows: Sequence[TableRow], kind: str) -> tuple[str, ...]:
    """Return every field path that the rows ask of a record of the kind, in order."""
    by_account = kind == DEAL and any(r.value == BY_ACCOUNT for r in rows_of_kind(rows, kind))
    paths = [condition.path for condition in _conditions(rows, kind)]
    return tuple(dict.fromkeys(["AccountId", *paths] if by_account else paths))


def _conditions(rows: Sequence[TableRow], kind: str) -> list[Condition]:
    """Return every condition that may be asked of a record of the kind, as asked of it."""
    mine = rows_of_kind(rows, kind)
    found = [condition for row in mine for condition in row.when]
    if kind == DEAL and any(row.value == BY_ACCOUNT for row in mine):
        above = (condition for row in rows_of_kind(rows, ACCOUNT) for condition in row.when)
        found += [replace(condition, path=f"{ABOVE}{condition.path}") for condition in above]
    return found


def group_of(
    rows: Sequence[TableRow], kind: str, at: At, shows: Shows = every_field
) -> tuple[tuple[str, str], ...]:
    """Return (path, value as text) of all that the rows ask: equal for those no row tells apart.

    A path that is only compared, as sizes are, stands with its comparison and whether that holds:
    else each deal of another size would be a group of its own.
    """
    asked = [c for c in _conditions(rows, kind) if shows(c.path)]
    whole = {c.path for c in asked if c.operator in _WHOLE}
    group: dict[str, str] = {}
    for condition in asked:
        if condition.path in whole:
            value = at(condition.path)
            group[condition.path] = "" if value is None else str(value).strip()
        else:
            name = f"{condition.path} {condition.operator} {condition.value}"
            group[name] = "yes" if holds(TableRow(kind, "", (condition,)), at) else "no"
    return tuple(group.items())


def _of_account(rows: Sequence[TableRow], row: TableRow, at: At, shows: Shows) -> Route:
    """Return where the account's own rows send a deal, asked of its account."""
    found = route(
        rows,
        ACCOUNT,
        lambda path: at(f"{ABOVE}{path}"),
        lambda path: shows(f"{ABOVE}{path}"),
    )
    path = f"{ABOVE}{found.path}" if found.path else ""
    return replace(found, row=found.row or row.name, path=path)


def _said(row: TableRow) -> Route:
    if row.value.isdigit():
        return Route(Way.PAIR, int(row.value), row.name)
    return Route(Way.NONE if row.value == NONE else Way.ASK, row=row.name)


def new_row(group: Iterable[tuple[str, str]]) -> tuple[Condition, ...]:
    """Return the conditions of a row that would take the records of a group.

    Exactly these where no row compares sizes or parts of texts: such are left to who adds it.
    """
    return tuple(Condition(path, "is", value) for path, value in group if " " not in path)
