"""Switching flows on, off and to shadow, and pausing all writes."""

from __future__ import annotations

from datetime import date, timedelta

from connections.models import Pair
from sync import bell
from sync.flows.registry import every_flow
from sync.models import FlowSwitch
from sync.models.switches import set_pause

from . import billing, noticing

CLOCKS_DIFFER = timedelta(hours=1)


class UnknownFlow(ValueError):
    """There is no flow of that name."""


def switch_flow(
    pair: Pair, flow: str, mode: str, by: str, starts_from: date | None = None
) -> FlowSwitch:
    """Set a flow of a pair to off, shadow or on; when it goes on, a sweep starts.

    With `starts_from`, records from before that date are left alone. Raises UnknownFlow.
    """
    if flow not in every_flow():
        names = ", ".join(every_flow())
        raise UnknownFlow(f"There is no flow “{flow}”. There are: {names}.")
    before = FlowSwitch.objects.filter(pair=pair, flow=flow).first()
    switch, _ = FlowSwitch.objects.update_or_create(
        pair=pair,
        flow=flow,
        defaults={
            "mode": mode,
            "changed_by": by,
            "starts_from": starts_from,
            "parked_until": None,
            "parked_why": "",
        },
    )
    if mode != FlowSwitch.Mode.OFF:
        if before is not None and before.mode == FlowSwitch.Mode.OFF:
            noticing.note_linked(pair, flow, before.changed_at - CLOCKS_DIFFER)
        books = every_flow()[flow].takes_both
        if books and (before is None or before.mode != mode):
            noticing.note_books(pair, flow)
        if every_flow()[flow].projects and (before is None or before.mode != mode):
            told = billing.linked_subjects(pair, noticing.told_kinds(flow))
            noticing.note(pair, flow, told, "sweep")
        bell.ring("sweep", pair.pk)
    return switch


def look_now(switch: FlowSwitch) -> None:
    """Let a sweep and the work that waits begin now instead of at their time; also a resting
    flow is woken. The way is the same as always.
    """
    FlowSwitch.objects.filter(pk=switch.pk).update(parked_until=None, parked_why="")
    bell.ring("sweep_for_a_person", switch.pair_id)
    bell.ring("work", switch.pair_id, switch.flow)


def pause(by: str, why: str) -> None:
    """Stop all writes; notices keep being collected."""
    set_pause(on=True, by=by, why=why)


def resume(by: str) -> None:
    """Let writes go on, and wake every flow."""
    set_pause(on=False, by=by)
    switches = FlowSwitch.objects.exclude(mode=FlowSwitch.Mode.OFF)
    for pair_id, flow in switches.values_list("pair_id", "flow"):
        bell.ring("work", pair_id, flow)
