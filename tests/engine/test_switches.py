"""Promise 7 and shadow: what is switched off, paused or in shadow writes nothing."""

from __future__ import annotations

from decimal import Decimal

from sync.engine import switching
from sync.models import FlowSwitch, Link, Notice, PlanRow
from tests.engine.conftest import Desk


def test_shadow_makes_plans_and_writes_nothing(desk: Desk) -> None:
    FlowSwitch.objects.update(mode=FlowSwitch.Mode.SHADOW)
    key = desk.win()
    (run,) = desk.work()
    assert run.creates == 1
    assert desk.xero.sent == []
    assert desk.salesforce.sent == []
    plan = PlanRow.objects.get()
    assert (plan.state, plan.amount, plan.currency) == ("shadow", Decimal(1000), "GBP")
    assert not Link.objects.exists()
    FlowSwitch.objects.update(mode=FlowSwitch.Mode.ON)
    desk.notice(key)
    desk.work_until_quiet()
    assert len(desk.invoices()) == 1


def test_a_pause_stops_all_writes_and_notices_are_collected(desk: Desk) -> None:
    switching.pause("Priya", "month end")
    desk.win()
    assert desk.work() == []
    assert Notice.objects.get().state == Notice.State.WAITING
    switching.resume("Priya")
    desk.work_until_quiet()
    assert len(desk.invoices()) == 1


def test_a_pause_in_the_middle_of_a_batch_stops_the_next_call(desk: Desk) -> None:
    desk.xero.before = [lambda: switching.pause("Priya", "stop")]
    desk.win()
    desk.work()
    assert desk.invoices() == []
    assert len(desk.xero.of("Contact")) == 1  # the call that was on its way
    switching.resume("Priya")
    desk.work_until_quiet()
    assert len(desk.invoices()) == 1
    assert len(desk.xero.of("Contact")) == 1
