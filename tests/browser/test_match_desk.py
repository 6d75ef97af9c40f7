"""The match desk is worked through by mouse, with the keyboard alone, and without a script."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import pytest
from django.contrib.auth.models import User

from connections.models import Pair
from sync.engine import deciding
from sync.models import Decision, Lock, Notice, ReviewItem, ReviewNote, Verdict
from tests.browser import town as people
from tests.browser.conftest import Visitor
from tests.browser.test_pages import CONTRAST
from tests.desks import town
from tests.factories import ConnectionFactory, PairFactory

Visit = Callable[..., Visitor]
Items = Sequence[ReviewItem]
DESK = "/admin/matches/"


@pytest.fixture
def items(live_server: object) -> Items:
    """Return twelve matches of an Australian organisation."""
    people.people()
    xero = ConnectionFactory.create(name="Fernhill Surveys Pty Ltd", xero=True)
    pair: Pair = PairFactory.create(name="Fernhill and Fernhill Surveys Pty Ltd", xero=xero)
    return town.fill(pair)


def opened(visitor: Visitor) -> str:
    """Return the name of the record whose row is open."""
    return visitor.page.locator("#title > span").inner_text()


def shown_account(visitor: Visitor) -> str:
    """Return the name of the candidate whose fields are to be seen."""
    return visitor.page.locator(".cmp:visible tbody tr:first-child td.r").inner_text()


def test_finance_matches_by_mouse(visit: Visit, items: Items) -> None:
    priya = visit("priya")
    priya.page.get_by_role("link", name="Match desk").click()
    assert "Which account in Salesforce is this contact?" in priya.heading()
    assert shown_account(priya) == "Harbour & Vine Pty Ltd"
    priya.page.get_by_label("Harbour & Vine Events").check()
    assert shown_account(priya) == "Harbour & Vine Events"
    assert "Linked to Vine Events already" in priya.page.locator(".why:visible").inner_text()
    priya.page.get_by_label("Harbour & Vine Pty Ltd").check()
    with priya.page.expect_navigation():
        priya.page.get_by_role("button", name="OK, link them").click()
    assert Decision.objects.get().choice == "use:0015g0000000001AAA"
    assert opened(priya).startswith("Blue Gum Logistics")
    assert "is linked with “Harbour & Vine Pty Ltd”" in priya.page.locator(".bar").inner_text()
    with priya.page.expect_navigation():
        priya.page.get_by_role("button", name="OK, link Wattle Creek").click()
    assert opened(priya).startswith("Blue Gum Logistics")
    assert Decision.objects.count() == 2
    assert priya.complaints == []


def test_an_hour_without_the_mouse(visit: Visit, items: Items) -> None:
    priya = visit("priya")
    priya.open(DESK)
    priya.page.keyboard.press("2")
    assert shown_account(priya) == "Harbour & Vine Events"
    priya.press("n")
    assert Verdict.objects.get().kind == "different"
    priya.press("s")
    assert opened(priya).startswith("Wattle Creek")
    priya.press("k")
    assert opened(priya).startswith("Blue Gum")
    priya.press("Enter")
    assert opened(priya).startswith("Wattle Creek")
    priya.press("j")
    priya.press("c")
    priya.press("p")
    choices = Decision.objects.order_by("id").values_list("choice", flat=True)
    verbs = [choice.partition(":")[0] for choice in choices]
    assert verbs == ["not", "use", "new", "branch"]
    assert [d.by for d in Decision.objects.all()] == ["priya"] * 4
    assert "8 left" in priya.page.locator(".progress").inner_text()


def test_z_takes_back_a_slip_of_the_key(visit: Visit, items: Items) -> None:
    priya = visit("priya")
    priya.open(DESK)
    priya.press("Enter")
    priya.press("z")
    assert opened(priya).startswith("Harbour & Vine")
    assert Decision.objects.get().spent_at is not None
    priya.press("Enter")
    Notice.objects.update(state="claimed")
    priya.press("z")
    assert "link’s own page" in priya.page.locator("#main").inner_text()
    assert not opened(priya).startswith("Harbour & Vine")


def test_not_a_customer_asks_once_and_enter_links_nothing_meanwhile(
    visit: Visit, items: Items
) -> None:
    priya = visit("priya")
    priya.open(DESK)
    priya.page.keyboard.press("x")
    assert priya.page.get_by_text("Keep “Harbour & Vine P/L” out of sync?").is_visible()
    priya.page.evaluate("document.activeElement.blur()")
    priya.page.keyboard.press("Enter")
    priya.page.wait_for_timeout(200)
    assert not Decision.objects.exists()
    priya.page.keyboard.press("Escape")
    priya.page.keyboard.press("x")
    priya.press("Enter")
    assert Lock.objects.get().name == "Harbour & Vine P/L"
    priya.page.get_by_role("link", name="Kept out", exact=True).click()
    priya.page.get_by_role("link", name="Harbour & Vine P/L").click()
    priya.page.get_by_role("button", name="Let it take part again").click()
    priya.page.get_by_text("takes part in the sync again").wait_for()
    assert Lock.objects.get().ended_by == "priya"


def test_a_colleague_is_asked_and_the_keys_sleep_meanwhile(visit: Visit, items: Items) -> None:
    ana = User.objects.get(username="ana")
    priya = visit("priya")
    priya.open(DESK)
    priya.page.keyboard.press("d")
    priya.page.keyboard.type("Next to the quay? nxcs")
    priya.page.get_by_label("Whose it is").select_option(str(ana.pk))
    with priya.page.expect_navigation():
        priya.page.get_by_role("button", name="Keep it").click()
    assert ReviewNote.objects.get().text == "Next to the quay? nxcs"
    assert ReviewItem.objects.get(pk=items[0].pk).assignee == ana
    assert "It is Ana Whitlock’s." in priya.page.locator(".talk").inner_text()
    assert not Decision.objects.exists()


def test_another_account_is_found_by_a_word_of_its_name(visit: Visit, items: Items) -> None:
    priya = visit("priya")
    priya.open(DESK)
    priya.page.keyboard.press("/")
    priya.page.keyboard.type("barrel")
    priya.press("Enter")
    with priya.page.expect_navigation():
        priya.page.get_by_role("link", name="Vine & Barrel Imports").click()
    assert shown_account(priya) == "Vine & Barrel Imports"
    priya.press("Enter")
    assert Decision.objects.get().choice == "use:0015g0000000077AAA"


def test_strong_ones_are_linked_together_after_their_counts(visit: Visit, items: Items) -> None:
    priya = visit("priya")
    priya.open(DESK)
    priya.page.get_by_role("link", name="Link 2 together…").click()
    assert "Link 2 records" in priya.heading()
    assert priya.page.locator(".btn.primary").count() == 1
    priya.page.get_by_label("From").fill("80")
    priya.press("Enter")
    assert "Link 1 record" in priya.heading()
    with priya.page.expect_navigation():
        priya.page.get_by_role("button", name="Link 1").click()
    assert Decision.objects.get().item == items[1]
    assert priya.complaints == []


def test_a_row_that_changed_is_asked_again_with_the_choice_kept(visit: Visit, items: Items) -> None:
    priya = visit("priya")
    priya.open(DESK)
    priya.page.keyboard.press("3")
    details = {**items[0].details, "why_asked": "It has moved to Hobart."}
    ReviewItem.objects.filter(pk=items[0].pk).update(details=details)
    priya.press("Enter")
    assert "changed while you were looking" in priya.page.locator("#content").inner_text()
    assert "It has moved to Hobart." in priya.page.locator(".why:visible").inner_text()
    assert shown_account(priya) == "Harbourvine Cellars"
    assert not Decision.objects.exists()
    priya.press("Enter")
    assert Decision.objects.get().choice == "use:0015g0000000005AAA"


def test_who_was_faster_is_named(visit: Visit, items: Items) -> None:
    priya = visit("priya")
    priya.open(DESK)
    deciding.decide(items[0].pk, "new", "ana")
    priya.press("Enter")
    banner = priya.page.get_by_role("alert").inner_text()
    assert "was not kept" in banner
    assert "ana was faster" in banner
    assert Decision.objects.get().by == "ana"


def test_the_desk_works_without_any_script(visit: Visit, items: Items) -> None:
    priya = visit("priya", java_script_enabled=False)
    priya.open(DESK)
    assert priya.page.locator("#content kbd:visible").count() == 0
    priya.page.get_by_label("Harbourvine Cellars").check()
    assert shown_account(priya) == "Harbourvine Cellars"
    priya.page.get_by_role("button", name="Parent and branch").click()
    assert Verdict.objects.get().kind == "branch"
    priya.page.get_by_role("link", name="Look at Pemberton and Rowe").click()
    assert opened(priya).startswith("Pemberton and Rowe")
    priya.page.get_by_text("Not a customer", exact=False).first.click()
    priya.page.get_by_role("button", name="Yes, keep it out").click()
    assert Lock.objects.get().name == "Pemberton and Rowe"
    priya.page.get_by_role("button", name="Take it back").click()
    assert Lock.objects.get().ended_by == "priya"


def test_an_auditor_compares_and_has_no_buttons(visit: Visit, items: Items) -> None:
    ben = visit("ben")
    ben.open(DESK)
    ben.page.keyboard.press("2")
    assert shown_account(ben) == "Harbour & Vine Events"
    assert ben.page.locator(".cp form").count() == 0
    assert ben.page.locator(".cp button").count() == 0
    assert "finance answers it" in ben.page.locator(".pair.open").inner_text()


PAGES = [
    DESK, f"{DESK}?from=10", f"{DESK}?words=vine", f"{DESK}together/", f"{DESK}?whose=mine",
    "/admin/sync/lock/", "/admin/sync/verdict/", "/admin/sync/lock/add/?words=vine",
]  # fmt: skip


@pytest.mark.slow
@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [1280, 400])
def test_no_page_overflows_complains_or_is_hard_to_read(
    visit: Visit, items: Items, scheme: str, width: int
) -> None:
    deciding.decide(items[5].pk, "never", "ana")
    deciding.decide(items[6].pk, f"not:{items[6].details['candidates'][0]['key']}", "ana")
    size = {"width": width, "height": 900}
    priya = visit("priya", viewport=size, color_scheme=scheme)
    one = [
        f"/admin/sync/lock/{Lock.objects.get().pk}/change/",
        f"/admin/sync/verdict/{Verdict.objects.get().pk}/change/",
        f"/admin/sync/lock/keep-out/?pair={items[0].pair_id}&record={items[0].details['subject']['key']}",
    ]
    for path in (*PAGES, *one):
        assert priya.open(path) == 200, path
        assert priya.overflow() == 0, path
        assert priya.page.locator("h1").count() == 1, path
        assert priya.page.evaluate(CONTRAST) == [], path
    assert priya.complaints == []
