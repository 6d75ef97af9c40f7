"""What the queue calls: ids in, one call out. A lost or doubled task costs time, never truth."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from django.conf import settings
from django.db.models import QuerySet

from connections import installing
from connections.models import Pair
from sync import bell
from sync.core.errors import SyncError
from sync.engine import (
    announcing_mail,
    announcing_sending,
    announcing_watch,
    claiming,
    failing,
    housekeeping,
    mending,
    routing_telling,
    running,
    settling,
)
from sync.flows.registry import every_flow
from sync.intake import gaps, hearing, storing, sweeps
from sync.models import FlowSwitch


def tick() -> None:
    """Once a minute: start due sweeps, wake what is due, recheck problems, tidy up."""
    bell.ring("tell")  # first, so that whatever fails below is told of all the same
    for pair in Pair.objects.filter(active=True):
        if sweeps.sweep_is_due(pair):
            bell.ring("sweep", pair.pk)
    for switch in _switches_in_use():
        housekeeping.recheck_if_due(switch)
        mending.check_if_due(switch)
        if switch.mode == FlowSwitch.Mode.ON:
            settling.wake(switch.pair, switch.flow)
        if running.has_due(switch):
            bell.ring("work", switch.pair_id, switch.flow)
    for installation in installing.unfinished():
        bell.ring("install_package", installation)
    routing_telling.release()
    for connection in routing_telling.unnoted():
        bell.ring("note_routes", connection)
    gaps.check()
    storing.wake(hearing.waiting_connections())
    housekeeping.tidy_if_due()


def tell() -> None:
    """Tell people of what they must know, and end what is over; write the e-mails that are due."""
    with claiming.alone("counterpart:tell") as ours:  # an older look must not end newer facts
        if ours():
            announcing_watch.look()
    announcing_mail.write_due()
    if announcing_sending.has_due():
        bell.ring("send_messages")


def send_messages() -> int:
    """Write what cannot wait, and send what is written; return how many messages went out."""
    announcing_mail.write_due()
    return announcing_sending.send_due()


def note_routes(connection_id: int) -> int:
    """Let what published versions of routing rows concern be looked at; return the notices."""
    return routing_telling.catch_up(connection_id)


def hear(connection_id: int) -> int:
    """Read what a connection's events told of; return how many notices were saved."""
    try:
        return hearing.hear(connection_id)
    except SyncError as error:
        failing.log.warning("events put off", connection=connection_id, why=str(error))
        return 0


def install_package(installation_id: int) -> bool:
    """Carry an installation of the Salesforce package on; return whether it has ended."""
    return installing.carry_on(installation_id).is_finished


def sweep(pair_id: int) -> int:
    """Find every change of a pair; return how many notices were saved."""
    return _sweep(pair_id, sweeps.sweep)


def sweep_for_a_person(pair_id: int) -> int:
    """Find every change of a pair, also of what is read but seldom: somebody waits for it."""
    return _sweep(pair_id, partial(sweeps.sweep, seldom={}))


def _sweep(pair_id: int, read: Callable[[Pair], int]) -> int:
    pair = Pair.objects.select_related("salesforce", "xero").get(pk=pair_id)
    try:
        return read(pair)
    except SyncError as error:
        failing.log.warning("sweep put off", pair=pair.name, why=str(error))
        return 0


def quick_look(pair_id: int | None = None) -> int:
    """Ask for newly won deals of one pair, or of every pair whose turn it is."""
    pairs = Pair.objects.filter(active=True).select_related("salesforce", "xero")
    chosen = pairs.filter(pk=pair_id) if pair_id is not None else pairs
    return sum(_look(pair) for pair in chosen)


def _look(pair: Pair) -> int:
    # three quarters, so that a ring that comes on time never finds its turn a moment too early
    if not sweeps.look_is_due(pair, settings.QUICK_LOOK_SECONDS * 0.75):
        return 0
    if sweeps.sweep_is_due(pair):
        bell.ring("sweep", pair.pk)
    _wake_what_is_due(pair)
    try:
        return sweeps.look(pair)
    except SyncError as error:
        failing.log.warning("quick look put off", pair=pair.name, why=str(error))
        return 0


def _wake_what_is_due(pair: Pair) -> None:
    """Ring for flows whose notices have become due: what was put off for seconds is not to wait
    for the minute's tick.
    """
    for switch in _switches_in_use().filter(pair=pair):
        if running.has_due(switch):
            bell.ring("work", pair.pk, switch.flow)


def work(pair_id: int, flow: str) -> int:
    """Work off what is due for one flow of a pair; return how many runs it took."""
    switch = _switches_in_use().filter(pair_id=pair_id, flow=flow).first()
    if switch is None:
        return 0
    runs = running.work_off(switch)
    if runs and running.has_due(switch):
        bell.ring("work", pair_id, flow)
    return len(runs)


def _switches_in_use() -> QuerySet[FlowSwitch]:
    in_use = FlowSwitch.objects.exclude(mode=FlowSwitch.Mode.OFF).filter(
        pair__active=True, flow__in=every_flow()
    )
    return in_use.select_related("pair__salesforce", "pair__xero")
