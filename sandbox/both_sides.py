"""Edits the same customer in both systems in one moment, as two people do who do not talk."""

from collections.abc import Mapping
from typing import Any

from sandbox.by_hand import do_act
from sandbox.world import World

SIDES = ("xero", "salesforce")


def edit_both(world: World, wanted: Mapping[str, Mapping[str, Any]]) -> None:
    """Edit a record of each system; `wanted` has kind, id and values (and by) per system.

    Both edits are done or none. Raises ActRefusedError, KeyError where something is left out.
    """
    edits = [(system, dict(wanted[system])) for system in SIDES]
    with world.batch():
        places = [(world.table(system, edit["kind"]), edit["id"]) for system, edit in edits]
        places.append((world.table("xero", "History"), wanted["xero"]["id"]))
        before = [(table, key, table[key]) for table, key in places]
        try:
            for system, edit in edits:
                do_act(world, system, "edit", **edit)
        except Exception:
            for table, key, record in before:
                table[key] = record
            raise
