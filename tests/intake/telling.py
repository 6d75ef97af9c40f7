"""What a test lets be there in Xero, and lets Xero tell of."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

from django.utils import timezone

from sync.intake import storing
from sync.intake.storing import Heard
from sync.models import Event
from tests.fakes.remote import deal
from tests.intake.conftest import TENANT, Hall


def tell(hall: Hall, *ids: str, kind: str = "Invoice", when: Any = None) -> None:
    """Keep an event of Xero for each id."""
    now = when or timezone.now()
    heard = [Heard(kind, each, f"UPDATE {now}", now, TENANT) for each in ids]
    storing.keep(hall.xero_door, heard)


def invoices(hall: Hall, count: int, **values: Any) -> list[str]:
    """Let invoices be there that name a deal; return their ids."""
    made = []
    for number in range(count):
        remote_id = str(uuid4())
        reference = deal(number)["Id"]
        hall.xero.put("Invoice", remote_id, {"Reference": reference, "Status": "PAID", **values})
        made.append(remote_id)
    return made


def waiting() -> int:
    """Return how many events wait."""
    return Event.objects.filter(done_at=None).count()
