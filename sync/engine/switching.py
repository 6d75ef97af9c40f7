"""Switching flows on, off and to shadow, and pausing all writes."""

from __future__ import annotations

from datetime import date, timedelta

from django.db import transaction
from django.utils import timezone

from connections.models import Pair
from sync import bell
from sync.core.records import Key, System
from sync.flows.registry import every_flow
from sync.models import Cursor, FlowSwitch, PlanRow
from sync.models.switches import set_pause

from . import billing, noticing, recording, routing_keeping

CLOCKS_DIFFER = timedelta(hours=1)


class UnknownFlow(ValueError):
    """There is no flow of that name."""


def check(flow: str) -> None:
    """Raise UnknownFlow unless there is a flow of that name."""
    if flow not in every_flow():
        names = ", ".join(every_flow())
        raise UnknownFlow(f"There is no flow “{flow}”. There are: {names}.")


def switch_flow(
    pair: Pair, flow: str, mode: str, by: str, starts_from: date | None = None
) -> FlowSwitch:
    """Set a flow of a pair to off, shadow or on; when it goes on, a sweep starts.

    With `starts_from`, records from before that date are left alone. What was planned in shadow
    is planned again when the flow goes on. Raises UnknownFlow.
    """
    check(flow)
    with transaction.atomic():  # a switch without the notices that it means would lose them
        FlowSwitch.objects.get_or_create(pair=pair, flow=flow)
        before = FlowSwitch.objects.select_for_update().get(pair=pair, flow=flow)
        same = (before.mode, before.starts_from) == (mode, starts_from)
        switch = before if same and before.changed_by else FlowSwitch.objects.get(pk=before.pk)
        switch.parked_until, switch.parked_why = None, ""
        if switch is before:  # said twice: it stands since the first time
            switch.save(update_fields=["parked_until", "parked_why"])
        else:
            switch.mode, switch.changed_by, switch.starts_from = mode, by, starts_from
            switch.save()
        if mode != FlowSwitch.Mode.OFF:
            _notice(before, switch)
            bell.ring("sweep", pair.pk)
    return switch


def _notice(before: FlowSwitch, switch: FlowSwitch) -> None:
    """Save notices of what is news to a flow that was switched, or begins with another day."""
    pair, flow = switch.pair, every_flow()[switch.flow]
    if before.mode == FlowSwitch.Mode.OFF:
        noticing.note_linked(pair, flow.key, before.changed_at - CLOCKS_DIFFER)
        routing_keeping.note_unplaced(pair, flow.key)
    shadow = before.mode == switch.mode == FlowSwitch.Mode.SHADOW
    moved = flow.dated and before.starts_from != switch.starts_from
    if before.mode == switch.mode and not (moved and shadow):
        return  # while it is on, another first day is for what changes from now on
    if moved:
        _look_again(switch)
    if before.mode != FlowSwitch.Mode.ON:
        noticing.note(pair, flow.key, _planned(switch), "again")
    if FlowSwitch.Mode.ON in (before.mode, switch.mode):
        recording.end_shadow(pair, flow.key)
    if flow.takes_both:
        noticing.note_books(pair, flow.key)
    if flow.projects:
        told = billing.linked_subjects(pair, noticing.told_kinds(flow.key))
        noticing.note(pair, flow.key, told, "sweep")


def _planned(switch: FlowSwitch) -> list[Key]:
    """Return the subjects that the flow has planned in shadow and not since."""
    rows = PlanRow.objects.filter(pair=switch.pair, flow=switch.flow)
    planned = rows.filter(state=PlanRow.State.SHADOW)
    return [Key.parse(subject) for subject in planned.values_list("subject", flat=True)]


def _look_again(switch: FlowSwitch) -> None:
    """Let the next sweep note everything likely again: with another first day it may be wanted."""
    kinds = {k for system, k in every_flow()[switch.flow].starts_on if system is System.SALESFORCE}
    mark = [timezone.now().isoformat()]
    purposes = [f"sweep:{kind}:{switch.pair_id}" for kind in kinds]
    Cursor.objects.filter(purpose__in=purposes).update(seen=mark)


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
