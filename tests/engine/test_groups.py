"""The three groups exist after a migration, each with what it may do."""

from __future__ import annotations

import pytest
from django.contrib.auth.models import Group

pytestmark = pytest.mark.django_db


def may(group: str) -> set[str]:
    """Return the codenames of a group's permissions."""
    return set(Group.objects.get(name=group).permissions.values_list("codename", flat=True))


def test_finance_decides_and_cannot_configure() -> None:
    assert {"decide_reviewitem", "pause_writes", "view_write"} <= may("Finance")
    assert not {"change_flowswitch", "change_connection", "change_user"} & may("Finance")


def test_auditors_see_everything_and_change_nothing() -> None:
    assert {"view_write", "view_connection", "view_reviewitem"} <= may("Auditors")
    assert all(name.startswith("view_") for name in may("Auditors"))


def test_administrators_configure() -> None:
    assert {"change_flowswitch", "change_connection", "decide_reviewitem"} <= may("Administrators")
