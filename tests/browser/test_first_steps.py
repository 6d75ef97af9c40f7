"""From an empty installation to the first invoice, played by a person with keyboard and mouse."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from pytest_django import Settings

from connections.models import Connection, Pair
from sandbox.salesforce import acts as salesforce
from sandbox.server import Box
from sync.models import FlowSwitch, Write
from tests.browser import town
from tests.browser.conftest import Visitor
from tests.browser.newcomer import Newcomer, two_systems, until, work
from tests.engine.test_whole import CERTAIN, EURO, deal_named, invoices

Visit = Callable[..., Visitor]


@pytest.fixture
def box(live_server: object, settings: Settings) -> Iterator[Box]:
    town.people()
    with two_systems(settings) as box:
        yield box


def connect_salesforce(ana: Newcomer, box: Box) -> None:
    ana.type("Name", "Fernhill")
    ana.tick("app's own")
    ana.type("My Domain", box.salesforce_url)
    ana.type("Client id", "sandbox-salesforce")
    ana.type("Client secret", "sandbox-salesforce-secret")
    ana.click("Connect Salesforce")


def connect_one_of_two_organisations(ana: Newcomer) -> None:
    ana.type("Client id", "sandbox-xero")
    ana.type("Client secret", "sandbox-xero-secret")
    ana.shoot("2b-xero")
    ana.click("Connect Xero")
    ana.tick("Fernhill Surveys Ltd")
    ana.tick("Fernhill Surveys Pty")
    ana.shoot("2c-consent")
    ana.click("Allow")
    ana.shoot("2d-choose")
    ana.tick("Fernhill Surveys Ltd")
    ana.click("Connect the ticked ones")


@pytest.mark.slow
def test_from_an_empty_installation_to_the_first_invoice(visit: Visit, box: Box) -> None:
    deal = deal_named(box, CERTAIN)
    ana = Newcomer(visit("ana"))
    assert ana.sees("Welcome. Two sign-ins")
    ana.shoot("0-home")
    ana.press("g")
    ana.shoot("1-empty")
    ana.press("Enter")
    connect_salesforce(ana, box)
    ana.shoot("2-salesforce")
    assert ana.visitor.heading() == "One of eight steps done"
    ana.press("Enter")
    connect_one_of_two_organisations(ana)
    ana.shoot("3-pair")
    assert ana.visitor.heading() == "Two of eight steps done"
    ana.press("Enter")
    ana.shoot("4-fields")
    ana.press("Enter")
    ana.shoot("4b-installing")
    until(lambda: ana.sees("Version"))
    ana.shoot("5-check")
    ana.press("Enter")
    ana.shoot("6-start")
    for won in (CERTAIN, EURO):
        salesforce.close_won(box.world, deal_named(box, won))
    ana.press("Enter")
    ana.shoot("7-reading")
    until(lambda: not ana.page.locator("[data-moves]").count())
    ana.shoot("7b-plans")
    assert ana.sees("2 invoices would be made")
    assert not Write.objects.exists()
    ana.press("l")
    ana.shoot("8-on")
    ana.page.locator(".templates > li", has_text="Closed Won").get_by_text("Switch on").click()
    ana.shoot("8b-switch-on")
    print(ana.page.locator("#main").inner_text())
    ana.press("Enter")
    ana.shoot("9-done")
    work()
    (invoice,) = invoices(box, deal)
    print(ana.clicks, ana.keys, ana.fields, ana.waited)
