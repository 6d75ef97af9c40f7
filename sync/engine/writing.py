"""Step 7 of 8, write. Send what is saved in the outbox, once, and keep every answer."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from uuid import uuid4

from django.db import transaction
from django.utils import timezone

from connections.remote import Answer, Sending, Verb
from sync.core import snapshots
from sync.core.errors import (
    ConnectionBroken,
    DuplicateFound,
    NeedsPerson,
    OutcomeUnknown,
    SyncError,
    TryAgain,
)
from sync.core.planning import Plan
from sync.core.questions import Question
from sync.core.records import Key, Record, System
from sync.models import Attempt, PlanRow, Sent, Write
from sync.models.together import update_together

from . import customers, failing, freshness, grouping, linking, outbox, refusing, risk_cases
from .work import Work, worker_name

State = Write.State
BROKEN_OFF = "while sending"
LONG_IN_DOUBT = timedelta(minutes=30)
SOON, LATE = timedelta(seconds=2), timedelta(minutes=5)
ITS_ACCOUNT = "Another organisation is making its account, or it belongs there by now."


@dataclass
class Outcome:
    """What came of a batch's writes.

    `records` has the counterparts as they are after the write, `waiting` the subjects to be
    planned again with the time and the reason, `asked` the questions that refusals raise,
    `doubles` the refusals because of another record that it may be, `repeated` the writes that
    were planned though they are done, `stop` the error that holds for every further call.
    """

    confirmed: int = 0
    refused: int = 0
    in_doubt: int = 0
    records: dict[Key, Record] = field(default_factory=dict)
    waiting: dict[Key, tuple[datetime | None, str]] = field(default_factory=dict)
    asked: dict[Key, list[Question]] = field(default_factory=dict)
    doubles: dict[Key, DuplicateFound] = field(default_factory=dict)
    repeated: list[Write] = field(default_factory=list)
    stop: SyncError | None = None

    def wait(self, subject: Key, message: str, until: datetime | None = None) -> None:
        """Note that a subject is to be planned again."""
        self.waiting.setdefault(subject, (until, message))


def write(
    work: Work,
    plans: Sequence[Plan],
    plan_rows: Mapping[Key, PlanRow],
    outcome: Outcome,
    still_ours: Callable[[], None],
) -> None:
    """Save and send the plans' writes, needed records first; the outcome is filled in."""
    rows = outbox.save(work, plans, plan_rows)
    by_key = {row.key: row for row in rows}
    for subject in _left_out(plans, by_key.values()):
        if work.flow.by_likeness:
            outcome.wait(subject, ITS_ACCOUNT, timezone.now() + SOON)
        else:
            outcome.wait(subject, "Another pair bills it.", timezone.now())
    for stage in grouping.stages(rows):
        ready = [row for row in stage if _is_ready(work, row, by_key, outcome)]
        for part in grouping.parts(ready):
            for group in grouping.groups(freshness.unmoved(work, part, outcome)):
                if outcome.stop is not None:
                    for row in group:
                        outcome.wait(Key.parse(row.subject), str(outcome.stop))
                    continue
                still_ours()
                send(work, group, outcome, str(uuid4()))


def send(work: Work, rows: Sequence[Write], outcome: Outcome, idempotency_key: str) -> None:
    """Send one call. The rows and the call are committed before it goes out.

    Whatever happens from then on, its fate is on disk: answered, surely not done, or in doubt.
    Rows in doubt stay so unless they are answered: that this call wrote nothing says nothing of
    the earlier one. Raises NoLongerOurs when another worker has taken up any of the rows.
    """
    before = State(rows[0].state)
    sent = _note_sending(rows, idempotency_key)
    system, verb = System(rows[0].system), Verb(rows[0].verb)
    # in one order of keys, whether the row was just made or read back: same call, same bytes
    bodies = tuple(outbox.resolve(snapshots.load(row.body), {}) for row in rows)
    despite = all(row.despite_duplicates for row in rows)
    sending = Sending(rows[0].kind, verb, bodies, idempotency_key, despite)
    try:
        answers = work.remote(system).send(sending)
    except (TryAgain, ConnectionBroken) as error:
        _not_done(rows, sent, error, outcome, before)
    except OutcomeUnknown as error:
        _doubt(rows, sent, str(error), fresh_key=error.fresh_key)
        _count_doubt(rows, outcome, str(error))
    except NeedsPerson as error:
        refusals = [Answer(False, error=error)] * len(rows)
        _take_answers(work, rows, sent, refusals, outcome, before=before)
    except BaseException as error:
        _doubt(rows, sent, f"{type(error).__name__} {BROKEN_OFF}", fresh_key=False)
        raise
    else:
        _take_answers(work, rows, sent, answers, outcome, before=before)


def _left_out(plans: Iterable[Plan], rows: Iterable[Write]) -> set[Key]:
    known = {row.about for row in rows} | {row.subject for row in rows}
    return {p.subject for p in plans if p.intents and str(p.subject) not in known}


def _is_ready(work: Work, row: Write, by_key: Mapping[str, Write], outcome: Outcome) -> bool:
    """Return whether the row may be sent now; else say what becomes of its subject."""
    subject = Key.parse(row.subject)
    if row.state in (State.CONFIRMED, State.ADOPTED):
        linking.restore(work, row)
        outcome.repeated.append(row)
        return False
    if row.state != State.INTENDED:
        outcome.wait(subject, "An earlier write is still in doubt.", look_again_at(row))
        if timezone.now() - row.made_at > LONG_IN_DOUBT:
            outcome.asked.setdefault(subject, []).append(refusing.no_answer(row))
        return False
    ids = {name: by_key[key].remote_id for name, key in row.needs.items() if key in by_key}
    missing = [name for name in row.needs if not ids.get(name)]
    if missing:
        _blame(by_key[row.needs[missing[0]]], subject, outcome)
        return False
    if ids:
        row.body = snapshots.dump(outbox.resolve(snapshots.load(row.body), ids))
        row.shared = snapshots.dump(outbox.resolve(snapshots.load(row.shared), ids))
    else:
        row.body = snapshots.dump(outbox.resolve(snapshots.load(row.body), {}))
    return True


def _blame(needed: Write, subject: Key, outcome: Outcome) -> None:
    """Let a subject share the fate of the record it needs; its own refusal is told already."""
    if needed.state == State.REFUSED and Key.parse(needed.subject) == subject:
        return
    asked = outcome.asked.get(Key.parse(needed.subject), [])
    if needed.state == State.REFUSED and asked:
        outcome.asked.setdefault(subject, asked)
    else:
        outcome.wait(subject, "The record it needs is not there yet.", timezone.now() + SOON)


def _note_sending(rows: Sequence[Write], idempotency_key: str) -> Sent:
    """Commit that these rows are being sent: durably, so never inside another transaction."""
    now = timezone.now()
    with transaction.atomic(durable=True):
        mine = Write.objects.filter(pk__in=[r.pk for r in rows], state=rows[0].state)
        if len(mine.select_for_update().order_by("pk").values_list("pk")) != len(rows):
            raise failing.NoLongerOurs("Another worker is sending these writes.")
        sent = Sent.objects.create(
            idempotency_key=idempotency_key,
            system=rows[0].system,
            kind=rows[0].kind,
            verb=rows[0].verb,
            worker=worker_name(),
            sent_at=now,
        )
        for row in rows:
            row.state, row.sent_at = State.SENDING, now
        update_together(rows, ["state", "sent_at", "body", "shared"])
        Attempt.objects.bulk_create(
            Attempt(write=row, sent=sent, position=i) for i, row in enumerate(rows)
        )
    return sent


def _not_done(
    rows: Sequence[Write],
    sent: Sent,
    error: TryAgain | ConnectionBroken,
    outcome: Outcome,
    before: State,
) -> None:
    """The call surely wrote nothing: the rows are as before it."""
    after = error.after if isinstance(error, TryAgain) else None
    with transaction.atomic():
        _close(sent, Sent.Outcome.NOT_DONE, str(error))
        for row in rows:
            row.state, row.error = before, str(error)
        update_together(rows, ["state", "error"])
    for row in rows:
        outcome.wait(Key.parse(row.subject), str(error), after)
    if isinstance(error, ConnectionBroken) or error.whole_connection:
        outcome.stop = error


def _doubt(rows: Sequence[Write], sent: Sent, message: str, *, fresh_key: bool) -> None:
    """The answer is lost: the rows are in doubt until they have been looked up."""
    with transaction.atomic():
        sent.fresh_key = fresh_key
        _close(sent, Sent.Outcome.UNKNOWN, message)
        for row in rows:
            row.state, row.error = State.IN_DOUBT, message
        update_together(rows, ["state", "error"])


def _count_doubt(rows: Sequence[Write], outcome: Outcome, message: str) -> None:
    outcome.in_doubt += len(rows)
    for row in rows:
        outcome.wait(Key.parse(row.subject), message, look_again_at(row))


def look_again_at(row: Write) -> datetime:
    """Return when a write in doubt is to be looked up again: ever later the longer it lasts."""
    now = timezone.now()
    return now + min(max((now - row.made_at) / 2, SOON), LATE)


def _close(sent: Sent, result: Sent.Outcome, message: str = "") -> None:
    sent.outcome, sent.message, sent.answered_at = result, message, timezone.now()
    sent.save(update_fields=["outcome", "message", "answered_at", "fresh_key"])


def _take_answers(
    work: Work,
    rows: Sequence[Write],
    sent: Sent,
    answers: Sequence[Answer],
    outcome: Outcome,
    *,
    before: State,
) -> None:
    """Keep the answers, and link what was made, in one transaction (steps 7 and 8 meet here)."""
    attempts = {a.position: a for a in Attempt.objects.filter(sent=sent)}
    done: list[tuple[Write, Record | None]] = []
    with transaction.atomic():
        for position, (row, answer) in enumerate(zip(rows, answers, strict=True)):
            _keep(row, attempts[position], answer, before)
            if answer.done:
                done.append((row, answer.record))
        update_together(
            attempts.values(), ["done", "status", "message", "warnings", "correlation_id"]
        )
        update_together(rows, ["state", "error", "remote_id", "settled_at"])
        _close(sent, Sent.Outcome.ANSWERED)
        linking.confirm(work, done)
    for row, answer in zip(rows, answers, strict=True):
        _report(work, row, answer, outcome)


def _keep(row: Write, attempt: Attempt, answer: Answer, before: State) -> None:
    attempt.done, attempt.status = answer.done, answer.status
    attempt.message, attempt.warnings = answer.message, list(answer.warnings)
    attempt.correlation_id = answer.correlation_id[:80]
    if answer.done:
        row.state, row.error = State.CONFIRMED, ""
        row.remote_id = answer.id or row.target_id
        row.settled_at = timezone.now()
    elif isinstance(answer.error, TryAgain):
        row.state, row.error = before, str(answer.error)
    else:
        row.state, row.error = State.REFUSED, answer.message or str(answer.error or "")


def _report(work: Work, row: Write, answer: Answer, outcome: Outcome) -> None:
    subject = Key.parse(row.subject)
    if answer.done:
        outcome.confirmed += 1
        if answer.record is not None and row.about == row.subject:
            outcome.records[subject] = answer.record
    elif isinstance(answer.error, TryAgain):
        outcome.wait(subject, str(answer.error), answer.error.after)
    elif isinstance(answer.error, DuplicateFound) and work.flow.by_likeness:
        outcome.refused += 1
        outcome.doubles[subject] = answer.error
    elif risk_cases.owner_refused(work, row, answer):
        outcome.refused += 1
        outcome.wait(subject, "Somebody else gets the task.", timezone.now())
    else:
        outcome.refused += 1
        question = customers.of_refusal(work, row, answer) or refusing.refusal(row, answer)
        outcome.asked.setdefault(subject, []).append(question)
