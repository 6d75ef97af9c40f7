"""Runs: claimed batches of one flow are carried through the eight steps until none is due."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta

from django.db import transaction
from django.utils import timezone

from connections.live import open_remote as open_live
from connections.remote import Lane
from sync.core.planning import Action, Plan
from sync.core.records import Key, System
from sync.flows.registry import every_flow
from sync.models import FlowSwitch, Mode, Notice, Run
from sync.models.switches import is_paused

from . import (
    announcing,
    announcing_billed,
    asking,
    catalogues,
    claiming,
    customers,
    deciding,
    doubling,
    failing,
    fetching,
    noticing,
    pipeline,
    quote_waking,
    recording,
    routing_keeping,
    settling,
    waking,
    writing,
)
from .work import OpenRemote, Work, open_work

ROUTINE = (Notice.Source.LOOK, Notice.Source.SWEEP, Notice.Source.EVENT)
SLICE = timedelta(seconds=240)
"""A task stays well below the queue's time limit; what is left is worked on by the next."""


def work_off(
    switch: FlowSwitch,
    *,
    asked_by: str = "worker",
    lane: Lane = Lane.BILLING,
    open_remote: OpenRemote = open_live,
    on_run: Callable[[Run], None] = lambda run: None,
) -> list[Run]:
    """Work off what is due for one flow and pair; return the runs.

    Returns at once while writes are paused, the flow is off or parked, or another worker has
    its lane: the notices stay where they are. Stops after SLICE with work left.
    """
    runs: list[Run] = []
    deadline = time.monotonic() + SLICE.total_seconds()
    with claiming.shelf(switch) as ours:
        while ours() and time.monotonic() < deadline and _may_work(switch):
            notices = claiming.claim(switch.pair_id, switch.flow, every_flow()[switch.flow].batch)
            if not notices:
                break
            run = _run_batch(
                switch, notices, ours, asked_by=asked_by, lane=lane, open_remote=open_remote
            )
            runs.append(run)
            on_run(run)
    return runs


def _may_work(switch: FlowSwitch) -> bool:
    switch.refresh_from_db()
    if switch.mode == FlowSwitch.Mode.OFF or not switch.pair.active:
        return False
    if switch.parked_until is not None and switch.parked_until > timezone.now():
        return False
    return switch.mode == FlowSwitch.Mode.SHADOW or not is_stopped(switch)


def is_stopped(switch: FlowSwitch) -> bool:
    """Return whether nothing may be written for this flow: paused as a whole or by connection."""
    pair = switch.pair
    paused = pair.salesforce.paused_at or pair.xero.paused_at
    return bool(paused) or is_paused()


def _run_batch(
    switch: FlowSwitch,
    notices: Sequence[Notice],
    ours: Callable[[], bool],
    *,
    asked_by: str,
    lane: Lane,
    open_remote: OpenRemote,
) -> Run:
    """Carry one claimed batch through the steps; its run says what came of it."""
    mode = Mode.SHADOW if switch.mode == FlowSwitch.Mode.SHADOW else Mode.LIVE
    run = Run.objects.create(
        pair=switch.pair, flow=switch.flow, mode=mode, asked_by=asked_by, notices=len(notices)
    )
    work = open_work(switch, every_flow()[switch.flow], run, lane, open_remote)
    try:
        if notices[0].attempts > claiming.MAX_DEATHS:
            failing.give_up(work, notices, "Every worker that took it up has died")
        else:
            _carry(work, notices, ours)
    except Exception as error:  # noqa: BLE001 - failing sorts it; a bug is logged and counted there
        failing.fail(work, notices, error)
    finally:
        _finish(work)
    return run


def _carry(work: Work, notices: Sequence[Notice], ours: Callable[[], bool]) -> None:
    outcome, still_ours = writing.Outcome(), _guard(work, notices, ours)
    if work.run.mode == Mode.LIVE:
        settling.settle(work, outcome, still_ours)
    plans = pipeline.prepare(work, claiming.keys_of(notices), patience=_patience(notices))
    final = plans
    if work.run.mode == Mode.SHADOW:
        _keep_shadow(work, plans, notices)
    else:
        final = pipeline.carry_out(work, plans, outcome, still_ours)
    for subject, question in doubling.questions(work, final, outcome.doubles).items():
        outcome.asked.setdefault(subject, []).append(question)
    asking.ask(work, final, outcome.asked, claiming.keys_of(notices))
    customers.ask_at_the_desk(work, [plan.couple for plan in final if not plan.left])
    routing_keeping.keep(work, final)
    if announcing_billed.may_be(work, plans, outcome.repeated):
        announcing.safely(lambda: announcing_billed.tell(work, plans, outcome.repeated))
    if work.run.mode == Mode.LIVE:
        deciding.spend(work, final)
        customers.release(work)
        quote_waking.release(work)
        quote_waking.after(work, final, claiming.keys_of(notices))
        catalogues.after(work, plans)
        waking.wake(work, final)
    _count(work.run, plans, outcome)
    _close(work, notices, outcome)
    if outcome.stop is not None:
        failing.park(work.switch, outcome.stop)
    else:
        failing.unpark(work.switch)


def _keep_shadow(work: Work, plans: Sequence[Plan], notices: Sequence[Notice]) -> None:
    """Keep what would be done, unless the flow was switched meanwhile: then all is planned again.

    Whoever switches it on holds the same lock, and takes up what is kept by then.
    """
    with transaction.atomic():
        switch = FlowSwitch.objects.select_for_update().get(pk=work.switch.pk)
        if switch.mode != FlowSwitch.Mode.SHADOW:
            raise failing.NoLongerOurs("The flow was switched meanwhile.")
        recording.save_shadow(work, plans, claiming.keys_of(notices))


def _patience(notices: Sequence[Notice]) -> timedelta:
    """Return how old the index may be for a batch of linked records that nobody asked for.

    What Xero itself told of was read by its id a moment ago; sweeps keep the rest.
    """
    if any(notice.source not in ROUTINE for notice in notices):
        return timedelta(0)
    told = all(n.source == Notice.Source.EVENT and n.system == System.XERO for n in notices)
    return fetching.EVENT_PATIENCE if told else fetching.ECHO_PATIENCE


def _guard(work: Work, notices: Sequence[Notice], ours: Callable[[], bool]) -> Callable[[], None]:
    """Return what is called before each write: it raises when the batch must stop writing."""

    def still_ours() -> None:
        work.switch.refresh_from_db()
        switch = work.switch
        on = switch.mode == FlowSwitch.Mode.ON and switch.pair.active
        if not on or is_stopped(switch):
            raise failing.NoLongerOurs("Writes were paused; the work goes on afterwards.")
        if not claiming.renew(notices) or not ours():
            raise failing.NoLongerOurs("Another worker has taken over these records.")

    return still_ours


def _close(work: Work, notices: Sequence[Notice], outcome: writing.Outcome) -> None:
    """Finish the notices, but for those whose subject is to be planned again.

    A subject that only a record of the other side gave notice of gets a notice of its own.
    """
    waiting = outcome.waiting
    claiming.finish([notice for notice in notices if notice.key not in waiting])
    mine = {notice.key for notice in notices}
    for message in sorted({message for _, message in waiting.values()}):
        keys = {key for key, (_, why) in waiting.items() if why == message}
        times = [due for key in keys if (due := waiting[key][0]) is not None]
        due = max(times, default=timezone.now() + failing.SHORT)
        claiming.release([n for n in notices if n.key in keys], due, message)
        noticing.note(work.pair, work.flow.key, keys - mine, "again", due)


def _count(run: Run, plans: Sequence[Plan], outcome: writing.Outcome) -> None:
    actions = [plan.action for plan in plans]
    run.creates = actions.count(Action.CREATE)
    run.updates = actions.count(Action.UPDATE)
    run.nothings = actions.count(Action.NOTHING)
    run.questions = actions.count(Action.QUESTION)
    run.confirmed, run.refused = outcome.confirmed, outcome.refused
    run.in_doubt = outcome.in_doubt


def _finish(work: Work) -> None:
    recording.close_plans(work)
    work.run.calls_salesforce, work.run.calls_xero = work.salesforce.calls, work.xero.calls
    work.run.finished_at = timezone.now()
    work.run.save()


def preview(
    switch: FlowSwitch, keys: Sequence[Key], open_remote: OpenRemote = open_live
) -> tuple[Run, list[Plan]]:
    """Return the plans for these records without writing anything anywhere.

    The run is not saved; it only counts.
    """
    run = Run(pair=switch.pair, flow=switch.flow, mode=Mode.SHADOW, notices=len(keys))
    work = open_work(switch, every_flow()[switch.flow], run, Lane.PERSON, open_remote)
    plans: list[Plan] = []
    size = work.flow.batch
    for start in range(0, len(keys), size):
        plans += pipeline.prepare(work, keys[start : start + size])
    _count(run, plans, writing.Outcome())
    run.calls_salesforce, run.calls_xero = work.salesforce.calls, work.xero.calls
    return run, plans


def has_due(switch: FlowSwitch) -> bool:
    """Return whether any notice of the flow is due, or was claimed by a worker that is gone."""
    now = timezone.now()
    mine = Notice.objects.filter(pair=switch.pair, flow=switch.flow)
    due = mine.filter(state=Notice.State.WAITING, due_at__lte=now)
    dead = mine.filter(state=Notice.State.CLAIMED, lease_until__lt=now)
    return due.exists() or dead.exists()


def next_due(switch: FlowSwitch) -> datetime | None:
    """Return when the flow's next waiting notice is due, or None without one."""
    mine = Notice.objects.filter(
        pair=switch.pair, flow=switch.flow, state=Notice.State.WAITING
    ).order_by("due_at")
    return mine.values_list("due_at", flat=True).first()
