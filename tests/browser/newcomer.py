"""A newcomer at the first steps: an empty installation, two sandboxed systems, a worker on call."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from django_q.models import OrmQ
from pytest_django import Settings

from connections import connecting, installing
from connections.models import Connection, Credential, Pair
from connections.salesforce import describing
from sandbox.seeding.planting import plant
from sandbox.server import Box, running
from sync import tasks
from tests.browser.conftest import Visitor
from tests.connections.package_org import set_in_org

SHOTS = os.environ.get("COUNTERPART_SHOTS", "")
PATIENCE = 60.0


@contextmanager
def two_systems(settings: Settings) -> Iterator[Box]:
    """Run both systems with a company in them; nobody has put our fields into the org yet."""
    with running() as box:
        settings.XERO_API_URL = settings.XERO_IDENTITY_URL = box.xero_url
        settings.XERO_LOGIN_URL = box.xero_url
        set_in_org(box, "bare", True)
        set_in_org(box, "deploy_seconds", 0.5)
        plant(box.world, 1, "small")
        yield box
        for pk in Connection.objects.values_list("pk", flat=True):
            describing.forget(pk)


def paired(box: Box, org: str, books: str, name: str) -> Pair:
    """Connect both systems by their apps' own secrets, and make them a pair."""
    made = []
    for called, system, host in ((org, "salesforce", box.salesforce_url), (books, "xero", "")):
        credential = Credential(
            system=system, grant="client-credentials", host=host,
            client_id=f"sandbox-{system}", client_secret=f"sandbox-{system}-secret",
        )  # fmt: skip
        made.append(connecting.connect_app(called, credential))
    return Pair.objects.create(name=name, salesforce=made[0], xero=made[1])


def install(pair: Pair) -> None:
    """Put our fields into the pair's org."""
    row = installing.begin(pair.salesforce)
    until(lambda: installing.advance(row.pk).is_finished, lambda: None)


def work() -> None:
    """Do what the queue holds, as a worker would, but for what only the clock starts."""
    while rung := list(OrmQ.objects.order_by("id")):
        OrmQ.objects.filter(pk__in=[each.pk for each in rung]).delete()
        for each in rung:
            task = each.task
            getattr(tasks, task["func"].rpartition(".")[2])(*task["args"])


def until(met: Callable[[], Any], between: Callable[[], Any] = work) -> float:
    """Let the worker work until something has come true; return how many seconds that took."""
    begun = time.monotonic()
    while not met():
        between()
        assert time.monotonic() - begun < PATIENCE, "it never came true"
        time.sleep(0.05)
    return time.monotonic() - begun


class Newcomer:
    """A person whose clicks, keys and typed fields are counted, and the time that they wait."""

    def __init__(self, visitor: Visitor) -> None:
        self.visitor, self.page = visitor, visitor.page
        self.clicks = self.keys = self.fields = 0
        self.waited = 0.0

    def click(self, words: str) -> None:
        """Click the button or the link that is called so."""
        self.clicks += 1
        self._wait(lambda: self._named(words).click())

    def click_in(self, part: str, about: str, words: str) -> None:
        """Click what is called so in the part of the page that is about something."""
        self.clicks += 1
        found = self.page.locator(part, has_text=about).get_by_role("link", name=words)
        self._wait(found.first.click)

    @property
    def effort(self) -> tuple[int, int, int]:
        """How many clicks, keys and typed fields it took so far."""
        return self.clicks, self.keys, self.fields

    def tick(self, label: str) -> None:
        """Choose the box or the circle of that label."""
        self.clicks += 1
        self.page.get_by_label(label, exact=False).first.check()

    def type(self, label: str, words: str) -> None:
        """Fill in the field of that label."""
        self.fields += 1
        self.page.get_by_label(label, exact=True).fill(words)

    def press(self, key: str) -> None:
        """Press a key that leads to another page."""
        self.keys += 1
        self._wait(lambda: self.visitor.press(key))

    def sees(self, words: str) -> bool:
        """Return whether the page says so."""
        return words in " ".join(self.page.locator("#main").inner_text().split())

    def shoot(self, name: str) -> None:
        """Keep a picture where somebody asked for one."""
        if SHOTS:
            self.page.wait_for_load_state("networkidle")
            self.page.screenshot(path=Path(SHOTS) / f"{name}.png", full_page=True)

    def _named(self, words: str) -> Any:
        role = self.page.get_by_role("button", name=words)
        return (role.or_(self.page.get_by_role("link", name=words))).first

    def _wait(self, act: Callable[[], Any]) -> None:
        begun = time.monotonic()
        act()
        self.page.wait_for_load_state("domcontentloaded")
        self.waited += time.monotonic() - begun
