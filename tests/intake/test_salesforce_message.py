"""Salesforce's door: a secret address, the right org, and an Ack only for what is kept."""

from __future__ import annotations

import io
import logging
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from connections.salesforce import messages
from sync.core.records import System
from sync.models.switches import set_pause
from tests.fakes.remote import DEAL
from tests.intake.conftest import ORG, Hall, kept, rings
from tests.intake.post import delivery, event, message, send_salesforce

ACK = b"<Ack>true</Ack>"
NACK = b"<Ack>false</Ack>"


def test_what_a_message_tells_is_kept_and_acknowledged(
    hall: Hall, stranger: Client, django_capture_on_commit_callbacks: Any
) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        answer = send_salesforce(stranger, hall.salesforce_door, message(ORG, [DEAL]))
    assert answer.status_code == 200
    assert ACK in answer.content
    assert answer["Content-Type"].startswith("text/xml")
    assert kept() == [("Opportunity", DEAL)]
    assert not answer.cookies
    assert rings() == 1


def test_the_org_may_say_its_id_in_fifteen_characters(hall: Hall, stranger: Client) -> None:
    answer = send_salesforce(stranger, hall.salesforce_door, message(ORG[:15], [DEAL[:15]]))
    assert ACK in answer.content
    assert kept() == [("Opportunity", DEAL)]


def test_another_org_is_refused_and_named(hall: Hall, stranger: Client) -> None:
    body = message("00D5g0000099999EAA", [DEAL])
    answer = send_salesforce(stranger, hall.salesforce_door, body)
    assert answer.status_code == 403
    assert NACK in answer.content
    assert kept() == []
    hall.salesforce_door.refresh_from_db()
    assert "another org, 00D5g0000099999" in hall.salesforce_door.refused_why


def test_an_org_whose_id_differs_only_in_case_is_another_org(hall: Hall, stranger: Client) -> None:
    body = message("00d5g0000012345", [DEAL])
    assert send_salesforce(stranger, hall.salesforce_door, body).status_code == 403


@pytest.mark.parametrize("secret", ["t" * 43, "s" * 42, "s" * 44, "S" * 43])
def test_a_wrong_secret_finds_no_door(hall: Hall, stranger: Client, secret: str) -> None:
    body = message(ORG, [DEAL])
    answer = send_salesforce(stranger, hall.salesforce_door, body, secret)
    assert answer.status_code == 404
    assert kept() == []


def test_the_doors_of_the_two_systems_are_not_mixed_up(hall: Hall, stranger: Client) -> None:
    body = message(ORG, [DEAL])
    assert send_salesforce(stranger, hall.xero_door, body, "x" * 43).status_code == 404
    path = f"/events/xero/{hall.salesforce_door.pk}"
    assert stranger.post(path, delivery(event("t")), "application/json").status_code == 401


def test_a_message_told_again_is_no_new_event(hall: Hall, stranger: Client) -> None:
    for _ in range(3):
        answer = send_salesforce(stranger, hall.salesforce_door, message(ORG, [DEAL]))
        assert ACK in answer.content
    assert len(kept()) == 1


def test_get_is_refused(hall: Hall, stranger: Client) -> None:
    path = f"/events/salesforce/{hall.salesforce_door.pk}/{hall.salesforce_door.secret}"
    assert stranger.get(path).status_code == 405


def test_an_entity_bomb_is_refused(hall: Hall, stranger: Client) -> None:
    bomb = (
        b'<?xml version="1.0"?><!DOCTYPE b [<!ENTITY a "aaaaaaaaaa">'
        b'<!ENTITY c "&a;&a;&a;&a;&a;&a;&a;&a;">]><b>&c;</b>'
    )
    answer = send_salesforce(stranger, hall.salesforce_door, bomb)
    assert answer.status_code == 400
    assert NACK in answer.content


def test_a_file_of_ours_is_not_read_for_anybody(hall: Hall, stranger: Client) -> None:
    good = message(ORG, [DEAL])
    entity = b'<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/hostname">]>'
    body = good.replace(b"?>", b"?>" + entity, 1).replace(DEAL.encode(), b"&e;")
    assert send_salesforce(stranger, hall.salesforce_door, body).status_code == 400


def test_a_message_that_is_too_large_is_not_even_read(hall: Hall, stranger: Client) -> None:
    body = message(ORG, [DEAL]) + b" " * 1_000_000
    answer = send_salesforce(stranger, hall.salesforce_door, body)
    assert answer.status_code == 413
    assert kept() == []


def test_more_notifications_than_salesforce_sends_are_refused(hall: Hall, stranger: Client) -> None:
    body = message(ORG, [DEAL] * 101)
    assert send_salesforce(stranger, hall.salesforce_door, body).status_code == 400


def test_a_deleted_record_and_odd_ids_are_left_out(hall: Hall, stranger: Client) -> None:
    body = message(ORG, ["", "not an id", "'; DROP TABLE", DEAL])
    answer = send_salesforce(stranger, hall.salesforce_door, body)
    assert ACK in answer.content
    assert kept() == [("Opportunity", DEAL)]


def test_nothing_but_ids_is_taken(hall: Hall, stranger: Client) -> None:
    body = message(ORG, [DEAL]).replace(b"</sObject>", b"<sf:Amount>9.99</sf:Amount></sObject>")
    assert ACK in send_salesforce(stranger, hall.salesforce_door, body).content
    (told,) = messages.read(body).events
    assert (told.kind, told.id) == ("Opportunity", DEAL)


def test_no_ack_without_the_certificate_that_is_asked_for(
    hall: Hall, stranger: Client, settings: Any
) -> None:
    settings.SALESFORCE_CERTIFICATE_HEADER = "X-Client-Verify"
    settings.SALESFORCE_CERTIFICATE = ["SUCCESS", "1f:aa"]
    body = message(ORG, [DEAL])
    for said in ("", "NONE", "FAILED:expired", "success"):
        headers = {"X-Client-Verify": said} if said else {}
        answer = send_salesforce(stranger, hall.salesforce_door, body, **headers)
        assert answer.status_code == 403
        assert NACK in answer.content
    assert kept() == []
    headers = {"X-Client-Verify": "1f:aa"}
    answer = send_salesforce(stranger, hall.salesforce_door, body, **headers)
    assert ACK in answer.content


def test_no_ack_when_nothing_can_be_kept(hall: Hall) -> None:
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE sync_event RENAME TO sync_event_away")
    client = Client(raise_request_exception=False)
    answer = send_salesforce(client, hall.salesforce_door, message(ORG, [DEAL]))
    assert answer.status_code == 500
    assert ACK not in answer.content


def test_a_paused_system_still_collects(hall: Hall, stranger: Client) -> None:
    set_pause(on=True, by="finance", why="month end")
    send_salesforce(stranger, hall.salesforce_door, message(ORG, [DEAL]))
    assert len(kept()) == 1


def test_a_disconnected_org_is_acknowledged_and_dropped(hall: Hall, stranger: Client) -> None:
    salesforce = hall.switch.pair.salesforce
    salesforce.disconnected_at = timezone.now()
    salesforce.save()
    answer = send_salesforce(stranger, hall.salesforce_door, message(ORG, [DEAL]))
    assert ACK in answer.content
    assert kept() == []
    assert salesforce.system == System.SALESFORCE


@given(st.binary(max_size=300) | st.text(max_size=300).map(str.encode))
def test_whatever_comes_is_read_or_refused(body: bytes) -> None:
    with pytest.raises(ValueError, match="message of Salesforce"):
        messages.read(body)


@pytest.mark.parametrize("secret", ["", "w" * 43])
def test_the_secret_address_is_in_no_log(hall: Hall, stranger: Client, secret: str) -> None:
    said = io.StringIO()
    handler = logging.StreamHandler(said)
    handler.setFormatter(logging.getLogger().handlers[0].formatter)
    logging.getLogger().addHandler(handler)
    send_salesforce(stranger, hall.salesforce_door, message(ORG, [DEAL]), secret)
    logging.getLogger().removeHandler(handler)
    logged = said.getvalue()
    assert f"/events/salesforce/{hall.salesforce_door.pk}/[removed]" in logged
    assert (secret or hall.salesforce_door.secret) not in logged
