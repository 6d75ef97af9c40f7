"""A turn is taken by one of those who ask, and comes again when its time has passed."""

from __future__ import annotations

import threading
from datetime import date, timedelta

import pytest
from django.db import connection as database
from django.db import transaction
from django.utils import timezone

from connections.models import Connection
from sync.engine.turns import is_new_day, take_day, take_turn, was_taken
from sync.models import Cursor
from tests.factories import ConnectionFactory


def let_it_be_due() -> None:
    """Make every turn due."""
    Cursor.objects.update(next_at=timezone.now() - timedelta(seconds=1))


@pytest.mark.django_db
def test_a_turn_is_taken_once_until_its_time_has_passed() -> None:
    connection = ConnectionFactory.create()
    assert not was_taken(connection, "daily")
    assert take_turn(connection, "daily", lambda: 60)
    assert not take_turn(connection, "daily", lambda: 60)
    assert was_taken(connection, "daily")
    let_it_be_due()
    assert take_turn(connection, "daily", lambda: 60)


@pytest.mark.django_db
def test_turns_of_other_purposes_and_connections_are_their_own() -> None:
    one, other = ConnectionFactory.create_batch(2)
    assert take_turn(one, "look", lambda: 60)
    assert take_turn(one, "sweep", lambda: 60)
    assert take_turn(other, "look", lambda: 60)


@pytest.mark.django_db
def test_how_long_it_takes_is_asked_only_when_the_turn_is_due() -> None:
    connection = ConnectionFactory.create()
    asked = []
    for _ in range(3):
        take_turn(connection, "look", lambda: asked.append("asked") or 60)  # type: ignore[func-returns-value]
    assert asked == ["asked"]


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("is_new", [True, False])
def test_of_two_who_ask_at_once_one_is_told_yes(is_new: bool) -> None:
    connection = ConnectionFactory.create()
    if not is_new:
        take_turn(connection, "daily", lambda: 60)
        let_it_be_due()
    # both have read the cursor as due before either moves it
    told, both_are_here = [], threading.Barrier(2, timeout=10)

    def wait_for_the_other() -> float:
        both_are_here.wait()
        return 60

    def ask(one: Connection) -> None:
        told.append(take_turn(one, "daily", wait_for_the_other))
        database.close()

    askers = [threading.Thread(target=ask, args=(connection,)) for _ in range(2)]
    for asker in askers:
        asker.start()
    for asker in askers:
        asker.join()
    assert sorted(told) == [False, True]


@pytest.mark.django_db
def test_a_day_is_taken_once_and_the_next_is_new() -> None:
    connection = ConnectionFactory.create()
    today, tomorrow = date(2026, 11, 19), date(2026, 11, 20)
    assert is_new_day(connection, "day", today)
    assert take_day(connection, "day", today)
    assert not is_new_day(connection, "day", today)
    assert not take_day(connection, "day", today)
    assert is_new_day(connection, "day", tomorrow)
    assert is_new_day(ConnectionFactory.create(), "day", today)
    assert take_day(connection, "day", tomorrow)


@pytest.mark.django_db(transaction=True)
def test_a_day_whose_work_was_not_saved_is_not_taken() -> None:
    connection, today = ConnectionFactory.create(), date(2026, 11, 19)
    with transaction.atomic():
        assert take_day(connection, "day", today)
        transaction.set_rollback(True)  # as when its worker dies
    assert is_new_day(connection, "day", today)
