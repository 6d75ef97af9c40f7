"""Events that never came start a sweep, and only they."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone
from django_q.models import OrmQ

from sync.intake import gaps
from sync.models import Cursor, Delivery
from tests.intake.conftest import TENANT, Hall
from tests.intake.post import INTENT, delivery, event, send_xero


@pytest.fixture
def told(hall: Hall, stranger: Client) -> Any:
    """Deliver events with these numbers, a while ago."""

    def tell(*numbers: tuple[int, int]) -> None:
        for first, last in numbers:
            many = [event(TENANT) for _ in range(last - first + 1)]
            send_xero(stranger, hall.xero_door, delivery(*many, first=first))
        Delivery.objects.update(received_at=timezone.now() - 2 * gaps.PATIENCE)

    return tell


@pytest.fixture
def swept(django_capture_on_commit_callbacks: Any) -> Any:
    """Look through the numbers; tell how many sweeps were rung for."""

    def look() -> int:
        Cursor.objects.filter(purpose__startswith=gaps.TURN).update(next_at=None)
        before = _sweeps()
        with django_capture_on_commit_callbacks(execute=True):
            gaps.check()
        return _sweeps() - before

    return look


def _sweeps() -> int:
    return sum(task.func() == "sync.tasks.sweep" for task in OrmQ.objects.all())


def test_numbers_in_a_row_start_nothing(told: Any, swept: Any) -> None:
    told((5, 5), (6, 9), (10, 10))
    assert swept() == 0
    told((11, 30))
    assert swept() == 0


def test_a_missing_number_starts_one_sweep_once(hall: Hall, told: Any, swept: Any) -> None:
    told((5, 5), (7, 7))
    assert swept() == 1
    assert swept() == 0
    hall.xero_door.refresh_from_db()
    assert hall.xero_door.missed_at is not None


def test_a_number_missing_between_two_looks_is_seen(told: Any, swept: Any) -> None:
    told((5, 5))
    assert swept() == 0
    told((7, 9))
    assert swept() == 1


def test_the_order_and_doubles_do_not_matter(told: Any, swept: Any) -> None:
    told((3, 4), (1, 2), (6, 6), (5, 5), (3, 4), (1, 6))
    assert swept() == 0


def test_a_number_has_a_minute_to_come(hall: Hall, stranger: Client, told: Any, swept: Any) -> None:
    told((1, 1))
    send_xero(stranger, hall.xero_door, delivery(event(TENANT), first=3))
    assert swept() == 0
    told((2, 2))
    assert swept() == 0


def test_what_comes_late_after_its_sweep_starts_no_other(told: Any, swept: Any) -> None:
    told((1, 1), (3, 3))
    assert swept() == 1
    told((2, 2), (4, 4))
    assert swept() == 0


def test_numbers_of_events_for_others_count_too(
    hall: Hall, stranger: Client, told: Any, swept: Any
) -> None:
    told((1, 1))
    stray = event("33333333-3333-4333-8333-333333333333", category="SUBSCRIPTION")
    send_xero(stranger, hall.xero_door, delivery(stray, first=2))
    told((3, 3))
    assert swept() == 0


def test_after_a_try_of_xeros_the_numbers_begin_anew_and_all_is_swept(
    hall: Hall, stranger: Client, told: Any, swept: Any, django_capture_on_commit_callbacks: Any
) -> None:
    told((900, 901))
    assert swept() == 0
    before = _sweeps()
    with django_capture_on_commit_callbacks(execute=True):
        send_xero(stranger, hall.xero_door, INTENT)
    assert _sweeps() == before + 1
    send_xero(stranger, hall.xero_door, delivery(event(TENANT), first=1))
    hall.xero_door.refresh_from_db()
    assert hall.xero_door.confirmed_at is not None
    hall.xero_door.confirmed_at -= timedelta(minutes=10)
    hall.xero_door.save()
    Delivery.objects.filter(first=900).delete()
    told((2, 2))
    assert swept() == 0
    told((4, 4))
    assert swept() == 1


def test_knocking_all_day_costs_a_sweep_a_minute(
    hall: Hall, stranger: Client, django_capture_on_commit_callbacks: Any
) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        for _ in range(50):
            send_xero(stranger, hall.xero_door, INTENT)
    assert _sweeps() == 1
