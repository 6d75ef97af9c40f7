"""What people said of where a batch's records belong, and whether that still is so."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from mappings.routing import rows_of
from sync.core.planning import Plan
from sync.core.records import Key, Record, System
from sync.core.routing import ACCOUNT, BY_ACCOUNT, DEAL, rows_of_kind
from sync.models import Assignment

from . import assigning, rereading
from .routing_rows import Routing, account_of, routing_of
from .work import Work


def said_of(work: Work, routing: Routing, records: Iterable[Record]) -> dict[Key, Assignment]:
    """Return the assignments of these records and of deals' accounts, and remember them.

    See `changed`. An account without one into which an assigned one was merged has one without a
    pair: who is meant by that word now is asked. A handful of queries.
    """
    keys = _keys(routing, records)
    found = assigning.assigned(routing.connection_id, keys)
    work.said.update({key: row.pair_id for key, row in found.items()})
    of_merged = assigning.inherited(routing.connection_id, [k for k in keys if k not in found])
    return found | {key: Assignment(by=row.by) for key, row in of_merged.items()}


def follow_merges(work: Work, routing: Routing) -> None:
    """Learn which assigned accounts were merged into others, before deals go as their accounts.

    One call a run for 1,000 of them, and one more for each remove of new merges; none where rows
    do not say that deals go as their accounts. A merge tells of the deals at once, and of the
    accounts only where customers are kept in step.
    """
    by_account = any(row.value == BY_ACCOUNT for row in rows_of_kind(routing.rows, DEAL))
    if routing.kind != DEAL or not by_account or work.merges_read:
        return
    work.merges_read = True
    ids = set(assigning.ends_of_accounts(routing.connection_id).values())
    seen: set[str] = set()
    while new := sorted(ids - seen):
        seen |= ids
        ids = rereading.keep_merged(work.salesforce, ACCOUNT, new)


def changed(work: Work, plans: Sequence[Plan]) -> set[Key]:
    """Return the subjects that may belong elsewhere by now: of them nothing must be made yet.

    Another version of the rows was published since the run judged, or somebody said another thing
    of the record or its account. They are judged again. Two queries.
    """
    found: set[Key] = set()
    for system in System:
        routing = routing_of(work, system)
        mine = [plan for plan in plans if plan.subject.system is system]
        if routing is None or not mine:
            continue
        if (rows_of(routing.connection_id) or ()) != routing.rows:
            found |= {plan.subject for plan in mine}
            continue
        records = {p.subject: p.couple.own for p in mine if p.couple.own is not None}
        now = assigning.assigned(routing.connection_id, _keys(routing, records.values()))
        said = {key: row.pair_id for key, row in now.items()}
        for subject, record in records.items():
            keys = _keys(routing, [record])
            if any(said.get(key) != work.said.get(key) for key in keys):
                found.add(subject)
    return found


def _keys(routing: Routing, records: Iterable[Record]) -> list[Key]:
    every = list(records)
    accounts = [account_of(record) for record in every] if routing.kind == DEAL else []
    return [*(record.key for record in every), *(key for key in accounts if key.id)]
