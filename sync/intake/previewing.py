"""Previewing: which records a sweep would find, without moving any cursor."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from connections.models import Pair
from connections.remote import Lane
from sync.core.records import Key, System
from sync.engine import billing, indexing, noticing
from sync.engine.work import OpenRemote
from sync.flows.registry import every_flow
from sync.models import Cursor, FlowSwitch, Notice

from . import sweeps


def switches(pairs: Iterable[Pair], flows: Iterable[str]) -> list[FlowSwitch]:
    """Return the switches of the pairs' flows; one that was never set counts as off, unsaved."""
    wanted = list(flows)
    found = []
    for pair in pairs:
        rows = {s.flow: s for s in FlowSwitch.objects.filter(pair=pair, flow__in=wanted)}
        for flow in wanted:
            switch = rows.get(flow) or FlowSwitch(pair=pair, flow=flow)
            switch.pair = pair
            found.append(switch)
    return found


def likely_keys(switch: FlowSwitch, since: datetime | None, open_remote: OpenRemote) -> list[Key]:
    """Return the keys that wait already and those that a glance at Salesforce shows.

    Without `since` the glance starts where the last sweep ended, or at the beginning of time.
    """
    flow = every_flow()[switch.flow]
    if flow.projects:
        return billing.linked_subjects(switch.pair, noticing.told_kinds(switch.flow))
    if flow.takes_both:
        return _of_books(switch, since, open_remote)
    waiting = Notice.objects.filter(pair=switch.pair, flow=switch.flow, state=Notice.State.WAITING)
    keys = [notice.key for notice in waiting]
    remote = open_remote(switch.pair.salesforce, Lane.PERSON)
    for system, kind in sorted(flow.starts_on):
        if system is not System.SALESFORCE:
            continue
        cursor = Cursor.objects.filter(
            connection=switch.pair.salesforce, purpose=f"sweep:{kind}:{switch.pair.pk}"
        ).first()
        start = since or (cursor.covered if cursor and cursor.covered else sweeps.EPOCH)
        while True:
            changes = remote.glance(kind, start)
            keys += changes.keys
            if changes.complete or changes.covered is None or changes.covered <= start:
                break
            start = changes.covered
    return list(dict.fromkeys(keys))


def _of_books(switch: FlowSwitch, since: datetime | None, open_remote: OpenRemote) -> list[Key]:
    """Return the keys of all in both address books that belongs or is linked; the index is read.

    With `since` only those that changed later.
    """
    flow, pair = every_flow()[switch.flow], switch.pair
    for connection in (pair.salesforce, pair.xero):
        remote = open_remote(connection, Lane.PERSON)
        ours = remote.system is System.SALESFORCE
        for kind in flow.salesforce_indexes if ours else (flow.xero_kind,):
            indexing.refresh(remote, kind)
    return noticing.keys_of_books(pair, switch.flow, since)
