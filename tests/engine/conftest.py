"""A pair with the invoice flow on, and fakes at its doorway."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from sync.core.records import Key, System
from sync.engine import noticing, running
from sync.models import FlowSwitch, Notice, Run
from tests.factories import FlowSwitchFactory
from tests.fakes.remote import FakeDoor, FakeSalesforce, FakeXero, deal


@dataclass
class Desk:
    """One pair and its fakes, and the few things that a test does with them."""

    switch: FlowSwitch
    salesforce: FakeSalesforce
    xero: FakeXero

    @property
    def door(self) -> FakeDoor:
        """The doorway to the fakes."""
        return FakeDoor(self.salesforce, self.xero)

    def win(self, number: int = 1, **values: Any) -> Key:
        """Let a deal be won, and notice it."""
        body = deal(number, **values)
        record = self.salesforce.put("Opportunity", body["Id"], body)
        self.notice(record.key)
        return record.key

    def change(self, key: Key, **values: Any) -> None:
        """Change a deal, and notice it."""
        self.salesforce.edit("Opportunity", key.id, **values)
        self.notice(key)

    def notice(self, *keys: Key) -> None:
        """Save notices for these keys."""
        noticing.note(self.switch.pair, self.switch.flow, keys, "command", timezone.now())

    def work(self) -> list[Run]:
        """Work off what is due now."""
        return running.work_off(self.switch, open_remote=self.door)

    def work_until_quiet(self, most: int = 20) -> list[Run]:
        """Work until no notice waits, as if time passed between the runs."""
        runs = []
        for _ in range(most):
            self.let_time_pass()
            found = self.work()
            runs += found
            if not Notice.objects.exclude(state=Notice.State.DONE).exists():
                break
        return runs

    def let_time_pass(self) -> None:
        """Make everything due that waits or is claimed."""
        past = timezone.now() - timedelta(seconds=1)
        Notice.objects.filter(state=Notice.State.WAITING).update(due_at=past)
        Notice.objects.filter(state=Notice.State.CLAIMED).update(lease_until=past)
        FlowSwitch.objects.update(parked_until=None)
        self.switch.refresh_from_db()

    def invoices(self) -> Sequence[Any]:
        """Return the live invoices in Xero."""
        return self.xero.live_invoices()

    def opportunity(self, key: Key) -> Any:
        """Return the deal as Salesforce has it."""
        return self.salesforce.records["Opportunity", key.id]


@pytest.fixture
def make_desk(db: None) -> Callable[[], Desk]:
    """Return a maker of desks."""
    return lambda: Desk(FlowSwitchFactory.create(), FakeSalesforce(), FakeXero())


@pytest.fixture
def desk(make_desk: Callable[[], Desk]) -> Desk:
    """A pair with the invoice flow on."""
    return make_desk()


__all__ = ["Desk", "System"]
