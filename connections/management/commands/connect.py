"""Connects an organisation without a browser: `connect salesforce …`, `connect xero …`."""

import json
import os
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from connections import connecting
from connections.forms import AppForm
from connections.models import Connection, Grant
from sync.core.errors import SyncError
from sync.core.records import System

OPTION_OF = {
    "name": "--name",
    "host": "--host",
    "grant": "--grant",
    "client_id": "--client-id",
    "client_secret": "--secret-env",
    "private_key": "--key-file",
    "username": "--username",
}


class Command(BaseCommand):
    """Signs in and reads the organisation first; nothing is kept when either fails."""

    help = (
        "Connect a Salesforce org or a Xero organisation. A known name is connected again: its "
        "credential changes, everything else stays. To sign in as a person, use the admin."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Declare the two systems and their options."""
        systems = parser.add_subparsers(dest="system", required=True, metavar="salesforce|xero")
        salesforce = systems.add_parser("salesforce", help="a Salesforce org")
        xero = systems.add_parser("xero", help="a Xero organisation, by a Custom Connection")
        for one, grants in (
            (salesforce, [Grant.CLIENT_CREDENTIALS, Grant.JWT]),
            (xero, [Grant.CLIENT_CREDENTIALS]),
        ):
            one.add_argument("--name", required=True, help="what the connection is called")
            one.add_argument(
                "--grant",
                choices=[str(grant.value) for grant in grants],
                default=Grant.CLIENT_CREDENTIALS.value,
                help="how the app signs in (default: %(default)s)",
            )
            one.add_argument("--client-id", required=True, help="the app's client id")
            one.add_argument(
                "--secret-env", metavar="VAR", help="the variable that holds the client secret"
            )
            one.add_argument("--json", action="store_true", help="print one JSON object")
        salesforce.add_argument("--host", required=True, help="My Domain, https://…")
        salesforce.add_argument("--username", default="", help="whom the app signs in as (jwt)")
        salesforce.add_argument("--key-file", help="file with the RSA key in PEM form (jwt)")

    def handle(self, *args: Any, **options: Any) -> None:
        """Connect, and say to what; raises CommandError with a plain sentence."""
        form = AppForm(System(options["system"]), self._values(options))
        if not form.is_valid():
            raise CommandError("\n".join(_sentences(form)))
        try:
            connection = connecting.connect_app(form.cleaned_data["name"], form.credential())
        except SyncError as error:
            raise CommandError(f"{error} Nothing was saved.") from error
        if options["json"]:
            self.stdout.write(json.dumps(_facts(connection)))
        else:
            self.stdout.write(
                f"{connection.name} is connected to {connection.organisation_name} "
                f"({connection.get_environment_display()}, {connection.currency})."
            )

    def _values(self, options: dict[str, Any]) -> dict[str, Any]:
        return {
            "name": options["name"],
            "grant": options["grant"],
            "client_id": options["client_id"],
            "client_secret": _secret(options["secret_env"]),
            "host": options.get("host", ""),
            "username": options.get("username", ""),
            "private_key": _key(options.get("key_file")),
        }


def _secret(variable: str | None) -> str:
    if variable is None:
        return ""
    if not os.environ.get(variable):
        raise CommandError(f"--secret-env: the variable {variable} is not set.")
    return os.environ[variable]


def _key(file: str | None) -> str:
    if file is None:
        return ""
    try:
        return Path(file).read_text(encoding="ascii")
    except (OSError, UnicodeError) as error:
        raise CommandError(f"--key-file: {file} cannot be read as text.") from error


def _sentences(form: AppForm) -> list[str]:
    return [
        f"{OPTION_OF.get(name, name)}: {error}"
        for name, errors in form.errors.items()
        for error in errors
    ]


def _facts(connection: Connection) -> dict[str, Any]:
    locked = connection.locked_until
    return {
        "name": connection.name,
        "system": connection.system,
        "organisation": connection.organisation_name,
        "organisation_id": connection.organisation_id,
        "environment": connection.environment,
        "country": connection.country,
        "currency": connection.currency,
        "edition": connection.edition,
        "locked_until": locked.isoformat() if locked else None,
    }
