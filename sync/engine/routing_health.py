"""Whether it is well where records belong: rows that work, and nothing that waits unseen."""

from __future__ import annotations

from collections.abc import Iterator

from connections.models import Connection
from mappings import routing_faults
from mappings.models import newest_routing
from mappings.routing import in_force, rows_of
from sync.core.records import System
from sync.core.routing import DEAL, KINDS, rows_of_kind
from sync.core.routing_questions import THINGS

from . import assigning, routing_rows
from .routing_rows import FLOWS
from .routing_telling import Waiting, shared_connections, waiting
from .work import OpenRemote

Told = tuple[str, bool, str, str]
"""What was looked at, whether it stops anything, the fact in words, and what to do."""


ADD = "Add rows: `manage.py route add PAIR --when …`."


def findings(open_remote: OpenRemote) -> Iterator[Told]:
    """Yield what is wrong with each connection that stands in several pairs, and what waits.

    Raises the design's errors.
    """
    for connection in shared_connections():
        what = f"Which organisation, {connection.name}"
        rows = in_force(newest_routing(connection.pk))
        check = routing_faults.check(connection, open_remote) if rows else None
        for fault in check(rows) if check is not None else ():
            yield what, True, fault, "Correct the row under Which organisation."
        if words := unruled(connection):
            yield what, False, words, ADD
    for one in waiting():
        yield _of_waiting(one)


def unruled(connection: Connection) -> str:
    """Return that a flow is in use in several pairs though no row says which has its records.

    Empty where it is well.
    """
    pairs = assigning.pairs_of(connection.pk)
    rows = rows_of(connection.pk) or ()
    for kind in KINDS[System(connection.system)]:
        modes = routing_rows.modes_of(pairs, FLOWS[kind])
        in_use = [pk for pk, mode in modes.items() if mode == routing_rows.ON] or modes
        if kind in (DEAL, "Quote") and len(in_use) > 1 and not rows_of_kind(rows, kind):
            return f"{len(in_use)} pairs take its {THINGS[kind]}, and no row says which: all ask"
    return ""


def _of_waiting(one: Waiting) -> Told:
    kind = next(kind for kind, flow in FLOWS.items() if flow == one.flow)
    thing = THINGS[kind] if one.count != 1 else THINGS[kind][:-1]
    sums = ", ".join(f"{code} {amount:,.2f}" for code, amount in sorted(one.sums.items()))
    over = f" over {sums}" if sums else ""
    verb = "belong" if one.count != 1 else "belongs"
    words = f"{one.count} {thing}{over} {verb} to it, but {one.flow} is off there"
    return (
        f"Pair “{one.pair}”", False, words,
        f"`manage.py flow {one.flow} on --pair '{one.pair}'`.",
    )  # fmt: skip
