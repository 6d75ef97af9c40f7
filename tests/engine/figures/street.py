"""Both sandboxed systems with two organisations, and what people and time do to invoices there."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from pytest_django import Settings

from connections.models import Budget, Credential, Pair
from connections.remote import Lane
from sandbox.salesforce import acts as salesforce
from sandbox.salesforce.defaults import set_up_org
from sandbox.server import Box, running
from sandbox.store import Record
from sandbox.xero import acts as xero
from sandbox.xero.books import Books
from sandbox.xero.defaults import set_up_organisation
from sync.engine import running as engine
from sync.intake import sweeps
from sync.models import FlowSwitch, Link, Run, Write
from tests.engine.test_whole import later, run

FLOW = "payment_status"
OURS = "Counterpart_"
RATES = {"GBP": Decimal(1), "NZD": Decimal(2), "EUR": Decimal("1.25")}
LINE = {
    "Description": "Survey", "Quantity": 1, "AccountCode": "200", "TaxType": "NONE"
}  # fmt: skip


@dataclass
class Street:
    """The two systems, the pairs that join them, and the acts of the people in them."""

    box: Box
    pairs: list[Pair]
    tenants: list[str]
    flow: str = FLOW

    def account(self, name: str = "Acme Ltd", **values: Any) -> str:
        """Enter an account; its id."""
        return str(salesforce.create(self.box.world, "Account", {"Name": name, **values}))

    def deal(self, account: str, **values: Any) -> str:
        """Let a deal of the account be won; its id."""
        day = self.now().date().isoformat()
        deal = {"Name": "Survey", "StageName": "Closed Won", "CloseDate": day, **values}
        return str(salesforce.create(self.box.world, "Opportunity", {**deal, "AccountId": account}))

    def contact(self, name: str = "Acme Ltd", place: int = 0, **values: Any) -> str:
        """Enter a contact in one of the organisations; its id."""
        made = xero.create(self.box.world, "Contact", {"Name": name, **values}, self.tenants[place])
        return str(made)

    def invoice(self, contact: str, amount: str = "100.00", place: int = 0, **values: Any) -> str:
        """Raise an approved invoice in Xero by hand, due in 30 days; its id."""
        body = {
            "Type": "ACCREC",
            "Contact": {"ContactID": contact},
            "Status": "AUTHORISED",
            "LineAmountTypes": "NoTax",
            "DueDate": (self.now().date() + timedelta(days=30)).isoformat(),
            "LineItems": [{**LINE, "UnitAmount": Decimal(amount)}],
            **values,
        }
        return str(xero.create(self.box.world, "Invoice", body, self.tenants[place]))

    def link(self, ours: str, theirs: str, place: int = 0, **values: Any) -> Link:
        """Link an account and a contact, or a deal and an invoice, as another flow would."""
        of_deal = ours.startswith("006")
        return Link.objects.create(
            pair=self.pairs[place],
            flow="won_opportunity_invoice" if of_deal else "account_contact",
            salesforce_kind="Opportunity" if of_deal else "Account",
            salesforce_id=ours,
            xero_kind="Invoice" if of_deal else "Contact",
            xero_id=theirs,
            origin="found",
            **values,
        )

    def pay(self, invoice: str, amount: Any = None) -> str:
        """Book a payment; its id."""
        self.tick()
        return xero.pay(self.box.world, invoice, amount)

    def quietly(self, invoice: str, **values: Any) -> None:
        """Change an invoice without its stamp, as Xero has been seen to."""
        record = self.box.world.table("xero", "Invoice")[invoice]
        Books(self.box.world, record["TenantID"]).save_quietly("Invoice", {**record, **values})

    def loudly(self, invoice: str, **values: Any) -> None:
        """Change an invoice with a new stamp, by what the sandbox has no act for."""
        self.tick()
        record = self.box.world.table("xero", "Invoice")[invoice]
        Books(self.box.world, record["TenantID"]).save("Invoice", {**record, **values})

    def told(self, record: str) -> dict[str, Any]:
        """Return what Salesforce has in our fields of a deal or an account, by their bare names."""
        found = self.raw(record)
        return {
            name.removeprefix(OURS).removesuffix("__c"): value
            for name, value in found.items()
            if name.startswith(OURS)
        }

    def raw(self, record: str) -> Record:
        """Return a record as Salesforce holds it."""
        kind = "Opportunity" if record.startswith("006") else "Account"
        return self.box.world.table("salesforce", kind)[record]

    def now(self) -> datetime:
        """Return the time in both systems."""
        return self.box.world.clock.now()

    def pass_days(self, days: float) -> None:
        """Let days pass in both systems; every sign-in has ended by then."""
        self.box.world.clock.advance(days * 86_400)
        Credential.objects.update(access_token="", refused_at=None)

    def tick(self) -> None:
        """Let a moment pass: stamps are of whole seconds."""
        self.box.world.clock.advance(2)

    def sync(self, *places: int) -> list[Run]:
        """Sweep and work off what is due in the organisations, as the minute's tick would."""
        self.tick()
        Budget.objects.all().delete()
        runs = []
        for _ in range(2):  # a pair may pass a customer on to another
            for place in places or range(len(self.pairs)):
                sweeps.sweep(self.pairs[place])
            later()
            for place in places or range(len(self.pairs)):
                runs += engine.work_off(self.switch(place), lane=Lane.PERSON)
        assert not [run.error for run in runs if run.error], [run.error for run in runs]
        return runs

    def switch(self, place: int = 0) -> FlowSwitch:
        """Return the flow's switch of a pair as it is now."""
        switches = FlowSwitch.objects.select_related("pair__salesforce", "pair__xero")
        return switches.get(pair=self.pairs[place], flow=self.flow)

    def written(self) -> int:
        """Return how many writes were ever made."""
        return Write.objects.count()


@contextmanager
def opened(settings: Settings, patch: pytest.MonkeyPatch, flow: str = FLOW) -> Iterator[Street]:
    """Run both systems, empty but for what an administrator sets up, with the flow on."""
    with running() as box:
        box.world.clock.set(_next_morning(box.world.clock.now()))
        set_up_org(
            box.world, "Fernhill Surveys Ltd", "GBP", multicurrency=True, currencies=["NZD", "EUR"]
        )
        for one in box.world.table("salesforce", "CurrencyType").values():
            one["ConversionRate"] = RATES[one["IsoCode"]]
        tenants = [
            set_up_organisation(box.world, "Fernhill Surveys Ltd", "GB", currencies=["EUR"]),
            set_up_organisation(box.world, "Fernhill New Zealand", "NZ", currencies=["GBP"]),
        ]
        secret = "sandbox-xero-secret"
        clients = {
            name: {"secret": secret, "name": name, "tenant": tenant}
            for name, tenant in zip("XY", tenants, strict=True)
        }
        box.world.set_setting("xero", "clients", clients)
        for name in ("minute_limit", "day_limit", "app_minute_limit"):
            box.world.set_setting("xero", name, 10**6)
        settings.XERO_API_URL = settings.XERO_IDENTITY_URL = box.xero_url
        settings.XERO_LOGIN_URL = box.xero_url
        patch.setenv("SALESFORCE_SECRET", "sandbox-salesforce-secret")
        patch.setenv("XERO_SECRET", secret)
        run(
            *("connect", "salesforce", "--name", "S", "--host", box.salesforce_url),
            *("--client-id", "sandbox-salesforce", "--secret-env", "SALESFORCE_SECRET"),
        )
        yield Street(box, [_pair(name, flow) for name in clients], tenants, flow)


def _next_morning(now: datetime) -> datetime:
    """Return the next six o'clock: the same day in both books and in UTC, and long to midnight."""
    six = now.replace(hour=6, minute=0, second=0, microsecond=0)
    return six if six > now else six + timedelta(days=1)


def _pair(name: str, flow: str) -> Pair:
    """Connect one organisation, and switch the flow on for its pair with the org."""
    known = set(Pair.objects.values_list("pk", flat=True))
    run("connect", "xero", "--name", name, "--client-id", name, "--secret-env", "XERO_SECRET")
    run("pair", "S", name)
    made = Pair.objects.exclude(pk__in=known).get()
    run("flow", flow, "on", "--pair", made.name)
    return Pair.objects.select_related("salesforce", "xero").get(pk=made.pk)
