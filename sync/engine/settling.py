"""Settling: writes in doubt are looked up in the remote system before anything is sent again."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta
from uuid import uuid4

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from connections.models import Pair
from sync.core.flow import Flow
from sync.core.records import Key, Record, System
from sync.flows.registry import every_flow
from sync.flows.shapes import MARKERS, product
from sync.flows.shapes.account import MARKER
from sync.models import Attempt, Link, Sent, Write
from sync.models.together import update_together

from . import failing, indexing, linking, noticing, telling, writing
from .work import Work, worker_name

State = Write.State
_FOUND_BY = {"Contact": "number", "Item": "code"}
KEY_LIVES = timedelta(minutes=5)
"""Xero keeps an idempotency key for six minutes from the first call; a minute is margin."""


def settle(work: Work, outcome: writing.Outcome, still_ours: Callable[[], None]) -> None:
    """Settle what earlier batches left in doubt: found, sent again under the same key, or freed.

    A create is looked up by its marker in the freshly read index. Found: confirmed and linked.
    Several found: given back to matching, where a person says which it is. Not found: sent again,
    the very same call under the same key while the remote still knows the key, else under a new
    one. An update is simply planned again, since the records tell.
    """
    _mark_dead(work)
    doubtful = list(
        Write.objects.filter(pair=work.pair, flow__in=_flows_of(work.flow), state=State.IN_DOUBT)
    )
    _plan_again(work, [w for w in doubtful if _tells(w)], "Its answer was lost; planned again.")
    creates = [w for w in doubtful if not _tells(w)]
    if not creates:
        return
    found = _look_up(work, creates)
    creates = _but_for_parted(work, creates, found)
    one = [w for w in creates if len(found[w.pk]) == 1]
    _confirm(work, one, {w.pk: found[w.pk][0] for w in one}, outcome)
    _plan_again(
        work,
        [w for w in creates if len(found[w.pk]) > 1],
        "Several records carry its mark: a person says which it is.",
    )
    held = _send_again(work, [w for w in creates if not found[w.pk]], outcome, still_ours)
    _look_again(work, [w for w in creates if not found[w.pk]], held)


def _tells(write: Write) -> bool:
    """Return whether the records themselves tell if it was done, and a repeat can do no harm.

    Salesforce has one price a product, book and currency, and shows it with its product.
    """
    return write.verb != "create" or write.kind == product.ENTRY


def _but_for_parted(
    work: Work, creates: Sequence[Write], found: Mapping[int, Sequence[Record]]
) -> list[Write]:
    """Return the writes but for those whose mark is on a record that a person told apart from it.

    That record had the mark before, so that nothing was made: it is planned again, and asked about.
    """
    apart = telling.apart_from(work.pair, [Key.parse(write.about) for write in creates])
    parted = {
        write.pk
        for write in creates
        if any(r.key in apart.get(Key.parse(write.about), ()) for r in found[write.pk])
    }
    _plan_again(
        work,
        [write for write in creates if write.pk in parted],
        "A record that was told apart from it carries its mark.",
    )
    return [write for write in creates if write.pk not in parted]


def _send_again(
    work: Work,
    absent: Sequence[Write],
    outcome: writing.Outcome,
    still_ours: Callable[[], None],
) -> datetime | None:
    """Send the calls again that carried these writes; return until when one must be held back.

    While its key lives, a call is repeated whole: the remote knows the call, not its parts. Where
    a part of it is there already, by the call itself or typed by a person, it cannot be repeated:
    the rest waits until the first call has surely ended.
    """
    held: datetime | None = None
    ids = {write.pk for write in absent}
    for sent, rows in _last_calls(absent):
        dies_at = _key_dies_at(sent)
        missing = [row for row in rows if row.pk in ids]
        if dies_at is not None and len(missing) < len(rows):
            held = max(dies_at, held or dies_at)
        elif outcome.stop is None:
            key = sent.idempotency_key if dies_at is not None else ""
            for part in [missing] if key else _parts(sent, missing):
                still_ours()
                _try(work, part, outcome, key or str(uuid4()))
    return held


def _parts(sent: Sent, rows: list[Write]) -> list[list[Write]]:
    """Return the rows in one call, or halved where an error of ours broke their last call off.

    So the one that is to blame is alone in the end, and the others go on.
    """
    half = (len(rows) + 1) // 2 if writing.BROKEN_OFF in sent.message else len(rows)
    return [part for part in (rows[:half], rows[half:]) if part]


def _try(work: Work, rows: list[Write], outcome: writing.Outcome, key: str) -> None:
    """Send a call again; what breaks it off leaves its rows in doubt and nobody else."""
    try:
        writing.send(work, rows, outcome, key)
    except failing.NoLongerOurs:
        raise
    except Exception as error:  # noqa: BLE001 - a bug in one call must not stop all the others
        failing.log.exception("a write in doubt cannot be sent", run=work.run.pk, exc_info=error)


def _look_again(work: Work, writes: Sequence[Write], held: datetime | None) -> None:
    """Let the subjects of what is still in doubt be noticed again, so that it is not forgotten."""
    open_still = list(
        Write.objects.filter(pk__in=[write.pk for write in writes], state__in=Write.OPEN)
    )
    if open_still:
        due = min(writing.look_again_at(write) for write in open_still)
        subjects = [Key.parse(write.subject) for write in open_still]
        noticing.note(work.pair, work.flow.key, subjects, "again", max(due, held or due))


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
    update_together(dead, ["state", "error"])


def _plan_again(work: Work, writes: Sequence[Write], why: str) -> None:
    if not writes:
        return
    for write in writes:
        write.state, write.error = State.WITHDRAWN, why
    update_together(writes, ["state", "error"])
    subjects = [Key.parse(write.subject) for write in writes]
    noticing.note(work.pair, work.flow.key, subjects, "again")


def _look_up(work: Work, writes: Sequence[Write]) -> dict[int, list[Record]]:
    """Return by write the records that carry its marker and are linked to nothing else.

    What a run has matched with its subject meanwhile is what the write made.
    Living ones come before those that have ended, which count only where nothing else does. One
    call a kind brings the index up to date; the rest is read from it.
    """
    ours = [write for write in writes if write.system == System.SALESFORCE]
    found: dict[int, list[Record]] = {write.pk: [] for write in writes} | _in_salesforce(work, ours)
    theirs = [write for write in writes if write.system == System.XERO]
    for kind in {write.kind for write in theirs}:
        indexing.refresh(work.xero, kind)
        name = _FOUND_BY.get(kind, "deal")
        mark = str.upper if name == "code" else str
        mine = [(write, (name, mark(write.marker))) for write in theirs if write.kind == kind]
        hits = indexing.find(work.xero.connection_id, kind, {key for _, key in mine})
        ids = {candidate.key.id for hit in hits.values() for candidate in hit}
        links = Link.objects.filter(pair=work.pair, xero_kind=kind, xero_id__in=ids)
        ends = {(link.xero_id, link.salesforce_id, link.generation) for link in links}
        taken = {xero_id for xero_id, *_ in ends}
        records = indexing.records(work.xero.connection_id, kind, ids)
        for write, key in mine:
            own = {x for x, ours, at in ends if (ours, at) == _stands_for(write)}
            free = [c for c in hits.get(key, ()) if c.key.id in records.keys() - (taken - own)]
            alive = [records[c.key.id] for c in free if not c.gone]
            ended = [records[c.key.id] for c in free if c.gone]
            found[write.pk] = alive or [r for r in ended if _may_be_its(write, r)][-1:]
    return found


def _stands_for(write: Write) -> tuple[str, int]:
    """Return the Salesforce id and the generation of the link that a write is to make."""
    return Key.parse(write.about).id, write.generation


def _in_salesforce(work: Work, writes: Sequence[Write]) -> dict[int, list[Record]]:
    """Return by write the living Salesforce records that carry its marker; one call a kind."""
    found: dict[int, list[Record]] = {}
    for kind in sorted({write.kind for write in writes}):
        field = MARKERS.get(kind, MARKER)
        mine = {write.marker.lower(): write for write in writes if write.kind == kind}
        for record in work.salesforce.find_by(kind, field, list(mine)):
            write = mine.get(str(record.get(field) or "").lower())
            if write is not None:
                found.setdefault(write.pk, []).append(record)
    return found


def _may_be_its(write: Write, record: Record) -> bool:
    """Return whether a record that has ended may be what the write made, by a day's margin."""
    return record.stamp is None or record.stamp > write.made_at - timedelta(days=1)


def _confirm(
    work: Work, writes: Sequence[Write], found: Mapping[int, Record], outcome: writing.Outcome
) -> None:
    """Confirm and link the writes whose records were found there, and plan on from them."""
    now = timezone.now()
    for write in writes:
        write.state, write.error, write.settled_at = State.ADOPTED, "", now
        write.remote_id = found[write.pk].key.id
    with transaction.atomic():
        update_together(writes, ["state", "error", "remote_id", "settled_at"])
        linking.confirm(work, [(write, found[write.pk]) for write in writes], answered=False)
    outcome.confirmed += len(writes)
    subjects = [Key.parse(write.subject) for write in writes]
    noticing.note(work.pair, work.flow.key, subjects, "again")


def _last_calls(writes: Sequence[Write]) -> list[tuple[Sent, list[Write]]]:
    """Return the calls that last carried these writes, each with all of its rows."""
    attempts = Attempt.objects.filter(write__in=writes).select_related("sent").order_by("pk")
    last = {attempt.write_id: attempt.sent for attempt in attempts}
    calls = {sent.pk: sent for sent in last.values()}
    return [(sent, _rows(sent)) for sent in calls.values()]


def _rows(sent: Sent) -> list[Write]:
    attempts = Attempt.objects.filter(sent=sent).select_related("write").order_by("position")
    return [attempt.write for attempt in attempts]


def _key_dies_at(sent: Sent) -> datetime | None:
    """Return until when the remote knows the key; None: no more, or it would replay a failure."""
    first = Sent.objects.filter(idempotency_key=sent.idempotency_key).order_by("pk").first()
    dies_at = (first or sent).sent_at + KEY_LIVES
    return None if sent.fresh_key or dies_at <= timezone.now() else dies_at
