"""Newcomers: a customer that is new in two organisations of one org becomes one account there."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

from django.db.models import Q, QuerySet
from django.utils import timezone

from connections.models import Pair
from sync.core.intents import COUNTERPART
from sync.core.matching import MARK
from sync.core.planning import Plan
from sync.core.records import Key, System
from sync.models import KnownKey, KnownRecord, Write

from . import assigning, finding, routing_rows
from .work import Work

State = Write.State
SKEW = timedelta(seconds=10)
"""Clocks of two hosts may differ by so much."""
LONGEST = timedelta(minutes=15)
"""No run takes so long; one that began earlier and never ended was killed."""


def met(work: Work, plans: Sequence[Plan]) -> list[Plan]:
    """Return the plans but for those that would make an account which another pair makes now.

    Left out are new customers that share a telling name, number or address with one whose account
    another pair of the org is making, or has made since this run looked: planned again, they find
    it. The caller's transaction also saves the writes; until it ends, no other pair may ask. No
    query where nothing is made or the org stands in one pair, else six at most.
    """
    new = [plan.subject for plan in plans if _makes_account(plan)]
    others = {p.pk: p.xero_id for p in _others(work)} if work.flow.by_likeness and new else {}
    if not others:
        return list(plans)
    assigning.alone_with(work.salesforce.connection_id)
    theirs = [
        (others[pair], Key.parse(subject).id)
        for pair, subject in _being_made(work, [*others]).values_list("pair", "subject")
    ]
    held = _alike(work, new, theirs) if theirs else set()
    return [plan for plan in plans if plan.subject not in held]


def _makes_account(plan: Plan) -> bool:
    return any(
        intent.system is System.SALESFORCE and intent.target is None and intent.name == COUNTERPART
        for intent in plan.intents
    )


def _others(work: Work) -> list[Pair]:
    every = routing_rows.pairs_of(work, System.SALESFORCE)
    return [pair for pair in every if pair.xero_id != work.pair.xero_id]


def _being_made(work: Work, pairs: Sequence[int]) -> QuerySet[Write]:
    """Return what other pairs are making, or have made since this run began to look.

    What is intended by a run that ended is planned anew before it is sent, and not made by then.
    """
    began, now = work.run.started_at, timezone.now()
    open_now = Q(state__in=(State.SENDING, State.IN_DOUBT)) | Q(
        state=State.INTENDED,
        plan__run__finished_at__isnull=True,
        plan__run__started_at__gt=now - LONGEST,
    )
    since = Q(state__in=(State.CONFIRMED, State.ADOPTED), settled_at__gt=began - SKEW)
    return Write.objects.filter(
        open_now | since,
        pair__in=pairs,
        flow=work.flow.key,
        system=System.SALESFORCE.value,
        kind=work.flow.salesforce_kind,
        verb="create",
    )


def _alike(work: Work, mine: Sequence[Key], theirs: Sequence[tuple[int, str]]) -> set[Key]:
    """Return which contacts of this pair share a telling key with any of the others' contacts.

    `theirs` are pairs of a connection and a contact's id.
    """
    kind, place = work.flow.xero_kind, work.xero.connection_id
    ids = [key.id for key in mine]
    own = KnownRecord.objects.filter(connection_id=place, kind=kind, remote_id__in=ids)
    known = KnownKey.objects.filter(record__in=own, name__startswith=MARK)
    keys: dict[tuple[str, str], set[str]] = {}
    for name, value, remote_id in known.values_list("name", "value", "record__remote_id"):
        keys.setdefault((name[len(MARK) :], value), set()).add(remote_id)
    books = dict.fromkeys({connection for connection, _ in theirs}, kind)
    made = KnownRecord.objects.filter(
        connection_id__in=books, kind=kind, remote_id__in=[remote_id for _, remote_id in theirs]
    )
    rows = set(made.values_list("pk", flat=True))
    found = finding.find(keys, books).rows
    near = {
        remote_id
        for key, by_book in found.items()
        if any(rows & pks for pks in by_book.values())
        for remote_id in keys[key]
    }
    return {key for key in mine if key.id in near}
