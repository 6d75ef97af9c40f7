"""Xero's door: signed or not, known or not, kept before it is answered."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from connections.models import EventDoor
from connections.xero import events
from connections.xero.signature import is_signed, signature_of
from sync.models import Delivery, Event
from sync.models.switches import set_pause
from tests.factories import ConnectionFactory
from tests.intake.conftest import TENANT, Hall, kept, rings
from tests.intake.post import INTENT, KEY, delivery, event, send_xero


def test_a_signed_delivery_is_kept_and_answered_with_nothing(hall: Hall, stranger: Client) -> None:
    one = event(TENANT)
    answer = send_xero(stranger, hall.xero_door, delivery(one))
    assert (answer.status_code, answer.content, dict(answer.cookies)) == (200, b"", {})
    assert kept() == [("Invoice", one["resourceId"])]


def test_what_is_signed_with_another_key_is_refused_and_not_kept(
    hall: Hall, stranger: Client
) -> None:
    answer = send_xero(stranger, hall.xero_door, delivery(event(TENANT)), key="another")
    assert (answer.status_code, answer.content, dict(answer.cookies)) == (401, b"", {})
    assert kept() == []
    hall.xero_door.refresh_from_db()
    assert "not signed" in hall.xero_door.refused_why


@pytest.mark.parametrize("signature", ["", "not base64", "ÄÖ", "AAAA", " "])
def test_a_signature_that_is_none_is_refused(hall: Hall, stranger: Client, signature: str) -> None:
    body = delivery(event(TENANT))
    answer = stranger.post(
        f"/events/xero/{hall.xero_door.pk}",
        body,
        content_type="application/json",
        headers={"x-xero-signature": signature},
    )
    assert answer.status_code == 401
    assert kept() == []


def test_one_changed_byte_breaks_the_signature(hall: Hall, stranger: Client) -> None:
    body = delivery(event(TENANT))
    answer = stranger.post(
        f"/events/xero/{hall.xero_door.pk}",
        body.replace(b"UPDATE", b"update"),
        content_type="application/json",
        headers={"x-xero-signature": signature_of(body, KEY)},
    )
    assert answer.status_code == 401


def test_the_signature_is_the_one_that_xero_documents() -> None:
    # as openssl computes it
    assert signature_of(b'{"events":[]}', "key") == "Qrz9n8NSnnBLDlKIZEhYxzL4J+L5wKUqtKk3FuhGKW0="


@given(st.binary(max_size=200), st.text(max_size=60), st.text(min_size=1, max_size=40))
def test_no_text_but_the_right_one_is_a_signature(body: bytes, other: str, key: str) -> None:
    assert is_signed(body, signature_of(body, key), key)
    assert is_signed(body, other, key) == (other == signature_of(body, key))
    assert not is_signed(body, signature_of(body, ""), "")


def test_an_unknown_door_answers_like_a_wrong_signature(hall: Hall, stranger: Client) -> None:
    hall.xero_door.pk += 1000
    assert send_xero(stranger, hall.xero_door, delivery(event(TENANT))).status_code == 401


def test_xero_may_send_what_it_tries_us_with_in_any_order(hall: Hall, stranger: Client) -> None:
    keys = [KEY, "wrong", KEY, "wrong", "wrong", KEY]
    answers = [send_xero(stranger, hall.xero_door, INTENT, key=key).status_code for key in keys]
    assert answers == [200 if key == KEY else 401 for key in keys]
    hall.xero_door.refresh_from_db()
    assert hall.xero_door.confirmed_at is not None


def test_a_delivery_told_three_times_is_one_event(hall: Hall, stranger: Client) -> None:
    one = event(TENANT)
    for number in (7, 7, 12):
        assert send_xero(stranger, hall.xero_door, delivery(one, first=number)).status_code == 200
    assert len(kept()) == 1


def test_two_changes_of_one_record_are_two_events(hall: Hall, stranger: Client) -> None:
    now = timezone.now()
    one = event(TENANT, when=now)
    later = event(TENANT, one["resourceId"], when=now + timedelta(milliseconds=1))
    send_xero(stranger, hall.xero_door, delivery(one, later))
    assert len(kept()) == 2


def test_unknown_organisations_and_categories_are_accepted_and_dropped(
    hall: Hall, stranger: Client
) -> None:
    stray = [
        event("11111111-1111-4111-8111-111111111111"),
        event(TENANT, category="SUBSCRIPTION"),
        event(TENANT, category="SOMETHING_NEW"),
        event(TENANT, remote_id="no-id"),
        "no event",
        None,
        {},
    ]
    good = event(TENANT, category="CONTACT")
    answer = send_xero(stranger, hall.xero_door, delivery(*stray, good))
    assert answer.status_code == 200
    assert kept() == [("Contact", good["resourceId"])]


def test_an_app_tells_only_of_the_organisations_that_it_is_connected_to(
    hall: Hall, stranger: Client
) -> None:
    other = ConnectionFactory.create(xero=True, tenant_id="22222222-2222-4222-8222-222222222222")
    send_xero(stranger, hall.xero_door, delivery(event(other.tenant_id)))
    assert kept() == []


def test_a_custom_connection_is_known_by_its_organisation(hall: Hall, stranger: Client) -> None:
    xero = hall.switch.pair.xero
    xero.tenant_id, xero.organisation_id = "", TENANT.upper()
    xero.save()
    send_xero(stranger, hall.xero_door, delivery(event(TENANT)))
    assert len(kept()) == 1


def test_events_of_before_what_is_remembered_are_dropped(hall: Hall, stranger: Client) -> None:
    old = event(TENANT, when=timezone.now() - timedelta(days=36))
    assert send_xero(stranger, hall.xero_door, delivery(old)).status_code == 200
    assert kept() == []


def test_get_is_refused(hall: Hall, stranger: Client) -> None:
    assert stranger.get(f"/events/xero/{hall.xero_door.pk}").status_code == 405


def test_a_body_that_is_too_large_is_not_even_read(hall: Hall, stranger: Client) -> None:
    answer = send_xero(stranger, hall.xero_door, b"x" * 1_000_001)
    assert answer.status_code == 413


@pytest.mark.parametrize("body", [b"", b"[]", b"no json", b'{"events": 3}', b"\xff"])
def test_a_signed_body_that_cannot_be_read_starts_a_sweep(
    hall: Hall, stranger: Client, body: bytes, django_capture_on_commit_callbacks
) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        assert send_xero(stranger, hall.xero_door, body).status_code == 200
    assert rings() == 1


def test_a_paused_system_still_collects(hall: Hall, stranger: Client) -> None:
    set_pause(on=True, by="finance", why="month end")
    hall.switch.pair.xero.paused_at = timezone.now()
    hall.switch.pair.xero.save()
    send_xero(stranger, hall.xero_door, delivery(event(TENANT)))
    assert len(kept()) == 1


def test_nothing_is_answered_when_nothing_can_be_kept(hall: Hall) -> None:
    body = delivery(event(TENANT))
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE sync_event RENAME TO sync_event_away")
    answer = send_xero(Client(raise_request_exception=False), hall.xero_door, body)
    assert answer.status_code == 500


def test_a_hundred_events_ring_once(
    hall: Hall, stranger: Client, django_capture_on_commit_callbacks
) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        for number in range(1, 21):
            many = [event(TENANT) for _ in range(5)]
            send_xero(stranger, hall.xero_door, delivery(*many, first=number * 5))
    assert Event.objects.count() == 100
    assert rings() == 1


def test_the_answer_costs_the_same_few_queries_for_one_event_and_for_five_hundred(
    hall: Hall, stranger: Client
) -> None:
    def queries(count: int) -> int:
        body = delivery(*[event(TENANT) for _ in range(count)])
        with CaptureQueriesContext(connection) as seen:
            send_xero(stranger, hall.xero_door, body)
        return len(seen)

    queries(1)
    assert queries(1) == queries(500) <= 6


def test_the_numbers_of_a_delivery_are_kept(hall: Hall, stranger: Client) -> None:
    send_xero(stranger, hall.xero_door, delivery(event(TENANT), event(TENANT), first=41))
    assert list(Delivery.objects.values_list("first", "last")) == [(41, 42)]


def test_a_flood_of_wrong_signatures_writes_once(hall: Hall, stranger: Client) -> None:
    body = delivery(event(TENANT))
    send_xero(stranger, hall.xero_door, body, key="wrong")
    with CaptureQueriesContext(connection) as seen:
        for _ in range(20):
            send_xero(stranger, hall.xero_door, body, key="wrong")
    assert all(query["sql"].startswith("SELECT") for query in seen.captured_queries)


def test_the_key_is_not_in_the_database(hall: Hall) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT secret FROM connections_eventdoor")
        stored = [secret for (secret,) in cursor.fetchall()]
    assert EventDoor.objects.count() == len(stored)
    assert not any(KEY in secret for secret in stored)


@given(st.recursive(st.none() | st.integers() | st.text(), lambda c: st.lists(c) | st.dictionaries(
    st.sampled_from(["events", "tenantId", "resourceId", "eventCategory", "firstEventSequence"]), c
)))  # fmt: skip
def test_whatever_json_comes_is_read_or_refused(value: object) -> None:
    try:
        message = events.read(json.dumps(value).encode())
    except ValueError:
        return
    assert message.events == ()


@pytest.mark.parametrize(
    ("text", "microsecond"),
    [("2024-06-21T01:15:39.902", 902000), ("2024-06-21T01:15:39.1234567", 123456)],
)
def test_times_are_xeros_and_in_utc(text: str, microsecond: int) -> None:
    (told,) = events.read(delivery(event(TENANT, eventDateUtc=text))).events
    assert told.happened_at is not None
    assert told.happened_at.utcoffset() == timedelta(0)
    assert told.happened_at.microsecond == microsecond
