"""Watching: new days, new rules and people’s hands on tasks, for the accounts they concern."""

from __future__ import annotations

import hashlib
from collections.abc import Collection
from datetime import UTC, datetime, timedelta

from django.db import transaction
from django.utils import timezone

from connections.models import Pair
from connections.remote import Changes, Remote
from mappings.risk_rules import rules_for as risk_rules_for
from mappings.rules import rules_for
from sync.core.projection import ACCOUNT
from sync.core.records import Key, System
from sync.flows.registry import every_flow
from sync.flows.shapes import task
from sync.models import Cursor, KnownRecord, RiskCase

from . import billing, noticing, risk_cases

OVERLAP = timedelta(minutes=10)
"""Late commits show up behind newer ones; so much is looked at again."""
LONGEST_WINDOW = timedelta(days=400)
"""Credit notes count for a rule so long at most; without an event its share moves every day."""
EPOCH = datetime(2000, 1, 1, tzinfo=UTC)


def look(pair: Pair, salesforce: Remote) -> int:
    """Note the accounts whose tasks changed, and all where the rules did; return the notices.

    One call, where a flow that keeps tasks is in use; two where thousands changed.
    """
    flows = [key for key in noticing.flows_in_use(pair) if judges(key)]
    return sum(_tasks(pair, flow, salesforce) + _rules(pair, flow) for flow in flows)


def judges(flow: str) -> bool:
    """Return whether a flow judges by the rules of credit risk, and so concerns accounts alone."""
    projects = every_flow()[flow].projects
    return projects is not None and projects.judges


def of_the_day(pair: Pair) -> list[Key]:
    """Return the accounts of which a new day may change what is found.

    Those that owe something, those with a case that is not settled, and those that were credited.
    """
    credited = KnownRecord.objects.filter(
        connection_id=pair.xero_id,
        kind="CreditNote",
        gone="",
        stamp__gte=timezone.now() - LONGEST_WINDOW,
    ).values_list("remote_id", flat=True)
    notes = [Key(System.XERO, "CreditNote", each) for each in credited]
    found = {*billing.open_subjects(pair), *billing.subjects_of(pair, notes)}
    found |= set(risk_cases.unsettled(pair.pk))
    return sorted(key for key in found if key.kind == ACCOUNT)


def _tasks(pair: Pair, flow: str, salesforce: Remote) -> int:
    """Note the accounts of the tasks that changed since the last look."""
    if task.RULE_KEY not in salesforce.fields(task.KIND):
        return 0
    purpose = f"tasks:{pair.pk}"
    cursor = Cursor.objects.get_or_create(connection=pair.salesforce, purpose=purpose)[0]
    since = (cursor.covered or timezone.now()) - OVERLAP
    noted = 0
    while True:
        changes = salesforce.glance(task.KIND, since)
        noted += _keep(pair, flow, cursor, changes)
        if changes.complete or changes.covered is None or changes.covered <= since:
            return noted
        since = changes.covered


def _keep(pair: Pair, flow: str, cursor: Cursor, changes: Changes) -> int:
    stamps = {record.key.id: str(record.stamp) for record in changes.records}
    seen = [f"{key.id} {stamps.get(key.id, '')}" for key in changes.keys]
    before = set(cursor.seen)
    fresh = [k.id for k, mark in zip(changes.keys, seen, strict=True) if mark not in before]
    with transaction.atomic():
        noted = noticing.note(pair, flow, _accounts(pair, fresh), "sweep")
        cursor.covered = max(changes.covered or EPOCH, cursor.covered or EPOCH)
        cursor.seen, cursor.read_at = seen, timezone.now()
        cursor.save()
    return noted


def _accounts(pair: Pair, tasks: Collection[str]) -> list[Key]:
    rows = RiskCase.objects.filter(connection_id=pair.salesforce_id, task__in=tasks)
    return [row.account_key for row in rows.only("account")]


def _rules(pair: Pair, flow: str) -> int:
    """Note every account where finance changed the rules, or who stands in, since the last look."""
    rules, version = risk_rules_for(pair), rules_for(pair, flow).version
    mark = hashlib.sha256(repr((rules, version)).encode()).hexdigest()[:16]
    purpose = f"risk rules:{pair.pk}:{flow}"
    cursor = Cursor.objects.get_or_create(connection=pair.xero, purpose=purpose)[0]
    if cursor.seen == [mark]:
        return 0
    linked = billing.linked_subjects(pair, noticing.told_kinds(flow))
    with transaction.atomic():
        cursor.seen, cursor.read_at = [mark], timezone.now()
        cursor.save()
        return noticing.note(pair, flow, [*linked, *risk_cases.unsettled(pair.pk)], "sweep")
