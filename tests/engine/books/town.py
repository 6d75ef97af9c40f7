"""One pair with both sandboxed systems over HTTP, and what people and time do to it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.db.models import F
from pytest_django import Settings

from connections.live import open_remote
from connections.models import Budget, Credential, Pair
from connections.remote import Lane, Remote
from sandbox.salesforce import acts as salesforce
from sandbox.salesforce.defaults import set_up_org
from sandbox.server import Box, running
from sandbox.store import Record
from sandbox.xero import acts as xero
from sandbox.xero.defaults import set_up_organisation
from sync.core.errors import SyncError
from sync.core.records import Key, System
from sync.engine import running as engine
from sync.engine.work import OpenRemote
from sync.flows.shapes import persons
from sync.intake import sweeps
from sync.models import FlowSwitch, Link, Notice, ReviewItem, Run, Sent, Write
from tests.engine.test_whole import later, run

from . import fields

FLOW = "account_contact"
_ENTERED = ("Account", "Contact", "Opportunity", "Invoice", "History")
"""The kinds that people enter; of the rest, such as tokens, nothing is forgotten."""
WRITES = ("PUT", "POST", "PATCH", "DELETE")
_KEPT = ("sync_flowswitch", "sync_knownorganisation", "sync_pause")
_BUG = re.compile(r"^\w*(Error|Exception)\b")


@dataclass
class Town:
    """Both systems, the pair that joins them, and the acts of the people in it."""

    box: Box
    pair: Pair
    open_remote: OpenRemote | None = None
    unswept: str = ""
    start: dict[tuple[str, str], dict[str, Record]] = field(default_factory=dict)

    @property
    def switch(self) -> FlowSwitch:
        """The flow's switch as it is now."""
        return FlowSwitch.objects.select_related("pair__salesforce", "pair__xero").get(
            pair=self.pair, flow=FLOW
        )

    def remotes(self) -> dict[System, Remote]:
        """Return the open doorways to both systems."""
        pair = self.switch.pair
        found = (open_remote(pair.salesforce, Lane.PERSON), open_remote(pair.xero, Lane.PERSON))
        return {remote.system: remote for remote in found}

    def account(self, *, person: Any = None, **values: str) -> Key:
        """Enter an account with a won deal, and the person who is billed."""
        known = {fields.OF_ACCOUNT[name]: text for name, text in values.items()}
        made = self.act("create", "Account", known)
        if person is not None:
            names = {fields.OF_PERSON[name]: text for name, text in person.items()}
            self.act("create", "Contact", {"AccountId": made, **names})
        self.win(made)
        return Key(System.SALESFORCE, "Account", made)

    def win(self, account: str) -> str:
        """Let a deal of the account be won."""
        today = self.box.world.clock.now().date().isoformat()
        deal = {"Name": "Survey", "StageName": "Closed Won", "CloseDate": today}
        return str(self.act("create", "Opportunity", {**deal, "AccountId": account}))

    def contact(self, *, billed: Any = True, **values: Any) -> Key:
        """Enter a contact in Xero, and an invoice for it."""
        ours = {n: t for n, t in values.items() if n in fields.COMPARED}
        more = {n: t for n, t in values.items() if n not in fields.COMPARED}
        made = xero.create(self.box.world, "Contact", {**fields.xero_body(ours), **more})
        if billed:
            line = {"Description": "Survey", "Quantity": 1, "UnitAmount": 100}
            line |= {"AccountCode": "200", "TaxType": "OUTPUT2"}
            bill = {"Type": "ACCREC", "Contact": {"ContactID": made}, "LineItems": [line]}
            xero.create(self.box.world, "Invoice", bill)
        self.tick()
        return Key(System.XERO, "Contact", made.lower())

    def edit(self, key: Key, **values: str) -> None:
        """Change fields of a record as a person does in its own system; empty clears one."""
        if key.system is System.XERO:
            xero.edit(self.box.world, "Contact", key.id, fields.xero_body(values))
        else:
            own = {fields.OF_ACCOUNT[n]: t or None for n, t in values.items() if n in OWN}
            below = {fields.OF_PERSON[n]: t or None for n, t in values.items() if n not in OWN}
            if own:
                salesforce.edit(self.box.world, "Account", key.id, own)
            if below:
                salesforce.edit(self.box.world, "Contact", self.person_of(key)["Id"], below)
        self.tick()

    def act(self, name: str, *args: Any, **more: Any) -> Any:
        """Let somebody act in Salesforce, a moment after the last act."""
        found = getattr(salesforce, name)(self.box.world, *args, **more)
        self.tick()
        return found

    def in_xero(self, name: str, *args: Any, **more: Any) -> Any:
        """Let somebody act in Xero, a moment after the last act."""
        found = getattr(xero, name)(self.box.world, *args, **more)
        self.tick()
        return found

    def tick(self) -> None:
        """Let a moment pass: Salesforce stamps whole seconds."""
        self.box.world.clock.advance(2)

    def raw(self, key: Key) -> Record:
        """Return a record as its system holds it."""
        return self.box.world.table(key.system.value, key.kind)[key.id]

    def lives(self, key: Key) -> bool:
        """Return whether a record is neither archived, erased nor deleted."""
        record = self.raw(key)
        if key.system is System.XERO:
            return bool(record["ContactStatus"] == "ACTIVE")
        return not record["IsDeleted"]

    def values(self, key: Key) -> dict[str, str]:
        """Return a record's shared values as its system holds them."""
        if key.system is System.XERO:
            return fields.of_contact(self.raw(key))
        own = fields.of_account(self.raw(key))
        person = persons.values(self.person_of(key))
        own["email"] = own["email"] or person["email"]
        return own | {name: person[name] for name in fields.OF_PERSON}

    def person_of(self, account: Key) -> persons.Row:
        """Return the person of an account who is billed."""
        people = self.box.world.table("salesforce", "Contact").values()
        return persons.billing_of(
            {**row, "CreatedDate": None}
            for row in people
            if row["AccountId"] == account.id and not row["IsDeleted"]
        )

    def all(self, system: System) -> list[Key]:
        """Return the keys of every account or contact, in the order in which they were made."""
        kind = "Account" if system is System.SALESFORCE else "Contact"
        return [Key(system, kind, i) for i in self.box.world.table(system.value, kind)]

    def sync(self) -> list[Run]:
        """Sweep and work off what is due, as the minute's tick would have it.

        A sweep that meets a limit or an outage is noted in `unswept`.
        """
        later()
        Budget.objects.all().delete()
        Credential.objects.update(refused_at=None)  # the town's clock is ahead of ours
        FlowSwitch.objects.update(parked_until=None)
        more = {"open_remote": self.open_remote} if self.open_remote else {}
        self.tick()
        try:
            sweeps.sweep(self.pair, **more)  # type: ignore[arg-type]
        except SyncError as error:
            self.unswept = str(error)
            return []
        self.unswept = ""
        return engine.work_off(self.switch, lane=Lane.PERSON, **more)  # type: ignore[arg-type]

    def settle(self, most: int = 15) -> None:
        """Sync until nothing waits and a whole run has written nothing.

        Raises AssertionError where it does not come to rest, or where a bug was met.
        """
        for turn in range(1, most + 1):
            before = self.last_call()
            if turn % 5 == 0:
                self.pass_minutes(6)  # what is in doubt waits until its idempotency key has died
            runs = self.sync()
            bugs = [found.error for found in runs if _BUG.match(found.error)]
            assert not bugs, bugs
            assert not ReviewItem.objects.filter(cause="bug").exists()
            if not self.unswept and not self.waits() and not self.written_since(before):
                return
        waiting = Notice.objects.exclude(state=Notice.State.DONE).values_list("remote_id", "error")
        doubtful = Write.objects.filter(state__in=Write.OPEN).values_list("about", "state", "error")
        raise AssertionError(
            f"It does not come to rest: {self.unswept} {self.written_since(before)} "
            f"{[*waiting]} {[*doubtful]}"
        )

    def pass_minutes(self, minutes: int) -> None:
        """Let minutes pass for both systems and for what was sent to them."""
        passed = timedelta(minutes=minutes)
        self.box.world.clock.advance(passed.total_seconds())
        Sent.objects.update(sent_at=F("sent_at") - passed)
        Write.objects.update(made_at=F("made_at") - passed, sent_at=F("sent_at") - passed)

    def waits(self) -> bool:
        """Return whether any notice is not done yet."""
        return Notice.objects.exclude(state=Notice.State.DONE).exists()

    def last_call(self) -> int:
        """Return the number of the last call that either system received."""
        entries = self.box.journal.entries(limit=1)
        return int(entries[-1]["number"]) if entries else 0

    def written_since(self, number: int) -> list[str]:
        """Return what was written to either system since that call."""
        return [
            f"{e['method']} {e['path']}"
            for e in self.box.journal.entries(since=number)
            if e["method"] in WRITES and ("api.xro" in e["path"] or "sobjects" in e["path"])
        ]

    def links(self) -> list[Link]:
        """Return the main links of living records of the pair."""
        rows = Link.objects.filter(pair=self.pair, xero_kind="Contact", role=Link.Role.MAIN)
        return list(rows.order_by("pk"))

    def link_of(self, key: Key) -> Link | None:
        """Return a record's main link, or None."""
        return next((k for k in self.links() if key in (k.salesforce_key, k.xero_key)), None)

    def questions(self, kind: str = "") -> list[ReviewItem]:
        """Return what is asked, oldest first."""
        items = ReviewItem.objects.filter(state=ReviewItem.State.OPEN).order_by("pk")
        return [item for item in items if not kind or item.kind == kind]

    def forget(self) -> None:
        """Begin anew: both systems as they were set up, and nothing known of them."""
        with self.box.world.batch():
            for system in System:
                for kind in _ENTERED:
                    _reset(self.box, system.value, kind, self.start.get((system.value, kind), {}))
        self.box.faults.clear()
        self.box.journal.clear()
        with connection.cursor() as cursor:
            cursor.execute("SELECT tablename FROM pg_tables WHERE tablename LIKE 'sync_%%'")
            names = [name for (name,) in cursor.fetchall() if name not in _KEPT]
            cursor.execute(f"TRUNCATE {', '.join(names)} CASCADE")
        FlowSwitch.objects.update(mode=FlowSwitch.Mode.ON)

    def remember(self) -> None:
        """Keep both systems as they are now, for `forget`."""
        for system in System:
            for kind in self.box.world.kinds(system.value):
                records = dict(self.box.world.table(system.value, kind).items())
                self.start[system.value, kind] = records


OWN = fields.OF_ACCOUNT.keys()


def _reset(box: Box, system: str, kind: str, records: Mapping[str, Record]) -> None:
    table = box.world.table(system, kind)
    for key in [key for key in table if key not in records]:
        del table[key]
    for key, record in records.items():
        if table.get(key) is not record:
            table[key] = record


@contextmanager
def founded(settings: Settings, patch: pytest.MonkeyPatch) -> Iterator[Town]:
    """Run both systems, empty but for what an administrator sets up, with the flow on."""
    with running() as box:
        set_up_org(box.world, "Fernhill Surveys Ltd", "GBP", multicurrency=True)
        set_up_organisation(box.world, "Fernhill Surveys Ltd", "GB")
        for name in ("minute_limit", "day_limit", "app_minute_limit"):
            box.world.set_setting("xero", name, 10**6)
        settings.XERO_API_URL = settings.XERO_IDENTITY_URL = box.xero_url
        settings.XERO_LOGIN_URL = box.xero_url
        patch.setenv("SALESFORCE_SECRET", "sandbox-salesforce-secret")
        patch.setenv("XERO_SECRET", "sandbox-xero-secret")
        run(
            *("connect", "salesforce", "--name", "S", "--host", box.salesforce_url),
            *("--client-id", "sandbox-salesforce", "--secret-env", "SALESFORCE_SECRET"),
        )
        run(
            *("connect", "xero", "--name", "X"),
            *("--client-id", "sandbox-xero", "--secret-env", "XERO_SECRET"),
        )
        run("pair", "S", "X")
        run("flow", FLOW, "on")
        town = Town(box, Pair.objects.get())
        town.remember()
        yield town
