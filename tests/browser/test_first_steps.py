"""From an empty installation to the first invoice, played by a person with keyboard and mouse."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from decimal import Decimal

import pytest
from django.utils import timezone
from pytest_django import Settings

from connections.models import Connection, Credential, Pair
from sandbox.salesforce import acts as salesforce
from sandbox.server import Box
from sync.models import FlowSwitch, Write
from tests.browser import newcomer, town
from tests.browser.conftest import Visitor
from tests.browser.newcomer import Newcomer, two_systems, until, work
from tests.engine.test_whole import CERTAIN, EURO, deal_named, invoices

Visit = Callable[..., Visitor]
FIRST_PLANS, FIRST_INVOICE = (8, 7, 6), (9, 9, 6)
"""Clicks, keys and typed fields from an empty installation, as the documents tell them."""


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
    ana.click("Connect Xero")
    ana.tick("Fernhill Surveys Ltd")
    ana.tick("Fernhill Surveys Pty")
    ana.click("Allow")
    ana.shoot("2d-choose")
    ana.tick("Fernhill Surveys Ltd")
    ana.click("Connect the ticked ones")


@pytest.fixture
def paired(box: Box) -> Pair:
    """A pair that somebody has connected before, without browser."""
    return newcomer.paired(box, "Fernhill", "Fernhill Surveys Ltd", "Britain")


def connect_and_check(ana: Newcomer, box: Box) -> None:
    """Go from the empty home page to where templates are chosen."""
    assert ana.sees("Welcome. Two sign-ins")
    ana.press("g")
    ana.shoot("1-empty")
    ana.press("Enter")
    connect_salesforce(ana, box)
    assert ana.visitor.heading() == "One of eight steps done"
    ana.press("Enter")
    connect_one_of_two_organisations(ana)
    ana.shoot("3-pair")
    assert ana.visitor.heading() == "Two of eight steps done"
    ana.press("Enter")
    assert ana.visitor.heading().startswith("Three of eight steps done for Fernhill and")
    ana.press("Enter")  # the fields are installed, and the page finds out when they are there
    ana.waited += until(lambda: ana.sees("Check both systems"))
    ana.press("Enter")
    ana.shoot("6-start")


@pytest.mark.slow
def test_from_an_empty_installation_to_the_first_invoice(
    visit: Visit, box: Box, record_property: Callable[[str, object], None]
) -> None:
    ana = Newcomer(visit("ana"))
    connect_and_check(ana, box)
    for won in (CERTAIN, EURO):
        salesforce.close_won(box.world, deal_named(box, won))
    ana.press("Enter")
    ana.waited += until(lambda: not ana.page.locator("[data-moves]").count())
    ana.shoot("7-plans")
    assert ana.sees("2 invoices would be made: EUR8,772.25 GBP7,539.00 before tax")
    first_plans = ana.effort
    ana.press("l")
    ana.click_in(".templates > li", "Closed Won", "Switch on")
    ana.shoot("8-money")
    assert ana.visitor.heading().startswith("Switch “Closed Won opportunity to invoice” on?")
    assert ana.sees("Invoices that would be made 2")
    assert not Write.objects.exists()
    ana.press("Enter")
    deal = deal_named(box, CERTAIN)
    ana.waited += until(lambda: invoices(box, deal))
    (invoice,) = invoices(box, deal)
    assert (invoice["Status"], invoice["SubTotal"]) == ("DRAFT", Decimal("7539.00"))
    ana.visitor.open("/admin/first-steps/")
    assert ana.visitor.heading().startswith("All eight steps are done")
    ana.shoot("9-done")
    assert (first_plans, ana.effort) == (FIRST_PLANS, FIRST_INVOICE), "docs/first-steps.md says so"
    record_property("seconds that the person waited", round(ana.waited, 1))
    # the sandbox's own pages have no icon, of which a browser complains
    assert [one for one in ana.visitor.complaints if one.startswith(ana.visitor.home)] == []


@pytest.mark.slow
def test_a_person_signs_in_to_salesforce_and_back_forth_and_twice_do_no_harm(
    visit: Visit, box: Box
) -> None:
    ana = Newcomer(visit("ana"))
    ana.visitor.open("/admin/first-steps/")
    ana.press("Enter")
    ana.type("Name", "Fernhill")
    ana.type("My Domain", box.salesforce_url)
    ana.type("Client id", "sandbox-salesforce")
    ana.type("Client secret", "sandbox-salesforce-secret")
    ana.click("Connect Salesforce")
    assert "code_challenge=" in ana.page.url  # PKCE
    ana.click("Deny")
    assert ana.sees("Salesforce is not connected. Consent was not given at Salesforce.")
    ana.click("Connect again")
    ana.type("Name", "Fernhill")
    ana.type("My Domain", box.salesforce_url)
    ana.type("Client id", "sandbox-salesforce")
    ana.type("Client secret", "sandbox-salesforce-secret")
    ana.click("Connect Salesforce")
    ana.click("Allow")
    assert ana.visitor.heading() == "One of eight steps done"
    ana.page.go_back()  # the consent page once more: its code is no longer wanted
    ana.click("Allow")
    assert ana.sees("This way back was not begun in this browser")
    assert Connection.objects.count() == 1
    ana.visitor.open("/admin/first-steps/")
    ana.press("Enter")
    connect_one_of_two_organisations(ana)
    other = visit("ana")
    other.open("/admin/first-steps/")
    ana.press("Enter")
    other.press("Enter")
    assert "Somebody has just made a pair" in other.page.locator("#main").inner_text()
    ana.page.go_back()
    ana.press("Enter")
    assert Pair.objects.count() == 1


@pytest.mark.slow
def test_a_connection_that_is_lost_in_the_middle_is_mended_and_nothing_is_forgotten(
    visit: Visit, box: Box, paired: Pair
) -> None:
    ana = Newcomer(visit("ana"))
    ana.visitor.open(f"/admin/first-steps/?pair={paired.pk}")
    ana.press("l")
    box.faults.add(system="salesforce", path="/services/data*", status=500)
    ana.press("Enter")
    assert ana.sees("Salesforce")
    assert "Three of eight" in ana.visitor.heading()
    ana.shoot("lost-1")
    box.faults.clear()
    Credential.objects.filter(system="salesforce").update(
        broken_since=timezone.now(), broken_reason="The sign-in was taken back in Salesforce."
    )
    ana.visitor.open("/admin/first-steps/")
    assert "Two of eight" in ana.visitor.heading()
    assert ana.sees("Step 1 was done once, and needs another look.")
    ana.shoot("lost-2")
    ana.press("Enter")
    ana.click("Connect Salesforce")  # every setting is there but the secret, which stays as it was
    assert ana.page.url.endswith(f"/admin/first-steps/?pair={paired.pk}")
    assert "Three of eight" in ana.visitor.heading()
    assert ana.sees("put off")
    ana.click("Check again")
    assert ana.sees("sales accounts and")
    ana.shoot("lost-3")


@pytest.mark.slow
def test_without_script_the_same_way_is_gone_with_links_and_buttons(
    visit: Visit, box: Box, paired: Pair
) -> None:
    salesforce.close_won(box.world, deal_named(box, CERTAIN))
    ana = Newcomer(visit("ana", java_script_enabled=False, viewport={"width": 400, "height": 800}))
    ana.visitor.open("/admin/first-steps/")
    ana.click("Install the fields")
    until(lambda: ana.sees("Check both systems"), lambda: ana.click("Look again"))
    ana.click("Check both systems")
    ana.click("Start in shadow")
    work()
    until(lambda: ana.sees("1 invoice would be made"), lambda: ana.click("Look again"))
    assert ana.visitor.overflow() == 0
    ana.click("Later: match when they are billed")
    ana.click_in(".templates > li", "Closed Won", "Switch on")
    ana.click("Switch it on")
    assert FlowSwitch.objects.get(flow="won_opportunity_invoice").mode == "on"
    ana.click("Back to shadow…")
    ana.click("Back to shadow")
    assert FlowSwitch.objects.get(flow="won_opportunity_invoice").mode == "shadow"
