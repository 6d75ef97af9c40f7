"""Every page: no complaint in the console, nothing wider than a phone, what it is for works."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from sync.models import FlowSwitch, Link, Notice, PlanRow, Run, Write
from sync.models.switches import is_paused
from tests.browser import town
from tests.browser.conftest import Visitor
from tests.engine.conftest import Desk

Visit = Callable[..., Visitor]
Desks = tuple[Desk, Desk]
LISTS = [
    "reviewitem", "reviewitem/all", "planrow", "link", "write", "run", "notice", "flowswitch",
    "pause",
]  # fmt: skip
ELSEWHERE = [
    "/admin/conflicts/", "/admin/conflicts/decided/", "/admin/duplicates/",
    "/admin/connections/connection/", "/admin/connections/pair/",
    "/admin/mappings/fieldmapping/", "/admin/mappings/valuerow/", "/admin/auth/user/",
    "/admin/auth/group/", "/admin/django_q/schedule/", "/admin/inbox/", "/admin/inbox/settings/",
    "/admin/sync/channel/", "/admin/sync/channel/add/", "/admin/password_change/",
]  # fmt: skip


def every_page() -> list[str]:
    """Return the address of every screen, and of one row of each kind."""
    rows = [
        f"/admin/sync/{model._meta.model_name}/{model.objects.latest('id').pk}/change/"
        for model in (PlanRow, Link, Write, Run, Notice, FlowSwitch)
    ]
    lists = [f"/admin/sync/{name}/" for name in LISTS]
    return ["/admin/", *lists, "/admin/sync/flowswitch/add/", *rows, *ELSEWHERE]


@pytest.mark.slow
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_no_page_complains_in_the_console_or_overflows(
    visit: Visit, desks: Desks, scheme: str
) -> None:
    ana = visit("ana", color_scheme=scheme)
    for path in every_page():
        assert ana.open(path) == 200, path
        assert ana.overflow() == 0, path
        assert ana.page.locator("h1").count() == 1, path
    assert ana.complaints == []


@pytest.mark.slow
def test_no_page_is_wider_than_a_phone(visit: Visit, desks: Desks) -> None:
    ana = visit("ana", viewport={"width": 400, "height": 800})
    for path in every_page():
        ana.open(path)
        assert ana.overflow() == 0, path
    assert ana.complaints == []


def test_the_screens_of_an_empty_house_say_what_will_be_there(visit: Visit) -> None:
    town.people()
    priya = visit("priya")
    assert "Nothing waits for you" in priya.heading()
    for name in LISTS:
        assert priya.open(f"/admin/sync/{name}/") == 200
    priya.open("/admin/sync/reviewitem/")
    assert "Everything goes by itself" in priya.page.locator("#content").inner_text()
    assert priya.complaints == []


def test_every_field_has_a_label_and_every_button_a_name(visit: Visit, desks: Desks) -> None:
    ana = visit("ana")
    for path in ("/admin/sync/reviewitem/", "/admin/sync/flowswitch/add/", "/admin/sync/pause/"):
        ana.open(path)
        assert ana.page.evaluate(UNNAMED) == [], path


UNNAMED = """() => [...document.querySelectorAll(`#main input:not([type=hidden]), #main select,
    #main textarea, #main button, #main a[href]`)].filter((one) => {
        const label = [...(one.labels || [])].map((l) => l.textContent).join(" ");
        return !(label || one.getAttribute("aria-label") || one.textContent.trim());
    }).map((one) => one.outerHTML)"""


CONTRAST = """() => {
    const brush = document.createElement("canvas").getContext("2d", {willReadFrequently: true});
    const rgb = (colour) => {
        brush.clearRect(0, 0, 1, 1); brush.fillStyle = colour; brush.fillRect(0, 0, 1, 1);
        return [...brush.getImageData(0, 0, 1, 1).data];
    };
    const light = ([r, g, b]) => [r, g, b].map((v) => v / 255)
        .map((v) => (v < 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4))
        .reduce((sum, v, n) => sum + v * [0.2126, 0.7152, 0.0722][n], 0);
    const behind = (one) => {
        for (; one; one = one.parentElement) {
            const found = rgb(getComputedStyle(one).backgroundColor);
            if (found[3] > 200) return found;
        }
        return [255, 255, 255];
    };
    return [...document.querySelectorAll("#page *")].filter((one) =>
        [...one.childNodes].some((node) => node.nodeType === 3 && node.textContent.trim()) &&
        one.checkVisibility() && !one.closest("script, style, [aria-hidden=true], .sr, .skip")
    ).filter((one) => {
        const [a, b] = [light(rgb(getComputedStyle(one).color)), light(behind(one))];
        return (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05) < 4.5;
    }).map((one) => one.outerHTML.slice(0, 120));
}"""


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_every_text_stands_out_from_what_is_behind_it(
    visit: Visit, desks: Desks, scheme: str
) -> None:
    ana = visit("ana", color_scheme=scheme)
    plan = PlanRow.objects.earliest("id")
    for path in (
        "/admin/", "/admin/sync/reviewitem/", f"/admin/sync/planrow/{plan.pk}/change/",
        "/admin/sync/write/", "/admin/sync/flowswitch/add/", "/admin/mappings/fieldmapping/",
    ):  # fmt: skip
        ana.open(path)
        assert ana.page.evaluate(CONTRAST) == [], path


def test_the_skip_link_comes_first_and_leads_to_the_work(visit: Visit, desks: Desks) -> None:
    priya = visit("priya")
    priya.open("/admin/")
    priya.page.keyboard.press("Tab")
    assert priya.page.evaluate("document.activeElement.textContent") == "Skip to the work"
    assert priya.page.locator(".skip").is_visible()
    priya.page.keyboard.press("Enter")
    priya.page.keyboard.press("Tab")
    assert priya.page.evaluate("!!document.activeElement.closest('#content')")


def test_finance_pauses_reads_the_banner_and_lets_writes_go_on(visit: Visit, desks: Desks) -> None:
    priya = visit("priya")
    priya.page.get_by_role("link", name="Pause all writes…").click()
    priya.page.fill("#why", "Month end")
    priya.page.get_by_role("button", name="Pause all writes").click()
    priya.page.wait_for_url("**/admin/")
    assert is_paused()
    priya.open("/admin/sync/link/")
    assert "All writes are paused by priya" in priya.page.locator("#main").inner_text()
    assert "Month end" in priya.page.locator("#main").inner_text()
    priya.page.get_by_role("link", name="Let writes go on…").first.click()
    priya.page.get_by_role("button", name="Let writes go on").click()
    priya.page.wait_for_url("**/admin/")
    assert not is_paused()


def test_a_plan_reads_like_the_invoice_it_would_be(visit: Visit, desks: Desks) -> None:
    priya = visit("priya")
    priya.open("/admin/sync/planrow/")
    priya.page.fill("#searchbar", "Kestrel")
    priya.press("Enter")
    priya.page.get_by_role("link", name="Kestrel Quay, phase 2 drainage survey").last.click()
    paper = priya.page.locator(".paper")
    words = paper.inner_text()
    assert "This invoice was made" in priya.heading()
    assert "Kestrel Quay Developments Ltd" in words
    for figure in ("6,200.00", "3,610.00", "12,400.00", "2,480.00", "14,880.00", "0.00"):
        assert figure in words
    assert "Same as the deal, to the cent" in words


def test_writes_are_filtered_by_their_state(visit: Visit, desks: Desks) -> None:
    priya = visit("priya")
    priya.open("/admin/sync/write/")
    priya.page.get_by_text("Filters").first.click()
    priya.page.get_by_role("link", name="In doubt").first.click()
    priya.page.wait_for_url("**state__exact=in_doubt**")
    assert priya.page.locator("#result_list .chip").all_inner_texts() == ["?\nin doubt"]


def test_switching_a_flow_on_asks_first_and_says_what_it_would_make(
    visit: Visit, desks: Desks
) -> None:
    switch = desks[1].switch
    ana = visit("ana")
    ana.open(f"/admin/sync/flowswitch/{switch.pk}/change/")
    ana.page.locator("[name=mode][value=on]").check()
    ana.page.get_by_role("button", name="Save").click()
    assert "Then it writes" in ana.heading()
    assert "38,115.50" in ana.page.locator("#content").inner_text()
    assert FlowSwitch.objects.get(pk=switch.pk).mode == "shadow"
    ana.page.get_by_role("button", name="Switch it on").click()
    ana.page.wait_for_url("**/flowswitch/")
    assert FlowSwitch.objects.get(pk=switch.pk).mode == "on"
    assert ana.complaints == []
