"""A pair with a door on each side."""

from __future__ import annotations

from dataclasses import dataclass

import pytest
from django.test import Client
from django_q.models import OrmQ

from connections.models import EventDoor
from sync.core.records import System
from sync.models import Event, FlowSwitch
from tests.factories import FlowSwitchFactory
from tests.fakes.remote import FakeDoor, FakeSalesforce, FakeXero
from tests.intake.post import KEY

TENANT = "c2cc9b6e-9458-4c7d-93cc-f02b81b0594f"
ORG = "00D5g0000012345EAA"


@dataclass
class Hall:
    """A pair with the invoice flow on, its fakes and its doors."""

    switch: FlowSwitch
    salesforce: FakeSalesforce
    xero: FakeXero
    xero_door: EventDoor
    salesforce_door: EventDoor

    @property
    def door(self) -> FakeDoor:
        """The doorway to the fakes."""
        return FakeDoor(self.salesforce, self.xero)

    @property
    def xero_id(self) -> int:
        """The Xero connection's id."""
        return self.switch.pair.xero_id

    @property
    def salesforce_id(self) -> int:
        """The Salesforce connection's id."""
        return self.switch.pair.salesforce_id


@pytest.fixture
def hall(db: None) -> Hall:
    """A pair whose both connections have a door."""
    switch = FlowSwitchFactory.create(
        pair__xero__tenant_id=TENANT, pair__salesforce__organisation_id=ORG
    )
    pair = switch.pair
    xero_door = EventDoor.objects.create(
        system=System.XERO, client_id=pair.xero.credential.client_id, secret=KEY
    )
    salesforce_door = EventDoor.objects.create(
        system=System.SALESFORCE, connection=pair.salesforce, secret="s" * 43
    )
    return Hall(switch, FakeSalesforce(), FakeXero(), xero_door, salesforce_door)


@pytest.fixture
def stranger() -> Client:
    """Somebody without a session, for whom CSRF checks are made."""
    return Client(enforce_csrf_checks=True)


def kept() -> list[tuple[str, str]]:
    """Return kind and id of each event that is kept, oldest first."""
    return list(Event.objects.values_list("kind", "remote_id"))


def rings() -> int:
    """Return how many tasks wait in the queue."""
    return int(OrmQ.objects.count())
