"""Workers that are killed and answers that are lost: no item, product or price is made twice."""

from __future__ import annotations

import threading
import time

import pytest
from django.db import connection
from django.utils import timezone
from pytest_django import Settings

from sync.engine import settling
from sync.intake import sweeps
from sync.models import Notice, Write
from tests.engine.killing import Killer, killer_of

from .store import FLOW, Store

pytestmark = [pytest.mark.slow, pytest.mark.django_db(transaction=True)]
WRITES = 4
"""An item; a product, its price; the item's id in the product."""
LOST = [
    ("xero", "PUT", "*/Items"),
    ("salesforce", "PATCH", "*/composite/sobjects/Product2/*"),
    ("salesforce", "POST", "*/composite/sobjects"),
    ("salesforce", "PATCH", "*/composite/sobjects"),
]


@pytest.fixture
def killer(store: Store, outside_environment: dict[str, str], settings: Settings) -> Killer:
    return killer_of(outside_environment, settings)


@pytest.mark.parametrize("number", range(1, WRITES + 1))
@pytest.mark.parametrize("moment", ["before", "after"])
def test_a_worker_killed_at_any_write_makes_everything_once(
    store: Store, killer: Killer, moment: str, number: int
) -> None:
    stock(store)
    assert killer.run(moment, number) == -9
    recover(store)
    all_is_well(store)


def test_a_write_that_the_number_of_kills_leaves_out_is_none(store: Store, killer: Killer) -> None:
    stock(store)
    assert killer.run("after", WRITES + 1) == 0


@pytest.mark.parametrize("lost", ["before", "after"])
@pytest.mark.parametrize(("system", "method", "path"), LOST)
def test_a_lost_answer_never_makes_anything_twice(
    store: Store, settings: Settings, system: str, method: str, path: str, lost: str
) -> None:
    settings.LEASE_SECONDS = 1
    stock(store)
    fault = store.box.faults.add(system=system, method=method, path=path, lost=lost, times=1)
    store.sync(rounds=1)
    assert fault.id not in {each["id"] for each in store.box.faults.active()}, "it never struck"
    recover(store)
    all_is_well(store)


def test_two_workers_at_once_make_one_of_each(store: Store) -> None:
    stock(store)
    store.tick()

    def work() -> None:
        try:
            store.work()
        finally:
            connection.close()

    sweeps.sweep(store.pair)
    threads = [threading.Thread(target=work) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    recover(store)
    all_is_well(store)


def stock(store: Store) -> None:
    """Enter a product in Salesforce and an item in Xero."""
    store.product("SURVEY-1", "Survey day", "950.00")
    store.item("BUOY", "Marker buoy")


def recover(store: Store) -> None:
    """Let the dead worker's lease end, and work until nothing waits."""
    time.sleep(1.1)
    for _ in range(3):
        Notice.objects.filter(state=Notice.State.CLAIMED).update(lease_until=timezone.now())
        settling.wake(store.pair, FLOW)
        store.sync(rounds=1)


def all_is_well(store: Store) -> None:
    """Both systems have both once, with one price each, linked; nothing waits or is asked."""
    assert sorted(item["Code"] for item in store.items()) == ["BUOY", "SURVEY-1"]
    assert sorted(one["ProductCode"] for one in store.products()) == ["BUOY", "SURVEY-1"]
    assert [len(store.prices(one["Id"])) for one in store.products()] == [1, 1]
    made = {one["Counterpart_Xero_Item_Id__c"] for one in store.products()}
    assert made == {item["ItemID"] for item in store.items()} == set(store.links().values())
    assert not Write.objects.filter(state__in=Write.OPEN).exists()
    assert store.asked() == []
    before = store.written()
    store.sync()
    assert store.written() == before
