"""What people said of where a batch's records belong, and whether that still is so."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from mappings.routing import rows_of
from sync.core.planning import Plan
from sync.core.records import Key, Record, System
from sync.core.routing import DEAL
from sync.models import Assignment

from . import assigning
from .routing_rows import Routing, account_of, routing_of
from .work import Work


def said_of(work: Work, routing: Routing, records: Iterable[Record]) -> dict[Key, Assignment]:
    """Return the assignments of these records and of deals' accounts, and remember them.

    See `changed`. An account without one into which an assigned one was merged has one without a
    pair: who is meant by that word now is asked. Four queries at most.
    """
    keys = _keys(routing, records)
    found = assigning.assigned(routing.connection_id, keys)
    work.said.update({key: row.pair_id for key, row in found.items()})
    of_merged = assigning.inherited(routing.connection_id, [k for k in keys if k not in found])
    return found | {key: Assignment(by=row.by) for key, row in of_merged.items()}


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
