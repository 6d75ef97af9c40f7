"""What administrators and salespeople do while a company sets up."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta
from typing import Any

from connections.live import open_remote
from connections.models import Connection, Pair
from connections.remote import Lane
from mappings import drafting, publishing, routing_publishing
from mappings.shipped import ensure
from sandbox.salesforce import acts as salesforce
from sync.core.records import System
from sync.engine import setting_up
from sync.engine.setting_up import Begins, Checked, FirstDay, Missing, Outcome, Plans, Template
from sync.models import FlowSwitch
from tests.engine.quotes.shop import Shop

BILLING, CUSTOMERS, QUOTES = "won_opportunity_invoice", "account_contact", "quote_opportunity"
STATUS, RISK, PRODUCTS = "payment_status", "credit_risk", "product_catalogue"
EVERY = Begins.EVERY_RECORD


class Site:
    """A company's two systems, and the first steps of its first pair."""

    def __init__(self, shop: Shop) -> None:
        self.shop = shop
        self.calls = 0

    @property
    def world(self) -> Any:
        """The sandbox's world."""
        return self.shop.box.world

    @property
    def pair(self) -> Pair:
        """The first pair as it is now."""
        return Pair.objects.select_related("salesforce", "xero").get(pk=self.shop.pairs[0].pk)

    @property
    def beside(self) -> Pair:
        """The second pair of the same org as it is now."""
        return Pair.objects.select_related("salesforce", "xero").get(pk=self.shop.pairs[1].pk)

    def open(self, connection: Connection, lane: Lane) -> Any:
        """Open a real doorway, and count that."""
        self.calls += 1
        return open_remote(connection, lane)

    @property
    def heard(self) -> int:
        """How many calls both systems have had so far."""
        return len(self.shop.box.journal.entries())

    def check(self, pair: Pair | None = None) -> Checked:
        """Ask both systems anew."""
        return setting_up.checked(pair or self.pair, self.open, timedelta(0))

    def start(self, *flows: str, first_day: FirstDay = EVERY) -> tuple[Outcome, ...]:
        """Let flows plan in shadow."""
        return setting_up.start_in_shadow(self.pair, flows, first_day, "fay")

    def look(self, *flows: str) -> None:
        """Sweep and work off what is due."""
        self.shop.sync(*flows)

    def wait(self) -> None:
        """Let minutes pass: what a glance does not show is seen a whole minute later."""
        self.world.clock.advance(180)

    def switch_on(self, flow: str, seen: str = "") -> Outcome:
        """Switch a flow on after having seen its plans."""
        return setting_up.switch_on(self.pair, flow, seen or self.plans(flow).mark, "fay")

    def plans(self, flow: str) -> Plans:
        """Return what a flow has planned so far."""
        return setting_up.plans_so_far(self.pair)[flow]

    def template(self, flow: str, pair: Pair | None = None) -> Template:
        """Return one template as it stands."""
        return next(t for t in setting_up.templates_of(pair or self.pair) if t.flow == flow)

    def missing(self, flow: str, pair: Pair | None = None) -> dict[str, Missing]:
        """Return what a template lacks, by its key."""
        return {one.key: one for one in self.template(flow, pair).missing}

    def states(self) -> dict[str, str]:
        """Return the state of each step by its key."""
        return {one.key: str(one.state) for one in setting_up.setup_of(self.pair).steps}

    def words(self, step: str) -> str:
        """Return what a step says."""
        return next(one.words for one in setting_up.setup_of(self.pair).steps if one.key == step)

    def win(self, amount: str = "1000.00", closed: date | None = None, **values: Any) -> str:
        """Let a deal be won; its id."""
        day = closed or self.shop.now()
        return self.shop.deal(
            StageName="Closed Won", Amount=amount, CloseDate=day.isoformat(), **values
        )

    def withhold(self, kind: str, *acts: str) -> None:
        """Let the profile of Counterpart's user withhold what may be done with a kind."""
        held = self.world.setting(System.SALESFORCE.value, "withheld") or {}
        self.world.set_setting(System.SALESFORCE.value, "withheld", {**held, kind: [*acts]})

    def drop_currency(self, code: str) -> None:
        """Let finance take a currency off the first organisation."""
        table, tenant = self.world.table("xero", "Currency"), self.shop.tenants[0]
        for key, one in list(table.items()):
            if one["Code"] == code and one["TenantID"] == tenant:
                del table[key]

    def archive_sales_accounts(self) -> None:
        """Let finance archive every account to which sales are booked."""
        table, tenant = self.world.table("xero", "Account"), self.shop.tenants[0]
        for key, one in list(table.items()):
            if one["Class"] == "REVENUE" and one["TenantID"] == tenant:
                table[key] = {**one, "Status": "ARCHIVED"}

    def map(self, flow: str, target: str, source: str) -> None:
        """Let finance publish another source for a field."""
        ensure(self.pair, flow)
        place = f"field:{target}"
        parts = drafting.draft_of(self.pair, flow).in_force[place]
        changed = {**parts, "source": source}
        publishing.publish_one(self.pair, flow, place, changed, by="fay", why="test")

    def give(self, flow: str, table: str, value: str) -> None:
        """Let finance publish one value for all rows of a table."""
        ensure(self.pair, flow)
        rows = drafting.draft_of(self.pair, flow).in_force
        for place, row in list(rows.items()):
            if isinstance(row, dict) and row.get("table") == table:
                changed = {**row, "value": value}
                publishing.publish_one(self.pair, flow, place, changed, by="fay", why="test")

    def route(self, path: str, value: str, name: str, pair: Pair | None = None) -> None:
        """Let finance publish that deals with this value belong to a pair, the first by default."""
        row = {
            "key": name,
            "kind": "Opportunity",
            "name": name,
            "conditions": [{"path": path, "operator": "is", "value": value}],
            "value": str((pair or self.pair).pk),
            "active": True,
        }
        routing_publishing.publish_rows(
            self.pair.salesforce,
            lambda rows: [*rows, row],
            by="fay",
            why="test",
            check=lambda rows: [],
        )

    def take_away(self, kind: str, fields: Iterable[str]) -> None:
        """Let an administrator delete custom fields."""
        for name in fields:
            salesforce.remove_custom_field(self.world, kind, name)

    def switch(self, flow: str, mode: str, pair: Pair | None = None, **values: Any) -> FlowSwitch:
        """Set a switch by hand, without what else happens then."""
        chosen = {"mode": mode, "changed_by": "ben", **values}
        return FlowSwitch.objects.update_or_create(
            pair=pair or self.pair, flow=flow, defaults=chosen
        )[0]
