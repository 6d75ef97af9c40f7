"""The doors for events, opened by a person or a script."""

from __future__ import annotations

import json
from io import StringIO
from typing import Any

import pytest
from django.contrib.admin.models import LogEntry
from django.core.management import CommandError, call_command
from django.db import IntegrityError, connection
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from connections import doors
from connections.models import Connection, EventDoor
from connections.models.doors import door_of
from sync.core.errors import NeedsPerson
from tests.connections.conftest import make_connection, make_credential

pytestmark = pytest.mark.django_db
KEY = "a2V5IG9mIHRoZSBhcHAsIHdoaWNoIGlzIGxvbmcgZW5vdWdoIGZvciBhbnlib2R5IQ=="


@pytest.fixture
def xero() -> Connection:
    return make_connection(name="Books")


@pytest.fixture
def salesforce() -> Connection:
    broken = {"broken_since": timezone.now(), "broken_reason": "Not needed here."}
    credential = make_credential(system="salesforce", host="https://org.example", **broken)
    return make_connection(credential, name="Org")


def press(client: Client, it: Connection, **values: str) -> str:
    answer = client.post(reverse("connections:events", args=[it.pk]), values, follow=True)
    return answer.content.decode()


def test_a_webhook_key_opens_xeros_door_and_is_never_shown(
    admin_client: Client, xero: Connection
) -> None:
    html = press(admin_client, xero, act="open", key=KEY)
    door = door_of(xero)
    assert door is not None
    assert door.secret == KEY
    assert f"/events/xero/{door.pk}" in html
    assert KEY not in html
    assert LogEntry.objects.filter(change_message__contains="opened anew").exists()


@pytest.mark.parametrize("key", ["", "short", "no base64 at all, though it is long enough"])
def test_what_is_no_webhook_key_changes_nothing(
    admin_client: Client, xero: Connection, key: str
) -> None:
    doors.open_for_xero(xero, KEY)
    assert "no webhook key" in press(admin_client, xero, act="open", key=key)
    door = door_of(xero)
    assert door is not None
    assert door.secret == KEY


def test_all_organisations_of_an_app_share_its_door(admin_client: Client, xero: Connection) -> None:
    other = make_connection(xero.credential, name="Books two", tenant_id="t2")
    doors.open_for_xero(xero, KEY)
    assert door_of(other) == door_of(xero)
    assert "Books two" in press(admin_client, xero, act="open", key=KEY)


def test_a_new_address_for_salesforce_ends_the_former_one(
    admin_client: Client, salesforce: Connection
) -> None:
    html = press(admin_client, salesforce, act="open")
    first = door_of(salesforce)
    assert first is not None
    assert f"/events/salesforce/{first.pk}/{first.secret}" in html
    assert len(first.secret) >= 40
    press(admin_client, salesforce, act="open")
    second = door_of(salesforce)
    assert second is not None
    assert second.secret != first.secret
    assert EventDoor.objects.count() == 1


def test_a_shut_door_is_gone(admin_client: Client, salesforce: Connection) -> None:
    doors.open_for_salesforce(salesforce)
    press(admin_client, salesforce, act="shut")
    assert door_of(salesforce) is None


def test_the_address_begins_as_the_installation_is_known_outside(
    xero: Connection, settings: Any
) -> None:
    settings.PUBLIC_URL = "https://counterpart.example"
    door = doors.open_for_xero(xero, KEY)
    assert doors.address(door) == f"https://counterpart.example/events/xero/{door.pk}"


def test_who_may_only_look_sees_no_address(
    client: Client, django_user_model: Any, xero: Connection
) -> None:
    client.force_login(django_user_model.objects.create_user("eve", is_staff=True))
    assert client.get(reverse("connections:events", args=[xero.pk])).status_code == 403


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ({}, "none has come yet"),
        ({"heard_at": timezone.now()}, "arrive, last"),
        ({"refused_at": timezone.now()}, "turned away, last"),
    ],
)
def test_the_connection_says_whether_events_arrive(
    admin_client: Client, xero: Connection, values: dict[str, Any], words: str
) -> None:
    form = reverse("admin:connections_connection_change", args=[xero.pk])
    assert "found by sweeps alone" in admin_client.get(form).content.decode()
    doors.open_for_xero(xero, KEY)
    EventDoor.objects.update(**values)
    assert words in admin_client.get(form).content.decode()


def test_the_package_page_offers_the_address(admin_client: Client, salesforce: Connection) -> None:
    door = doors.open_for_salesforce(salesforce)
    html = admin_client.get(reverse("connections:package", args=[salesforce.pk])).content.decode()
    assert door.secret in html


def test_secrets_are_encrypted(salesforce: Connection) -> None:
    secret = doors.open_for_salesforce(salesforce).secret
    with connection.cursor() as cursor:
        cursor.execute("SELECT secret FROM connections_eventdoor")
        assert secret not in cursor.fetchone()[0]


def test_a_door_is_an_apps_or_a_connections(xero: Connection) -> None:
    with pytest.raises(IntegrityError):
        EventDoor.objects.create(system="xero", connection=xero, secret="x")


def command(*arguments: str) -> Any:
    out = StringIO()
    call_command("events", *arguments, "--json", stdout=out)
    return json.loads(out.getvalue())


def test_a_script_opens_shows_and_shuts_doors(
    xero: Connection, salesforce: Connection, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.PUBLIC_URL = "https://counterpart.example"
    monkeypatch.setenv("WEBHOOK_KEY", KEY)
    assert command("Books")["address"] is None
    made = command("Books", "--key-env", "WEBHOOK_KEY")
    assert made["address"].startswith("https://counterpart.example/events/xero/")
    assert command("Org", "--new")["address"] == command("Org")["address"]
    assert command("Org", "--shut")["address"] is None


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["Nobody"], "no connection"),
        (["Books", "--new"], "--key-env"),
        (["Org", "--key-env", "WEBHOOK_KEY"], "--new"),
        (["Books", "--key-env", "NOTHING_SET"], "no webhook key"),
    ],
)
def test_a_script_is_told_what_is_wrong(
    xero: Connection, salesforce: Connection, arguments: list[str], words: str
) -> None:
    with pytest.raises(CommandError, match=words):
        command(*arguments)


def test_a_short_key_is_refused(xero: Connection) -> None:
    with pytest.raises(NeedsPerson):
        doors.open_for_xero(xero, "c2hvcnQ=")
