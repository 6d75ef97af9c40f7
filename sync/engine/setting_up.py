"""Setting up: what stands between an empty installation and the first template that writes.

The door to the first steps for pages and commands. `setup_of`, `templates_of` and `plans_so_far`
ask neither system; `checked` does, and keeps the answer for five minutes.
"""

from __future__ import annotations

from connections.models import Pair

from . import setting_up_known, setting_up_steps, setting_up_templates
from .beginning import proposed_day
from .setting_up_checks import checked
from .setting_up_facts import (
    TEMPLATES,
    Begins,
    FirstDay,
    Missing,
    MoneyCount,
    Place,
    Plans,
    Progress,
    Setup,
    Standing,
    Step,
    Template,
    Waiting,
    in_words,
    title_of,
)
from .setting_up_kept import Checked, last_check
from .setting_up_plans import plans_so_far
from .setting_up_steps import setup_of
from .setting_up_switching import Outcome, refusal, start_in_shadow, switch_on
from .setting_up_templates import templates_of

__all__ = [
    "TEMPLATES",
    "Begins",
    "Checked",
    "FirstDay",
    "Missing",
    "MoneyCount",
    "Outcome",
    "Place",
    "Plans",
    "Progress",
    "Setup",
    "Standing",
    "Step",
    "Template",
    "Waiting",
    "both",
    "checked",
    "in_words",
    "last_check",
    "plans_so_far",
    "proposed_day",
    "refusal",
    "setup_of",
    "start_in_shadow",
    "switch_on",
    "templates_of",
    "title_of",
]


def both(pair: Pair) -> tuple[Setup, tuple[Template, ...]]:
    """Return a pair's setup and its templates together, gathered once."""
    known = setting_up_known.gather(pair)
    templates = setting_up_templates.from_known(known)
    return setting_up_steps.from_known(known, templates), templates
