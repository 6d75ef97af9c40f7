"""Opens the door for a connection's events without a browser: `events NAME`."""

import json
import os
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from connections import doors
from connections.models import Connection, EventDoor
from connections.models.doors import door_of
from sync.core.errors import SyncError
from sync.core.records import System


class Command(BaseCommand):
    """Tells the address to enter in Xero or Salesforce, and whether events arrive."""

    help = (
        "Show the address to which a connection's system sends its events, or open it. For Xero "
        "--key-env names the variable with the webhook key; for Salesforce --new makes a secret "
        "address. PUBLIC_URL is where it begins."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Declare the connection and what is to be done."""
        parser.add_argument("connection", metavar="NAME")
        what = parser.add_mutually_exclusive_group()
        what.add_argument("--key-env", metavar="VAR", help="Xero: open it with this webhook key")
        what.add_argument("--new", action="store_true", help="Salesforce: make a new address")
        what.add_argument("--shut", action="store_true", help="take no more events")
        parser.add_argument("--json", action="store_true", help="print one JSON object")

    def handle(self, *args: Any, **options: Any) -> None:
        """Do it, and say the address; raises CommandError with a plain sentence."""
        rows = Connection.objects.select_related("credential").filter(disconnected_at=None)
        connection = rows.filter(name=options["connection"]).first()
        if connection is None:
            raise CommandError(f"There is no connection “{options['connection']}”.")
        try:
            _change(connection, options)
        except SyncError as error:
            raise CommandError(f"{error} Nothing was changed.") from error
        door = door_of(connection)
        facts = _facts(connection, door)
        if options["json"]:
            self.stdout.write(json.dumps(facts))
        elif door is None:
            self.stdout.write(f"{connection} has no door for events: sweeps find what changes.")
        else:
            heard = door.heard_at
            last = f"The last came {heard:%Y-%m-%d %H:%M} UTC." if heard else "None has come yet."
            self.stdout.write(f"{facts['address']}\n{last}")


def _change(connection: Connection, options: dict[str, Any]) -> None:
    is_xero = connection.system == System.XERO
    if options["shut"]:
        doors.shut(connection)
    elif options["key_env"]:
        if not is_xero:
            raise CommandError("Salesforce signs nothing: use --new for a secret address.")
        doors.open_for_xero(connection, os.environ.get(options["key_env"], "").strip())
    elif options["new"]:
        if is_xero:
            raise CommandError("Xero signs with a webhook key: use --key-env.")
        doors.open_for_salesforce(connection)


def _facts(connection: Connection, door: EventDoor | None) -> dict[str, Any]:
    return {
        "connection": connection.name,
        "address": doors.address(door) if door else None,
        "heard_at": door.heard_at.isoformat() if door and door.heard_at else None,
        "refused_why": door.refused_why if door else "",
    }
