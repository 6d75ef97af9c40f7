"""What every screen has for whoever hears it, holds it in a hand, or prints it."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.contrib.auth.models import User
from django.urls import reverse

from tests.browser.conftest import Visitor
from tests.engine.conftest import Desk

Visit = Callable[..., Visitor]
Desks = tuple[Desk, Desk]
LISTS = {
    "sync/planrow": "Plans",
    "sync/link": "Links",
    "sync/reviewitem/all": "All questions",
    "connections/connection": "Connections",
    "auth/user": "Users",
}
SHOWN = """(one) => {
    const [list, box] = [one.closest(".causes"), one].map((each) => each.getBoundingClientRect());
    return box.top >= list.top - 1 && box.bottom <= list.bottom + 1;
}"""
CUT = "(one) => one.scrollWidth > one.clientWidth"
NAMELESS = """() => [...document.querySelectorAll("#main table")]
    .filter((table) => !table.getAttribute("aria-label") && !table.caption)
    .map((table) => table.outerHTML.slice(0, 80))"""
LIGHT = """() => [...document.querySelectorAll("body, #main, .card, .paper")]
    .map((one) => getComputedStyle(one).backgroundColor)
    .filter((colour) => !["rgba(0, 0, 0, 0)", "rgb(255, 255, 255)"].includes(colour))"""
PHONE = {"width": 400, "height": 800}


def test_the_title_of_a_list_is_its_name_in_the_navigation(visit: Visit, desks: Desks) -> None:
    ana = visit("ana")
    for path, name in LISTS.items():
        ana.open(f"/admin/{path}/")
        assert ana.page.title() == f"{name} | Counterpart"


def test_the_pages_of_the_theme_have_a_heading_too(visit: Visit, desks: Desks) -> None:
    pair, ana = desks[0].switch.pair, visit("ana")
    priya = User.objects.get(username="priya")
    for name, args in (
        ("admin:connections_connection_history", [pair.xero_id]),
        ("admin:auth_user_delete", [priya.pk]),
        ("admin:auth_user_password_change", [priya.pk]),
        ("admin:password_change", []),
    ):
        assert ana.open(reverse(name, args=args)) == 200
        assert ana.page.locator("h1").count() == 1, name
        assert ana.heading().strip(), name


def test_the_pages_of_a_connection_stand_below_connections(visit: Visit, desks: Desks) -> None:
    ana = visit("ana")
    ana.open(f"/connections/{desks[0].switch.pair.xero_id}/test/")
    assert "Connections" in ana.page.locator(".crumbs").inner_text()
    assert ana.page.locator("#nav-sidebar a.active").inner_text().endswith("Connections")


def test_every_table_has_a_name_for_whoever_hears_it(visit: Visit, desks: Desks) -> None:
    ana = visit("ana")
    for path in ("", "sync/reviewitem/", "sync/planrow/", "sync/flowswitch/", "conflicts/"):
        ana.open(f"/admin/{path}")
        assert ana.page.evaluate(NAMELESS) == [], path


def test_the_chosen_cause_is_in_sight_in_a_narrow_window(visit: Visit, desks: Desks) -> None:
    priya = visit("priya", viewport=PHONE)
    priya.open("/admin/sync/reviewitem/")
    assert priya.page.locator(".causes [aria-current]").evaluate(SHOWN)
    last = priya.page.locator(".causes a").last.get_attribute("href") or ""
    priya.open(f"/admin/sync/reviewitem/{last}")
    assert priya.page.locator(".causes [aria-current]").evaluate(SHOWN)


def test_no_heading_is_cut_in_a_narrow_window(visit: Visit, desks: Desks) -> None:
    ana = visit("ana", viewport=PHONE)
    for path in LISTS:
        ana.open(f"/admin/{path}/")
        assert not ana.page.locator("h1").evaluate(CUT), path


@pytest.mark.slow
def test_on_paper_stands_the_work_alone_in_ink_on_white(visit: Visit, desks: Desks) -> None:
    ana = visit("ana", color_scheme="dark")
    for path in ("", "sync/planrow/", "sync/reviewitem/", "conflicts/"):
        ana.page.emulate_media(media="screen")
        ana.open(f"/admin/{path}")
        ana.page.emulate_media(media="print")
        for part in ("#nav-sidebar", ".bar", ".top-right", "#toolbar"):
            assert not any(one.is_visible() for one in ana.page.locator(part).all()), (path, part)
        assert ana.page.locator("#main table, #main .tile, #main .card").first.is_visible()
        assert ana.page.evaluate(LIGHT) == [], path
        assert ana.overflow() == 0
