"""A sandbox in a process of its own with thousands of customers in both address books."""

from __future__ import annotations

import multiprocessing
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from multiprocessing.connection import Connection
from typing import Any

from benchmarks.box import Box as Distance
from sandbox.by_hand import do_act
from sandbox.server import Box, running

HOUR = 3600
PORTS = {"control": 9420, "salesforce": 9421, "xero": 9422}


class BooksBox(Distance):
    """The control API of that sandbox."""

    control = f"http://127.0.0.1:{PORTS['control']}/control"
    salesforce = f"http://127.0.0.1:{PORTS['salesforce']}"
    xero = f"http://127.0.0.1:{PORTS['xero']}"


@dataclass
class Books:
    """The sandbox and the ids of the customers in it: account, billing person, Xero contact."""

    box: Box
    rows: list[tuple[str, str, str]] = field(default_factory=list)

    def fill(self, count: int) -> None:
        """Enter customers in both systems, a year ago; Xero carries the account's id."""
        world = self.box.world
        with world.batch():
            world.clock.advance(-365 * 24 * HOUR)
            for number in range(len(self.rows), len(self.rows) + count):
                self.rows.append(self._customer(number))
            world.clock.advance(365 * 24 * HOUR)

    def _customer(self, number: int) -> tuple[str, str, str]:
        name, mail = f"Benchmark Customer {number} Ltd", f"accounts@customer{number}.example"
        account = self._make("salesforce", "Account", Name=name, BillingCity="Bristol")
        person = self._make(
            *("salesforce", "Contact"), AccountId=account, LastName="Hale", Email=mail
        )
        self._make(
            *("salesforce", "Opportunity"), AccountId=account, Name="Survey",
            StageName="Closed Won", CloseDate="2025-11-19", Amount="100.00", CurrencyIsoCode="GBP",
        )  # fmt: skip
        contact = self._make(
            *("xero", "Contact"), Name=name, ContactNumber=account, EmailAddress=mail,
            LastName="Hale",
        )  # fmt: skip
        self._edit("salesforce", "Account", account, {"Counterpart_Xero_Contact_Id__c": contact})
        return account, person, contact

    def _make(self, system: str, kind: str, **values: Any) -> str:
        made: str = do_act(self.box.world, system, "create", kind=kind, values=values)
        return made

    def ids(self) -> list[tuple[str, str, str]]:
        """Return the customers' ids."""
        return self.rows

    def account_fields(self, batch: int) -> None:
        """Change one or several fields of every account."""
        for number, (account, _, _) in enumerate(self.rows):
            values = {"Phone": f"+44 20 7946 {batch}{number % 1000:03}"}
            if number % 3 == 0:
                values |= {"BillingCity": f"Leeds {batch}", "BillingPostalCode": "LS1 4AP"}
            self._edit("salesforce", "Account", account, values)

    def contact_fields(self, batch: int) -> None:
        """Change one or several fields of every Xero contact that live in the account."""
        for number, (_, _, contact) in enumerate(self.rows):
            values: dict[str, Any] = {
                "Phones": [
                    {
                        "PhoneType": "DEFAULT",
                        "PhoneNumber": f"+44 20 7946 {batch}{number % 1000:03}",
                    }
                ]
            }
            if number % 3 == 0:
                values["CompanyNumber"] = f"{batch}{number:07}"
            self._edit("xero", "Contact", contact, values)

    def contact_mail(self, batch: int) -> None:
        """Change every Xero contact's e-mail address, which lives in Salesforce's Contact."""
        for number, (_, _, contact) in enumerate(self.rows):
            values = {"EmailAddress": f"books{batch}@customer{number}.example"}
            self._edit("xero", "Contact", contact, values)

    def _edit(self, system: str, kind: str, key: str, values: dict[str, Any]) -> None:
        do_act(self.box.world, system, "edit", kind=kind, id=key, values=values)

    def later(self, seconds: int) -> None:
        """Let time pass in both systems."""
        self.box.world.clock.advance(seconds)

    def paths(self) -> list[tuple[str, str, str]]:
        """Return the data calls since this was last asked, as system, method and path."""
        calls = [(e["system"], e["method"], e["path"]) for e in self.box.journal.entries()]
        self.box.journal.clear()
        return [c for c in calls if "/api.xro/" in c[2] or "/services/data/v" in c[2]]


class Distant:
    """The books in the other process: every method is called there."""

    def __init__(self, wire: Connection) -> None:
        self._wire = wire

    def __getattr__(self, name: str) -> Callable[..., Any]:
        """Return what calls that method of Books."""

        def call(*args: Any) -> Any:
            self._wire.send((name, args))
            return self._wire.recv()

        return call


@contextmanager
def books_running(kind: type[Books] = Books) -> Iterator[Distant]:
    """Run the small company's sandbox in a process of its own until the block ends."""
    ours, theirs = multiprocessing.Pipe()
    process = multiprocessing.get_context("spawn").Process(target=_serve, args=(theirs, kind))
    process.start()
    try:
        ours.recv()
        yield Distant(ours)
    finally:
        ours.send(None)
        process.join(20)


def _serve(wire: Connection, kind: type[Books]) -> None:
    with running(seed=1, ports=PORTS) as box:
        books = kind(box)
        wire.send(True)
        while (asked := wire.recv()) is not None:
            name, args = asked
            wire.send(getattr(books, name)(*args))
