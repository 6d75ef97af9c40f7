"""Two organisations of one Salesforce org get the same new customer at the same moment."""

from __future__ import annotations

import threading
import time

import pytest
from django.db import connection
from pytest_django import Settings

from connections.live import open_remote
from connections.remote import Lane
from sandbox.xero import entering as xero
from sync.core.records import Key, System
from sync.engine import pipeline, running, settling, writing
from sync.engine.work import open_work
from sync.flows.registry import every_flow
from sync.intake import sweeps
from sync.models import FlowSwitch, Notice, Run, Write
from tests.engine.killing import killer_of
from tests.engine.test_whole import later, run
from tests.neighbours import connect_books, pair_up, second_organisation

from .fields import xero_body
from .test_attacks_orgs import settle
from .town import FLOW, Town

pytestmark = pytest.mark.slow
ACCOUNTS = "*/composite/sobjects/Account/*"


@pytest.fixture
def abroad(town: Town, monkeypatch: pytest.MonkeyPatch) -> Town:
    """A second organisation, in step with the same org."""
    tenant = second_organisation(town.box, "Fernhill Ireland", "GB")
    connect_books(tenant, monkeypatch, "Y")
    pair = pair_up("S", "Y")
    run("flow", FLOW, "on", "--pair", pair.name)
    return Town(town.box, pair)


def enter(town: Town, **values: str) -> Key:
    """Let somebody enter a customer in a town's organisation, with an invoice; its key."""
    tenant = town.pair.xero.organisation_id
    made = xero.create(town.box.world, "Contact", xero_body(values), tenant)
    line = {"Description": "Survey", "Quantity": 1, "UnitAmount": 100, "AccountCode": "200"}
    bill = {"Type": "ACCREC", "Contact": {"ContactID": made}}
    lines = [{**line, "TaxType": "OUTPUT2"}]
    xero.create(town.box.world, "Invoice", {**bill, "LineItems": lines}, tenant)
    town.tick()
    return Key(System.XERO, "Contact", made.lower())


def enter_in_both(town: Town, abroad: Town, count: int) -> None:
    """Let the same customers be new in both organisations, and both pairs have noticed them."""
    for number in range(count):
        for each in (town, abroad):
            city, phone = f"Leeds {number}", f"+44 117 496 00{number:02}"
            enter(each, name=f"Aire Joinery {number} Ltd", billing_city=city, phone=phone)
    later()
    town.tick()
    for each in (town, abroad):
        sweeps.sweep(each.pair)


def work(town: Town) -> None:
    running.work_off(town.switch, lane=Lane.PERSON)


def in_a_thread(town: Town) -> threading.Thread:
    """Let another worker work off what is due in a pair."""

    def alone() -> None:
        try:
            work(town)
        finally:
            connection.close()

    thread = threading.Thread(target=alone)
    thread.start()
    return thread


def accounts(town: Town) -> list[str]:
    held = town.box.world.table("salesforce", "Account").values()
    return sorted(str(one["Name"]) for one in held if not one["IsDeleted"])


def test_a_customer_that_is_new_in_one_after_the_other_becomes_one_account(
    town: Town, abroad: Town
) -> None:
    enter_in_both(town, abroad, 2)
    work(town)
    work(abroad)
    settle(town, abroad)
    assert accounts(town) == ["Aire Joinery 0 Ltd", "Aire Joinery 1 Ltd"]
    assert len(town.links()) == len(abroad.links()) == 2
    assert town.questions() == []


def test_two_workers_make_one_account_of_a_customer_that_is_new_in_both(
    town: Town, abroad: Town
) -> None:
    enter_in_both(town, abroad, 3)
    slow = town.box.faults.add(
        system="salesforce", method="PATCH", path=ACCOUNTS, delay=1.5, times=1
    )
    first = in_a_thread(town)
    while slow.id in {each["id"] for each in town.box.faults.active()}:
        time.sleep(0.02)
    work(abroad)  # while the first has sent its accounts and waits for the answer
    first.join()
    settle(town, abroad)
    assert accounts(town) == [f"Aire Joinery {number} Ltd" for number in range(3)]
    assert len(town.links()) == len(abroad.links()) == 3
    assert town.questions() == []


def come_to_rest(town: Town, abroad: Town) -> None:
    """Let both pairs work by turns while minutes pass, so that what is in doubt is settled."""
    for _ in range(4):
        for each in (town, abroad):
            settling.wake(each.pair, FLOW)
            each.sync()
        town.pass_minutes(6)
    settle(town, abroad)


def all_is_well(town: Town, abroad: Town, count: int) -> None:
    assert accounts(town) == [f"Aire Joinery {number} Ltd" for number in range(count)]
    assert len(town.links()) == len(abroad.links()) == count
    assert not Write.objects.filter(state__in=Write.OPEN).exists()
    assert town.questions() == []


@pytest.mark.parametrize("when", ["before", "after"])
def test_what_one_pair_may_have_made_is_waited_for_by_the_other(
    town: Town, abroad: Town, when: str
) -> None:
    enter_in_both(town, abroad, 2)
    town.box.faults.add(system="salesforce", method="PATCH", path=ACCOUNTS, lost=when, times=1)
    work(town)
    made = accounts(town)
    work(abroad)
    assert accounts(town) == made  # what is there was found, the rest is waited for
    waits = Notice.objects.filter(pair=abroad.pair, state=Notice.State.WAITING)
    told = {writing.ITS_ACCOUNT} if when == "before" else set()
    assert set(waits.values_list("error", flat=True)) == told
    come_to_rest(town, abroad)
    all_is_well(town, abroad, 2)


@pytest.mark.parametrize("moment", ["before", "after"])
def test_a_worker_killed_while_it_makes_an_account_leaves_one_for_both(
    town: Town,
    abroad: Town,
    outside_environment: dict[str, str],
    settings: Settings,
    moment: str,
) -> None:
    enter_in_both(town, abroad, 2)
    assert killer_of(outside_environment, settings).run(moment, 1) == -9
    for each in (abroad, town):
        work(each)
    time.sleep(1.1)  # the dead worker's lease
    come_to_rest(town, abroad)
    all_is_well(town, abroad, 2)


def test_an_account_that_was_made_after_a_run_had_looked_is_not_made_again(
    town: Town, abroad: Town
) -> None:
    enter_in_both(town, abroad, 2)
    run = Run.objects.create(pair=abroad.pair, flow=FLOW)
    late = open_work(abroad.switch, every_flow()[FLOW], run, Lane.PERSON, open_remote)
    keys = [notice.key for notice in Notice.objects.filter(pair=abroad.pair)]
    plans = pipeline.prepare(late, keys)
    work(town)
    outcome = writing.Outcome()
    pipeline.carry_out(late, plans, outcome, lambda: None)
    assert len(accounts(town)) == len(outcome.waiting) == 2
    settle(town, abroad)
    all_is_well(town, abroad, 2)


def test_customers_that_are_nothing_like_the_others_are_made_at_once(
    town: Town, abroad: Town
) -> None:
    enter_in_both(town, abroad, 1)
    enter(abroad, name="Brook Kiln plc", billing_city="Hull", email="olu@brook.example")
    later()
    sweeps.sweep(abroad.pair)
    town.box.faults.add(system="salesforce", method="PATCH", path=ACCOUNTS, lost="after", times=1)
    work(town)
    work(abroad)
    assert accounts(town) == ["Aire Joinery 0 Ltd", "Brook Kiln plc"]


def test_what_a_pair_intended_and_never_sent_holds_nobody_up(town: Town, abroad: Town) -> None:
    enter_in_both(town, abroad, 2)
    town.box.faults.add(
        system="salesforce", method="PATCH", path=ACCOUNTS, rate_limit="day", times=1
    )
    work(town)
    assert Write.objects.filter(pair=town.pair, state=Write.State.INTENDED).count() == 2
    FlowSwitch.objects.filter(pair=town.pair).update(mode=FlowSwitch.Mode.OFF)
    abroad.sync()
    assert len(accounts(town)) == len(abroad.links()) == 2
    FlowSwitch.objects.filter(pair=town.pair).update(mode=FlowSwitch.Mode.ON)
    come_to_rest(town, abroad)
    all_is_well(town, abroad, 2)
