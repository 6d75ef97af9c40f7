"""The budget: limits that all workers share, lanes, parking, and how often to look."""

import subprocess
import sys
import time
from datetime import timedelta

import pytest
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st
from pytest_django import Settings

from connections import budget, limits
from connections.limits import Day, Reading
from connections.models import Budget, Connection
from connections.remote import Lane
from sync.core.errors import TryAgain
from tests.connections.conftest import make_connection, make_credential

pytestmark = pytest.mark.django_db
DAY_SECONDS = 86_400


@pytest.fixture
def xero() -> Connection:
    return make_connection()


@pytest.fixture
def salesforce() -> Connection:
    return make_connection(make_credential(system="salesforce", host="https://x.my.salesforce.com"))


def spend(connection: Connection, lane: Lane, reading: Reading | None = None) -> int:
    """Take calls until the budget refuses; return how many it gave."""
    taken = 0
    try:
        while True:
            budget.give_back(budget.take(connection, lane), reading)
            taken += 1
    except TryAgain:
        return taken


def test_a_minute_gives_sixty_calls_and_says_when_it_goes_on(xero: Connection) -> None:
    assert spend(xero, Lane.PERSON) == 60
    with pytest.raises(TryAgain, match="60 calls a minute") as caught:
        budget.take(xero, Lane.PERSON)
    assert caught.value.whole_connection
    assert caught.value.after == min(Budget.objects.get().recent) + budget.WINDOW


def test_background_leaves_calls_to_billing_and_billing_to_people(xero: Connection) -> None:
    assert spend(xero, Lane.BACKGROUND) == 45
    assert spend(xero, Lane.BILLING) == 12
    assert spend(xero, Lane.PERSON) == 3


def test_the_minute_goes_on_when_its_calls_are_over(xero: Connection) -> None:
    spend(xero, Lane.PERSON)
    row = Budget.objects.get()
    row.recent = [each - budget.WINDOW for each in row.recent[:10]] + row.recent[10:]
    row.save()
    assert spend(xero, Lane.PERSON) == 10


def test_five_calls_are_under_way_at_most_and_a_dead_one_is_forgotten(xero: Connection) -> None:
    permits = [budget.take(xero, Lane.BILLING) for _ in range(5)]
    began = time.monotonic()
    with pytest.raises(TryAgain, match="under way"):
        budget.take(xero, Lane.BILLING)
    assert time.monotonic() - began < 10  # not until the calls are given back
    budget.give_back(permits[0], None)
    budget.take(xero, Lane.BILLING)
    long_ago = timezone.now() - timedelta(seconds=1)
    Budget.objects.update(in_flight=[long_ago] * 5)  # five workers were killed
    budget.take(xero, Lane.BILLING)
    assert len(Budget.objects.get().in_flight) == 1


def test_headers_correct_what_we_believe_of_the_minute(xero: Connection) -> None:
    budget.give_back(budget.take(xero, Lane.PERSON), Reading(minute_left=3))
    assert budget.calls_left(xero).minute == 3
    assert spend(xero, Lane.PERSON) == 3


def test_other_calls_under_way_are_not_yet_in_the_headers(xero: Connection) -> None:
    first = budget.take(xero, Lane.PERSON)
    budget.take(xero, Lane.PERSON)
    budget.take(xero, Lane.PERSON)
    budget.give_back(first, Reading(day_left=900))
    assert budget.calls_left(xero).day == 898


def test_background_stops_at_its_share_of_the_day_and_billing_goes_on(
    salesforce: Connection, settings: Settings
) -> None:
    settings.SALESFORCE_BACKGROUND_PERCENT = 80
    reading = Reading(day_left=201, day_limit=1000)
    budget.give_back(budget.take(salesforce, Lane.BACKGROUND), reading)
    assert spend(salesforce, Lane.BACKGROUND) == 1
    with pytest.raises(TryAgain, match=r"200 of Salesforce’s 1000 .* kept for billing"):
        budget.take(salesforce, Lane.BACKGROUND)
    assert spend(salesforce, Lane.BILLING) == 180
    assert spend(salesforce, Lane.PERSON) == 20
    with pytest.raises(TryAgain, match="used up"):
        budget.take(salesforce, Lane.PERSON)


def test_a_limit_heard_of_long_ago_is_tried_once_an_hour(salesforce: Connection) -> None:
    budget.give_back(budget.take(salesforce, Lane.BILLING), Reading(day_left=10, day_limit=1000))
    assert spend(salesforce, Lane.BACKGROUND) == 0
    Budget.objects.update(day_as_of=timezone.now() - timedelta(hours=1, seconds=1))
    assert spend(salesforce, Lane.BACKGROUND) == 1


def test_parking_keeps_everybody_out_until_the_time(xero: Connection) -> None:
    until = timezone.now() + timedelta(hours=3)
    budget.park(xero.pk, until, "Xero’s calls for today are used up.", day_is_used_up=True)
    budget.park(xero.pk, timezone.now() + timedelta(minutes=1), "shorter")
    with pytest.raises(TryAgain, match="for today") as caught:
        budget.take(xero, Lane.PERSON)
    assert caught.value.after == until
    assert budget.calls_left(xero).parked_until == until
    Budget.objects.update(parked_until=timezone.now(), day_resets_at=timezone.now())
    budget.give_back(budget.take(xero, Lane.BACKGROUND), Reading(day_left=999))
    assert budget.calls_left(xero).day_limit == 1000


def test_a_short_parking_is_waited_for(xero: Connection) -> None:
    until = timezone.now() + timedelta(seconds=0.3)
    budget.park(xero.pk, until, "busy")
    budget.take(xero, Lane.BILLING)
    assert timezone.now() >= until


@pytest.mark.parametrize(
    ("left", "limit"), [(998, 1000), (4990, 5000), (300, 301), (8000, 8001), (49, 50)]
)
def test_the_days_limit_is_learned_from_what_is_left(left: int, limit: int) -> None:
    learned = limits.learn(Day(None, None), None, 1, Reading(day_left=left), timezone.now())
    assert learned == Day(limit, None)


def test_more_calls_left_than_believed_means_a_new_day() -> None:
    now = timezone.now()
    same = limits.learn(Day(1000, None), 40, 3, Reading(day_left=45), now)
    assert same == Day(1000, None)
    new = limits.learn(Day(1000, None), 40, 3, Reading(day_left=4998), now)
    assert new == Day(5000, now + timedelta(days=1))


@given(
    calls=st.integers(1, 9),
    floor=st.floats(1, 600),
    limit=st.integers(100, 100_000),
    used=st.floats(0, 1),
    hours=st.floats(0.1, 24),
)
def test_looking_never_takes_more_than_its_share(
    calls: int, floor: float, limit: int, used: float, hours: float
) -> None:
    left, seconds = int(limit * (1 - used)), hours * 3600
    interval = limits.interval(
        calls, floor, 1 / 3, day_limit=limit, day_left=left, seconds_left=seconds
    )
    assert interval >= floor
    assert calls * DAY_SECONDS / interval <= limit / 3 + 1e-6
    if left:
        assert calls * seconds / interval <= left / 3 + 1e-6


@given(other=st.lists(st.integers(0, 60), min_size=24, max_size=24))
def test_a_thousand_calls_a_day_leave_two_thirds_to_billing(other: list[int]) -> None:
    """A whole day, hour by hour, with other calls in between."""
    left, looked, clock = 1000, 0, 0.0
    while clock < DAY_SECONDS and left > 0:
        clock += limits.interval(
            2, 2.0, 1 / 3, day_limit=1000, day_left=left, seconds_left=DAY_SECONDS - clock
        )
        looked += 2
        hour = min(int(clock // 3600), 23)
        left -= 2 + other[hour]
        other[hour] = 0
    assert looked <= 1000 / 3 + 2


def test_the_interval_follows_the_connections_own_limits(xero: Connection) -> None:
    before = budget.polling_interval(xero, calls_per_look=2, floor_seconds=60)
    assert before == pytest.approx(2 * DAY_SECONDS * 3 / 1000)
    budget.give_back(budget.take(xero, Lane.BILLING), Reading(day_left=4999))
    richer = budget.polling_interval(xero, calls_per_look=2, floor_seconds=60)
    assert richer == pytest.approx(2 * DAY_SECONDS * 3 / 4999, rel=0.01)
    budget.give_back(budget.take(xero, Lane.BILLING), Reading(day_left=100))
    assert budget.polling_interval(xero, 2, 60) > 10 * richer


SPENDER = """
import django; django.setup()
from connections import budget
from connections.models import Connection
from connections.remote import Lane
from sync.core.errors import TryAgain
connection = Connection.objects.get()
taken = 0
try:
    while True:
        budget.give_back(budget.take(connection, Lane.PERSON), None)
        taken += 1
except TryAgain:
    print(taken)
"""


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_two_processes_share_the_minute(outside_environment: dict[str, str]) -> None:
    make_connection()
    workers = [
        subprocess.Popen(
            [sys.executable, "-c", SPENDER],
            env=outside_environment,
            stdout=subprocess.PIPE,
            text=True,
        )
        for _ in range(2)
    ]
    taken = [int(worker.communicate(timeout=60)[0]) for worker in workers]
    assert sum(taken) == 60


def test_more_calls_a_minute_hold_only_while_xero_agrees(
    xero: Connection, settings: Settings
) -> None:
    settings.XERO_CALLS_PER_MINUTE = 100
    assert spend(xero, Lane.PERSON) == 100
    Budget.objects.update(recent=[])
    budget.give_back(budget.take(xero, Lane.PERSON), Reading(minute_left=59))
    assert spend(xero, Lane.PERSON) == 59
