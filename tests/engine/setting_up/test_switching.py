"""Templates start in shadow, and go on once their plans were seen and nothing stands in the way."""

from __future__ import annotations

import threading
from datetime import date, timedelta
from typing import Any

import pytest
from django.db import connection as database
from django.db import transaction

from connections.models import Connection
from connections.remote import Lane
from sync.core.errors import SyncError
from sync.engine import running, setting_up, switching
from sync.intake import sweeps
from sync.models import FlowSwitch, Link, Notice, PlanRow, Write
from tests.engine.test_whole import later

from .site import BILLING, CUSTOMERS, QUOTES, STATUS, Site

pytestmark = [pytest.mark.slow, pytest.mark.django_db(transaction=True)]
Mode = FlowSwitch.Mode


def test_several_templates_start_together_and_twice_is_once(site: Site) -> None:
    today = site.shop.now()
    first = site.start(BILLING, STATUS, CUSTOMERS, first_day=today)
    assert [one.done for one in first] == [True, True, True]
    rows = list(FlowSwitch.objects.order_by("flow").values())
    again = site.start(BILLING, STATUS, CUSTOMERS, first_day=today)
    assert [one.done for one in again] == [True, True, True]
    assert list(FlowSwitch.objects.order_by("flow").values()) == rows
    days = dict(FlowSwitch.objects.values_list("flow", "starts_from"))
    assert days == {BILLING: today, STATUS: None, CUSTOMERS: None}


def test_deals_and_quotes_do_not_start_without_a_first_day(site: Site) -> None:
    found = site.start(BILLING, QUOTES, STATUS, first_day=None)
    assert [one.done for one in found] == [False, False, True]
    assert "needs a first day" in found[0].words
    assert list(FlowSwitch.objects.values_list("flow", flat=True)) == [STATUS]


def test_an_unknown_flow_starts_none(site: Site) -> None:
    with pytest.raises(switching.UnknownFlow):
        site.start(STATUS, "billing_of_everything")
    assert not FlowSwitch.objects.exists()


def test_a_template_that_is_on_is_never_put_back_into_shadow(site: Site) -> None:
    switching.switch_flow(site.pair, STATUS, Mode.ON, "ben")
    (found,) = site.start(STATUS)
    assert not found.done
    assert FlowSwitch.objects.get().mode == Mode.ON


def test_deals_that_were_won_while_in_shadow_are_billed_once_it_is_on(site: Site) -> None:
    deals = [site.win("100.00", Name=f"Deal {number}") for number in range(3)]
    site.start(BILLING)
    site.look(BILLING)
    assert site.shop.invoices() == []
    found = site.switch_on(BILLING)
    assert (found.done, found.words) == (
        True,
        "“Closed Won opportunity to invoice” is on. It begins with "
        "3 to make (GBP 300.00 before tax).",
    )
    site.look(BILLING)
    assert [len(site.shop.bills(deal)) for deal in deals] == [1, 1, 1]
    assert len(site.shop.invoices()) == 3
    assert site.switch_on(BILLING, "3").words.endswith("is on already.")


def test_what_was_planned_before_it_was_switched_off_is_billed_too(site: Site) -> None:
    site.win()
    site.start(BILLING)
    site.look(BILLING)
    switching.switch_flow(site.pair, BILLING, Mode.OFF, "ben")
    switching.switch_flow(site.pair, BILLING, Mode.ON, "ben")
    site.look(BILLING)
    assert len(site.shop.invoices()) == 1


def test_it_does_not_go_on_before_it_has_planned(site: Site) -> None:
    site.win()
    off = setting_up.switch_on(site.pair, BILLING, "nothing", "fay")
    assert not off.done
    assert "let it plan in shadow first" in off.words
    site.start(BILLING)
    unread = site.switch_on(BILLING)
    assert not unread.done
    assert "Not everything has been read yet" in unread.words
    site.look(STATUS)  # a sweep alone, nothing is planned
    half = site.switch_on(BILLING)
    assert not half.done
    assert "It has looked at 0 of 1 records" in half.words
    assert FlowSwitch.objects.get(flow=BILLING).mode == Mode.SHADOW


def test_it_does_not_go_on_when_other_money_is_planned_than_was_seen(site: Site) -> None:
    site.win("100.00")
    site.start(BILLING)
    site.look(BILLING)
    seen = site.plans(BILLING).mark
    site.win("9000.00", Name="Quay")
    site.look(BILLING)
    refused = site.switch_on(BILLING, seen)
    assert not refused.done
    assert "has changed since you saw it" in refused.words
    assert refused.plans is not None
    assert sum(one.count for one in refused.plans.counts) == 2
    assert site.switch_on(BILLING, refused.plans.mark).done


def test_what_blocks_is_why_it_does_not_go_on(site: Site) -> None:
    site.win()
    site.start(BILLING)
    site.look(BILLING)
    site.withhold("Opportunity", "update")
    refused = site.switch_on(BILLING)
    assert not refused.done
    assert [one.key for one in refused.missing] == ["right:Opportunity"]
    assert "edit Opportunity records" in refused.words
    site.withhold("Opportunity")
    site.check()
    assert site.switch_on(BILLING).done


def test_an_earlier_first_day_lets_older_deals_be_planned_too(site: Site) -> None:
    today = site.shop.now()
    site.win("10.00", closed=today)
    site.win("20.00", closed=today - timedelta(days=60), Name="Old")
    site.start(BILLING, first_day=today - timedelta(days=30))
    site.look(BILLING)
    assert [one.amount for one in site.plans(BILLING).counts] == [10]
    site.start(BILLING, first_day=today - timedelta(days=90))
    assert not site.plans(BILLING).progress.complete
    site.look(BILLING)
    assert [one.amount for one in site.plans(BILLING).counts] == [30]
    site.start(BILLING, first_day=today - timedelta(days=30))
    site.look(BILLING)
    assert [one.amount for one in site.plans(BILLING).counts] == [10]
    assert not Write.objects.exists()


def test_another_first_day_while_it_is_on_bills_no_older_deal_by_itself(site: Site) -> None:
    _won_long_ago_and_a_day_moved(site, sweeps.OVERLAP + timedelta(minutes=5))
    assert site.shop.invoices() == []


def test_a_deal_that_changed_within_what_sweeps_read_again_is_of_the_new_day(site: Site) -> None:
    _won_long_ago_and_a_day_moved(site, timedelta(minutes=3))
    assert len(site.shop.invoices()) == 1


def _won_long_ago_and_a_day_moved(site: Site, ago: timedelta) -> None:
    """The deal closed 60 days ago and was touched so long ago; it comes to be within the days."""
    today = site.shop.now()
    site.win("20.00", closed=today - timedelta(days=60))
    site.world.clock.advance(ago.total_seconds())
    switching.switch_flow(site.pair, BILLING, Mode.ON, "ben", today)
    site.look(BILLING)
    assert site.shop.invoices() == []
    switching.switch_flow(site.pair, BILLING, Mode.ON, "ben", today - timedelta(days=90))
    site.look(BILLING)


def test_a_switch_that_is_killed_half_way_has_not_happened(site: Site) -> None:
    site.win()
    site.start(BILLING)
    site.look(BILLING)
    before = Notice.objects.filter(state="waiting").count()
    with pytest.raises(KeyboardInterrupt):
        _killed_while_it_switches(site)
    assert FlowSwitch.objects.get().mode == Mode.SHADOW
    assert Notice.objects.filter(state="waiting").count() == before
    assert site.switch_on(BILLING).done
    site.look(BILLING)
    assert len(site.shop.invoices()) == 1


def _killed_while_it_switches(site: Site) -> None:
    with transaction.atomic():
        switching.switch_flow(site.pair, BILLING, Mode.ON, "ben")
        raise KeyboardInterrupt


def test_what_a_worker_plans_while_it_is_switched_on_is_billed_too(site: Site) -> None:
    deal = site.win()
    site.start(BILLING)
    switched: list[FlowSwitch] = []

    def open_late(connection: Connection, lane: Lane) -> Any:
        """Open a doorway, just when somebody switches the flow on."""
        if not switched:
            switched.append(switching.switch_flow(site.pair, BILLING, Mode.ON, "ben"))
        return site.open(connection, lane)

    sweeps.sweep(site.pair)
    later()
    running.work_off(FlowSwitch.objects.get(flow=BILLING), open_remote=open_late)
    assert not PlanRow.objects.filter(state="shadow").exists()
    site.look(BILLING)
    assert len(site.shop.bills(deal)) == 1


def test_a_sweep_that_breaks_off_looks_at_older_deals_the_next_time(site: Site) -> None:
    today = site.shop.now()
    site.win("20.00", closed=today - timedelta(days=60))
    site.start(BILLING, first_day=today)
    site.look(BILLING)
    site.start(BILLING, first_day=today - timedelta(days=90))
    site.shop.box.faults.add(system="salesforce", path="*/query*", status=503, times=20)
    with pytest.raises(SyncError):
        sweeps.sweep(site.pair)
    site.shop.box.faults.clear()
    site.look(BILLING)
    assert [one.amount for one in site.plans(BILLING).counts] == [20]


def test_two_people_who_switch_on_at_once_bill_once(site: Site) -> None:
    deal = site.win()
    site.start(BILLING)
    site.look(BILLING)
    seen, found = site.plans(BILLING).mark, []

    def switch() -> None:
        found.append(setting_up.switch_on(site.pair, BILLING, seen, "fay").done)
        database.close()

    threads = [threading.Thread(target=switch) for _ in range(2)]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    assert found == [True, True]
    site.look(BILLING)
    assert len(site.shop.bills(deal)) == 1
    assert Link.objects.filter(xero_kind="Invoice").count() == 1


def test_what_shadow_planned_for_a_lost_deal_is_dropped(site: Site) -> None:
    deal = site.win(closed=date(2026, 11, 1))
    site.start(BILLING)
    site.look(BILLING)
    site.shop.move(deal, StageName="Closed Lost")
    site.wait()
    site.look(BILLING)
    assert set(PlanRow.objects.values_list("state", flat=True)) == {PlanRow.State.FAILED}
    assert site.switch_on(BILLING).done
    site.look(BILLING)
    assert site.shop.invoices() == []
