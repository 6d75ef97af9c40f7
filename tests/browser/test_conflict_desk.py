"""The conflict desk is worked through as a person would: by mouse, by keys, without a script."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from mappings.models import FieldMapping
from sync.engine import deciding
from sync.models import Decision, ReviewItem, ReviewNote
from tests.browser import disputed, town
from tests.browser.conftest import Visitor
from tests.browser.test_pages import CONTRAST, UNNAMED
from tests.engine.conftest import Desk
from tests.factories import PairFactory

Visit = Callable[..., Visitor]
DESK = "/admin/conflicts/"


@pytest.fixture
def fields(live_server: Any) -> list[ReviewItem]:
    """People, and five customers with disputed fields; the first one's four."""
    town.people()
    return disputed.disputes(PairFactory.create(name="Fernhill and Fernhill Surveys Ltd"))


def effect(visitor: Visitor) -> str:
    """Return the sentence in the bar."""
    return visitor.page.locator("#effect").inner_text()


def pick(visitor: Visitor, row: int, value: str) -> None:
    """Choose an answer for the n-th field by its whole cell."""
    visitor.page.locator("tr.field").nth(row).locator(f"label:has([value={value}])").click()


def answers() -> dict[str, str]:
    """Return what was decided, by field."""
    return {d.item.field: d.choice for d in Decision.objects.select_related("item")}


def test_a_mouse_chooses_by_the_whole_cell_and_saves(
    visit: Visit, fields: list[ReviewItem]
) -> None:
    priya = visit("priya")
    priya.open(DESK)
    assert priya.heading() == "Kestrel Quay Developments Ltd"
    pick(priya, 0, "xero")
    will = priya.page.locator("tr.field").nth(0).locator("td.will")
    assert "ap@kestrelquay.example" in will.inner_text()
    assert "written to Salesforce" in will.inner_text()
    pick(priya, 1, "value")
    priya.page.keyboard.type("Units 4–5, 22 Redcliff Wharf")
    pick(priya, 2, "apart")
    priya.page.wait_for_function(
        "document.querySelector('#effect').innerText.startsWith('3 of 4 decided')"
    )
    assert "Still open: Payment terms" in effect(priya)
    with priya.page.expect_navigation():
        priya.page.get_by_role("button", name="Save and next").click()
    assert answers() == {"email": "xero", "billing_street": "value", "phone": "apart"}
    assert priya.heading() == "Fairlight Estates Ltd"
    assert "Saved and on its way" in priya.page.locator("#main").inner_text()
    assert priya.complaints == []


def test_the_keyboard_alone_works_through_the_queue(visit: Visit, fields: list[ReviewItem]) -> None:
    priya = visit("priya")
    priya.open(DESK)
    priya.press("j")
    assert priya.heading() == "Fairlight Estates Ltd"
    priya.press("k")
    assert priya.heading() == "Kestrel Quay Developments Ltd"
    priya.press("s")
    assert priya.heading() == "Fairlight Estates Ltd"
    priya.page.keyboard.press("f")
    priya.page.wait_for_function(
        "document.querySelector('#effect').innerText.startsWith('2 of 2 decided')"
    )
    assert not Decision.objects.exists()
    priya.press("Enter")
    assert answers() == {"tax_number": "salesforce", "email": "salesforce"}
    assert priya.heading() == "Tamar Bridge Joint Committee"


def test_arrows_change_one_field_and_enter_saves_from_within_it(
    visit: Visit, fields: list[ReviewItem]
) -> None:
    priya = visit("priya")
    priya.open(DESK)
    priya.page.keyboard.press("x")
    priya.page.locator("tr.field").nth(2).locator("[value=xero]").focus()
    priya.page.keyboard.press("ArrowRight")
    priya.press("Enter")
    assert answers() == {
        "email": "xero", "billing_street": "xero", "phone": "salesforce", "payment_terms": "xero",
    }  # fmt: skip


def test_enter_ends_typing_before_it_saves(visit: Visit, fields: list[ReviewItem]) -> None:
    priya = visit("priya")
    priya.open(DESK)
    pick(priya, 2, "value")
    priya.page.keyboard.type("+44 117 xfs")
    priya.page.keyboard.press("Enter")
    assert not Decision.objects.exists()
    priya.press("Enter")
    assert answers() == {"phone": "value"}


def test_choices_that_are_not_saved_yet_survive_a_look_at_another_record(
    visit: Visit, fields: list[ReviewItem]
) -> None:
    priya = visit("priya")
    priya.open(DESK)
    pick(priya, 0, "xero")
    pick(priya, 2, "value")
    priya.page.keyboard.type("+44 117 496 0199")
    priya.page.keyboard.press("Enter")
    priya.press("j")
    priya.press("k")
    priya.page.wait_for_function(
        "document.querySelector('#effect').innerText.startsWith('2 of 4 decided')"
    )
    assert priya.page.locator("[data-typed]:visible").input_value() == "+44 117 496 0199"
    priya.press("Enter")
    assert answers() == {"email": "xero", "phone": "value"}


def test_e_ticks_the_rule_of_the_field_chosen_last(visit: Visit, fields: list[ReviewItem]) -> None:
    ana = visit("ana")
    ana.open(DESK)
    rule = ana.page.locator("tr.every:visible")
    assert rule.count() == 0
    pick(ana, 0, "xero")
    pick(ana, 2, "xero")
    assert "Do this every time for Phone" in rule.inner_text()
    assert "Xero would own this field" in rule.inner_text()
    ana.page.keyboard.press("e")
    assert rule.locator("[type=checkbox]").is_checked()
    ana.press("Enter")
    assert FieldMapping.objects.get(target="phone").owner == "xero"


def test_d_discusses_and_hands_over(visit: Visit, fields: list[ReviewItem]) -> None:
    priya = visit("priya")
    priya.open(DESK)
    priya.page.keyboard.press("d")
    priya.page.keyboard.type("Ana, did they move?")
    priya.page.locator("#talk-to").select_option(label="Ana Whitlock")
    with priya.page.expect_navigation():
        priya.page.get_by_role("button", name="Keep", exact=True).click()
    assert ReviewNote.objects.get().text == "Ana, did they move?"
    assert "with Ana Whitlock" in priya.page.locator(".lead").inner_text()


def test_everything_works_without_any_script(visit: Visit, fields: list[ReviewItem]) -> None:
    priya = visit("priya", java_script_enabled=False)
    priya.open(DESK)
    priya.page.get_by_role("button", name="Keep Salesforce").click()
    assert "4 of 4 decided" in effect(priya)
    pick(priya, 1, "apart")
    will = priya.page.locator("tr.field").nth(1).locator("td.will")
    assert "stays different" in will.inner_text()
    priya.page.get_by_role("button", name="Save and next").click()
    assert answers() == {
        "email": "salesforce", "billing_street": "apart", "phone": "salesforce",
        "payment_terms": "salesforce",
    }  # fmt: skip


def test_a_value_that_moved_is_shown_and_asked_again(
    visit: Visit, fields: list[ReviewItem]
) -> None:
    priya = visit("priya")
    priya.open(DESK)
    priya.page.keyboard.press("x")
    phone = fields[2]
    phone.details["salesforce"]["shown"] = "+44 7700 900 999"
    phone.save()
    priya.press("Enter")
    assert "Phone changed while you looked" in priya.page.locator(".banner.warn").inner_text()
    assert "+44 7700 900 999" in priya.page.locator("tr.moved").inner_text()
    assert "phone" not in answers()
    pick(priya, 0, "salesforce")
    priya.press("Enter")
    assert answers()["phone"] == "salesforce"


def test_a_faster_colleague_is_named(visit: Visit, fields: list[ReviewItem]) -> None:
    priya = visit("priya")
    priya.open(DESK)
    priya.page.keyboard.press("x")
    deciding.decide(fields[0].pk, "salesforce", "ana")
    priya.press("Enter")
    assert "ana answered already" in priya.page.locator("#main").inner_text()
    assert answers()["email"] == "salesforce"


def test_an_auditor_reads_and_finds_nothing_to_press(
    visit: Visit, fields: list[ReviewItem]
) -> None:
    ben = visit("ben")
    ben.open(DESK)
    assert "finance decides it" in ben.page.locator(".lead").inner_text()
    assert ben.page.locator(".cp [type=radio], .cp button:has-text('Save')").count() == 0
    ben.page.keyboard.press("x")
    ben.page.keyboard.press("Enter")
    assert not Decision.objects.exists()


def test_a_disputed_field_of_an_invoice_has_its_place_here_too(
    visit: Visit, desks: tuple[Desk, Desk]
) -> None:
    priya = visit("priya")
    priya.open(DESK)
    row = priya.page.locator("tr.field")
    assert "Reference" in row.inner_text()
    assert "PO 7741" in row.locator("[data-l='Xero now']").inner_text()
    pick(priya, 0, "xero")
    priya.press("Enter")
    desks[0].work_until_quiet()
    assert not ReviewItem.objects.filter(kind="conflict", state="open").exists()


@pytest.mark.parametrize(("width", "scheme"), [(1280, "light"), (1280, "dark"), (400, "light")])
def test_the_desk_fits_and_reads_well(
    visit: Visit, fields: list[ReviewItem], width: int, scheme: str
) -> None:
    ana = visit("ana", viewport={"width": width, "height": 900}, color_scheme=scheme)
    ana.open(DESK)
    pick(ana, 2, "xero")
    for path in (DESK, "/admin/conflicts/decided/", f"{DESK}?who=mine"):
        ana.open(path)
        assert ana.overflow() == 0, path
        assert ana.page.evaluate(UNNAMED) == [], path
        assert ana.page.evaluate(CONTRAST) == [], path
        assert ana.page.locator("h1").count() == 1, path
    assert ana.complaints == []
