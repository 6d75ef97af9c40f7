"""Messages against both sandboxed systems over HTTP: a deal won again, a sign-in refused."""

from __future__ import annotations

import time
from collections.abc import Iterator
from datetime import timedelta

import pytest
from django.core.management import CommandError
from django.utils import timezone
from pytest_django import Settings

from connections.models import Connection
from sandbox.salesforce import acts as salesforce
from sandbox.server import Box
from sync import tasks
from sync.models import Announcement, Link
from tests.announcing.conftest import person
from tests.engine.test_whole import CERTAIN, connected, deal_named, invoices, later, run, sync

pytestmark = [pytest.mark.slow, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def box(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> Iterator[Box]:
    with connected(settings, monkeypatch) as sandbox:
        run("flow", "won_opportunity_invoice", "on")
        yield sandbox


def test_a_deal_reopened_and_won_between_two_looks_is_told_and_billed_once(box: Box) -> None:
    person("priya", "Finance")
    deal = deal_named(box, CERTAIN)
    salesforce.close_won(box.world, deal)
    sync()
    later()
    sync()
    assert Announcement.objects.count() == 0
    Link.objects.update(made_at=timezone.now() - timedelta(hours=1))
    time.sleep(1.1)  # Salesforce's stamps have whole seconds
    salesforce.reopen(box.world, deal)
    salesforce.close_won(box.world, deal)
    for _ in range(2):
        later()
        sync()
    row = Announcement.objects.get()
    assert (row.kind, row.count) == ("twice", 1)
    assert CERTAIN in row.title
    assert len(invoices(box, deal)) == 1


def test_a_sign_in_that_is_refused_is_told_and_over_when_it_is_back(box: Box) -> None:
    person("ana", "Administrators")
    books = Connection.objects.get(name="X")
    credential = books.credential
    credential.client_secret, credential.access_token = "wrong", ""
    credential.save()
    with pytest.raises(CommandError):
        sync()
    tasks.tell()
    row = Announcement.objects.get(kind="connection")
    assert row.title == "Xero “X” is lost"
    credential.refresh_from_db()
    credential.client_secret = "sandbox-xero-secret"
    credential.broken_since, credential.broken_reason = None, ""
    credential.save()
    tasks.tell()
    row.refresh_from_db()
    assert row.over_at is not None
