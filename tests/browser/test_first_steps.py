"""From an empty installation to the first invoice, played by a person with keyboard and mouse."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from pytest_django import Settings

from connections.models import Connection, Pair
from sandbox.server import Box
from sync.models import FlowSwitch, Write
from tests.browser import town
from tests.browser.conftest import Visitor
from tests.browser.newcomer import Newcomer, two_systems, until, work

Visit = Callable[..., Visitor]


@pytest.fixture
def box(live_server: object, settings: Settings) -> Iterator[Box]:
    town.people()
    with two_systems(settings) as box:
        yield box


def connect_salesforce(ana: Newcomer, box: Box) -> None:
    ana.press("Enter")
    ana.type("Name", "Fernhill")
    ana.tick("app's own")
    ana.type("My Domain", box.salesforce_url)
    ana.type("Client id", "sandbox-salesforce")
    ana.type("Client secret", "sandbox-salesforce-secret")
    ana.click("Connect Salesforce")


@pytest.mark.slow
def test_from_an_empty_installation_to_the_first_invoice(visit: Visit, box: Box) -> None:
    ana = Newcomer(visit("ana"))
    assert ana.sees("Welcome. Two sign-ins")
    ana.shoot("0-home")
    ana.press("g")
    ana.shoot("1-empty")
    ana.press("Enter")
    ana.shoot("1b-form")
