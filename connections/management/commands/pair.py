"""Makes a pair of two connections: `pair SALESFORCE_NAME XERO_NAME`."""

import json
from argparse import ArgumentParser
from typing import Any

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError

from connections.models import Connection, Pair
from sync.core.records import System


class Command(BaseCommand):
    """Keeps two connections in step; flows are switched on for each pair."""

    help = "Make a pair of a Salesforce and a Xero connection. An existing pair stays as it is."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Declare the names."""
        parser.add_argument("salesforce", metavar="SALESFORCE_NAME")
        parser.add_argument("xero", metavar="XERO_NAME")
        parser.add_argument("--name", help="what the pair is called (default: both names)")
        parser.add_argument("--json", action="store_true", help="print one JSON object")

    def handle(self, *args: Any, **options: Any) -> None:
        """Make the pair, or find it; raises CommandError with a plain sentence."""
        salesforce = _connection(options["salesforce"], System.SALESFORCE)
        xero = _connection(options["xero"], System.XERO)
        pair = Pair.objects.filter(salesforce=salesforce, xero=xero).first()
        made = pair is None
        if pair is None:
            pair = _new_pair(options["name"] or f"{salesforce} + {xero}", salesforce, xero)
        if options["json"]:
            facts = {"name": pair.name, "salesforce": salesforce.name, "xero": xero.name}
            self.stdout.write(json.dumps(facts | {"made": made, "active": pair.active}))
        else:
            self.stdout.write(f"{pair.name} is a pair{'' if made else ' already'}.")


def _connection(name: str, system: System) -> Connection:
    found = Connection.objects.filter(name=name).first()
    if found is None:
        known = Connection.objects.filter(system=system).values_list("name", flat=True)
        raise CommandError(
            f"There is no connection “{name}”. {system.label} connections: "
            f"{', '.join(known) or 'none yet'}."
        )
    if found.system != system:
        raise CommandError(f"“{name}” is not a {system.label} connection.")
    return found


def _new_pair(name: str, salesforce: Connection, xero: Connection) -> Pair:
    pair = Pair(name=name, salesforce=salesforce, xero=xero)
    try:
        pair.full_clean()
    except ValidationError as error:
        raise CommandError("\n".join(error.messages)) from error
    pair.save()
    return pair
