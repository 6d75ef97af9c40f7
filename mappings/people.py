"""Users of a Salesforce org where there are too many for a list: found by name, asked by id."""

from __future__ import annotations

import re
from collections.abc import Iterable

from connections.models import Pair
from connections.remote import Lane, Remote
from mappings import choices, words
from mappings.choices import OpenRemote
from mappings.fitting import Misfit
from sync.core.errors import SyncError
from sync.core.flow import Flow, RuleSet, ValueTable
from sync.core.records import Record

ID = re.compile(r"005[A-Za-z0-9]{12}(?:[A-Za-z0-9]{3})?")
USERS, KIND = "users", "User"


def needs_asking(pair: Pair, table: ValueTable, value: str) -> bool:
    """Return whether Salesforce must be asked for a value: a user whom the list leaves out."""
    listed = choices.active(pair, table) if table.listed == USERS else []
    if not listed or choices.is_whole(table, listed) or not value:
        return False
    return value not in {*table.choices, *(user for user, _ in listed)}


def meant(pair: Pair, said: str, open_remote: OpenRemote) -> tuple[str, str]:
    """Return the id of the active user who is meant by an id, a user name or a name.

    With it what is wrong, in words; then the text as it was said. Three calls at most.
    """
    try:
        remote = open_remote(pair.salesforce, Lane.PERSON)
        found = _found(remote, said)
    except (SyncError, ValueError) as error:
        return said, "" if ID.fullmatch(said) else f"“{said}” could not be looked for. {error}"
    active = _active(found)
    if len(active) == 1:
        return active[0].key.id, ""
    if active:
        names = ", ".join(sorted(str(user.get("Username")) for user in active))
        return said, f"Several users are called “{said}”. Give one’s user name: {names}."
    return said, _unfit(said, found)


def misfits(pair: Pair, flow: Flow, rules: RuleSet, remote: Remote) -> list[Misfit]:
    """Return the rows that give a user who is not active any more; one call where any is asked.

    Where the org's list is whole, mappings.fitting tells. Raises the design's errors.
    """
    tables = words.tables_of(flow)
    asked = [
        (row.value, tables[row.table])
        for row in rules.tables
        if row.table in tables and needs_asking(pair, tables[row.table], row.value)
    ]
    ids = sorted({value for value, _ in asked if ID.fullmatch(value)})
    users = remote.read(KIND, ids, ["Name", "IsActive"]) if ids else []
    told = ((_of(users, value), value, table) for value, table in asked)
    return [
        Misfit(_unfit(value, found), "table", table.name, "value")
        for found, value, table in told
        if not _active(found)
    ]


def _found(remote: Remote, said: str) -> list[Record]:
    if ID.fullmatch(said):
        return [user for user in remote.read(KIND, [said], ["Name", "IsActive"]) if not user.gone]
    return remote.find_by(KIND, "Username", [said]) or remote.find_by(KIND, "Name", [said])


def _active(users: Iterable[Record]) -> list[Record]:
    return [user for user in users if user.get("IsActive") is not False]


def _of(users: Iterable[Record], value: str) -> list[Record]:
    return [user for user in users if user.key.id[:15] == value[:15] and not user.gone]


def _unfit(said: str, found: list[Record]) -> str:
    if not found:
        return f"“{said}” is no user of this Salesforce: check the spelling, or give the user name."
    name = found[0].get("Name") or said
    return f"“{name}” is not active in Salesforce any more: choose somebody who is."
