"""The page that installs our fields, at a browser: with script and without, wide and narrow."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from django.urls import reverse

from connections.models import Connection, Installation
from sandbox.server import Box
from tests.browser import town
from tests.browser.conftest import Visitor
from tests.connections.package_org import connected, running_bare_org, set_in_org

Visit = Callable[..., Visitor]


@pytest.fixture
def box() -> Iterator[Box]:
    with running_bare_org() as box:
        yield box


@pytest.fixture
def connection(live_server: object, box: Box) -> Iterator[Connection]:
    town.people()
    with connected(box) as made:
        yield made


@pytest.mark.slow
@pytest.mark.parametrize("script", [True, False])
def test_an_administrator_installs_and_sees_it_end(
    visit: Visit, box: Box, connection: Connection, script: bool
) -> None:
    set_in_org(box, "deploy_seconds", 1.5)
    ana = visit("ana", java_script_enabled=script)
    ana.open(reverse("admin:connections_connection_change", args=[connection.pk]))
    ana.page.click("text=Counterpart’s fields…")
    assert "5 fields missing" in ana.page.locator("#main").inner_text()
    ana.page.click("button[value=install]")
    assert "is being installed" in ana.heading()
    assert ana.page.locator("progress").count() == 1
    ana.page.wait_for_selector("text=Version 1.0.0 is installed", timeout=30_000)
    assert ana.heading() == "Sales shows every field"
    assert Installation.objects.get().succeeded
    assert ana.complaints == []


@pytest.mark.slow
def test_the_page_fits_and_names_every_field_it_has(
    visit: Visit, box: Box, connection: Connection
) -> None:
    set_in_org(
        box, "refused_components", {"Counterpart_Sync": "You cannot deploy to a required field: X"}
    )
    for look in ({}, {"color_scheme": "dark"}, {"viewport": {"width": 400, "height": 800}}):
        ana = visit("ana", **look)
        address = reverse("connections:package", args=[connection.pk])
        ana.open(address)
        assert ana.overflow() == 0
        ana.page.click("button[value=check]")
        ana.page.wait_for_selector("text=Salesforce refused it", timeout=30_000)
        assert ana.overflow() == 0
        assert ana.page.locator("h1").count() == 1
        assert ana.complaints == []
        unnamed = "() => [...document.querySelectorAll('#main input:not([type=hidden])')]"
        assert ana.page.evaluate(f"{unnamed}.filter((one) => !one.labels.length).length") == 0
