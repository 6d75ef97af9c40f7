"""A shop, and people who may see what the rules would have done."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from django.contrib.auth.models import Group, User
from django.test import Client

from sync.admin.risk_try_out import try_out

from .shop import Shop, open_shop


@pytest.fixture
def shop(db: None) -> Iterator[Shop]:
    """An empty shop, whose doorway the page uses too."""
    made, before = open_shop(), try_out.open_remote
    try_out.open_remote = made.open
    yield made
    try_out.open_remote = before


def signed_in(group: str) -> Client:
    """Return the browser of somebody in a group."""
    user = User.objects.create(username=group.lower(), is_staff=True)
    user.groups.add(Group.objects.get(name=group))
    client = Client()
    client.force_login(user)
    return client


@pytest.fixture
def finance(shop: Shop) -> Client:
    return signed_in("Finance")


@pytest.fixture
def auditor(shop: Shop) -> Client:
    return signed_in("Auditors")


@pytest.fixture
def administrator(shop: Shop) -> Client:
    return signed_in("Administrators")
