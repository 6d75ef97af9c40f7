"""The six ready-made templates of a pair, each with what it lacks and what it has planned."""

from __future__ import annotations

from connections.models import Pair
from sync.flows.registry import every_flow

from . import setting_up_known, setting_up_missing, setting_up_pair
from .setting_up_facts import TEMPLATES, Plans, Template
from .setting_up_known import Known


def templates_of(pair: Pair) -> tuple[Template, ...]:
    """Return the templates in the order in which they are offered; some twenty queries, no call."""
    return from_known(setting_up_known.gather(pair))


def from_known(known: Known) -> tuple[Template, ...]:
    """Return the templates by what was gathered."""
    shared = setting_up_pair.of_pair(known)
    return tuple(
        Template(
            flow=flow,
            title=title,
            mode=known.mode(flow),
            starts_from=switch.starts_from if switch else None,
            changed_at=switch.changed_at if switch else None,
            missing=(*shared, *setting_up_missing.of_flow(known, flow)),
            plans=known.plans.get(flow, Plans(flow)),
        )
        for flow, title in TEMPLATES.items()
        if flow in every_flow()
        for switch in [known.switches.get(flow)]
    )
