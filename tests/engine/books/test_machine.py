"""Whatever people do in both books, in any order, with bad luck: nothing is lost or invented."""

from __future__ import annotations

import os

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis.stateful import run_state_machine_as_test

from .machine import TownMachine
from .town import Town

THOROUGH = "TOWN_EXAMPLES" in os.environ
"""Whether to look for something new, for as long as one likes; else the same few are tried."""
EXAMPLES = int(os.environ.get("TOWN_EXAMPLES", "6"))
STEPS = int(os.environ.get("TOWN_STEPS", "12"))
pytestmark = pytest.mark.slow


def test_no_edit_is_lost_and_no_value_invented_whatever_people_do(town: Town) -> None:
    TownMachine.town = town
    run_state_machine_as_test(
        TownMachine,
        settings=settings(
            max_examples=EXAMPLES,
            stateful_step_count=STEPS,
            deadline=None,
            derandomize=not THOROUGH,
            database=None,
            phases=set(Phase) - {Phase.shrink},  # an example takes seconds
            suppress_health_check=list(HealthCheck),
        ),
    )
