"""Starts templates in shadow, and switches them on once their plans were seen."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from django.db import transaction

from connections.live import open_remote as open_live
from connections.models import Pair
from sync.flows.registry import every_flow
from sync.models import FlowSwitch

from . import setting_up_checks, setting_up_templates, switching
from .setting_up_facts import FirstDay, Missing, Plans, Template, in_words, title_of
from .work import OpenRemote

Mode = FlowSwitch.Mode


@dataclass(frozen=True)
class Outcome:
    """What became of one template: whether it now stands as was asked, and why or why not."""

    flow: str
    done: bool
    words: str
    missing: tuple[Missing, ...] = ()
    plans: Plans | None = None


def start_in_shadow(
    pair: Pair, flows: Iterable[str], first_day: FirstDay, by: str
) -> tuple[Outcome, ...]:
    """Let templates plan in shadow from a first day on; return what became of each.

    Said twice it does nothing more. A flow that is on is left alone, and a flow that knows days is
    not started without a first day. Raises switching.UnknownFlow before anything is switched.
    """
    wanted = list(dict.fromkeys(flows))
    for flow in wanted:
        switching.check(flow)
    with transaction.atomic():
        return tuple(_start(pair, flow, first_day, by) for flow in wanted)


def _start(pair: Pair, flow: str, first_day: FirstDay, by: str) -> Outcome:
    switch = FlowSwitch.objects.select_for_update().filter(pair=pair, flow=flow).first()
    title, dated = title_of(flow), every_flow()[flow].dated
    if switch is not None and switch.mode == Mode.ON:
        return Outcome(flow, False, f"“{title}” is on already, and is left so.")
    if dated and first_day is None:
        return Outcome(flow, False, f"“{title}” needs a first day: older records are left alone.")
    day = first_day if dated and isinstance(first_day, date) else None
    begins = (f" from {day:%-d %b %Y} on" if day else ", with every record") if dated else ""
    if switch is not None and (switch.mode, switch.starts_from) == (Mode.SHADOW, day):
        return Outcome(flow, True, f"“{title}” plans in shadow already{begins}.")
    switching.switch_flow(pair, flow, Mode.SHADOW, by, day)
    return Outcome(flow, True, f"“{title}” plans in shadow{begins}. Nothing is written.")


def switch_on(
    pair: Pair, flow: str, seen: str, by: str, open_remote: OpenRemote = open_live
) -> Outcome:
    """Let a template write what it planned, where nothing stands in its way any more.

    `seen` is the mark of the plans that the person was shown. Both systems are asked once more
    unless they were within five minutes. Raises switching.UnknownFlow.
    """
    switching.check(flow)
    setting_up_checks.checked(pair, open_remote)
    with transaction.atomic():
        switch = FlowSwitch.objects.select_for_update().filter(pair=pair, flow=flow).first()
        title = title_of(flow)
        if switch is None or switch.mode == Mode.OFF:
            return Outcome(flow, False, f"“{title}” is off: let it plan in shadow first.")
        if switch.mode == Mode.ON:
            return Outcome(flow, True, f"“{title}” is on already.")
        template = next(one for one in setting_up_templates.templates_of(pair) if one.flow == flow)
        refused = refusal(template, seen)
        if refused:
            return Outcome(flow, False, refused, template.blocking, template.plans)
        switching.switch_flow(pair, flow, Mode.ON, by, switch.starts_from)
    would = in_words(template.plans.counts)
    return Outcome(flow, True, f"“{title}” is on. It begins with {would}.", plans=template.plans)


def refusal(template: Template, seen: str | None = None) -> str:
    """Return why a template in shadow may not go on yet, in a sentence; empty where it may.

    Without `seen` it is not held against what somebody saw.
    """
    progress = template.plans.progress
    if template.blocking:
        return template.blocking[0].words
    if progress.of is None:
        return "Not everything has been read yet: nobody knows what it would write."
    if not progress.complete:
        return f"It has looked at {progress.planned:,} of {progress.of:,} records so far."
    if seen is not None and seen != template.plans.mark:
        return "What it would write has changed since you saw it: look at it once more."
    return ""
