"""Switch a flow on, off or to shadow, for one pair or all."""

from __future__ import annotations

import getpass
from datetime import date
from typing import Any

from django.core.management.base import CommandError, CommandParser

from sync.engine import switching
from sync.flows.registry import every_flow
from sync.management.doors import Door, check_flows, pairs_named


class Command(Door):
    """`manage.py flow FLOW on|off|shadow [--pair PAIR] [--from DATE]`."""

    help = (
        "Switch a flow on, off or to shadow (plans are made and kept, nothing is written). "
        f"Flows: {', '.join(every_flow())}."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        """Name the flow, its mode, the pair and the first day."""
        parser.add_argument("flow", help="The flow's name.")
        parser.add_argument("mode", choices=["on", "off", "shadow"])
        parser.add_argument("--pair", help="The pair's name; without it, every active pair.")
        parser.add_argument(
            "--from",
            dest="starts_from",
            metavar="DATE",
            help="Leave records from before this day alone (2026-11-01). Without it, every record "
            "that is wanted is taken, deals that were won long ago among them.",
        )
        super().add_arguments(parser)

    def handle(self, *args: Any, **options: Any) -> None:
        """Set the switches and say so."""
        check_flows([options["flow"]])
        pairs = pairs_named(options["pair"])
        start = _day(options["starts_from"])
        switches = [
            switching.switch_flow(pair, options["flow"], options["mode"], _user(), start)
            for pair in pairs
        ]
        if options["json"]:
            rows = [{"flow": s.flow, "pair": s.pair.name, "mode": s.mode} for s in switches]
            self.print_json({"flows": rows})
            return
        for switch in switches:
            since = f", for records from {start:%-d %b %Y} on" if start else ""
            self.stdout.write(f"{switch.flow} is {switch.mode} for {switch.pair.name}{since}.")


def _day(text: str | None) -> date | None:
    try:
        return date.fromisoformat(text) if text else None
    except ValueError:
        raise CommandError(f"“{text}” is no date. Write it as 2026-11-01.") from None


def _user() -> str:
    try:
        return f"{getpass.getuser()} at the command line"
    except (KeyError, OSError):
        return "the command line"
