"""One Salesforce org that bills in two Xero organisations, with fakes at every doorway."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from connections.models import Connection
from mappings.models import RoutingVersion
from sync.core.records import Key
from sync.engine import deciding, noticing, routing
from sync.models import FlowSwitch, Notice, ReviewItem, Run
from tests.engine.conftest import Desk
from tests.factories import FlowSwitchFactory, PairFactory
from tests.fakes.remote import FakeSalesforce, FakeXero, deal

BILLING = "won_opportunity_invoice"


class Org(FakeSalesforce):
    """An org with the fields that people route by, and a note of what it was asked for."""

    shown: Sequence[str] = ("Legal_Entity__c", "Territory2Id")

    def __init__(self) -> None:
        super().__init__()
        self.reads: list[tuple[str, tuple[str, ...]]] = []

    def fields(self, kind: str) -> Mapping[str, str]:
        """Return the usual fields and those to route by."""
        return {**super().fields(kind), **dict.fromkeys(self.shown, "string")}

    def read(self, kind: str, ids: Sequence[str], fields: Sequence[str] = ()) -> list[Any]:
        """Note what is asked for, and return what is there."""
        self.reads.append((kind, tuple(fields)))
        return super().read(kind, ids, fields)


@dataclass
class Places:
    """The desks of one org's pairs, in the order in which they were made."""

    desks: list[Desk]

    @property
    def org(self) -> Connection:
        """The connection that stands in all pairs."""
        return self.desks[0].switch.pair.salesforce

    @property
    def salesforce(self) -> Org:
        """The one org."""
        found = self.desks[0].salesforce
        assert isinstance(found, Org)
        return found

    def pair(self, place: int) -> Any:
        """Return a pair."""
        return self.desks[place].switch.pair

    def row(self, place: int | str, kind: str = "Opportunity", name: str = "", **when: str) -> Any:
        """Return a row that sends what holds (path with __ for a dot) to a place or a word."""
        value = str(self.pair(place).pk) if isinstance(place, int) else place
        conditions = [
            {"path": path.replace("__dot__", "."), "operator": "is", "value": wanted}
            for path, wanted in when.items()
        ]
        key = f"{kind}{value}{sorted(when.items())}"
        return {
            "key": key, "kind": kind, "name": name or f"{kind} to {value}",
            "conditions": conditions, "value": value, "active": True,
        }  # fmt: skip

    def publish(self, *rows: Any) -> None:
        """Put rows in force."""
        number = RoutingVersion.objects.filter(connection=self.org).count() + 1
        RoutingVersion.objects.create(
            connection=self.org, number=number, content={"rows": list(rows)}
        )

    def win(self, number: int = 1, **values: Any) -> Key:
        """Let a deal be won; every pair notices it."""
        body = deal(number, **values)
        key = self.salesforce.put("Opportunity", body["Id"], body).key
        self.notice(key)
        return key

    def change(self, key: Key, **values: Any) -> None:
        """Let a person change a deal; every pair notices it."""
        self.salesforce.edit("Opportunity", key.id, **values)
        self.notice(key)

    def notice(self, *keys: Key) -> None:
        """Let every pair notice records."""
        for desk in self.desks:
            desk.notice(*keys)

    def settle(self, *order: int, most: int = 12) -> list[Run]:
        """Work in all pairs by turns until nothing waits, echoes of our own writes included."""
        runs: list[Run] = []
        for _ in range(most):
            before = self._written()
            for place in order or range(len(self.desks)):
                desk = self.desks[place]
                desk.let_time_pass()
                runs += desk.work()
            if self._written() != before:
                self.notice(*(r.key for r in self.salesforce.of("Opportunity")))
            elif not self._waits():
                return runs
        raise AssertionError("They never come to rest.")

    def _waits(self) -> bool:
        used = FlowSwitch.objects.exclude(mode="off").values_list("pair", flat=True)
        rows = Notice.objects.filter(pair__in=list(used), flow=BILLING)
        return rows.exclude(state=Notice.State.DONE).exists()

    def _written(self) -> int:
        return sum(len(d.xero.sent) for d in self.desks) + len(self.salesforce.sent)

    def billed(self) -> list[int]:
        """Return how many living invoices each organisation has."""
        return [len(desk.invoices()) for desk in self.desks]

    def void(self, place: int) -> Any:
        """Void the one living invoice of an organisation; it is noticed there."""
        desk = self.desks[place]
        (invoice,) = desk.invoices()
        desk.xero.edit("Invoice", invoice.key.id, Status="VOIDED")
        desk.notice(invoice.key)
        return invoice

    def asked(self) -> list[ReviewItem]:
        """Return what is asked, oldest first."""
        return list(ReviewItem.objects.filter(state=ReviewItem.State.OPEN).order_by("pk"))

    def causes(self) -> list[str]:
        """Return the beginnings of the causes of what is asked."""
        return [item.cause.partition(":")[0] for item in self.asked()]

    def answer(self, choice: str) -> None:
        """Answer the one question."""
        (item,) = self.asked()
        deciding.decide(item.pk, choice, "anna")

    def assign(self, key: Key, place: int) -> None:
        """Let a person say where a record belongs."""
        routing.assign(self.org.pk, key, self.pair(place), "anna", "asked the customer")

    def switch(self, place: int, mode: str) -> None:
        """Switch billing in one pair."""
        FlowSwitch.objects.filter(pk=self.desks[place].switch.pk).update(mode=mode)
        self.desks[place].switch.refresh_from_db()

    def waiting(self) -> int:
        """Return how many notices wait in all pairs."""
        return sum(noticing.waiting(desk.switch.pair, BILLING) for desk in self.desks)


def opened(count: int = 2, org: Org | None = None) -> Places:
    """Return pairs of one org, the flow that bills on in each of them."""
    salesforce = org or Org()
    first = FlowSwitchFactory.create()
    pairs = [PairFactory.create(salesforce=first.pair.salesforce) for _ in range(count - 1)]
    switches = [first, *(FlowSwitchFactory.create(pair=pair) for pair in pairs)]
    return Places([Desk(switch, salesforce, FakeXero()) for switch in switches])
