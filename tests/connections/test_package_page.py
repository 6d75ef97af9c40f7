"""The page that installs the package: it asks, shows how far it is, and works without script."""

import re
from collections.abc import Iterator
from datetime import timedelta

import pytest
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import User
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from django_q.models import OrmQ

from connections.models import Connection, Installation
from sandbox.server import Box
from sync import tasks
from tests.connections.conftest import make_connection
from tests.connections.package_org import connected, running_bare_org, sent, set_in_org

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def box() -> Iterator[Box]:
    with running_bare_org() as box:
        yield box


@pytest.fixture
def connection(box: Box) -> Iterator[Connection]:
    with connected(box) as made:
        yield made


def page(client: Client, connection: Connection) -> str:
    """Return the page's source once its next step is due."""
    Installation.objects.update(next_at=timezone.now())
    answer = client.get(reverse("connections:package", args=[connection.pk]))
    assert answer.status_code == 200
    return answer.content.decode()


def words(html: str) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", html).split())


def press(client: Client, connection: Connection, act: str, **more: object) -> str:
    address = reverse("connections:package", args=[connection.pk])
    answer = client.post(address, {"act": act, **more}, follow=True)
    return answer.content.decode()


def rung() -> list[str]:
    """Return what waits for a worker, by name."""
    return [task.func() for task in OrmQ.objects.all()]


def test_it_is_reached_from_a_salesforce_connection_alone(
    admin_client: Client, box: Box, connection: Connection
) -> None:
    xero = make_connection(name="Books")
    link = reverse("connections:package", args=[connection.pk])
    for one, there in ((connection, True), (xero, False)):
        form = admin_client.get(reverse("admin:connections_connection_change", args=[one.pk]))
        assert (link in form.content.decode()) is there
    assert admin_client.get(reverse("connections:package", args=[xero.pk])).status_code == 404


def test_what_lacks_is_told_by_flow_and_looking_changes_nothing(
    admin_client: Client, box: Box, connection: Connection
) -> None:
    said = words(page(admin_client, connection))
    assert "Sales lacks 49 of Counterpart’s fields" in said
    assert "Won deals and their invoices ! 5 fields missing" in said
    assert "Opportunity.Counterpart_Invoice_Id__c" in said
    assert not Installation.objects.exists()
    assert sent(box) == 0


def test_an_installation_goes_on_by_looking_and_ends(
    admin_client: Client, box: Box, connection: Connection
) -> None:
    set_in_org(box, "deploy_seconds", 0.5)
    html = press(admin_client, connection, "install")
    assert '<meta http-equiv="refresh"' in html
    assert "<progress" in html
    assert 'name="act"' not in html
    for _ in range(100):
        html = page(admin_client, connection)
        if "http-equiv" not in html:
            break
    said = words(html)
    assert "Version 1.0.0 is installed, 51 components." in said
    assert "Sales shows every field" in said
    row = Installation.objects.get()
    assert row.started_by == User.objects.get()
    assert LogEntry.objects.filter(change_message__contains="package").count() == 1
    assert sent(box) == 1


def test_a_check_changes_nothing(admin_client: Client, box: Box, connection: Connection) -> None:
    press(admin_client, connection, "check")
    said = words(page(admin_client, connection))
    assert "The check of 1.0.0 went through; nothing was changed." in said
    assert "5 fields missing" in said


def test_refused_components_are_told_in_plain_words(
    admin_client: Client, box: Box, connection: Connection
) -> None:
    set_in_org(
        box, "refused_components", {"Counterpart_Sync": "You cannot deploy to a required field: X"}
    )
    press(admin_client, connection, "install")
    said = words(page(admin_client, connection))
    assert "Salesforce refused it, and nothing was changed." in said
    assert "The permission set Counterpart_Sync An administrator made this field a required" in said


def test_the_message_without_its_address_is_asked_for_again(
    admin_client: Client, box: Box, connection: Connection
) -> None:
    html = press(admin_client, connection, "install", part="outbound-message")
    assert "begins with https://" in html
    assert not Installation.objects.exists()


def test_the_worker_carries_on_what_nobody_looks_at(
    admin_client: Client, box: Box, connection: Connection
) -> None:
    press(admin_client, connection, "install")
    row = Installation.objects.get()
    assert not row.is_finished
    Installation.objects.update(lease_until=timezone.now() - timedelta(seconds=1))
    assert tasks.install_package(row.pk) is True
    assert Installation.objects.get().succeeded


def test_the_minutes_tick_wakes_a_worker_for_it_when_it_is_due(
    admin_client: Client, box: Box, connection: Connection
) -> None:
    press(admin_client, connection, "install")
    Installation.objects.update(next_at=timezone.now() + timedelta(hours=1))
    tasks.tick()
    assert "sync.tasks.install_package" not in rung()
    Installation.objects.update(next_at=timezone.now())
    tasks.tick()
    assert rung().count("sync.tasks.install_package") == 1


def test_only_who_may_change_connections_may_install(
    client: Client, box: Box, connection: Connection
) -> None:
    User.objects.create_user("ana", password="quay", is_staff=True)
    client.login(username="ana", password="quay")
    address = reverse("connections:package", args=[connection.pk])
    assert client.get(address).status_code == 403
    assert client.post(address, {"act": "install"}).status_code == 403
    assert sent(box) == 0


def test_an_org_that_cannot_be_read_is_told_in_words(
    admin_client: Client, box: Box, connection: Connection
) -> None:
    box.faults.add(system="salesforce", status=503)
    assert "What the org has cannot be read." in words(page(admin_client, connection))
