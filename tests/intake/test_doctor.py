"""The doctor tells whether events arrive; having no door for them is well, too."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from connections.models import EventDoor
from sync.engine import health
from tests.intake.conftest import TENANT, Hall
from tests.intake.post import delivery, event, send_xero


def found(hall: Hall) -> health.Finding | None:
    """Return what the doctor says of the events of Xero."""
    what = f"Events of “{hall.switch.pair.xero.name}”"
    return next((one for one in health.examine(hall.door) if one.what == what), None)


def test_no_door_is_well(hall: Hall) -> None:
    hall.xero_door.delete()
    assert found(hall) is None


def test_a_door_at_which_nothing_came_is_to_be_looked_at(hall: Hall) -> None:
    finding = found(hall)
    assert finding is not None
    assert (finding.state, "none has come" in finding.words) == (health.LOOK, True)


@pytest.mark.parametrize(("key", "state"), [("wrong", health.LOOK), ("", health.GOOD)])
def test_what_came_last_counts(hall: Hall, stranger: Client, key: str, state: str) -> None:
    EventDoor.objects.update(heard_at=timezone.now() - timedelta(hours=1))
    hall.xero_door.refresh_from_db()
    body = delivery(event(TENANT))
    send_xero(stranger, hall.xero_door, body, key=key or hall.xero_door.secret)
    finding = found(hall)
    assert finding is not None
    assert finding.state == state
