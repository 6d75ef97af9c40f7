"""Rows tried beside their fields, values offered while typing, defaults that an upgrade brings."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import pytest
from django.contrib import admin
from django.core.cache import cache
from django.urls import reverse

from mappings.drafting import draft_of
from mappings.models import DraftChange, FieldMapping
from mappings.rules import rules_for
from mappings.shipped import ensure
from sync.admin.mapping_try_out import try_out
from sync.flows.registry import every_flow
from tests.browser.conftest import Visitor
from tests.engine.conftest import Desk
from tests.mappings.conftest import publish, seen

KEY = "won_opportunity_invoice"
FLOW = every_flow()[KEY]
LOOKS: list[dict[str, Any]] = [
    {},
    {"color_scheme": "dark"},
    {"viewport": {"width": 400, "height": 800}},
    {"java_script_enabled": False},
]
Visit = Callable[..., Visitor]


@pytest.fixture
def desk(desks: tuple[Desk, Desk]) -> Iterator[Desk]:
    """The British desk, whose fakes stand at the doorways of the screens."""
    british, _ = desks
    screen: Any = admin.site.get_model_admin(FieldMapping)
    before = screen.open_remote, try_out.open_remote
    cache.clear()
    screen.open_remote = try_out.open_remote = british.door
    yield british
    screen.open_remote, try_out.open_remote = before
    cache.clear()


def fields(desk: Desk) -> str:
    return reverse("admin:mappings_fields", args=[desk.switch.pair.pk, KEY])


def table(desk: Desk, name: str) -> str:
    return reverse("admin:mappings_table", args=[desk.switch.pair.pk, KEY, name])


def date_row(desk: Desk) -> FieldMapping:
    return FieldMapping.objects.get(pair=desk.switch.pair, flow=KEY, target="date")


@pytest.mark.slow
@pytest.mark.parametrize("look", LOOKS)
def test_a_row_is_tried_where_it_is_typed_and_nothing_is_kept(
    visit: Visit, desk: Desk, look: dict[str, Any]
) -> None:
    priya = visit("priya", **look)
    priya.open(f"{fields(desk)}?row={date_row(desk).pk}")
    priya.page.select_option("#id_transform", "date_plus_days")
    priya.page.fill("#id_argument", "14")
    with priya.page.expect_navigation():
        priya.page.click("button[value=try]")
    told = priya.page.inner_text(".tryit .made")
    assert told.count("Due date") == 3
    assert "→" in told
    assert priya.page.input_value("#id_argument") == "14"
    assert priya.overflow() == 0
    assert not DraftChange.objects.exists()
    assert priya.complaints == []


@pytest.mark.slow
def test_by_keys_a_row_is_tried_and_then_kept(visit: Visit, desk: Desk) -> None:
    priya = visit("priya")
    priya.open(f"{fields(desk)}?row={date_row(desk).pk}")
    priya.page.select_option("#id_transform", "date_plus_days")
    priya.page.fill("#id_argument", "14")
    priya.page.evaluate("document.activeElement.blur()")
    priya.press("t")
    assert priya.page.locator(".made h4").count() == 3
    priya.press("d")
    assert draft_of(desk.switch.pair, KEY).places["field:date"]["argument"] == "14"


@pytest.mark.slow
def test_the_three_records_are_the_persons_own_on_every_page_of_mappings(
    visit: Visit, desk: Desk
) -> None:
    priya = visit("priya")
    priya.open(fields(desk))
    named = priya.page.locator("#try input[name=record]")
    other = named.nth(2).input_value()
    named.nth(0).fill(other)
    with priya.page.expect_navigation():
        priya.page.click("#try button[name=try]")
    for page in (table(desk, "status"), f"{fields(desk)}?row={date_row(desk).pk}"):
        priya.open(page)
        assert priya.page.locator("input[name=record]").first.input_value() == other
        assert priya.page.locator(".made h4").count() >= 1


@pytest.mark.slow
def test_values_of_a_field_are_offered_once_it_is_named(visit: Visit, desk: Desk) -> None:
    desk.switch.pair.xero.organisation = {"currencies": ["GBP", "EUR"]}
    desk.switch.pair.xero.save()
    priya = visit("priya")
    priya.open(f"{table(desk, 'status')}?add=1")
    with priya.page.expect_response(lambda answer: "/values/" in answer.url):
        priya.page.fill("#id_path_0", "=currency")
        priya.page.press("#id_path_0", "Tab")
    priya.page.wait_for_function(
        "document.querySelectorAll('#values-0 option').length === 2", timeout=5000
    )
    assert priya.complaints == []


@pytest.mark.slow
@pytest.mark.parametrize("taken", [True, False])
def test_a_default_that_an_upgrade_changes_is_offered_beside_ones_own(
    visit: Visit, desk: Desk, taken: bool
) -> None:
    pair = desk.switch.pair
    row = date_row(desk)
    row.transform, row.argument = "date_plus_days", "7"
    row.save()
    newer = tuple(
        replace(rule, transform="end_of_month", argument="0") if rule.target == "date" else rule
        for rule in FLOW.fields
    )
    ensure(pair, replace(FLOW, fields=newer))
    before = rules_for(pair, KEY).field("date")
    priya = visit("priya")
    priya.open(fields(desk))
    shown = priya.page.inner_text("#row-date")
    assert "7 days later" in shown
    assert "New with an upgrade: CloseDate, as it is" in shown
    assert "end of the month" in shown
    with priya.page.expect_navigation():
        priya.page.click(f"#row-date button[value={'shipped' if taken else 'keep'}]")
    assert "New with an upgrade" not in priya.page.inner_text("#main") or taken
    assert rules_for(pair, KEY).field("date") == before
    if taken:
        assert draft_of(pair, KEY).places["field:date"]["transform"] == "end_of_month"
        publish(pair, KEY)
        rule = rules_for(pair, KEY).field("date")
        assert rule is not None
        assert rule.transform == "end_of_month"
    priya.open(fields(desk))
    assert "New with an upgrade" not in priya.page.inner_text("#main")
    assert seen(pair, KEY, "field:date")
    assert priya.complaints == []
