"""Which organisation a record belongs to: its rows, a look at what they do, and a person's word."""

from __future__ import annotations

import getpass
from typing import Any

from django.core.management.base import CommandError, CommandParser

from connections.models import Connection
from mappings import routing_faults
from mappings.publishing import NotPublished
from mappings.routing import kinds_of, table_rows
from mappings.routing_publishing import publish_rows
from sync.core.errors import SyncError
from sync.core.routing import BY_ACCOUNT
from sync.engine import routing
from sync.management import routes
from sync.management.doors import Door, pairs_named
from sync.models import Assignment

WORDS = {"account": BY_ACCOUNT, "ask": "ask", "none": "none"}


class Command(Door):
    """`manage.py route list|add|remove|try|move|release …`."""

    help = (
        "Which organisation (pair) each record belongs to, where a connection stands in several: "
        "list its rows, add or remove one (in force at once), try what they do to the last 90 "
        "days, move one record for good, or release it to the rows again."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        """Name the action and what it is about."""
        actions = ["list", "add", "remove", "try", "move", "release"]
        parser.add_argument("action", nargs="?", default="list", choices=actions)
        parser.add_argument(
            "words", nargs="*", metavar="WHAT",
            help="add: PAIR, ask, none or account. remove: a row’s number in the list. "
            "move: ID PAIR. release: ID.",
        )  # fmt: skip
        parser.add_argument(
            "--file", help="add: a sheet of rows, CSV or XLSX, as one version in place of WHAT."
        )
        parser.add_argument("--connection", help="The one that stands in several pairs.")
        parser.add_argument("--kind", help="Opportunity (default), Account; Contact, Quote.")
        parser.add_argument(
            "--when", action="append", default=[], metavar="CONDITION",
            help="'CurrencyIsoCode is EUR', 'Account.BillingCountry in Ireland; France'; several "
            f"must all hold. Operators: {', '.join(routes.OPERATORS)}.",
        )  # fmt: skip
        parser.add_argument("--name", default="", help="What the row is called.")
        parser.add_argument("--at", type=int, help="The place in its kind, 1 the first.")
        parser.add_argument("--why", default="", help="The reason; it is kept.")
        super().add_arguments(parser)

    def handle(self, *args: Any, **options: Any) -> None:
        """Do the action; every expected fault is a plain sentence."""
        connection = routes.connection_named(options["connection"])
        try:
            getattr(self, f"_{options['action']}")(connection, options)
        except NotPublished as error:
            raise CommandError(" ".join(error.sentences)) from error
        except (SyncError, routing.NotAssignable) as error:
            raise CommandError(str(error)) from error

    def _list(self, connection: Connection, options: dict[str, Any]) -> None:
        rows = routes.rows_of(connection)
        said = Assignment.objects.filter(connection=connection, ended_at__isnull=True)
        waiting = [one for one in routing.waiting() if connection.pk in routes.sides_of(one.pair)]
        if options["json"]:
            self.print_json(
                {
                    "connection": connection.name,
                    "rows": [{"number": n, **row} for n, row in enumerate(rows, 1)],
                    "assignments": [
                        {"record": str(a.key), "name": a.name, "pair": a.pair.name, "by": a.by}
                        for a in said.select_related("pair")
                    ],
                    "waiting": [
                        {"pair": w.pair.name, "flow": w.flow, "count": w.count, "sums": w.sums}
                        for w in waiting
                    ],
                }
            )
            return
        names = routes.names_of(connection)
        for number, row in enumerate(rows, 1):
            self.stdout.write(f"{number}  {routes.as_line(row, names)}")
        if not rows:
            self.stdout.write("No rows. Several pairs that bill ask about every deal.")
        for one_said in said.select_related("pair"):
            self.stdout.write(f"   {one_said} (said by {one_said.by})")
        for one in waiting:
            sums = ", ".join(f"{code} {amount:,.2f}" for code, amount in one.sums.items())
            self.stdout.write(
                f"   {one.count} wait for {one.pair} ({sums or 'no money'}): {one.flow} is off."
            )

    def _add(self, connection: Connection, options: dict[str, Any]) -> None:
        if options["file"] is not None:
            self._add_sheet(connection, options)
            return
        kind = options["kind"] or next(iter(kinds_of(connection)))
        if kind not in kinds_of(connection):
            known = ", ".join(kinds_of(connection))
            raise CommandError(f"“{kind}” is not routed here. Choose one of: {known}.")
        row = {
            "key": routes.new_key(),
            "kind": kind,
            "name": options["name"],
            "conditions": [routes.condition_of(text) for text in options["when"]],
            "value": self._value(connection, options["words"]),
            "active": True,
        }
        self._publish(connection, lambda rows: routes.with_row(rows, row, options["at"]), options)

    def _add_sheet(self, connection: Connection, options: dict[str, Any]) -> None:
        """Put the rows of a sheet in force as one version; those that it does not name stay."""
        if any(options[name] for name in ("words", "kind", "when", "name", "at")):
            raise CommandError("A sheet says all of its rows: give --file without the rest.")
        lines, check = routes.lines_of(options["file"]), routing_faults.check(connection)
        self._publish(
            connection, lambda rows: routes.with_lines(connection, rows, lines, check), options
        )

    def _remove(self, connection: Connection, options: dict[str, Any]) -> None:
        (number,) = _words(options, "remove NUMBER", 1)
        rows = routes.rows_of(connection)
        if not number.isdigit() or not 1 <= int(number) <= len(rows):
            raise CommandError(f"There is no row {number}; see `manage.py route list`.")
        key = rows[int(number) - 1]["key"]
        self._publish(connection, lambda every: [r for r in every if r["key"] != key], options)

    def _publish(self, connection: Connection, change: Any, options: dict[str, Any]) -> None:
        version = publish_rows(
            connection,
            change,
            by=_user(),
            why=options["why"],
            check=routing_faults.check(connection),
        )
        noted = routing.published(connection) if version is not None else 0
        if options["json"]:
            number = version.number if version is not None else None
            self.print_json({"version": number, "planned_again": noted})
        elif version is None:
            self.stdout.write("Nothing changed.")
        else:
            self.stdout.write(f"Version {version.number} is in force. {noted} are looked at again.")

    def _try(self, connection: Connection, options: dict[str, Any]) -> None:
        tried = routing.try_rows(connection, table_rows(routes.rows_of(connection)))
        names = {0: "none, or asked about", **routes.names_of(connection)}
        told = {
            kind: {
                names[pair]: {"count": count, "sums": sums}
                for pair, (count, sums) in one.by_pair().items()
            }
            | {"asked about": len(one.unmatched), "stand elsewhere": len(one.elsewhere)}
            for kind, one in tried.items()
        }
        if options["json"]:
            self.print_json(told)
            return
        for kind, found in told.items():
            self.stdout.write(f"{kinds_of(connection)[kind]} of the last 90 days")
            self.print_table([f"  {name}", routes.as_words(value)] for name, value in found.items())

    def _move(self, connection: Connection, options: dict[str, Any]) -> None:
        record, name = _words(options, "move ID PAIR", 2)
        (pair,) = pairs_named(name)
        key = routes.key_of(connection, record, options["kind"])
        noted = routing.assign(connection.pk, key, pair, _user(), options["why"])
        self._said(f"{key.id} belongs to {pair.name}.", noted, options)

    def _release(self, connection: Connection, options: dict[str, Any]) -> None:
        (record,) = _words(options, "release ID", 1)
        key = routes.key_of(connection, record, options["kind"])
        noted = routing.unassign(connection.pk, key, _user())
        self._said(f"{key.id} belongs where the rows say.", noted, options)

    def _said(self, words: str, noted: int, options: dict[str, Any]) -> None:
        if options["json"]:
            self.print_json({"said": words, "planned_again": noted})
        else:
            self.stdout.write(f"{words} {noted} to be planned again.")

    def _value(self, connection: Connection, words: list[str]) -> str:
        if len(words) != 1:
            raise CommandError("Say where: `manage.py route add PAIR|ask|none|account …`.")
        if words[0] in WORDS:
            return WORDS[words[0]]
        (pair,) = pairs_named(words[0])
        return str(pair.pk)


def _words(options: dict[str, Any], form: str, count: int) -> list[str]:
    if len(options["words"]) != count:
        raise CommandError(f"Write it as `manage.py route {form}`.")
    return list(options["words"])


def _user() -> str:
    try:
        return f"{getpass.getuser()} at the command line"
    except (KeyError, OSError):
        return "the command line"
