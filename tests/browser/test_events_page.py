"""The page of a connection's events, at a browser: with script and without, wide and narrow."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.urls import reverse
from django.utils import timezone

from connections.models import Connection, EventDoor
from tests.browser import town
from tests.browser.conftest import Visitor
from tests.connections.conftest import make_connection, make_credential
from tests.connections.test_events_page import KEY

Visit = Callable[..., Visitor]


@pytest.fixture
def books(live_server: object) -> Connection:
    town.people()
    return make_connection(name="Fernhill Books")


@pytest.mark.slow
@pytest.mark.parametrize("script", [True, False])
def test_an_administrator_opens_xeros_door(visit: Visit, books: Connection, script: bool) -> None:
    ana = visit("ana", java_script_enabled=script)
    ana.open(reverse("admin:connections_connection_change", args=[books.pk]))
    ana.page.click("text=Events…")
    assert ana.heading() == "Events of Fernhill Books"
    ana.page.fill("#key", KEY)
    ana.page.click("button[value=open]")
    door = EventDoor.objects.get()
    assert ana.page.input_value("#address").endswith(f"/events/xero/{door.pk}")
    assert "none has come yet" in ana.page.locator("#main").inner_text()
    ana.page.click("button[value=shut]")
    assert "found by sweeps alone" in ana.page.locator("#main").inner_text()
    assert ana.complaints == []


@pytest.mark.slow
def test_the_page_fits_and_names_every_field_it_has(visit: Visit, books: Connection) -> None:
    credential = make_credential(system="salesforce", host="https://org.example")
    org = make_connection(credential, name="Fernhill Org")
    now = timezone.now()
    told = {"heard_at": now, "refused_at": now, "refused_why": "A message came from another org."}
    for it in (books, org):
        for look in ({}, {"color_scheme": "dark"}, {"viewport": {"width": 400, "height": 800}}):
            ana = visit("ana", **look)
            ana.open(reverse("connections:events", args=[it.pk]))
            if ana.page.locator("#key").count():
                ana.page.fill("#key", KEY)
            ana.page.click("button[value=open]")
            EventDoor.objects.update(**told)
            ana.open(reverse("connections:events", args=[it.pk]))
            assert ana.page.evaluate("document.documentElement.scrollWidth <= innerWidth")
            unnamed = (
                "[...document.querySelectorAll('main input:not([type=hidden])')]"
                ".filter(i => !i.labels.length).length"
            )
            assert ana.page.evaluate(unnamed) == 0
            assert ana.complaints == []
