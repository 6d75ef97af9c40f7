"""What the operators' commands share: choosing pairs and flows, plain errors, JSON."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import simplejson
from django.core.management.base import BaseCommand, CommandError, CommandParser

from connections.models import Pair
from sync.flows.registry import every_flow
from sync.models import FlowSwitch


class Door(BaseCommand):
    """A command whose expected errors are a plain sentence and exit code 1."""

    def add_arguments(self, parser: CommandParser) -> None:
        """Offer --json."""
        parser.add_argument("--json", action="store_true", help="Print one JSON object.")

    def print_json(self, data: Any) -> None:
        """Print the data as one JSON object; Decimals keep their digits."""
        self.stdout.write(simplejson.dumps(data, use_decimal=True, indent=2, default=str))

    def print_table(self, rows: Iterable[Iterable[object]]) -> None:
        """Print rows of cells in aligned columns."""
        cells = [[str(cell) for cell in row] for row in rows]
        widths = [max(map(len, column)) for column in zip(*cells, strict=True)]
        for row in cells:
            line = "  ".join(cell.ljust(w) for cell, w in zip(row, widths, strict=True))
            self.stdout.write(line.rstrip())


def pairs_named(name: str | None) -> list[Pair]:
    """Return the pair of that name, or every active pair; raises CommandError without one."""
    pairs = Pair.objects.select_related("salesforce", "xero").order_by("name")
    chosen = list(pairs.filter(name=name) if name else pairs.filter(active=True))
    if chosen:
        return chosen
    known = ", ".join(pairs.values_list("name", flat=True)) or "none yet"
    if name:
        raise CommandError(f"There is no pair “{name}”. There are: {known}.")
    raise CommandError(
        "No pair is set up. Connect both systems with `manage.py connect`, then run "
        "`manage.py pair SALESFORCE_NAME XERO_NAME`."
    )


def check_flows(flows: Iterable[str]) -> None:
    """Raise CommandError for a flow that does not exist."""
    for flow in flows:
        if flow not in every_flow():
            names = ", ".join(every_flow())
            raise CommandError(f"There is no flow “{flow}”. There are: {names}.")


def switches_for(pairs: Iterable[Pair], flows: Iterable[str]) -> list[FlowSwitch]:
    """Return the switches of the pairs that are not off, of the named flows or of all."""
    wanted = list(flows)
    check_flows(wanted)
    rows = (
        FlowSwitch.objects.filter(pair__in=list(pairs))
        .exclude(mode=FlowSwitch.Mode.OFF)
        .select_related("pair__salesforce", "pair__xero")
        .order_by("pair__name", "flow")
    )
    return [row for row in rows if not wanted or row.flow in wanted]
