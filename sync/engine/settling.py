"""Settling: writes in doubt are looked up in the remote system before anything is sent again."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import timedelta
from uuid import uuid4

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from connections.models import Pair
from sync.core.flow import Flow
from sync.core.records import Key, Record
from sync.flows.registry import every_flow
from sync.models import Attempt, Link, Sent, Write

from . import indexing, linking, noticing, writing
from .work import Work, worker_name

State = Write.State
KEY_LIVES = timedelta(minutes=5)
"""Xero keeps an idempotency key for six minutes from the first call; a minute is margin."""


def settle(work: Work, outcome: writing.Outcome) -> None:
    """Settle what earlier batches left in doubt: found, sent again under the same key, or freed.

    A create is looked up by its marker in the freshly read index. Found: confirmed and linked.
    Not found: sent again, the very same call under the same key while the remote still knows the
    key, else under a new one. An update is simply planned again, since the records tell.
    """
    _mark_dead(work)
    doubtful = list(
        Write.objects.filter(pair=work.pair, flow__in=_flows_of(work.flow), state=State.IN_DOUBT)
    )
    _plan_again(work, [w for w in doubtful if w.verb == "update"])
    creates = [w for w in doubtful if w.verb == "create"]
    if not creates:
        return
    found = _look_up(work, creates)
    _confirm(work, [w for w in creates if w.pk in found], found, outcome)
    for sent, rows in _last_calls([w for w in creates if w.pk not in found]):
        if outcome.stop is None:
            writing.send(work, rows, outcome, _key_for(sent))
    _look_again(work, creates)


def _look_again(work: Work, writes: Sequence[Write]) -> None:
    """Let the subjects of what is still in doubt be noticed again, so that it is not forgotten."""
    open_still = Write.objects.filter(pk__in=[w.pk for w in writes], state__in=Write.OPEN)
    subjects = [Key.parse(subject) for subject in open_still.values_list("subject", flat=True)]
    noticing.note(work.pair, work.flow.key, subjects, "again", timezone.now() + writing.SOON)


def wake(pair: Pair, flow: str) -> int:
    """Notice again what is in doubt and has no waiting notice; return how many.

    A safety net: whatever ended a batch, its doubtful writes are looked up in the end.
    """
    patience = timezone.now() - timedelta(seconds=settings.LEASE_SECONDS)
    doubtful = Write.objects.filter(
        pair=pair,
        flow__in=_flows_of(every_flow()[flow]),
        state__in=(State.SENDING, State.IN_DOUBT),
        sent_at__lt=patience,
    )
    subjects = [Key.parse(subject) for subject in doubtful.values_list("subject", flat=True)]
    return noticing.note(pair, flow, subjects, "again", timezone.now())


def _flows_of(flow: Flow) -> list[str]:
    """Return the flow and those whose records it makes because it needs them."""
    return [flow.key, *(need.flow for need in flow.needs)]


def _mark_dead(work: Work) -> None:
    """Doubt what a worker that is gone was sending; a living one's lease is waited for."""
    patience = timezone.now() - timedelta(seconds=settings.LEASE_SECONDS)
    sending = Write.objects.filter(
        pair=work.pair, flow__in=_flows_of(work.flow), state=State.SENDING
    ).prefetch_related("attempts__sent")
    dead = []
    for write in sending:
        last = max(write.attempts.all(), key=lambda attempt: attempt.pk, default=None)
        if last is None or last.sent.worker == worker_name() or last.sent.sent_at < patience:
            write.state, write.error = State.IN_DOUBT, "The worker that was sending it ended."
            dead.append(write)
    Write.objects.bulk_update(dead, ["state", "error"])


def _plan_again(work: Work, updates: Sequence[Write]) -> None:
    if not updates:
        return
    for write in updates:
        write.state, write.error = State.WITHDRAWN, "Its answer was lost; planned again."
    Write.objects.bulk_update(updates, ["state", "error"])
    subjects = [Key.parse(write.subject) for write in updates]
    noticing.note(work.pair, work.flow.key, subjects, "again")


def _look_up(work: Work, writes: Sequence[Write]) -> dict[int, Record]:
    """Return by write the record that carries its marker and belongs to no earlier generation.

    One call a kind brings the index up to date; the rest is read from it.
    """
    found: dict[int, Record] = {}
    for kind in {write.kind for write in writes}:
        indexing.refresh(work.xero, kind)
        name = "number" if kind == "Contact" else "deal"
        mine = {(name, write.marker): write for write in writes if write.kind == kind}
        hits = indexing.find(work.xero.connection_id, kind, mine)
        ids = {candidate.key.id for hit in hits.values() for candidate in hit}
        links = Link.objects.filter(pair=work.pair, xero_kind=kind, xero_id__in=ids)
        taken = set(links.values_list("xero_id", flat=True))
        records = indexing.records(work.xero.connection_id, kind, ids - taken)
        for key, hit in hits.items():
            free = [records[c.key.id] for c in hit if c.key.id in records]
            found.update({mine[key].pk: free[0]} if free else {})
    return found


def _confirm(
    work: Work, writes: Sequence[Write], found: Mapping[int, Record], outcome: writing.Outcome
) -> None:
    """Confirm and link the writes whose records were found there, and plan on from them."""
    now = timezone.now()
    for write in writes:
        write.state, write.error, write.settled_at = State.ADOPTED, "", now
        write.remote_id = found[write.pk].key.id
    with transaction.atomic():
        Write.objects.bulk_update(writes, ["state", "error", "remote_id", "settled_at"])
        linking.confirm(work, [(write, found[write.pk]) for write in writes])
    outcome.confirmed += len(writes)
    subjects = [Key.parse(write.subject) for write in writes]
    noticing.note(work.pair, work.flow.key, subjects, "again")


def _last_calls(writes: Sequence[Write]) -> list[tuple[Sent, list[Write]]]:
    """Return the calls that last carried these writes, each with the rows to send again.

    A call is repeated whole while its key lives: the remote knows the call, not its parts.
    """
    ids = {write.pk for write in writes}
    attempts = Attempt.objects.filter(write__in=writes).select_related("sent").order_by("pk")
    last = {attempt.write_id: attempt.sent for attempt in attempts}
    calls = {sent.pk: sent for sent in last.values()}
    return [(sent, _rows(sent, ids)) for sent in calls.values()]


def _rows(sent: Sent, absent: set[int]) -> list[Write]:
    attempts = Attempt.objects.filter(sent=sent).select_related("write").order_by("position")
    rows = [attempt.write for attempt in attempts]
    return rows if _key_lives(sent) else [row for row in rows if row.pk in absent]


def _key_lives(sent: Sent) -> bool:
    """Return whether the remote still knows the key and would not replay its own failure."""
    first = Sent.objects.filter(idempotency_key=sent.idempotency_key).order_by("pk").first()
    age = timezone.now() - (first or sent).sent_at
    return not sent.fresh_key and age < KEY_LIVES


def _key_for(sent: Sent) -> str:
    return sent.idempotency_key if _key_lives(sent) else str(uuid4())
