"""The whole way to Xero and back in a real browser, under the pages' own security policy."""

import os
from collections.abc import Iterator
from pathlib import Path
from shutil import which

import pytest
from django.contrib.auth.models import User
from django.test import Client
from playwright.sync_api import Page, sync_playwright
from pytest_django import Settings
from pytest_django.live_server_helper import LiveServer

from sandbox.server import running
from sandbox.xero.defaults import set_up_organisation

CHROMIUM = which("chromium") or which("chromium-browser") or which("google-chrome")
SHOTS = os.environ.get("COUNTERPART_SHOTS", "")

pytestmark = [
    pytest.mark.browser,
    pytest.mark.slow,
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(CHROMIUM is None, reason="there is no Chromium here"),
]


@pytest.fixture
def page(live_server: LiveServer, admin_user: User) -> Iterator[Page]:
    """An administrator's browser."""
    client = Client()
    client.force_login(admin_user)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        page = browser.new_page()
        page.set_default_timeout(10_000)
        session = client.cookies["sessionid"].value
        page.context.add_cookies([{"name": "sessionid", "value": session, "url": live_server.url}])
        yield page
        browser.close()


def shoot(page: Page, name: str) -> None:
    """Keep a picture where somebody asked for one."""
    if SHOTS:
        page.screenshot(path=Path(SHOTS) / f"{name}.png", full_page=True)


def test_a_person_connects_one_of_two_organisations(
    page: Page, live_server: LiveServer, settings: Settings
) -> None:
    with running(systems=["xero"]) as box:
        settings.XERO_API_URL = settings.XERO_IDENTITY_URL = box.xero_url
        settings.XERO_LOGIN_URL = box.xero_url
        set_up_organisation(box.world, "Fernhill Surveys Ltd", "GB")
        set_up_organisation(box.world, "Fernhill Surveys Pty Ltd", "AU")
        page.goto(f"{live_server.url}/connections/new/xero/")
        page.get_by_label("Client id").fill("sandbox-xero")
        page.get_by_label("Client secret").fill("sandbox-xero-secret")
        page.get_by_role("button", name="Connect Xero").click()
        page.get_by_label("Fernhill Surveys Pty Ltd").check()
        page.get_by_role("button", name="Allow").click()
        page.get_by_text("Which organisations shall be connected?").wait_for()
        shoot(page, "choose")
        page.get_by_label("Fernhill Surveys Pty Ltd").check()
        page.get_by_role("button", name="Connect the ticked ones").click()
        page.get_by_text("Fernhill Surveys Pty Ltd is connected").first.wait_for()
        shoot(page, "connected")
        assert page.get_by_text("Fernhill Surveys Pty Ltd, AUD").count() == 1
        assert page.get_by_text("Fernhill Surveys Ltd").count() == 0
