"""People of finance and administration, and a mail server for them."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from django.contrib.auth.models import Group, User
from pytest_django import Settings

from tests.announcing import postbox
from tests.announcing.postbox import Postbox


def person(name: str, group: str = "", **values: object) -> User:
    """Return a member of staff."""
    user = User.objects.create_user(
        name, f"{name}@fernhill.example", "x", **{"is_staff": True, **values}
    )
    if group:
        user.groups.add(Group.objects.get(name=group))
    return user


@pytest.fixture
def priya(db: None) -> User:
    """Somebody of finance."""
    return person("priya", "Finance", first_name="Priya", last_name="Nair")


@pytest.fixture
def ana(db: None) -> User:
    """An administrator."""
    return person("ana", "Administrators", first_name="Ana", last_name="Whitlock")


@pytest.fixture
def ben(db: None) -> User:
    """An auditor."""
    return person("ben", "Auditors")


@pytest.fixture
def mail(settings: Settings) -> None:
    """Let e-mail be set up; what is sent lands in Django's outbox."""
    settings.EMAIL_URL = "smtp+tls://mail.fernhill.example"
    settings.SITE_URL = "https://counterpart.fernhill.example"
    settings.DEFAULT_FROM_EMAIL = "Counterpart <counterpart@fernhill.example>"
    settings.TIME_ZONE = "UTC"


@pytest.fixture
def box(mail: None, settings: Settings) -> Iterator[Postbox]:
    """A mail server that is really spoken to."""
    with postbox.running() as running:
        settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
        settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", running.port
        settings.EMAIL_USE_TLS, settings.EMAIL_TIMEOUT = False, 5
        yield running
