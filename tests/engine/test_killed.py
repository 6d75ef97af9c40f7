"""Promise 1 under kill -9: a worker dies at each step, and every deal is billed exactly once."""

from __future__ import annotations

import subprocess
import sys
import time
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from pytest_django import Settings

from sync.engine import settling
from sync.models import Link, Notice, Write
from tests.connections.xero.books import Books, running_books
from tests.engine.conftest import Desk
from tests.factories import FlowSwitchFactory, PairFactory
from tests.fakes.remote import FakeSalesforce, FakeXero, deal

ROOT = Path(__file__).resolve().parents[2]
DEALS = 60  # more than one call of fifty
pytestmark = [pytest.mark.slow, pytest.mark.django_db(transaction=True)]


class Worker:
    """Runs the worker's process against this test's database and sandbox."""

    def __init__(self, environment: dict[str, str]) -> None:
        self.environment = environment

    def run(self, moment: str = "never", number: int = 0) -> int:
        """Run it to its end; return its exit code (-9: killed)."""
        command = [sys.executable, "-m", "tests.engine.killed_worker"]
        done = subprocess.run(
            [*command, moment, str(number), str(DEALS)],
            cwd=ROOT,
            env=self.environment,
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )
        assert done.returncode in (0, -9), done.stderr
        return done.returncode


@pytest.fixture
def books(settings: Settings, transactional_db: None) -> Any:
    with running_books(settings) as running:
        yield running


@pytest.fixture
def desk(books: Books) -> Desk:
    pair = PairFactory.create(xero=books.connection)
    return Desk(FlowSwitchFactory.create(pair=pair), FakeSalesforce(), FakeXero())


@pytest.fixture
def worker(outside_environment: dict[str, str], settings: Settings, books: Books) -> Worker:
    settings.LEASE_SECONDS = 1
    return Worker(
        outside_environment
        | {
            "XERO_API_URL": settings.XERO_API_URL,
            "XERO_IDENTITY_URL": settings.XERO_IDENTITY_URL,
            "XERO_LOGIN_URL": settings.XERO_LOGIN_URL,
            "LEASE_SECONDS": "1",
        }
    )


@pytest.mark.parametrize(
    ("moment", "number"),
    [
        ("reading", 0),
        ("before", 1),  # the contacts' first call
        ("after", 1),
        ("before", 3),  # the invoices' first call
        ("after", 3),
        ("before", 4),  # between two calls of invoices
        ("after", 4),
    ],
)
def test_a_killed_worker_bills_every_deal_exactly_once(
    desk: Desk, books: Books, worker: Worker, moment: str, number: int
) -> None:
    for each in range(1, DEALS + 1):
        desk.win(each)
    assert worker.run(moment, number) == -9
    _recover(desk, worker)
    _every_deal_is_billed_once(books)


def test_worker_after_worker_may_die(desk: Desk, books: Books, worker: Worker) -> None:
    for each in range(1, DEALS + 1):
        desk.win(each)
    for moment, number in [("after", 1), ("before", 2), ("after", 1)]:
        worker.run(moment, number)
        desk.let_time_pass()
    _recover(desk, worker)
    _every_deal_is_billed_once(books)


def _recover(desk: Desk, worker: Worker) -> None:
    """Let workers work as the minute's tick would have them, until nothing waits."""
    for _ in range(6):
        time.sleep(1.1)  # the dead worker's lease
        settling.wake(desk.switch.pair, desk.switch.flow)
        desk.let_time_pass()
        assert worker.run() == 0
        waits = Notice.objects.exclude(state=Notice.State.DONE).exists()
        if not waits and not Write.objects.filter(state__in=Write.OPEN).exists():
            break


def _every_deal_is_billed_once(books: Books) -> None:
    wanted = Counter(str(deal(each)["Id"]) for each in range(1, DEALS + 1))
    invoices = books.box.world.table("xero", "Invoice").values()
    billed = Counter(str(i["Reference"])[-18:] for i in invoices)
    assert billed == wanted
    contacts = books.box.world.table("xero", "Contact").values()
    numbers = Counter(c.get("ContactNumber") for c in contacts if c.get("ContactNumber"))
    assert max(numbers.values()) == 1
    assert Link.objects.filter(xero_kind="Invoice").count() == DEALS
    assert not Write.objects.filter(state__in=Write.OPEN).exists()
