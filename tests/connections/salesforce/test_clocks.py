"""Up to when something was read is told by Salesforce's clock, whatever becomes of ours."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from connections.salesforce.client import SalesforceRemote
from tests.connections.salesforce.small_org import SmallOrg

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("hours", [-5, 5])
def test_a_clock_that_is_set_on_this_machine_moves_no_cursor(
    org: SmallOrg, remote: SalesforceRemote, monkeypatch: pytest.MonkeyPatch, hours: int
) -> None:
    list(remote.changed_records("Opportunity", None))
    right = timezone.now
    monkeypatch.setattr(timezone, "now", lambda: right() + timedelta(hours=hours))
    *_, last = remote.changed_records("Opportunity", None)
    assert last.covered is not None
    assert abs(last.covered - org.now) < timedelta(minutes=10)
