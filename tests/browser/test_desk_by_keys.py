"""The problems desk is worked through with the keyboard alone, and without a script too."""

from __future__ import annotations

from collections.abc import Callable

from sync.engine import deciding
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


def doubt() -> ReviewItem:
    """Return the open question whether a customer found in Xero is the one."""
    asked = ReviewItem.objects.filter(kind="duplicate", state="open")
    return next(item for item in asked if item.choices[0]["value"].startswith("use:"))


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
    asked = doubt()
    priya = visit("priya")
    priya.open(f"{DESK}?item={asked.pk}")
    following = priya.page.locator("[name=then]").first.get_attribute("value")
    priya.press("1")
    decision = Decision.objects.get()
    assert (decision.choice, decision.by) == (asked.choices[0]["value"], "priya")
    assert f"item={following}" in priya.page.url
    assert "Your answer is kept" in priya.page.locator("#main").inner_text()
    priya.open(DESK)
    assert "Being carried out" in priya.page.locator(".tabs").inner_text()
    assert asked.title not in priya.page.locator(".causes").inner_text()
    desks[0].work_until_quiet()
    assert ReviewItem.objects.get(pk=asked.pk).state == "solved"


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
    assert ben.page.locator(".cp form[method=post]").count() == 0
    assert ben.page.locator("a", has_text="Pause").count() == 0


def test_a_question_is_answered_without_any_script(visit: Visit, desks: Desks) -> None:
    asked = doubt()
    priya = visit("priya", java_script_enabled=False)
    priya.open(f"{DESK}?item={asked.pk}")
    button = priya.page.locator(".answers button").first
    assert button.is_visible()
    assert priya.page.locator("#content kbd:visible").count() == 0
    button.click()
    assert Decision.objects.get().choice == asked.choices[0]["value"]


def test_a_word_to_a_colleague_is_kept_and_the_question_given_away(
    visit: Visit, desks: Desks
) -> None:
    priya = visit("priya")
    priya.open(DESK)
    title = chosen(priya)
    priya.page.fill("#note", "Ana, do you know them?")
    priya.page.select_option("#to", label="give it to Ana Whitlock")
    with priya.page.expect_navigation():
        priya.page.get_by_role("button", name="Keep", exact=True).click()
    said = priya.page.locator(".said").inner_text()
    assert "priya," in said
    assert "Ana, do you know them?" in said
    ana = visit("ana")
    ana.open(f"{DESK}?tab=mine")
    assert chosen(ana) == title
    assert "is yours" in ana.heading()


def test_a_colleague_who_was_faster_is_told_of_in_words(visit: Visit, desks: Desks) -> None:
    asked = doubt()
    priya = visit("priya")
    priya.open(f"{DESK}?item={asked.pk}")
    deciding.leave_alone(asked.pk, "ana", "It is being merged")
    priya.press("1")
    assert "A colleague has already solved this." in priya.page.locator("#main").inner_text()
    assert not Decision.objects.exists()


def test_questions_are_assigned_together_from_the_list_of_all(visit: Visit, desks: Desks) -> None:
    priya = visit("priya")
    priya.open(f"{DESK}all/")
    boxes = priya.page.locator("[name=_selected_action]")
    for place in range(2):
        boxes.nth(place).check()
    priya.page.select_option("[name=action]", label="Assign to Ana Whitlock")
    with priya.page.expect_navigation():
        priya.page.locator(".changelist-actions [type=submit]").first.click()
    assert "2 questions are with Ana Whitlock now" in priya.page.locator("#main").inner_text()
    assert ReviewItem.objects.filter(assignee__username="ana").count() == 2


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
