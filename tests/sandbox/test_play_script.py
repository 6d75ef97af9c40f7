"""The page's script keeps it up to date and leaves alone what somebody is typing."""

import shutil
from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, expect, sync_playwright

from sandbox.by_hand import do_act
from sandbox.server import Box

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
pytestmark = [
    pytest.mark.browser,
    pytest.mark.slow,
    pytest.mark.skipif(not CHROMIUM, reason="no Chromium on this machine"),
]


@pytest.fixture(scope="module")
def browser_page(box: Box) -> Iterator[Page]:
    expect.set_options(timeout=20_000)  # a busy machine draws slowly
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield browser.new_page()
        browser.close()


@pytest.fixture
def page(box: Box, browser_page: Page) -> Page:
    browser_page.goto(box.control_url)
    return browser_page


def _deal(box: Box, name: str) -> str:
    deals = box.world.table("salesforce", "Opportunity").items()
    return next(key for key, deal in deals if str(deal["Name"]).startswith(name))


def test_a_button_closes_the_deal_without_leaving_the_page(box: Box, page: Page) -> None:
    key = _deal(box, "Feeder Road")
    page.locator(f"#sf-{key}").get_by_role("button", name="Close won").click()
    expect(page.locator(f"#sf-{key} .chip").first).to_contain_text("won")
    expect(page.get_by_role("status")).to_contain_text("The deal is won.")
    assert page.url == f"{box.control_url}/"


def test_a_change_from_elsewhere_appears_by_itself(box: Box, page: Page) -> None:
    key = _deal(box, "Boundary dispute")
    do_act(box.world, "salesforce", "edit", "Opportunity", key, {"Name": "Boundary settled"})
    expect(page.locator(f"#sf-{key} .what b")).to_have_text("Boundary settled")


def test_what_is_being_typed_outlives_a_change_from_elsewhere(box: Box, page: Page) -> None:
    key = _deal(box, "Probate plan")
    row = page.locator(f"#sf-{key}")
    row.locator("summary").click()
    field = row.get_by_label("Name")
    field.fill("half a na")
    do_act(box.world, "salesforce", "edit", "Opportunity", key, {"CloseDate": "2031-05-05"})
    other = _deal(box, "Joint harbour")
    do_act(box.world, "salesforce", "edit", "Opportunity", other, {"Name": "Harbour, changed"})
    expect(page.locator(f"#sf-{other} .what b")).to_have_text("Harbour, changed")
    expect(field).to_have_value("half a na")
    field.fill("half a name")
    row.get_by_role("button", name="Save").last.click()
    expect(row.locator(".what b")).to_have_text("half a name")
    expect(row.locator(".what .meta").first).to_contain_text("5 May 2031")


def test_an_open_row_stays_open_when_it_changes(box: Box, page: Page) -> None:
    key = _deal(box, "Hebden ridge")
    row = page.locator(f"#sf-{key}")
    row.locator("summary").click()
    do_act(box.world, "salesforce", "edit", "Opportunity", key, {"Name": "Hebden ridge, again"})
    expect(row.locator(".what b")).to_have_text("Hebden ridge, again")
    expect(row.locator("details")).to_have_attribute("open", "")


def test_a_refusal_is_said_and_the_typing_kept(box: Box, page: Page) -> None:
    key = _deal(box, "Carrière")
    row = page.locator(f"#sf-{key}")
    row.locator("summary").click()
    field = row.get_by_label("Amount, EUR")
    field.fill("a lot")
    row.get_by_role("button", name="Save").click()
    expect(page.get_by_role("status")).to_contain_text("Amount is a number")
    expect(field).to_have_value("a lot")


def test_a_form_that_made_something_is_empty_again(box: Box, page: Page) -> None:
    form = page.locator("#new-contact")
    form.locator("summary").click()
    form.get_by_label("Name").fill("Ouse Barges Ltd")
    form.get_by_role("button", name="Create").click()
    expect(page.get_by_role("status")).to_contain_text("Created in Xero.")
    expect(form.get_by_label("Name")).to_have_value("")
    form.get_by_label("Name").fill("Ouse Barges Ltd")
    form.get_by_role("button", name="Create").click()
    expect(page.get_by_role("status")).to_contain_text("already assigned")
    expect(form.get_by_label("Name")).to_have_value("Ouse Barges Ltd")
