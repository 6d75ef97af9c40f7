"""Both sandboxed systems with one pair, and what people do with their products and items."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
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
from sandbox.xero import entering
from sandbox.xero.defaults import set_up_organisation
from sync.engine import deciding
from sync.engine import running as engine
from sync.engine.vanishing import look
from sync.engine.work import OpenRemote
from sync.intake import sweeps
from sync.models import Cursor, FlowSwitch, Link, ReviewItem, Run, Write
from tests.engine.test_whole import later, run

FLOW = "product_catalogue"
SALES = {"UnitPrice": Decimal("100.00"), "AccountCode": "200", "TaxType": "OUTPUT2"}


@dataclass
class Store:
    """The two systems, the pair that joins them, and the acts of the people in them."""

    box: Box
    pair: Pair
    tenant: str
    door: OpenRemote = field(default=open_remote)

    def product(self, code: str | None, name: str = "", price: str | None = "100.00",
                currency: str = "GBP", **values: Any) -> str:  # fmt: skip
        """Let a salesperson enter a product with its standard price; its id."""
        made = self.enter("Product2", Name=name or str(code).title(), ProductCode=code,
                          IsActive=values.pop("IsActive", True), **values)  # fmt: skip
        if price is not None:
            self.price(made, price, currency)
        return made

    def price(self, product: str, price: str, currency: str = "GBP", book: str = "") -> str:
        """Let a salesperson give a product a price; the entry's id."""
        return self.enter("PricebookEntry", Pricebook2Id=book or self.standard(), IsActive=True,
                          Product2Id=product, UnitPrice=Decimal(price),
                          CurrencyIsoCode=currency)  # fmt: skip

    def item(self, code: str, name: str = "", **values: Any) -> str:
        """Let finance enter an item; its id."""
        sales = {**SALES, **values.pop("SalesDetails", {})}
        known = {"Code": code, "Name": name or code.title(), "SalesDetails": sales}
        return str(entering.create(self.box.world, "Item", {**known, **values}, self.tenant))

    def enter(self, kind: str, **values: Any) -> str:
        """Enter a record in Salesforce by hand; its id."""
        return str(salesforce.create(self.box.world, kind, values))

    def edit(self, kind: str, record: str, **values: Any) -> None:
        """Let a salesperson change a record."""
        self.tick()
        salesforce.edit(self.box.world, kind, record, values)

    def change(self, item: str, **values: Any) -> None:
        """Let finance change an item; what it is sold for may be given in part."""
        self.tick()
        entering.edit(self.box.world, "Item", item, values)

    def remove(self, item: str) -> None:
        """Let finance delete an item: it leaves no trace."""
        self.tick()
        self.box.world.table("xero", "Item").pop(item)

    def deal(self, product: str, name: str = "Harbour", stage: str = "Prospecting") -> str:
        """Let a salesperson sell a product in a deal; its id."""
        day = self.box.world.clock.now().date().isoformat()
        made = self.enter("Opportunity", Name=name, StageName=stage, CloseDate=day)
        self.enter("OpportunityLineItem", OpportunityId=made, Product2Id=product, Quantity=1,
                   UnitPrice=100)  # fmt: skip
        return made

    def book(self, name: str = "Partners") -> str:
        """Let an administrator make another price book; its id."""
        return self.enter("Pricebook2", Name=name, IsActive=True)

    def standard(self) -> str:
        """Return the id of the standard price book."""
        books = self.box.world.table("salesforce", "Pricebook2").values()
        return next(str(one["Id"]) for one in books if one["IsStandard"])

    def rule(self, table: str, value: str, system: str = "") -> None:
        """Let an administrator publish another value of a table's row, that of a system."""
        draft = drafting.draft_of(self.pair, FLOW)
        place, row = next(
            (place, row)
            for place, row in draft.in_force.items()
            if isinstance(row, dict) and row.get("table") == table
            if not system or row["conditions"][0]["value"] == system
        )
        changed = {**row, "value": value}
        publishing.publish_one(self.pair, FLOW, place, changed, by="anna", why="test")

    def tick(self) -> None:
        """Let a moment pass: stamps are of whole seconds."""
        self.box.world.clock.advance(2)

    def sync(self, rounds: int = 3) -> list[Run]:
        """Sweep and work off what is due, as the minute's ticks would."""
        runs: list[Run] = []
        for _ in range(rounds):
            self.sweep()
            runs += self.work()
        assert not [run.error for run in runs if run.error], [run.error for run in runs]
        return runs

    def sweep(self) -> None:
        """Sweep, a quarter of an hour later: sweeps read items no more often."""
        self.tick()
        Budget.objects.all().delete()
        Cursor.objects.filter(purpose="index:Item").update(read_at=None)
        sweeps.sweep(self.pair, self.door)
        later()

    def work(self) -> list[Run]:
        """Work off what is due without a sweep before it."""
        switch = FlowSwitch.objects.select_related("pair__salesforce", "pair__xero").get(
            pair=self.pair, flow=FLOW
        )
        return engine.work_off(switch, lane=Lane.PERSON, open_remote=self.door)

    def look_for_gone(self) -> None:
        """Let the list of items be held against the index now, and carry out what follows."""
        look(self.pair, self.door(self.pair.xero, Lane.PERSON), now=True)
        later()
        self.work()

    def products(self) -> list[Record]:
        """Return the products as Salesforce holds them."""
        every = self.box.world.table("salesforce", "Product2").values()
        return [one for one in every if not one["IsDeleted"]]

    def items(self) -> list[Record]:
        """Return the items as Xero holds them, those of this pair's organisation."""
        every = self.box.world.table("xero", "Item").values()
        return [one for one in every if one["TenantID"] == self.tenant]

    def held_product(self, product: str) -> Record:
        """Return a product as Salesforce holds it."""
        return self.box.world.table("salesforce", "Product2")[product]

    def held_item(self, item: str) -> Record:
        """Return an item as Xero holds it."""
        return self.box.world.table("xero", "Item")[item]

    def prices(self, product: str) -> list[Record]:
        """Return a product's prices as Salesforce holds them."""
        every = self.box.world.table("salesforce", "PricebookEntry").values()
        return [one for one in every if one["Product2Id"] == product and not one["IsDeleted"]]

    def links(self) -> dict[str, str]:
        """Return the item of each linked product."""
        rows = Link.objects.filter(pair=self.pair, flow=FLOW)
        return dict(rows.values_list("salesforce_id", "xero_id"))

    def asked(self) -> list[str]:
        """Return what is asked, in the causes' own words."""
        items = ReviewItem.objects.filter(state=ReviewItem.State.OPEN).order_by("id")
        return [item.cause.partition(":")[0] for item in items]

    def question(self, cause: str) -> ReviewItem:
        """Return the one open question of a cause."""
        found = ReviewItem.objects.filter(state=ReviewItem.State.OPEN)
        return found.get(cause__startswith=f"{cause}:")

    def answer(self, cause: str, choice: str) -> None:
        """Let a person answer the one open question of a cause."""
        deciding.decide(self.question(cause).pk, choice, "anna")

    def written(self) -> int:
        """Return how many writes were ever made."""
        return Write.objects.count()


@contextmanager
def opened(settings: Settings, patch: pytest.MonkeyPatch, mode: str = "on") -> Iterator[Store]:
    """Run both systems with empty catalogues and the flow of products in a mode."""
    with running() as box:
        set_up_org(box.world, "Fernhill Surveys Ltd", "GBP", multicurrency=True,
                   currencies=["EUR", "AUD"])  # fmt: skip
        tenant = set_up_organisation(box.world, "Fernhill Surveys Ltd", "GB", currencies=["EUR"])
        for name in ("minute_limit", "day_limit", "app_minute_limit"):
            box.world.set_setting("xero", name, 10**6)
        settings.XERO_API_URL = settings.XERO_IDENTITY_URL = box.xero_url
        settings.XERO_LOGIN_URL = box.xero_url
        patch.setenv("SALESFORCE_SECRET", "sandbox-salesforce-secret")
        patch.setenv("XERO_SECRET", "sandbox-xero-secret")
        org = box.salesforce_url
        run(
            *("connect", "salesforce", "--name", "S", "--host", org),
            *("--client-id", "sandbox-salesforce", "--secret-env", "SALESFORCE_SECRET"),
        )
        run(*("connect", "xero", "--name", "X", "--client-id", "sandbox-xero"),
            *("--secret-env", "XERO_SECRET"))  # fmt: skip
        run("pair", "S", "X")
        pair = Pair.objects.select_related("salesforce", "xero").get()
        run("flow", FLOW, mode, "--pair", pair.name)
        yield Store(box, pair, tenant)
