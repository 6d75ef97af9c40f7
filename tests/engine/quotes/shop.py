"""Both sandboxed systems with a customer, products and quotes, and what people do with them."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from pytest_django import Settings

from connections.live import open_remote
from connections.models import Budget, Pair
from connections.remote import Lane
from mappings import drafting, publishing
from sandbox.salesforce import acts as salesforce
from sandbox.salesforce.defaults import set_up_org
from sandbox.server import Box, running
from sandbox.store import Record
from sandbox.xero import entering, quote_acts
from sandbox.xero.defaults import set_up_organisation
from sync.engine import deciding
from sync.engine import running as engine
from sync.engine.work import OpenRemote
from sync.intake import sweeps
from sync.models import FlowSwitch, Link, ReviewItem, Run, Write
from tests.engine.test_whole import later, run

QUOTES, BILLING = "quote_opportunity", "won_opportunity_invoice"
LINE = {"Description": "Survey", "Quantity": 1, "AccountCode": "200", "TaxType": "OUTPUT2"}


@dataclass
class Shop:
    """The two systems, the pairs that join them, and the acts of the people in them."""

    box: Box
    pairs: list[Pair]
    tenants: list[str]
    door: OpenRemote = field(default=open_remote)
    account: str = ""
    contact: str = ""

    def open(self) -> None:
        """Enter the one customer in both systems, linked, and a product with its price."""
        self.account = self.enter("Account", Name="Acme Ltd")
        self.contact = self.raise_("Contact", Name="Acme Ltd")
        self.link(self.account, self.contact)

    def enter(self, kind: str, **values: Any) -> str:
        """Enter a record in Salesforce by hand; its id."""
        return str(salesforce.create(self.box.world, kind, values))

    def raise_(self, kind: str, place: int = 0, **values: Any) -> str:
        """Enter a record in Xero by hand; its id."""
        return str(entering.create(self.box.world, kind, values, self.tenants[place]))

    def deal(self, **values: Any) -> str:
        """Let a salesperson enter a deal of the customer; its id."""
        day = self.box.world.clock.now().date().isoformat()
        known = {"Name": "Harbour", "StageName": "Prospecting", "CloseDate": day}
        return self.enter("Opportunity", **{**known, "AccountId": self.account, **values})

    def product(self, code: str, price: str = "100", currency: str = "GBP") -> str:
        """Enter a product that the standard price book sells, and the Xero item; its id."""
        made = self.enter("Product2", Name=code.title(), ProductCode=code, IsActive=True)
        books = self.box.world.table("salesforce", "Pricebook2").values()
        book = next(one["Id"] for one in books if one["IsStandard"])
        self.enter(
            "PricebookEntry", Pricebook2Id=book, Product2Id=made, UnitPrice=price, IsActive=True,
            CurrencyIsoCode=currency,
        )  # fmt: skip
        self.raise_("Item", Code=code, Name=code.title(), IsSold=True)
        return made

    def quote(self, *amounts: str, place: int = 0, **values: Any) -> str:
        """Let finance raise a quote and send it; its id. Each amount is a line without an item."""
        rows = [{**LINE, "UnitAmount": Decimal(amount)} for amount in amounts or ("1000.00",)]
        contact = values.pop("contact", self.contact)
        known = {
            "Contact": {"ContactID": contact},
            "Date": self.box.world.clock.now().date().isoformat(),
            "LineAmountTypes": "EXCLUSIVE",
            "LineItems": values.pop("lines", rows),
            "Status": "SENT",
        }
        return self.raise_("Quote", place, **{**known, **values})

    def accept(self, quote: str) -> None:
        """Let the customer accept a quote."""
        self.tick()
        quote_acts.accept_quote(self.box.world, quote)

    def invoice(self, quote: str, percent: Any = None, **how: Any) -> str:
        """Let finance make an invoice of a quote in Xero's own screens; its id."""
        self.tick()
        return quote_acts.invoice_quote(self.box.world, quote, percent, **how)

    def change(self, kind: str, remote_id: str, **values: Any) -> None:
        """Let finance change a record in Xero."""
        self.tick()
        entering.edit(self.box.world, kind, remote_id, values)

    def move(self, deal: str, **values: Any) -> None:
        """Let a salesperson change a deal."""
        self.tick()
        salesforce.edit(self.box.world, "Opportunity", deal, values)

    def win(self, deal: str) -> None:
        """Let a salesperson win a deal."""
        self.move(deal, StageName="Closed Won")

    def link(self, ours: str, theirs: str, place: int = 0, **values: Any) -> Link:
        """Link an account and a contact, as their own flow would."""
        return Link.objects.create(
            pair=self.pairs[place],
            flow="account_contact",
            salesforce_kind="Account",
            salesforce_id=ours,
            xero_kind="Contact",
            xero_id=theirs,
            origin="found",
            **values,
        )

    def tick(self) -> None:
        """Let a moment pass: stamps are of whole seconds."""
        self.box.world.clock.advance(2)

    def sync(self, *flows: str, places: tuple[int, ...] = (0,), rounds: int = 3) -> list[Run]:
        """Sweep and work off what is due, as the minute's ticks would."""
        runs: list[Run] = []
        for _ in range(rounds):
            self.tick()
            Budget.objects.all().delete()
            for place in places:
                sweeps.sweep(self.pairs[place], self.door)
            later()
            for place in places:
                for flow in flows or (QUOTES, BILLING):
                    runs += self.work(flow, place)
        assert not [run.error for run in runs if run.error], [run.error for run in runs]
        return runs

    def work(self, flow: str, place: int = 0) -> list[Run]:
        """Work off what is due for one flow, without a sweep before it."""
        switches = FlowSwitch.objects.select_related("pair__salesforce", "pair__xero")
        switch = switches.filter(pair=self.pairs[place], flow=flow).first()
        if switch is None:
            return []
        return engine.work_off(switch, lane=Lane.PERSON, open_remote=self.door)

    def deals(self) -> list[Record]:
        """Return the deals as Salesforce holds them."""
        every = self.box.world.table("salesforce", "Opportunity").values()
        return [deal for deal in every if not deal["IsDeleted"]]

    def deal_of(self, quote: str) -> Record:
        """Return the one deal that carries the quote's id."""
        (found,) = [d for d in self.deals() if d.get("Counterpart_Quote_Id__c") == quote]
        return found

    def lines_of(self, deal: str) -> list[Record]:
        """Return the product lines of a deal."""
        every = self.box.world.table("salesforce", "OpportunityLineItem").values()
        return [row for row in every if row["OpportunityId"] == deal and not row["IsDeleted"]]

    def invoices(self) -> list[Record]:
        """Return the invoices that bill somebody."""
        every = self.box.world.table("xero", "Invoice").values()
        return [one for one in every if one["Status"] not in ("VOIDED", "DELETED")]

    def bills(self, deal: str) -> list[str]:
        """Return the ids of the invoices that a deal is linked to."""
        links = Link.objects.filter(salesforce_id=deal, xero_kind="Invoice")
        return sorted(links.values_list("xero_id", flat=True))

    def asked(self) -> list[str]:
        """Return what is asked, in the causes' own words."""
        items = ReviewItem.objects.filter(state=ReviewItem.State.OPEN).order_by("id")
        return [item.cause.partition(":")[0] for item in items]

    def answer(self, cause: str, choice: str) -> None:
        """Let a person answer the one open question of a cause."""
        (item,) = ReviewItem.objects.filter(
            state=ReviewItem.State.OPEN, cause__startswith=f"{cause}:"
        )
        deciding.decide(item.pk, choice, "anna")

    def rule(self, table: str, value: str) -> None:
        """Let an administrator publish a row's other value."""
        draft = drafting.draft_of(self.pairs[0], QUOTES)
        place, row = next(
            (place, row)
            for place, row in draft.in_force.items()
            if isinstance(row, dict) and row.get("table") == table
        )
        changed = {**row, "value": value}
        publishing.publish_one(self.pairs[0], QUOTES, place, changed, by="anna", why="test")

    def now(self) -> Any:
        """Return the day in both systems."""
        return self.box.world.clock.now().date()

    def pass_days(self, days: int) -> None:
        """Let days pass in both systems."""
        self.box.world.clock.advance(timedelta(days=days).total_seconds())

    def written(self) -> int:
        """Return how many writes were ever made."""
        return Write.objects.count()


@contextmanager
def opened(settings: Settings, patch: pytest.MonkeyPatch, *flows: str) -> Iterator[Shop]:
    """Run both systems with one customer; these flows are on, in the first organisation."""
    with running() as box:
        set_up_org(box.world, "Fernhill Surveys Ltd", "GBP", multicurrency=True, currencies=["EUR"])
        tenants = [
            set_up_organisation(box.world, "Fernhill Surveys Ltd", "GB", currencies=["EUR"]),
            set_up_organisation(box.world, "Fernhill Ireland", "GB", currencies=["EUR"]),
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
        shop = Shop(box, [_pair(name) for name in clients], tenants)
        for flow in flows or (QUOTES, BILLING):
            run("flow", flow, "on", "--pair", shop.pairs[0].name)
        shop.open()
        yield shop


def _pair(name: str) -> Pair:
    known = set(Pair.objects.values_list("pk", flat=True))
    run("connect", "xero", "--name", name, "--client-id", name, "--secret-env", "XERO_SECRET")
    run("pair", "S", name)
    made = Pair.objects.exclude(pk__in=known).get()
    return Pair.objects.select_related("salesforce", "xero").get(pk=made.pk)
