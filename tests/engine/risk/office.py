"""Who sells and who owes: the people of the org, what they do to tasks, and what time does."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

from connections.live import open_remote
from connections.models import Budget, Connection
from connections.remote import Lane
from mappings import drafting, publishing
from sandbox.salesforce import acts as salesforce
from sandbox.salesforce.defaults import ensure_org
from sandbox.store import Record
from sync.core.records import System
from sync.engine import running as engine
from sync.flows.credit_risk import STAND_IN
from sync.intake import sweeps
from sync.models import RiskCase, Run
from tests.engine.figures.street import Street
from tests.engine.test_whole import later

OURS = "Counterpart_"
SETTINGS = {
    "TimeZoneSidKey": "Europe/London",
    "LocaleSidKey": "en_GB",
    "LanguageLocaleKey": "en_US",
    "EmailEncodingKey": "UTF-8",
}


class Meddled:
    """A doorway before whose call of one name somebody acts, once."""

    def __init__(self, remote: Any, name: str, acts: list[Callable[[], None]]) -> None:
        self._remote, self._name, self._acts = remote, name, acts

    def __getattr__(self, name: str) -> Any:
        """Return what the remote has, after the act."""
        ours = self._remote.system is System.SALESFORCE
        if ours and name == self._name and self._acts:
            self._acts.pop()()
        return getattr(self._remote, name)


class Office:
    """A street with users above each other: Sam sells, Mia manages, Dan directs."""

    def __init__(self, street: Street) -> None:
        self.street = street
        self.dan = self.user("Dan")
        self.mia = self.user("Mia", ManagerId=self.dan)
        self.sam = self.user("Sam", ManagerId=self.mia)

    @property
    def world(self) -> Any:
        """The sandbox's world."""
        return self.street.box.world

    def user(self, name: str, **values: Any) -> str:
        """Enter a user; the id."""
        user = {
            "Username": f"{name.lower()}@fernhill.example",
            "LastName": name,
            "Email": f"{name.lower()}@fernhill.example",
            "Alias": name.lower(),
            **SETTINGS,
            **values,
        }
        return str(salesforce.create(self.world, "User", user))

    def customer(self, name: str = "Acme Ltd", place: int = 0, **values: Any) -> tuple[str, str]:
        """Enter an account with its contact, linked; both ids."""
        account = self.street.account(name, **{"OwnerId": self.sam, **values})
        contact = self.street.contact(name, place)
        self.street.link(account, contact, place)
        return account, contact

    def owes(
        self, contact: str, amount: str = "900.00", late: int = 20, place: int = 0, **values: Any
    ) -> str:
        """Let an invoice be so many days late; its id."""
        today = self.today
        return self.street.invoice(
            contact,
            amount,
            place,
            Date=(today - timedelta(days=late + 30)).isoformat(),
            DueDate=(today - timedelta(days=late)).isoformat(),
            **values,
        )

    @property
    def today(self) -> date:
        """The day in both systems."""
        return self.street.now().date()

    def sync(self, *places: int) -> list[Run]:
        """Sweep and work off what is due."""
        return self.street.sync(*places)

    def pass_days(self, days: int) -> list[Run]:
        """Let days pass, with a sweep on the last of them."""
        self.street.pass_days(days)
        return self.sync()

    def sync_while(self, name: str, act: Callable[[], None]) -> list[Run]:
        """Sweep and work off what is due while somebody acts, before one call to Salesforce."""
        self.street.tick()
        Budget.objects.all().delete()
        sweeps.sweep(self.street.pairs[0])
        later()
        acts = [act]

        def door(connection: Connection, lane: Lane) -> Any:
            return Meddled(open_remote(connection, lane), name, acts)

        return engine.work_off(self.street.switch(), lane=Lane.PERSON, open_remote=door)

    def tasks(self, account: str = "", rule: str = "") -> list[Record]:
        """Return the living tasks of an account, for one rule where it is named, oldest first."""
        rows = self.world.table("salesforce", "Task").values()
        mine = [
            row
            for row in rows
            if not row["IsDeleted"]
            if not account or row["WhatId"] == account
            if str(row[f"{OURS}Rule_Key__c"] or "").startswith(f"{rule}:" if rule else "")
        ]
        return sorted(mine, key=lambda row: row["CreatedDate"])

    def task(self, account: str = "", rule: str = "overdue") -> Record:
        """Return the one open task."""
        (found,) = [row for row in self.tasks(account, rule) if not row["IsClosed"]]
        return found

    def edit(self, task: Record, **values: Any) -> None:
        """Change a task as a person does in Salesforce; our own fields by their bare names."""
        mine = ("Snoozed_Until", "Disputed", "Promised_On")
        named = {(f"{OURS}{n}__c" if n in mine else n): v for n, v in values.items()}
        self.street.tick()
        salesforce.edit(self.world, "Task", task["Id"], named)

    def complete(self, task: Record) -> None:
        """Complete a task as a person does."""
        self.edit(task, Status="Completed")

    def edit_user(self, user: str, **values: Any) -> None:
        """Change a user as an administrator does."""
        salesforce.edit(self.world, "User", user, values)

    def may_own_nothing(self, user: str) -> None:
        """Give a user a licence without records of one's own."""
        org = ensure_org(self.world)
        org.put("User", {**org.table("User")[user], "UserType": "CsnOnly"})

    def stand_in(self, words: str) -> None:
        """Let finance name who has a task where its owner cannot, and publish it."""
        pair, flow = self.street.pairs[0], self.street.flow
        row = {"table": STAND_IN, "name": "", "value": words, "conditions": [], "active": True}
        drafting.add_row(pair, flow, row, "fay")
        mark = drafting.draft_of(pair, flow).mark
        publishing.publish(pair, flow, seen=mark, by="fay", why="", check=lambda *_: [])

    def delete(self, task: Record) -> None:
        """Delete a task as a person does."""
        self.street.tick()
        salesforce.delete(self.world, "Task", task["Id"])

    def case(self, rule: str = "overdue") -> RiskCase:
        """Return the newest case of a rule."""
        return RiskCase.objects.filter(rule=rule).latest("episode")

    def history(self, rule: str = "overdue") -> list[str]:
        """Return what the newest case's history says."""
        return list(self.case(rule).entries.values_list("words", flat=True))

    def account(self, account: str) -> dict[str, Any]:
        """Return what the account is told."""
        return self.street.told(account)
