"""Carry out everything that is due, in this process; or preview it."""

from __future__ import annotations

import re
import sys
import time
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from typing import Any

from django.core.management.base import CommandError, CommandParser
from django.utils import timezone
from tqdm import tqdm

from connections.models import Pair
from connections.remote import Lane
from sync.core.errors import SyncError, TryAgain
from sync.core.records import Key, System
from sync.engine import housekeeping, noticing, running
from sync.flows.registry import every_flow
from sync.flows.shapes import salesforce_ids
from sync.intake import previewing, sweeps
from sync.management import summing
from sync.management.doors import Door, pairs_named, switches_for
from sync.models import FlowSwitch, Run
from sync.models.switches import is_paused

PATIENCE = timedelta(seconds=15)
"""How far ahead a notice may be due for the command to wait for it."""
MINUTE = timedelta(seconds=65)
MINUTES = 2
"""How often the command waits for as long as a limit of calls a minute lasts."""
_UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")


class Command(Door):
    """`manage.py sync [FLOW …] [--pair PAIR] [--record ID …] [--since ISO] [--preview]`."""

    help = "Find what changed and carry it out, in this process; needs no worker."

    def add_arguments(self, parser: CommandParser) -> None:
        """Choose flows, pair, records and mode."""
        parser.add_argument("flows", nargs="*", metavar="FLOW", help="Flows; without, all in use.")
        parser.add_argument("--pair", help="The pair's name; without it, every active pair.")
        parser.add_argument(
            "--record", nargs="+", action="extend", metavar="ID", help="Only these records."
        )
        parser.add_argument("--since", metavar="ISO", help="Look at changes since this time.")
        parser.add_argument(
            "--preview", action="store_true", help="List the plans; nothing is written anywhere."
        )
        super().add_arguments(parser)

    def handle(self, *args: Any, **options: Any) -> None:
        """Sweep or note the records, then work everything off, and print the sums."""
        pairs = pairs_named(options["pair"])
        since = _time(options["since"])
        records = options["record"] or []
        try:
            if options["preview"]:
                report = self._preview(pairs, options["flows"], records, since)
            else:
                report = self._sync(pairs, options["flows"], records, since)
        except SyncError as error:
            raise CommandError(str(error)) from error
        if options["json"]:
            self.print_json(report.as_json())
        else:
            for line in report.as_lines():
                self.stdout.write(line)
        if report.error:
            sys.exit(1)

    def _sync(
        self, pairs: list[Any], flows: list[str], records: list[str], since: datetime | None
    ) -> summing.Report:
        switches = switches_for(pairs, flows)
        if not switches:
            raise CommandError(
                "No flow is on. Switch one on first: `manage.py flow won_opportunity_invoice on`."
            )
        if is_paused() and any(s.mode == FlowSwitch.Mode.ON for s in switches):
            raise CommandError("All writes are paused, so nothing was carried out.")
        report = summing.Report(switches)
        for switch in switches:
            switch.parked_until = None
            switch.save(update_fields=["parked_until"])
            if records:
                keys = keys_of(switch, records)
                noticing.note(switch.pair, switch.flow, keys, "command", timezone.now())
        if not records:
            for pair in {switch.pair for switch in switches}:
                self._sweep(pair, report, since)
            for switch in switches:
                housekeeping.recheck_now(switch, report.counting(switch.pair))
        for switch in switches:
            self._work_off(switch, report)
        return report

    def _sweep(self, pair: Pair, report: summing.Report, since: datetime | None) -> None:
        """Sweep a pair; a limit of the minute is waited for, as nobody else goes on with it."""
        for tries in range(MINUTES, -1, -1):
            try:
                sweeps.sweep(pair, report.counting(pair), since)
                return
            except TryAgain as error:
                wait = (error.after - timezone.now()).total_seconds() if error.after else 0
                if not tries or not 0 < wait <= MINUTE.total_seconds():
                    raise
                self._wait(wait, str(error))

    def _wait(self, seconds: float, why: str) -> None:
        self.stderr.write(f"{why} Waiting {seconds:.0f} seconds.")
        time.sleep(seconds)

    def _work_off(self, switch: FlowSwitch, report: summing.Report) -> None:
        """Work one flow off, waiting shortly for what is due in a moment."""
        started, parked = timezone.now(), list[str]()
        total = noticing.waiting(switch.pair, switch.flow)
        bar = tqdm(total=total, unit="record", disable=not sys.stderr.isatty(), leave=False)

        def show(run: Run) -> None:
            bar.update(run.notices)

        with bar:
            while True:
                runs = running.work_off(
                    switch, asked_by="manage.py sync", lane=Lane.PERSON, on_run=show
                )
                report.add(switch, runs)
                pause = _until_due(switch, MINUTE if len(parked) < MINUTES else PATIENCE)
                if pause is None or timezone.now() - started > timedelta(minutes=30):
                    break
                if pause > PATIENCE.total_seconds():
                    self._wait(pause, switch.parked_why)
                else:
                    time.sleep(pause)
                parked += [switch.parked_why] if switch.parked_why else []
        if switch.parked_until is None:
            report.overcome(switch, parked)

    def _preview(
        self, pairs: list[Any], flows: list[str], records: list[str], since: datetime | None
    ) -> summing.Report:
        in_use = [switch.flow for switch in switches_for(pairs, [])]
        switches = previewing.switches(pairs, flows or in_use or list(every_flow()))
        report = summing.Report(switches)
        for switch in switches:
            started = timezone.now()
            counted = report.counting(switch.pair)
            keys = keys_of(switch, records) if records else None
            keys = previewing.likely_keys(switch, since, counted) if keys is None else keys
            run, plans = running.preview(switch, keys, counted)
            run.started_at, run.finished_at = started, timezone.now()
            report.add_preview(switch, run, plans)
        return report


def keys_of(switch: FlowSwitch, ids: Iterable[str]) -> list[Key]:
    """Return the keys of the flow's records that the ids name; raises CommandError otherwise."""
    flow, keys = every_flow()[switch.flow], []
    for text in ids:
        if _UUID.fullmatch(text.lower()):
            keys.append(Key(System.XERO, flow.xero_kind, text.lower()))
        elif len(salesforce_ids.to_18(text)) == 18 and text.isalnum():
            keys.append(Key(System.SALESFORCE, flow.salesforce_kind, salesforce_ids.to_18(text)))
        else:
            raise CommandError(f"“{text}” is neither a Salesforce id nor a Xero id.")
    return keys


def _until_due(switch: FlowSwitch, longest: timedelta) -> float | None:
    """Return how many seconds to wait for the next notice; None when nothing is due soon.

    `longest` is how long to wait for a flow that rests, as at a limit of the minute.
    """
    switch.refresh_from_db()
    now = timezone.now()
    due = running.next_due(switch)
    if due is None or running.is_stopped(switch):
        return None
    patience = PATIENCE
    if switch.parked_until is not None and switch.parked_until >= due:
        due, patience = switch.parked_until, longest
    wait = (due - now).total_seconds()
    return max(wait, 0.2) if wait <= patience.total_seconds() else None


def _time(text: str | None) -> datetime | None:
    if not text:
        return None
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        raise CommandError(f"“{text}” is no time. Write it as 2026-11-19T10:42:00Z.") from None
    return found if found.tzinfo else found.replace(tzinfo=UTC)
