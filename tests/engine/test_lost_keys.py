"""A key of FIELD_ENCRYPTION_KEYS that is gone: said in a sentence, wherever people look."""

from __future__ import annotations

import io

import pytest
from cryptography.fernet import Fernet
from django.core.management import call_command
from django.test import Client
from django.urls import reverse
from pytest_django import Settings

from tests.engine.conftest import Desk
from tests.engine.test_screens import member


@pytest.fixture
def keyless(desk: Desk, settings: Settings) -> Desk:
    """A desk whose connections were encrypted by a key that is there no more."""
    for connection in (desk.switch.pair.salesforce, desk.switch.pair.xero):
        connection.credential.client_secret = "known to nobody"
        connection.credential.save()
    settings.FIELD_ENCRYPTION_KEYS = [Fernet.generate_key().decode()]
    return desk


def test_the_doctor_says_so_of_each_connection(keyless: Desk) -> None:
    out = io.StringIO()
    with pytest.raises(SystemExit):
        call_command("doctor", stdout=out)
    bad = [line for line in out.getvalue().splitlines() if line.startswith("✕")]
    for one in (keyless.switch.pair.salesforce, keyless.switch.pair.xero):
        assert any(f"“{one.name}”: A stored secret cannot be read" in line for line in bad)


def test_the_home_page_opens(keyless: Desk, client: Client) -> None:
    assert member(client, "Administrators").get(reverse("admin:index")).status_code == 200
