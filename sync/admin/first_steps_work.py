"""What the open one of the first steps needs, and whether anything moves by itself meanwhile."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.http import HttpRequest

from connections import consent
from connections.models import Installation
from sync.core.records import System
from sync.engine import setting_up
from sync.engine.setting_up import Setup, Template
from sync.models import FlowSwitch

from . import first_steps_rows as rows
from .first_steps_choice import Choice
from .first_steps_pairing import PairForm


def moving(choice: Choice, templates: Sequence[Template]) -> dict[str, Any]:
    """Return whether anything goes on by itself meanwhile: an installation, or a first look.

    Which questions there are is known once what is in use has looked at everything.
    """
    org = choice.connection(System.SALESFORCE)
    installation = Installation.objects.filter(connection=org).first() if org else None
    installing = installation is not None and not installation.is_finished
    used = [one for one in templates if one.mode != FlowSwitch.Mode.OFF]
    shadows = [one for one in used if one.mode == FlowSwitch.Mode.SHADOW]
    looking = any(not one.plans.progress.complete for one in shadows)
    return {
        "moves": looking or installing,
        "questions_known": bool(used) and not looking,
        "installation": installation,
        "installing": installing,
    }


def work_of(
    request: HttpRequest, choice: Choice, setup: Setup, templates: Sequence[Template], opened: str
) -> dict[str, Any]:
    """Return what the open step needs besides."""
    pair = choice.pair
    if opened in set(System):
        system = System(opened)
        address = consent.return_address(request, system.value)
        return {"system": system, "it": choice.connection(system), "return_address": address}
    if pair is None:
        both = choice.salesforce and choice.xero
        return {"form": PairForm(choice)} if opened == "pair" and both else {}
    apart = rows.lacked_by_all(templates)
    told = rows.rows_of(pair, templates, apart) if opened in ("start", "plans", "on") else []
    used = [row for row in told if row.it.mode != FlowSwitch.Mode.OFF]
    return {
        "rows": told,
        "apart": rows.needing(apart) if opened == "start" else [],
        "used": used,
        "all_on": all(row.it.mode == "on" for row in used),
        "next_on": rows.next_to_switch(used),
        "checked": setting_up.last_check(pair) if opened in ("check", "start") else None,
        "faults": rows.faults_of(setup.missing, templates) if opened == "check" else [],
        "routes": [m for t in templates for m in t.missing if m.key.startswith("routing")][:1],
        "matches": rows.matches_of(pair) if opened == "plans" else None,
        "first_day": rows.first_day(pair) if opened == "start" else None,
    }
