"""The screens of connections: they tell everything but secrets, and change things by POST only."""

import re
from datetime import timedelta

import pytest
from cryptography.fernet import Fernet
from django.contrib.auth.models import Permission, User
from django.forms.models import model_to_dict
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from pytest_django import Settings

from connections.act_views import ACTS
from connections.models import Budget, Connection, Credential, Pair
from tests.connections.conftest import make_connection, make_credential

pytestmark = pytest.mark.django_db

LIST = "/admin/connections/connection/"


@pytest.fixture
def connection() -> Connection:
    """A Xero connection that works."""
    credential = make_credential(client_secret="hush-hush", access_token="token-token")
    return make_connection(
        credential,
        name="Fernhill Ltd",
        organisation_name="Fernhill Surveys Ltd",
        currency="GBP",
        environment="demo",
    )


def text_of(client: Client, address: str) -> str:
    """Return the page's words without its marks."""
    answer = client.get(address)
    assert answer.status_code == 200
    return " ".join(re.sub(r"<[^>]+>", " ", answer.content.decode()).split())


def test_the_list_tells_environment_sign_in_and_days_left(
    admin_client: Client, connection: Connection
) -> None:
    Budget.objects.create(connection=connection, day_left=812, day_limit=1000)
    page = text_of(admin_client, LIST)
    for words in ("Fernhill Surveys Ltd", "Demo company", "signed in", "59", "812 of 1,000"):
        assert words in page


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"broken_since": timezone.now()}, "connect again"),
        ({"failing_since": timezone.now()}, "no answer since"),
        ({"refreshed_at": timezone.now() - timedelta(days=58)}, "1 left"),
    ],
)
def test_a_sign_in_in_trouble_is_told_in_words(
    admin_client: Client, connection: Connection, change: dict[str, object], words: str
) -> None:
    Credential.objects.update(**change)
    assert words in text_of(admin_client, LIST)


def test_no_page_shows_a_secret(admin_client: Client, connection: Connection) -> None:
    pages = [
        LIST,
        f"{LIST}{connection.pk}/change/",
        reverse("connections:reconnect", args=[connection.pk]),
    ]
    for page in pages:
        html = admin_client.get(page).content.decode()
        assert "hush-hush" not in html
        assert "token-token" not in html


def test_the_list_can_be_read_when_a_key_is_missing(
    admin_client: Client, connection: Connection, settings: Settings
) -> None:
    settings.FIELD_ENCRYPTION_KEYS = [Fernet.generate_key().decode()]
    assert "Fernhill Ltd" in text_of(admin_client, LIST)


def test_opening_any_page_changes_nothing(admin_client: Client, connection: Connection) -> None:
    def everything() -> list[object]:
        rows = [*Connection.objects.all(), *Credential.objects.all(), *Pair.objects.all()]
        return [model_to_dict(row) for row in rows]

    before = everything()
    pages = [reverse("connections:act", args=[connection.pk, name]) for name in ACTS]
    pages += [reverse("connections:reconnect", args=[connection.pk])]
    pages += [reverse("connections:new", args=[system]) for system in ("salesforce", "xero")]
    for page in pages:
        assert "csrfmiddlewaretoken" in admin_client.get(page).content.decode()
    assert everything() == before


def test_a_post_without_a_token_is_refused(connection: Connection) -> None:
    browser = Client(enforce_csrf_checks=True)
    browser.force_login(User.objects.create_superuser("root"))
    page = reverse("connections:act", args=[connection.pk, "pause"])
    assert browser.post(page, {"why": "x"}).status_code == 403
    assert not Connection.objects.get().is_paused


def test_pausing_keeps_who_and_why_and_resuming_ends_it(
    admin_client: Client, connection: Connection
) -> None:
    address = reverse("connections:act", args=[connection.pk, "pause"])
    admin_client.post(address, {"why": "Year end"})
    paused = Connection.objects.get()
    assert paused.paused_by is not None
    assert (paused.paused_by.username, paused.paused_why) == ("admin", "Year end")
    assert "Year end" in text_of(admin_client, f"{LIST}{connection.pk}/change/")
    history = text_of(admin_client, f"{LIST}{connection.pk}/history/")
    assert "Pause the connection. Year end" in history
    admin_client.post(reverse("connections:act", args=[connection.pk, "resume"]))
    assert not Connection.objects.get().is_paused


@pytest.mark.parametrize("rights", [[], ["view_connection"]])
def test_staff_who_may_not_change_connections_cannot_act(
    connection: Connection, rights: list[str]
) -> None:
    person = User.objects.create_user("priya", is_staff=True)
    person.user_permissions.set(Permission.objects.filter(codename__in=rights))
    browser = Client()
    browser.force_login(person)
    for page in (
        reverse("connections:act", args=[connection.pk, "pause"]),
        reverse("connections:reconnect", args=[connection.pk]),
        reverse("connections:new", args=["xero"]),
        reverse("connections:return", args=["xero"]),
    ):
        assert browser.post(page).status_code == 403
    assert not Connection.objects.get().is_paused


def test_strangers_are_asked_to_sign_in(client: Client, connection: Connection) -> None:
    answer = client.post(reverse("connections:act", args=[connection.pk, "disconnect"]))
    assert answer.status_code == 302
    assert "/admin/login/" in answer.headers["Location"]
    assert Connection.objects.get().disconnected_at is None


def test_a_connection_is_never_deleted(admin_client: Client, connection: Connection) -> None:
    assert admin_client.post(f"{LIST}{connection.pk}/delete/", {"post": "yes"}).status_code == 403
    assert Connection.objects.count() == 1


def test_only_the_name_can_be_changed_here(admin_client: Client, connection: Connection) -> None:
    admin_client.post(
        f"{LIST}{connection.pk}/change/",
        {"name": "Books", "organisation_name": "Evil Ltd", "environment": "production"},
    )
    row = Connection.objects.get()
    assert (row.name, row.organisation_name, row.environment) == (
        "Books",
        "Fernhill Surveys Ltd",
        "demo",
    )


def test_a_mixed_pair_is_refused_on_the_screen(
    admin_client: Client, connection: Connection
) -> None:
    sales = make_connection(
        make_credential(system="salesforce", host="https://a.my.salesforce.com"), name="Sales"
    )
    answer = admin_client.post(
        "/admin/connections/pair/add/",
        {"name": "UK", "salesforce": sales.pk, "xero": connection.pk, "active": "on"},
    )
    assert "cannot be kept in step" in answer.content.decode()
    assert Pair.objects.count() == 0
