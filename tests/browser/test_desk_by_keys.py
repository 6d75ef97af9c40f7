"""The review desk is worked through with the keyboard alone, and without a script too."""

from __future__ import annotations

from collections.abc import Callable

from sync.models import Decision, ReviewItem
from tests.browser import town
from tests.browser.conftest import Visitor
from tests.engine.conftest import Desk

Visit = Callable[..., Visitor]
Desks = tuple[Desk, Desk]
DESK = "/admin/sync/reviewitem/"


def chosen(visitor: Visitor) -> str:
    """Return the title of the question on the right."""
    return visitor.page.locator("#question").inner_text()


def item(kind: str) -> ReviewItem:
    """Return the one open item of a kind that has choices."""
    return next(i for i in ReviewItem.objects.filter(kind=kind, state="open") if i.choices[1:])


def test_finance_works_through_the_desk_with_the_keyboard(visit: Visit, desks: Desks) -> None:
    priya = visit("priya")
    priya.press("g")
    first = chosen(priya)
    assert "question" in priya.heading()
    priya.press("j")
    second = chosen(priya)
    assert second != first
    priya.press("k")
    assert chosen(priya) == first
    priya.press("a")
    assert ReviewItem.objects.get(assignee__username="priya").title == first
    assert chosen(priya) == first


def test_a_number_key_answers_and_the_next_question_comes_up(visit: Visit, desks: Desks) -> None:
    conflict = item("conflict")
    priya = visit("priya")
    priya.open(f"{DESK}?item={conflict.pk}")
    following = priya.page.locator("[name=then]").first.get_attribute("value")
    priya.press("2")
    decision = Decision.objects.get()
    assert (decision.choice, decision.by) == ("xero", "priya")
    assert f"item={following}" in priya.page.url
    assert "Your answer is kept" in priya.page.locator("#main").inner_text()
    desks[0].work_until_quiet()
    assert ReviewItem.objects.get(pk=conflict.pk).state == "solved"


def test_r_tries_again_what_was_put_right(visit: Visit, desks: Desks) -> None:
    refused = ReviewItem.objects.get(title__contains="due date")
    desks[0].xero.refuse = lambda body: ""
    priya = visit("priya")
    priya.open(f"{DESK}?item={refused.pk}")
    priya.press("r")
    desks[0].work_until_quiet()
    assert ReviewItem.objects.get(pk=refused.pk).state == "solved"


def test_keys_sleep_while_somebody_types(visit: Visit, desks: Desks) -> None:
    priya = visit("priya")
    priya.open(DESK)
    before = priya.page.url
    priya.page.click("#note")
    priya.page.keyboard.type("jkra12")
    assert priya.page.url == before
    assert priya.page.input_value("#note") == "jkra12"
    assert not Decision.objects.exists()


def test_keys_can_be_switched_off_for_good(visit: Visit, desks: Desks) -> None:
    priya = visit("priya")
    priya.open(DESK)
    assert priya.page.locator("#content kbd:visible").count() > 0
    priya.page.click("[data-keys]")
    priya.open(DESK)
    assert priya.page.locator("[data-keys]").inner_text() == "Keys off"
    assert priya.page.locator("#content kbd:visible").count() == 0
    title = chosen(priya)
    priya.page.keyboard.press("j")
    priya.page.wait_for_timeout(200)
    assert chosen(priya) == title


def test_an_auditor_reads_and_has_no_answer_buttons(visit: Visit, desks: Desks) -> None:
    ben = visit("ben")
    ben.open(DESK)
    assert "finance answers it" in ben.page.locator("article").inner_text()
    assert ben.page.locator(".cp form").count() == 0
    assert ben.page.locator("a", has_text="Pause").count() == 0


def test_a_question_is_answered_without_any_script(visit: Visit, desks: Desks) -> None:
    conflict = item("conflict")
    priya = visit("priya", java_script_enabled=False)
    priya.open(f"{DESK}?item={conflict.pk}")
    button = priya.page.get_by_role("button", name="Keep Salesforce’s")
    assert button.is_visible()
    assert priya.page.locator("#content kbd:visible").count() == 0
    button.click()
    assert Decision.objects.get().choice == "salesforce"


def test_long_lists_scroll_in_their_own_card(visit: Visit, desks: Desks) -> None:
    town.many_questions(desks[0])
    last = ReviewItem.objects.filter(state="open").latest("id")
    priya = visit("priya")
    priya.open(f"{DESK}?item={last.pk}")
    assert priya.page.evaluate("document.documentElement.scrollHeight") < 2200
    marked = priya.page.locator(".causes [aria-current]").bounding_box()
    assert marked is not None
    assert 0 < marked["y"] < 900


def test_leaving_alone_needs_a_reason(visit: Visit, desks: Desks) -> None:
    priya = visit("priya")
    priya.open(f"{DESK}?kind=duplicate")
    title = chosen(priya)
    priya.page.keyboard.press("l")
    priya.page.fill("#reason", "The customer is merging its records.")
    with priya.page.expect_navigation():
        priya.page.keyboard.press("Enter")
    left = ReviewItem.objects.get(state="left")
    assert (left.title, left.solved_by) == (title, "priya")
