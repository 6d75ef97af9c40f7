"""The minute's look: what stands is told, what is over ends, and one cause is told once."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from pytest_django import Settings

from connections.models import Budget, Connection, Credential, Pair
from connections.organisations import LOST
from sync import tasks
from sync.engine import announcing_watch, claiming, talking
from sync.models import (
    Announcement,
    Copy,
    FlowSwitch,
    Happening,
    Notice,
    ReviewItem,
    Run,
    heartbeats,
)
from tests.factories import FlowSwitchFactory

Standing = dict[str, str]


def look() -> Standing:
    """Look, and return the titles of what stands and was told, by key."""
    announcing_watch.look()
    rows = Announcement.objects.filter(over_at=None, told_at__isnull=False)
    return {f"{row.kind} {row.key}": row.title for row in rows}


@pytest.fixture
def switch(priya: User, ana: User) -> FlowSwitch:
    made: Any = FlowSwitchFactory(pair__name="Fernhill", pair__xero__name="Books")
    found: FlowSwitch = made
    return found


@pytest.fixture
def books(switch: FlowSwitch) -> Connection:
    return switch.pair.xero


def broken(books: Connection, why: str = "The sign-in was taken back.") -> None:
    Credential.objects.filter(pk=books.credential_id).update(
        broken_since=timezone.now(), broken_reason=why
    )


def ask(pair: Pair, number: int, days: float = 0, **values: Any) -> ReviewItem:
    now = timezone.now()
    item = ReviewItem.objects.create(
        **{"pair": pair, "flow": "won_opportunity_invoice", "kind": "problem", "last_seen": now,
           "cause": f"cause {number}", "title": f"Question {number}", "explanation": "", **values}
    )  # fmt: skip
    ReviewItem.objects.filter(pk=item.pk).update(first_seen=now - timedelta(days=days))
    return item


def test_nothing_is_told_where_all_is_well(switch: FlowSwitch) -> None:
    assert look() == {}


def test_a_sign_in_that_ended_is_told_and_ended_when_it_is_back(books: Connection) -> None:
    broken(books)
    assert look() == {f"connection lost:{books.pk}": "Xero “Books” is lost"}
    row = Announcement.objects.get()
    assert row.body.startswith("The sign-in was taken back.")
    assert row.brief == "A connection to Xero is lost"
    Credential.objects.update(broken_since=None, broken_reason="")
    assert look() == {}
    row.refresh_from_db()
    assert row.over_at is not None


def test_an_organisation_that_xero_lists_no_more_is_lost_and_one_we_left_is_not(
    books: Connection,
) -> None:
    now = timezone.now()
    Connection.objects.filter(pk=books.pk).update(disconnected_at=now, disconnected_why="by Ana")
    assert look() == {}
    Connection.objects.filter(pk=books.pk).update(disconnected_why=LOST)
    assert list(look()) == [f"connection lost:{books.pk}"]


def test_a_sign_in_that_cannot_be_renewed_is_told_after_an_hour(books: Connection) -> None:
    failing = timezone.now() - timedelta(minutes=59)
    Credential.objects.filter(pk=books.credential_id).update(failing_since=failing)
    assert look() == {}
    Credential.objects.exclude(failing_since=None).update(
        failing_since=failing - timedelta(minutes=2)
    )
    assert list(look()) == [f"connection lost:{books.pk}"]


def test_a_sign_in_that_soon_ends_is_told_before(books: Connection) -> None:
    Credential.objects.filter(pk=books.credential_id).update(
        grant="authorization-code", refreshed_at=timezone.now() - timedelta(days=55, minutes=1)
    )
    assert look() == {f"connection ends:{books.pk}": "The sign-in of “Books” ends in 4 days"}


def test_a_secret_that_cannot_be_read_hinders_no_look(books: Connection) -> None:
    with connection.cursor() as cursor:
        cursor.execute("UPDATE connections_credential SET client_secret = 'not ours'")
    broken(books)
    assert list(look()) == [f"connection lost:{books.pk}"]


@pytest.mark.parametrize(("left", "told"), [(201, False), (200, True), (0, True)])
def test_calls_that_run_short_are_told_where_background_work_stops(
    books: Connection, left: int, told: bool
) -> None:
    Budget.objects.create(connection=books, day_left=left, day_limit=1000)
    assert (f"limit calls:{books.pk}" in look()) is told


def test_calls_that_go_up_and_down_around_the_limit_are_told_once(books: Connection) -> None:
    Budget.objects.create(connection=books, day_left=190, day_limit=1000)
    for left in (190, 210, 195, 249, 180):
        Budget.objects.update(day_left=left)
        assert len(look()) == 1
    assert Announcement.objects.count() == 1
    Budget.objects.update(day_left=251)
    assert look() == {}


def test_a_flow_is_told_to_rest_after_a_quarter_of_an_hour_and_that_it_works_again(
    switch: FlowSwitch, ana: User
) -> None:
    parked = {"parked_until": timezone.now(), "parked_why": "Xero did not answer."}
    FlowSwitch.objects.update(**parked)
    assert look() == {}
    Announcement.objects.update(due_at=timezone.now() - timedelta(seconds=1))
    assert list(look().values()) == ["“Closed won opportunity to invoice” rests, Fernhill"]
    FlowSwitch.objects.update(parked_until=None, parked_why="")
    assert look() == {}
    assert Copy.objects.get(user=ana).announcement.over_at is not None


def test_a_flow_that_gets_on_between_its_rests_is_no_news(switch: FlowSwitch) -> None:
    parked = {"parked_until": timezone.now(), "parked_why": "60 calls a minute are reached."}
    FlowSwitch.objects.update(**parked)
    run = Run.objects.create(
        pair=switch.pair, flow=switch.flow, mode="live", asked_by="worker", notices=50,
        creates=50, confirmed=50, finished_at=timezone.now(),
    )  # fmt: skip
    look()
    assert Announcement.objects.count() == 0
    Run.objects.filter(pk=run.pk).update(confirmed=0)
    look()
    assert Announcement.objects.count() == 1


def test_a_flow_that_rests_for_a_lost_connection_is_told_of_with_it(
    switch: FlowSwitch, books: Connection
) -> None:
    broken(books)
    FlowSwitch.objects.update(parked_until=timezone.now(), parked_why="The sign-in ended.")
    Announcement.objects.update(due_at=timezone.now())
    assert list(look()) == [f"connection lost:{books.pk}"]
    assert Announcement.objects.filter(kind="resting").count() == 0


def test_records_given_up_are_counted_by_flow(
    switch: FlowSwitch, client: Client, ana: User
) -> None:
    for n in range(3):
        Notice.objects.create(
            pair=switch.pair, flow=switch.flow, system="salesforce", kind="Opportunity",
            remote_id=f"006{n}", state="stuck", source="sweep", due_at=timezone.now(),
        )  # fmt: skip
    (title,) = look().values()
    assert title == "3 records were given up: Closed won opportunity to invoice, Fernhill"
    client.force_login(ana)
    assert client.get(Announcement.objects.get().path).status_code == 200
    Notice.objects.update(state="done")
    assert look() == {}


def test_questions_older_than_the_days_are_counted_by_desk(
    switch: FlowSwitch, settings: Settings, client: Client, priya: User
) -> None:
    settings.QUESTIONS_OLD_DAYS = 5
    old = [ask(switch.pair, n, days=5.1) for n in range(2)]
    ask(switch.pair, 7, days=4.9)
    ask(switch.pair, 8, days=9, answered_at=timezone.now())
    ask(switch.pair, 9, days=9, kind="match")
    found = look()
    assert found["waiting problems"] == "2 questions have waited for more than 5 days: problems"
    assert found["waiting match"] == "1 question has waited for more than 5 days: match"
    client.force_login(priya)
    for row in Announcement.objects.all():
        assert client.get(row.path).status_code == 200
    Copy.objects.update(read_at=timezone.now())
    ReviewItem.objects.filter(pk=old[0].pk).update(state="solved")
    assert look()["waiting problems"].startswith("1 question has")
    assert Copy.objects.filter(read_at=None).count() == 0  # a number that changes is no news


def test_a_second_invoice_of_a_deal_is_told_until_it_is_answered(
    switch: FlowSwitch, client: Client, priya: User
) -> None:
    item = ask(switch.pair, 1, kind="duplicate", cause="twins:1|006")
    assert look() == {f"twice second:{switch.pair_id}": "1 deal may be billed twice, Fernhill"}
    client.force_login(priya)
    assert client.get(Announcement.objects.get().path).status_code == 200
    ReviewItem.objects.filter(pk=item.pk).update(state="left")
    assert look() == {}


def test_a_look_costs_as_much_with_many_questions_as_with_few(
    switch: FlowSwitch, priya: User
) -> None:
    talking.assign(ask(switch.pair, 0, days=30).pk, priya, "ana")
    look()
    with CaptureQueriesContext(connection) as few:
        look()
    for n in range(1, 60):
        talking.assign(ask(switch.pair, n, days=30).pk, priya, "ana")
    look()
    with CaptureQueriesContext(connection) as many:
        look()
    assert len(many) == len(few) < 60


def test_the_tick_has_a_task_of_its_own_tell_people(
    switch: FlowSwitch, books: Connection, django_capture_on_commit_callbacks: Callable[..., Any]
) -> None:
    broken(books)
    heartbeats.beat("worker")
    tasks.tell()
    tasks.tell()
    assert Announcement.objects.filter(kind="connection").count() == 1
    assert reverse("admin:connections_connection_change", args=[books.pk]) in str(
        Announcement.objects.get().path
    )


@pytest.mark.django_db(transaction=True)
def test_a_second_look_at_the_same_moment_stands_back(
    outside_environment: dict[str, str],
) -> None:
    """An older look would end what a newer one has just told."""
    switch: Any = FlowSwitchFactory()
    broken(switch.pair.xero)
    held, done = threading.Event(), threading.Event()

    def hold() -> None:
        try:
            with claiming.alone("counterpart:tell"):
                held.set()
                done.wait(10)
        finally:
            connection.close()

    other = threading.Thread(target=hold)
    other.start()
    held.wait(10)
    tasks.tell()
    assert Announcement.objects.count() == 0
    done.set()
    other.join()
    tasks.tell()
    assert Announcement.objects.count() == 1


def test_what_cannot_be_looked_at_hinders_no_other_look(
    switch: FlowSwitch, caplog: pytest.LogCaptureFixture
) -> None:
    Announcement.objects.create(kind="mine", key="assigned:x", title="Odd", told_at=timezone.now())
    Happening.objects.create(announcement=Announcement.objects.get(), kind="mine", ref="no number")
    ask(switch.pair, 1, days=30)
    assert "waiting problems" in look()
    announcing_watch.look()
    assert "a message could not be kept" in caplog.text
