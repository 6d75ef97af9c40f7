"""The mapping editor at a browser: draft, try, publish and go back; by keys, narrow and dark."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.contrib import admin
from django.core.cache import cache
from django.urls import reverse

from mappings import sheets
from mappings.drafting import draft_of
from mappings.models import FieldMapping, PublishedRules
from mappings.rules import rules_for
from sync.admin.mapping_try_out import try_out
from sync.flows.registry import every_flow
from tests.browser.conftest import Visitor
from tests.engine.conftest import Desk

KEY = "won_opportunity_invoice"
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


def address(desk: Desk, name: str, *more: object) -> str:
    pair = desk.switch.pair.pk
    if name == "mapping_try_out":
        return reverse(name, args=[pair, KEY])
    return reverse(f"admin:mappings_{name}", args=[pair, KEY, *more])


def draft_a_later_date(priya: Visitor, desk: Desk) -> None:
    """Open the row of the date and let it be fourteen days later."""
    row = FieldMapping.objects.get(pair=desk.switch.pair, flow=KEY, target="date")
    priya.open(f"{address(desk, 'fields')}?row={row.pk}")
    priya.page.select_option("#id_transform", "date_plus_days")
    priya.page.fill("#id_argument", "14")
    with priya.page.expect_navigation():
        priya.page.click("button[value=save]")


@pytest.mark.slow
def test_finance_drafts_and_tries_and_an_administrator_publishes_and_goes_back(
    visit: Visit, desk: Desk
) -> None:
    pair = desk.switch.pair
    first = rules_for(pair, KEY)
    priya = visit("priya")
    draft_a_later_date(priya, desk)
    assert "1 change in the draft" in priya.page.inner_text(".bar")
    priya.press("t")
    assert "What version" in priya.heading()
    priya.press("r")
    assert "would differ" in priya.page.inner_text("#main")
    priya.press("p")
    assert "An administrator publishes it" in priya.page.inner_text(".bar")
    assert rules_for(pair, KEY) == first
    ana = visit("ana")
    ana.open(address(desk, "draft"))
    assert "would differ" in ana.page.inner_text("#main")
    ana.page.fill("#why", "Agreed with the bank")
    with ana.page.expect_navigation():
        ana.page.click("button[value=publish]")
    rule = rules_for(pair, KEY).field("date")
    assert rule is not None
    assert (rule.transform, rule.argument) == ("date_plus_days", "14")
    ana.open(address(desk, "version", first.version))
    ana.page.fill("#why", "It was wrong")
    with ana.page.expect_navigation():
        ana.page.click(".bar button.primary")
    rule = rules_for(pair, KEY).field("date")
    assert rule is not None
    assert rule.transform == "copy"
    assert PublishedRules.objects.filter(pair=pair, flow=KEY).latest("number").by == "ana"
    assert priya.complaints == ana.complaints == []


@pytest.mark.slow
def test_finance_imports_a_sheet_after_seeing_what_it_would_change(
    visit: Visit, desk: Desk
) -> None:
    pair = desk.switch.pair
    lines = sheets.lines_of(every_flow()[KEY], draft_of(pair, KEY).content)
    (date,) = (line for line in lines if line["row"] == "date")
    date |= {"how": "end of the month, months later", "with": "1"}
    file = {"name": "mapping.xlsx", "mimeType": sheets.TYPES["xlsx"]}
    priya = visit("priya")
    priya.open(address(desk, "exchange"))
    payload: Any = {**file, "buffer": sheets.write("xlsx", lines)}
    priya.page.set_input_files("#sheet", files=[payload])
    with priya.page.expect_navigation():
        priya.page.click("button[value=import]")
    assert "What this would change in the draft" in priya.heading()
    assert "end of the month, 1 month later" in priya.page.inner_text("#main")
    assert draft_of(pair, KEY).told == []
    priya.press("Enter")
    assert draft_of(pair, KEY).places["field:date"]["transform"] == "end_of_month"
    assert priya.overflow() == 0
    assert priya.complaints == []


@pytest.mark.slow
def test_of_two_people_at_one_row_the_second_is_shown_what_the_first_wrote(
    visit: Visit, desk: Desk
) -> None:
    row = FieldMapping.objects.get(pair=desk.switch.pair, flow=KEY, target="date")
    priya, ana = visit("priya"), visit("ana")
    for each in (priya, ana):
        each.open(f"{address(desk, 'fields')}?row={row.pk}")
        each.page.select_option("#id_transform", "date_plus_days")
    for each, days in ((priya, "7"), (ana, "30")):
        each.page.fill("#id_argument", days)
        with each.page.expect_navigation():
            each.page.click("button[value=save]")
    assert "priya changed this row meanwhile" in ana.page.inner_text("#main")
    assert ana.page.input_value("#id_argument") == "30"
    assert draft_of(desk.switch.pair, KEY).places["field:date"]["argument"] == "7"


@pytest.mark.slow
@pytest.mark.parametrize(
    "look", [{}, {"color_scheme": "dark"}, {"viewport": {"width": 400, "height": 800}}]
)
def test_every_page_of_a_mapping_fits_and_complains_of_nothing(
    visit: Visit, desk: Desk, look: dict[str, Any]
) -> None:
    priya = visit("priya", **look)
    draft_a_later_date(priya, desk)
    version = rules_for(desk.switch.pair, KEY).version
    for path in (
        address(desk, "fields"),
        address(desk, "table", "tax_type"),
        address(desk, "draft"),
        address(desk, "exchange"),
        address(desk, "versions"),
        address(desk, "version", version),
        f"{address(desk, 'mapping_try_out')}?replay=1",
    ):
        assert priya.open(path) == 200
        assert priya.overflow() == 0, path
    assert priya.complaints == []
