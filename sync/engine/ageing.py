"""Ageing: what no event tells of: invoices that fall due, and what Xero changes without a stamp."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction
from django.utils import timezone

from connections.models import Pair
from connections.remote import Remote
from sync.core import snapshots, zones
from sync.core.projection import ACCOUNT, DEAL
from sync.core.records import Key, Record, System
from sync.flows.registry import every_flow
from sync.models import KnownRecord, Link, Write

from . import (
    addresses,
    billing,
    claiming,
    indexing,
    noticing,
    risk_watching,
    surroundings,
    turns,
)
from .billing import INVOICE

NIGHT = 2
"""The hour, where the books are kept, from which the open invoices are read once more."""
MOST_BY_IDS = 400
"""Invoices that are open here and not there: ten calls; the rest is left to the next night."""


def look(pair: Pair, xero: Remote) -> int:
    """Do what is due once a day for the flows that tell figures; return the notices.

    The day is that of the organisation, by Xero's own clock as it was read last. A new day is
    noted in the transaction that saves what it concerns, so that none is missed.
    """
    flows = [key for key in noticing.flows_in_use(pair) if every_flow()[key].projects]
    if not flows:
        return 0
    now = _local_now(pair)
    noted = 0
    for flow in flows:
        purpose = f"day:{pair.pk}:{flow}"
        if turns.is_new_day(pair.xero, purpose, now.date()):
            due = risk_watching.of_the_day if risk_watching.judges(flow) else billing.open_subjects
            subjects = [*due(pair), *_let_go(pair, flow)]
            with transaction.atomic():
                if turns.take_day(pair.xero, purpose, now.date()):
                    noted += noticing.note(pair, flow, subjects, "sweep")
    if now.hour >= NIGHT:
        noted += _read_open(pair, xero, now)
    return noted + addresses.learn(pair, xero)


def _local_now(pair: Pair) -> datetime:
    known = surroundings.known(pair.xero_id)
    zone = zones.zone(known.timezone if known else "")
    return (billing.read_at(pair.xero_id) or timezone.now()).astimezone(zone)


def _let_go(pair: Pair, flow: str) -> list[Key]:
    """Return what the flow has told once and that no link leads to any more: it is told nothing."""
    told = Write.objects.filter(
        pair=pair, flow=flow, system=System.SALESFORCE, kind__in=(DEAL, ACCOUNT)
    )
    linked = Link.objects.filter(pair__salesforce=pair.salesforce_id).values("salesforce_id")
    rows = told.exclude(target_id__in=linked).values_list("kind", "target_id").distinct()
    return [Key(System.SALESFORCE, kind, remote_id) for kind, remote_id in rows.order_by()]


def _read_open(pair: Pair, xero: Remote, now: datetime) -> int:
    """Read all open invoices as they are now, whatever their stamps say: 1,000 a call.

    A due date that moves on a part-paid invoice has been seen to leave its stamp as it was. One
    worker at a time; a night that fails is tried again by the next sweep.
    """
    if not turns.is_new_day(pair.xero, "open invoices", now.date()):
        return 0
    with claiming.alone(f"counterpart:open:{pair.xero_id}") as ours:
        if not ours() or not turns.is_new_day(pair.xero, "open invoices", now.date()):
            return 0
        found = xero.open_records(INVOICE)
        known = KnownRecord.objects.filter(
            connection_id=pair.xero_id, kind=INVOICE, status="AUTHORISED"
        )
        there = {record.key.id for record in found}
        gone = sorted(set(known.values_list("remote_id", flat=True)) - there)[:MOST_BY_IDS]
        found += xero.read(INVOICE, gone) if gone else []
        with transaction.atomic():
            moved = indexing.store(pair.xero_id, _other_than_known(pair.xero_id, found), anew=True)
            turns.take_day(pair.xero, "open invoices", now.date())
            return noticing.note_moved(pair.xero_id, moved)


def _other_than_known(connection_id: int, records: Sequence[Record]) -> list[Record]:
    """Return the records that are not as the index has them."""
    other: list[Record] = []
    for start in range(0, len(records), indexing.CHUNK):
        part = records[start : start + indexing.CHUNK]
        rows = KnownRecord.objects.filter(
            connection_id=connection_id, kind=INVOICE, remote_id__in=[r.key.id for r in part]
        )
        held = dict(rows.values_list("remote_id", "values"))
        other += [r for r in part if held.get(r.key.id) != snapshots.dump(r.values)]
    return other
