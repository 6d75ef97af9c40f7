"""Takes docs/images/demo.png from a running demo: the sandbox's page beside Counterpart's home.

python -m tests.browser.demo_picture http://127.0.0.1:8000 http://127.0.0.1:9100 PASSWORD
"""

from __future__ import annotations

import base64
import sys
from pathlib import Path

from playwright.sync_api import Browser, Page, sync_playwright

from tests.browser import chromium

TARGET = Path(__file__).parents[2] / "docs" / "images" / "demo.png"
DEALS = 4
SIZE = {"width": 1280, "height": 960}
SIDE_BY_SIDE = """<body style="margin:0;display:flex;gap:24px;padding:24px;background:#d1d5dc">
<img src="{}" width="1000" style="border-radius:6px"><img src="{}" width="1000"
 style="border-radius:6px"></body>"""


def main(home: str, sandbox: str, password: str) -> None:
    """Close some deals in the sandbox, wait for their invoices, and take both pages."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=chromium.find(), args=[*chromium.QUIET]
        )
        play, admin = _page(browser), _page(browser)
        play.goto(sandbox)
        for _ in range(DEALS):
            play.get_by_role("button", name="Close won").first.click()
            play.wait_for_timeout(1_500)
        admin.goto(f"{home}/admin/login/")
        admin.fill("#id_username", "finance")
        admin.fill("#id_password", password)
        admin.click("[type=submit]")
        admin.wait_for_timeout(20_000)  # the deals are seen, billed and told meanwhile
        admin.goto(f"{home}/admin/")
        play.goto(sandbox)
        _beside(browser, play, admin)
        browser.close()


def _page(browser: Browser) -> Page:
    return browser.new_context(viewport=SIZE).new_page()  # type: ignore[arg-type]


def _beside(browser: Browser, *pages: Page) -> None:
    """Put the pictures of both pages into one."""
    for page in pages:
        page.wait_for_load_state("networkidle")
    pictures = [base64.b64encode(page.screenshot()).decode() for page in pages]
    both = browser.new_page(viewport={"width": 2072, "height": 798})
    both.set_content(SIDE_BY_SIDE.format(*(f"data:image/png;base64,{one}" for one in pictures)))
    both.wait_for_timeout(500)
    both.screenshot(path=TARGET)


if __name__ == "__main__":
    main(*sys.argv[1:])
