"""A Chromium, a live server and a town of customers."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, ConsoleMessage, Page, sync_playwright

from tests.browser import chromium, town
from tests.engine.conftest import Desk


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark every test of this folder, and skip it where no Chromium is found."""
    here = os.path.dirname(__file__)  # noqa: PTH120 - compared with a text
    absent = pytest.mark.skip(reason=f"no Chromium found (looked for {', '.join(chromium.NAMES)})")
    for item in items:
        if str(item.path).startswith(here):
            item.add_marker(pytest.mark.browser)
            if chromium.find() is None:
                item.add_marker(absent)


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """One headless Chromium for a module: two of Playwright's loops would not bear each other."""
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"  # Playwright's loop runs in our thread
    with sync_playwright() as playwright:
        found = playwright.chromium.launch(executable_path=chromium.find(), args=[*chromium.QUIET])
        yield found
        found.close()
    os.environ.pop("DJANGO_ALLOW_ASYNC_UNSAFE", None)


class Visitor:
    """A person at a browser: opens our pages, and hears what the console complains of."""

    def __init__(self, page: Page, home: str) -> None:
        self.page, self.home = page, home
        self.complaints: list[str] = []
        page.set_default_timeout(10_000)
        page.on("console", self._hear)
        page.on("pageerror", lambda error: self.complaints.append(str(error)))

    def _hear(self, message: ConsoleMessage) -> None:
        if message.type in ("error", "warning"):
            self.complaints.append(f"{self.page.url}: {message.text}")

    def sign_in(self, name: str) -> Visitor:
        """Sign in with the town's password."""
        self.open("/admin/login/")
        self.page.fill("#id_username", name)
        self.page.fill("#id_password", town.PASSWORD)
        with self.page.expect_navigation():
            self.page.click("[type=submit]")
        return self

    def open(self, path: str) -> int:
        """Open a page; return its status."""
        response = self.page.goto(self.home + path)
        return response.status if response else 0

    def press(self, key: str) -> None:
        """Press a key and wait for the page it leads to."""
        with self.page.expect_navigation():
            self.page.keyboard.press(key)

    def heading(self) -> str:
        """Return the page's sentence."""
        return self.page.locator("h1").first.inner_text()

    def overflow(self) -> int:
        """Return by how many pixels the page is wider than its window."""
        wider = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
        return int(self.page.evaluate(wider))


@pytest.fixture
def visit(browser: Browser, live_server: Any) -> Iterator[Callable[..., Visitor]]:
    """Return a maker of visitors; keywords are Playwright's for a new context."""
    contexts = []

    def make(name: str = "", **values: Any) -> Visitor:
        context = browser.new_context(**{"viewport": {"width": 1280, "height": 900}, **values})
        contexts.append(context)
        visitor = Visitor(context.new_page(), live_server.url)
        return visitor.sign_in(name) if name else visitor

    yield make
    for context in contexts:
        context.close()


@pytest.fixture
def desks(live_server: Any) -> tuple[Desk, Desk]:
    """Return the British desk and the Australian one, with all their records."""
    return town.fill()
