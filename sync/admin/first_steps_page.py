"""What the page of the first steps shows: the sentence, the eight steps, and who may take them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

from django.contrib.auth.models import User
from django.http import HttpRequest
from django.utils import timezone

from config.template_words import counted, person
from connections.models import Connection, Environment, Pair
from sync.core.records import System
from sync.engine import setting_up
from sync.engine.setting_up import Setup, Standing, Step
from sync.models import FlowSwitch

from . import first_steps_later as later
from .first_steps_choice import Choice
from .first_steps_pairing import PairForm
from .first_steps_trouble import trouble_of
from .first_steps_work import moving, work_of

MAY: Mapping[str, str] = {
    "salesforce": "connections.add_connection",
    "xero": "connections.add_connection",
    "pair": "connections.add_pair",
    "fields": "connections.change_connection",
    "check": "connections.change_connection",
    "start": "sync.change_flowswitch",
    "plans": "sync.view_planrow",
    "on": "sync.change_flowswitch",
}
"""What a person must be allowed to take each step."""
CHECKED_LATELY = timedelta(hours=1)
"""A check that is older is made again by the page, as long as nothing writes yet."""
SIGNS = {Standing.DONE: "✓", Standing.LOOK: "!"}


@dataclass(frozen=True)
class Shown:
    """One step as the page shows it: `state` is its look, `open` whether its work is there."""

    step: Step
    state: str
    sign: str
    open: bool
    may: bool
    put_off: bool
    reachable: bool
    """Whether it can be opened before its turn: some template plans already."""

    @property
    def template(self) -> str:
        """What draws its work."""
        name = "connect" if self.step.key in set(System) else self.step.key
        return f"admin/sync/first_steps/{name}.html"


def shown(request: HttpRequest, choice: Choice, form: PairForm | None = None) -> dict[str, Any]:
    """Return what the page shows; some thirty queries, and no call to either system."""
    pair = choice.pair
    setup, templates = setting_up.both(pair) if pair else (_without_pair(choice), ())
    writes = any(one.mode == FlowSwitch.Mode.ON for one in templates)
    shadow = any(one.mode == FlowSwitch.Mode.SHADOW for one in templates)
    current = _current(setup, later.put_off(request, choice)) or ("on" if shadow else "")
    asked = request.GET.get("step", "pair" if form else "")
    opened = next((one.key for one in setup.steps if one.key == asked), "") or current
    steps = _steps(request, choice, setup, opened, current)
    return {
        "choice": choice,
        "pair": pair,
        "setup": setup,
        "steps": steps,
        "writes": writes,
        "recheck": not writes and request.user.has_perm(MAY["check"]) and _is_old(setup),
        "sentence": _sentence(choice, setup),
        "trouble": trouble_of(request, choice),
        "stale": _stale(setup, opened),
        "others": _others(pair),
        "now": timezone.now(),
        "whoever": _whoever(steps, opened),
        "empty": not (choice.connected or choice.is_another or asked),
        **moving(choice, templates),
        **work_of(request, choice, setup, templates, opened),
        **({"form": form} if form else {}),
    }


def done_of(choice: Choice) -> int:
    """Return how many of the eight steps are done."""
    return (setting_up.setup_of(choice.pair) if choice.pair else _without_pair(choice)).done


def _without_pair(choice: Choice) -> Setup:
    """Return the steps of two connections that are no pair yet: those that are chosen count."""
    setup = setting_up.setup_of(None)
    steps, taken = [], False
    for step in setup.steps:
        one = _of_connection(step, choice) if step.key in set(System) else step
        if one.state in (Standing.NOW, Standing.LATER):
            one, taken = replace(one, state=Standing.LATER if taken else Standing.NOW), True
        steps.append(one)
    return replace(setup, steps=tuple(steps))


def _of_connection(step: Step, choice: Choice) -> Step:
    system = System(step.key)
    connection = choice.connection(system)
    if connection is None:
        what = "the Xero organisation" if system is System.XERO else "the Salesforce org"
        words = f"Sign in to {what} of this pair; nothing is written there."
        return replace(step, state=Standing.NOW, words=words, since=None)
    if not connection.is_usable:
        why = "paused" if connection.is_paused else "connect it again"
        return replace(step, state=Standing.LOOK, words=f"{_facts(connection)}: {why}.")
    return replace(step, state=Standing.DONE, words=_facts(connection))


def _facts(connection: Connection) -> str:
    name = connection.organisation_name or connection.name
    environment = Environment(connection.environment).label.lower()
    return ", ".join(filter(None, (name, connection.currency, environment)))


def _current(setup: Setup, put_off: Sequence[str]) -> str:
    """Return the step that is open by itself: the first to take or to look at, not put off."""
    left = [one for one in setup.steps if one.state is not Standing.DONE]
    return next((one.key for one in left if one.key not in put_off), "")


def _steps(
    request: HttpRequest, choice: Choice, setup: Setup, opened: str, current: str
) -> list[Shown]:
    put_off = later.put_off(request, choice)
    started = any(one.key == "start" and one.state is Standing.DONE for one in setup.steps)
    return [
        Shown(
            step=step,
            state="now" if step.key == opened else _look(step),
            sign=SIGNS.get(step.state, str(step.number)),
            open=step.key == opened,
            may=request.user.has_perm(MAY[step.key]),
            put_off=step.key in put_off and step.state is not Standing.DONE,
            reachable=started and step.key in ("plans", "on"),
        )
        for step in setup.steps
    ]


def _look(step: Step) -> str:
    return "later" if step.state is Standing.NOW else step.state.value


def _is_old(setup: Setup) -> bool:
    return setup.checked_at is not None and timezone.now() - setup.checked_at > CHECKED_LATELY


def _sentence(choice: Choice, setup: Setup) -> str:
    whose = f" for {choice.pair.name}" if choice.pair else ""
    if setup.done == len(setup.steps):
        return f"All eight steps are done{whose}"
    whose = whose or (" for another pair" if choice.is_another else "")
    return f"{counted(setup.done).capitalize()} of eight steps done{whose}"


def _stale(setup: Setup, opened: str) -> Step | None:
    """Return a step that was done once and wants another look, as later ones are done by now."""
    for place, step in enumerate(setup.steps):
        behind = any(one.state is Standing.DONE for one in setup.steps[place + 1 :])
        if step.state is Standing.LOOK and behind:
            return step
    return None


def _others(pair: Pair | None) -> list[dict[str, Any]]:
    """Return the other pairs, with since when each writes or plans; two queries."""
    found = Pair.objects.select_related("salesforce", "xero").order_by("name")
    others = list(found.exclude(pk=pair.pk) if pair else found)
    used = FlowSwitch.objects.filter(pair__in=others).exclude(mode=FlowSwitch.Mode.OFF)
    told: dict[int, FlowSwitch] = {}
    for switch in used.order_by("mode", "changed_at"):  # `on` comes before `shadow`
        told.setdefault(switch.pair_id, switch)
    return [{"it": one, "switch": told.get(one.pk)} for one in others]


def _whoever(steps: Sequence[Shown], opened: str) -> list[str]:
    """Return who can take the open step, where whoever looks cannot; three names at most."""
    step = next((one for one in steps if one.step.key == opened), None)
    if step is None or step.may:
        return []
    backend = "django.contrib.auth.backends.ModelBackend"
    able = User.objects.with_perm(MAY[opened], backend=backend).filter(is_staff=True)
    return [person(user) for user in able.order_by("pk")[:3]]
