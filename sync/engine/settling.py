"""Settling: writes in doubt are looked up in the remote system before anything is sent again."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from uuid import uuid4

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from sync.core.records import Key, Record
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
        Write.objects.filter(pair=work.pair, flow__in=_flows(work), state=State.IN_DOUBT)
    )
    _plan_again(work, [w for w in doubtful if w.verb == "update"])
    creates = [w for w in doubtful if w.verb == "create"]
    if not creates:
        return
    absent = [w for w in creates if not _confirm_if_found(work, w, outcome)]
    for sent, rows in _last_calls(absent):
        if outcome.stop is None:
            writing.send(work, rows, outcome, _key_for(sent))


def _flows(work: Work) -> list[str]:
    return [work.flow.key, *(need.flow for need in work.flow.needs)]


def _mark_dead(work: Work) -> None:
    """Doubt what a worker that is gone was sending; a living one's lease is waited for."""
    patience = timezone.now() - timedelta(seconds=settings.LEASE_SECONDS)
    sending = Write.objects.filter(
        pair=work.pair, flow__in=_flows(work), state=State.SENDING
    ).prefetch_related("attempts__sent")
    for write in sending:
        last = max(write.attempts.all(), key=lambda attempt: attempt.pk, default=None)
        if last is None or last.sent.worker == worker_name() or last.sent.sent_at < patience:
            write.state, write.error = State.IN_DOUBT, "The worker that was sending it ended."
            write.save(update_fields=["state", "error"])


def _plan_again(work: Work, updates: Sequence[Write]) -> None:
    if not updates:
        return
    for write in updates:
        write.state, write.error = State.WITHDRAWN, "Its answer was lost; planned again."
    Write.objects.bulk_update(updates, ["state", "error"])
    subjects = [Key.parse(write.subject) for write in updates]
    noticing.note(work.pair, work.flow.key, subjects, "again")


def _confirm_if_found(work: Work, write: Write, outcome: writing.Outcome) -> bool:
    """Look the record up by its marker; confirm and link it when it is there."""
    record = _look_up(work, write)
    if record is None:
        return False
    write.state, write.error = State.ADOPTED, ""
    write.remote_id, write.settled_at = record.key.id, timezone.now()
    with transaction.atomic():
        write.save(update_fields=["state", "error", "remote_id", "settled_at"])
        linking.confirm(work, [(write, record)])
    outcome.confirmed += 1
    noticing.note(work.pair, work.flow.key, [Key.parse(write.subject)], "again")
    return True


def _look_up(work: Work, write: Write) -> Record | None:
    """Return the record that carries the write's marker and belongs to no earlier generation."""
    indexing.refresh(work.xero, write.kind)
    key = ("number" if write.kind == "Contact" else "deal", write.marker)
    found = indexing.find(work.xero.connection_id, write.kind, [key]).get(key, [])
    ids = {candidate.key.id for candidate in found}
    earlier = Link.objects.filter(pair=work.pair, xero_kind=write.kind, xero_id__in=ids)
    ids -= set(earlier.values_list("xero_id", flat=True))
    records = indexing.records(work.xero.connection_id, write.kind, ids)
    return next(iter(records.values()), None)


def _last_calls(writes: Sequence[Write]) -> list[tuple[Sent, list[Write]]]:
    """Return the calls that last carried these writes, each with the rows to send again.

    A call is repeated whole while its key lives: the remote knows the call, not its parts.
    """
    ids = {write.pk for write in writes}
    calls: dict[int, Sent] = {}
    for write in writes:
        last = write.attempts.select_related("sent").order_by("-pk").first()
        if last is not None:
            calls[last.sent_id] = last.sent
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
