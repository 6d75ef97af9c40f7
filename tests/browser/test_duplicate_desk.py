"""The duplicate desk is worked through as a person would: by mouse, by keys, without a script."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from sync.core import snapshots
from sync.engine import parting
from sync.models import Decision, ReviewItem, Verdict
from tests.browser import disputed, town
from tests.browser.conftest import Visitor
from tests.browser.test_pages import CONTRAST, UNNAMED
from tests.factories import PairFactory

Visit = Callable[..., Visitor]
DESK = "/admin/duplicates/"


@pytest.fixture
def item(live_server: Any) -> ReviewItem:
    """People, and three groups; the first one's question."""
    town.people()
    return disputed.groups(PairFactory.create(name="Fernhill and Fernhill Surveys Ltd"))


def effect(visitor: Visitor) -> str:
    """Return what linking will do."""
    return visitor.page.locator("#effect").inner_text()


def test_a_mouse_chooses_values_and_reads_what_will_happen(visit: Visit, item: ReviewItem) -> None:
    priya = visit("priya")
    priya.open(DESK)
    assert priya.heading() == "Three records look like one customer"
    assert "Writes 4 fields to Salesforce and 1 field to Xero" in effect(priya)
    name = priya.page.locator("tbody tr").nth(0)
    name.get_by_label("St Aldhelm’s Hosp.").check()
    assert name.locator(".res").inner_text().strip() == "St Aldhelm’s Hosp."
    priya.page.get_by_text("5 fields", exact=True).wait_for()
    assert "Writes 5 fields to Salesforce" in effect(priya)
    with priya.page.expect_navigation():
        priya.page.get_by_role("button", name="Link as same").click()
    values = snapshots.load(Decision.objects.filter(item=item, choice="same")[0].values)
    assert values["field.name"] == "St Aldhelm’s Hosp."
    assert priya.heading() == "Two records look like one customer"
    assert priya.complaints == []


def test_the_keyboard_alone_works_through_the_groups(visit: Visit, item: ReviewItem) -> None:
    priya = visit("priya")
    priya.open(DESK)
    priya.press("b")
    assert "Links B and C" in effect(priya)
    priya.press("a")
    assert "Links A and C" in effect(priya)
    priya.press("s")
    priya.press("k")
    assert priya.heading() == "Three records look like one customer"
    priya.press("Enter")
    assert Decision.objects.filter(item=item, choice="same").count() == 3
    priya.press("n")
    assert Verdict.objects.get().kind == "different"
    priya.press("p")
    assert Verdict.objects.filter(kind="branch").count() == 1
    assert priya.heading() == "No duplicates"
    assert "answered, being carried out" in priya.page.locator("#content").inner_text()


def test_everything_works_without_any_script(visit: Visit, item: ReviewItem) -> None:
    priya = visit("priya", java_script_enabled=False)
    priya.open(DESK)
    name = priya.page.locator("tbody tr").nth(0)
    name.get_by_label("St Aldhelm’s Hosp.").check()
    assert name.locator(".res").inner_text().strip() == "St Aldhelm’s Hosp."
    priya.page.get_by_role("button", name="Update", exact=True).click()
    assert "Writes 5 fields to Salesforce" in effect(priya)
    priya.page.get_by_role("button", name="Make primary").click()
    assert "Links B and C" in effect(priya)
    assert not Decision.objects.exists()
    priya.page.get_by_role("button", name="Link as same").click()
    values = snapshots.load(Decision.objects.filter(item=item, choice="same")[0].values)
    assert values["primary_xero"].endswith("12")
    assert values["field.name"] == "St Aldhelm’s Hosp."


def test_equal_fields_unfold(visit: Visit, item: ReviewItem) -> None:
    priya = visit("priya")
    priya.open(DESK)
    assert not priya.page.get_by_text("BA5 2XF", exact=True).is_visible()
    priya.page.get_by_text("6 fields are the same in all").click()
    assert priya.page.get_by_text("BA5 2XF", exact=True).is_visible()


def test_records_that_moved_are_shown_again(visit: Visit, item: ReviewItem) -> None:
    priya = visit("priya")
    priya.open(DESK)
    email = item.details["fields"]["email"]["values"]
    email[next(iter(email))] = "new@staldhelm.example"
    item.save()
    priya.press("Enter")
    assert "changed while you looked" in priya.page.locator(".banner.warn").inner_text()
    assert "new@staldhelm.example" in priya.page.locator("tr.moved").inner_text()
    assert not Decision.objects.exists()


def test_a_faster_colleague_is_named(visit: Visit, item: ReviewItem) -> None:
    priya = visit("priya")
    priya.open(DESK)
    parting.part(item.pk, "not", "ana")
    priya.press("Enter")
    assert "ana answered already" in priya.page.locator("#main").inner_text()
    assert not Decision.objects.filter(choice="same").exists()


def test_an_auditor_reads_and_finds_nothing_to_press(visit: Visit, item: ReviewItem) -> None:
    ben = visit("ben")
    ben.open(DESK)
    assert "St Aldhelms Hospital Trust" in ben.page.locator("table.dd").inner_text()
    assert ben.page.locator(".cp [type=radio], .cp form[method=post] button:visible").count() == 0
    for key in ("n", "p", "b", "Enter"):
        ben.page.keyboard.press(key)
    assert not Decision.objects.exists()


@pytest.mark.parametrize(("width", "scheme"), [(1280, "light"), (1280, "dark"), (400, "light")])
def test_the_desk_fits_and_reads_well(
    visit: Visit, item: ReviewItem, width: int, scheme: str
) -> None:
    priya = visit("priya", viewport={"width": width, "height": 900}, color_scheme=scheme)
    for path in (DESK, "/admin/duplicates/decided/", f"{DESK}?who=mine"):
        priya.open(path)
        assert priya.overflow() == 0, path
        assert priya.page.evaluate(UNNAMED) == [], path
        assert priya.page.evaluate(CONTRAST) == [], path
        assert priya.page.locator("h1").count() == 1, path
    assert priya.complaints == []
