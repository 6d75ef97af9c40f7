"""Switch a flow on, off or to shadow, for one pair or all."""

from __future__ import annotations

import getpass
from datetime import date
from typing import Any

from django.core.management.base import CommandError, CommandParser

from connections.live import open_remote
from connections.models import Pair
from sync.engine import beginning, routing_health, routing_telling, switching
from sync.flows.registry import every_flow
from sync.management.doors import Door, check_flows, pairs_named
from sync.models import FlowSwitch

EVERY = "every"


class Command(Door):
    """`manage.py flow FLOW on|off|shadow [--pair PAIR] [--from DATE|every]`."""

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
            help="Leave records from before this day alone (2026-11-01); “every” leaves none "
            "alone. Without it the flow keeps the day that it has; one that has none takes every "
            "record that is wanted, deals that were won long ago among them.",
        )
        super().add_arguments(parser)

    def handle(self, *args: Any, **options: Any) -> None:
        """Set the switches and say so."""
        check_flows([options["flow"]])
        pairs = pairs_named(options["pair"])
        flow, mode = options["flow"], options["mode"]
        days = {pair.pk: _day(options["starts_from"], pair, flow) for pair in pairs}
        switches = [
            switching.switch_flow(pair, flow, mode, _user(), days[pair.pk]) for pair in pairs
        ]
        if options["json"]:
            rows = [{"flow": s.flow, "pair": s.pair.name, "mode": s.mode} for s in switches]
            self.print_json({"flows": rows})
            return
        for switch in switches:
            day = switch.starts_from
            since = f", for records from {day:%-d %b %Y} on" if day else ""
            self.stdout.write(f"{switch.flow} is {switch.mode} for {switch.pair.name}{since}.")
        for connection in routing_telling.shared_connections() if mode != "off" else ():
            if words := routing_health.unruled(connection):
                self.stdout.write(f"{connection}: {words}. {routing_health.ADD}")
            if day is None and mode != FlowSwitch.Mode.OFF and every_flow()[flow].begins_in_xero:
                self._say_every_record(switch)

    def _say_every_record(self, switch: FlowSwitch) -> None:
        """Say what it means that no first day was named, and how to begin with today."""
        words = beginning.every_record(switch.pair, switch.flow, open_remote)
        today = beginning.proposed_day(switch.pair)
        again = f"manage.py flow {switch.flow} {switch.mode} --pair “{switch.pair.name}”"
        self.stdout.write(f"It begins with no day. {words}".rstrip())
        self.stdout.write(f"To leave older ones alone: {again} --from {today}")


def _day(text: str | None, pair: Pair, flow: str) -> date | None:
    """Return the first day that is meant: the one named, none for “every”, else the flow's own."""
    if text == EVERY or text is None:
        return None if text else beginning.before(pair, flow)
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise CommandError(f"“{text}” is no date. Write it as 2026-11-01.") from None


def _user() -> str:
    try:
        return f"{getpass.getuser()} at the command line"
    except (KeyError, OSError):
        return "the command line"
