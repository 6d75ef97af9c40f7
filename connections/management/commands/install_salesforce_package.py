"""Installs Counterpart's own fields in a Salesforce org: `install_salesforce_package`."""

from __future__ import annotations

import json
import sys
import time
from argparse import ArgumentParser
from collections.abc import Mapping
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from tqdm import tqdm

from connections import installing
from connections.models import Connection, Installation
from connections.salesforce.packaging import Part
from sync.core.errors import SyncError
from sync.core.records import System

OPTIONAL = [str(part) for part in Part if part is not Part.FIELDS]


class Command(BaseCommand):
    """Exit code 1 unless everything went through; then nothing has changed in the org."""

    help = (
        "Install Counterpart’s fields and permission sets in a Salesforce org, and show them to "
        "Counterpart’s own user. It may be repeated at any time; it never deletes anything."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Declare the options."""
        parser.add_argument("--connection", metavar="NAME", help="which Salesforce connection")
        parser.add_argument(
            "--check", action="store_true", help="only ask Salesforce whether it would go through"
        )
        parser.add_argument(
            "--with",
            dest="parts",
            action="append",
            choices=OPTIONAL,
            default=[],
            help="also this part; may be given several times",
        )
        parser.add_argument(
            "--address", default="", help="where the outbound message goes, https://…"
        )
        parser.add_argument("--json", action="store_true", help="print one JSON object")

    def handle(self, *args: Any, **options: Any) -> None:
        """Carry it through; raises CommandError with plain sentences."""
        connection = _chosen(options["connection"])
        parts = [Part(name) for name in options["parts"]]
        try:
            row = installing.begin(
                connection, parts, check=options["check"], address=options["address"]
            )
            row = self._carry_through(row, silent=options["json"])
            missing = installing.lacking(connection) if row.succeeded else {}
        except SyncError as error:
            raise CommandError(str(error)) from error
        if options["json"]:
            self.stdout.write(json.dumps(_told(row, missing), indent=2, ensure_ascii=False))
        else:
            self._tell(row, missing)
        if not row.succeeded or (any(missing.values()) and not row.check_only):
            sys.exit(1)

    def _carry_through(self, row: Installation, *, silent: bool) -> Installation:
        shown = not silent and sys.stderr.isatty()
        with tqdm(total=row.components, disable=not shown, unit="component") as bar:
            while not row.is_finished:
                row = installing.advance(row.pk)
                bar.total, bar.n = row.components, row.components_done
                bar.set_description(row.get_state_display())
                if not row.is_finished:
                    time.sleep(max(row.wait.total_seconds(), installing.REST_SECONDS))
        return row

    def _tell(self, row: Installation, missing: Mapping[str, tuple[str, ...]]) -> None:
        for failure in row.failures:
            self.stdout.write(f"✕ {failure['what']}: {failure['words']}")
            if failure["problem"] not in failure["words"]:
                self.stdout.write(f"    Salesforce: {failure['problem']}")
        if row.words:
            self.stdout.write(f"✕ {row.words}")
        lack = "lacks so far" if row.check_only else "still lacks"
        for flow, fields in missing.items():
            if fields:
                self.stdout.write(f"! {flow} {lack}: {', '.join(fields)}")
        self.stdout.write(_sentence(row))


def _chosen(name: str | None) -> Connection:
    rows = Connection.objects.filter(system=System.SALESFORCE).order_by("name")
    if name is None:
        rows = rows.filter(disconnected_at=None)
    found = list(rows.filter(name=name) if name else rows)
    if len(found) == 1:
        return found[0]
    known = ", ".join(rows.values_list("name", flat=True)) or "none yet"
    if name:
        raise CommandError(f"There is no Salesforce connection “{name}”. There are: {known}.")
    if found:
        raise CommandError(f"Say which with --connection NAME. There are: {known}.")
    raise CommandError("No Salesforce org is connected: `manage.py connect salesforce …`.")


def _told(row: Installation, missing: Mapping[str, tuple[str, ...]]) -> dict[str, Any]:
    return {
        "connection": row.connection.name,
        "version": row.version,
        "check": row.check_only,
        "parts": row.parts,
        "state": row.state,
        "components": {"done": row.components_done, "total": row.components},
        "failures": row.failures,
        "error": row.words,
        "missing": {flow: list(fields) for flow, fields in missing.items() if fields},
    }


def _sentence(row: Installation) -> str:
    where = row.connection.name
    if not row.succeeded:
        return f"{where}: nothing was installed." if not row.remote_id else _failed(row, where)
    if row.check_only:
        return f"{where}: version {row.version} can be installed; nothing was changed."
    return f"{where}: version {row.version} is installed, {row.components} components."


def _failed(row: Installation, where: str) -> str:
    if row.failures or row.check_only:
        return f"{where}: Salesforce refused it, and nothing was changed."
    return f"{where}: the installation is not complete; run it again when that is mended."
