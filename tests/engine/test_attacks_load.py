"""Attacks by number: queries, calls and memory must not grow with what is waiting."""

from __future__ import annotations

import gc
import tracemalloc
from collections.abc import Callable, Mapping
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from sync import tasks
from sync.models import Cursor, FlowSwitch, Notice, ReviewItem, Sent, Write
from tests.engine.conftest import Desk
from tests.engine.test_attacks_losing import know_customers
from tests.fakes.remote import busy, deal, lose

SCENES = ["new customers", "known customers", "changed", "question", "refused", "limit", "doubt"]


def prepare(desk: Desk, scene: str, numbers: range) -> None:
    """Let this many deals wait in a scene."""
    if scene != "new customers":
        know_customers(desk, *numbers)
    values = {"AccountId": None} if scene == "question" else {}
    keys = [desk.win(number, **values) for number in numbers]
    if scene == "changed":
        desk.work_until_quiet()
        for key in keys:
            desk.change(key, Amount=Decimal(1500))
    if scene == "refused":
        desk.xero.refuse = lambda body: "No." if "LineItems" in body else ""
    if scene == "limit":
        desk.xero.before = [busy]
    if scene == "doubt":
        desk.xero.before = [lose]
        desk.work()
        desk.let_time_pass()


def cost(desk: Desk, scene: str, numbers: range) -> tuple[int, int]:
    """Return the queries and calls that one batch of these deals takes."""
    prepare(desk, scene, numbers)
    before = desk.xero.calls + desk.salesforce.calls
    with CaptureQueriesContext(connection) as queries:
        (run,) = desk.work()
    assert run.error == ""
    return len(queries), desk.xero.calls + desk.salesforce.calls - before


@pytest.mark.parametrize("scene", SCENES)
def test_a_batch_of_forty_costs_as_many_queries_and_calls_as_one_of_five(
    make_desk: Callable[[], Desk], scene: str
) -> None:
    costs = []
    for count in (5, 40):
        desk = make_desk()
        know_customers(desk, 999)
        desk.win(999)
        desk.work_until_quiet()  # the organisation is known now
        costs.append(cost(desk, scene, range(1, count + 1)))
        FlowSwitch.objects.all().delete()
    assert costs[0] == costs[1]


@pytest.mark.slow
def test_two_thousand_notices_take_no_more_memory_than_two_hundred(desk: Desk) -> None:
    know_customers(desk, 999)
    desk.win(999)
    desk.work_until_quiet()
    peaks = []
    for first, last in ((1, 201), (1001, 3001)):
        for number in range(first, last):
            body = deal(number, AccountId=None, Amount=None)  # each is a question of its own
            desk.salesforce.put("Opportunity", body["Id"], body)
        keys = [record.key for record in desk.salesforce.of("Opportunity")][-(last - first) :]
        desk.notice(*keys)
        gc.collect()
        tracemalloc.start()
        runs = desk.work()
        peaks.append(tracemalloc.get_traced_memory()[1])
        tracemalloc.stop()
        assert sum(run.questions for run in runs) == last - first
    assert not Notice.objects.exclude(state=Notice.State.DONE).exists()
    assert peaks[1] < peaks[0] * 1.3


@pytest.fixture
def tidied(desk: Desk) -> None:
    """Let the day's tidying have been done."""
    tomorrow = timezone.now() + timedelta(days=1)
    connection_id = min(desk.switch.pair.salesforce_id, desk.switch.pair.xero_id)
    Cursor.objects.create(connection_id=connection_id, purpose="daily", next_at=tomorrow)


@pytest.mark.usefixtures("tidied")
def test_the_minutes_tick_goes_on_when_a_flow_is_no_more(desk: Desk) -> None:
    FlowSwitch.objects.create(pair=desk.switch.pair, flow="gone", mode=FlowSwitch.Mode.ON)
    tasks.tick()
    tasks.tick()
    assert FlowSwitch.objects.count() == 2


@pytest.mark.usefixtures("tidied")
def test_doubts_are_not_woken_where_nothing_may_be_written(desk: Desk) -> None:
    desk.win(1)
    desk.xero.before = [lose]
    desk.work()
    Notice.objects.all().delete()
    Write.objects.update(sent_at=timezone.now() - timedelta(hours=1))
    FlowSwitch.objects.update(mode=FlowSwitch.Mode.SHADOW)
    tasks.tick()
    assert not Notice.objects.exists()


@pytest.mark.parametrize("together", [False, True])
def test_a_poisoned_write_holds_up_nobody_else_and_is_asked_about(
    desk: Desk, together: bool
) -> None:
    def poison(body: Mapping[str, Any]) -> str:
        if "Customer 1 Ltd" in str(body.get("Name")):
            raise RuntimeError("poison")
        return ""

    desk.xero.refuse = poison
    for number in range(1, 8):
        desk.win(number)
        if not together:
            desk.work_until_quiet(2)
    for _ in range(8):
        desk.work_until_quiet(2)
        Sent.objects.update(sent_at=timezone.now() - timedelta(minutes=10))
        Write.objects.update(made_at=timezone.now() - timedelta(hours=1))
    assert len(desk.invoices()) == 6
    assert not Notice.objects.filter(state=Notice.State.STUCK).exists()
    (item,) = ReviewItem.objects.filter(state="open")
    assert "has not said" in item.title
    desk.xero.refuse = lambda body: ""
    desk.work_until_quiet()
    assert len(desk.invoices()) == 7
    assert not ReviewItem.objects.filter(state="open").exists()
