"""The bell, the inbox and the settings of messages, at a browser: keys, phone, both themes."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.core import mail
from django.urls import reverse
from pytest_django import Settings

from sync.engine import announcing, announcing_sending
from sync.engine.announcing import Fact, Words
from sync.models import Copy, MailDay, Wish
from tests.browser import town
from tests.browser.conftest import Visitor
from tests.browser.test_pages import CONTRAST, UNNAMED

Visit = Callable[..., Visitor]
LONG = (
    "A question is yours now: Which contact in Xero belongs to Ponty Quarries & Sons, Limestone "
    "and Aggregates (South Wales) Holdings Limited?"
)


@pytest.fixture
def told(live_server: Any) -> User:
    town.people()
    priya = User.objects.get(username="priya")
    place = reverse("admin:sync_link_changelist")
    for kind, title, refs in [
        ("connection", "Xero “Fernhill Surveys Ltd” is lost", ""),
        ("twice", "3 deals that are billed already were won again", "abc"),
        ("stuck", "1 record was given up", ""),
    ]:
        fact = Fact(Words(title, "What it means for you, in a sentence.", path=place))
        announcing.announce(kind, title, fact.say, refs=list(refs))
    announcing.announce("mine", "q", lambda _: Words(LONG, "", path=place), to=[priya])
    announcing.over("stuck", "1 record was given up")
    return priya


@pytest.mark.slow
@pytest.mark.parametrize("script", [True, False])
def test_a_person_chooses_how_to_be_told_and_sends_a_test(
    visit: Visit, told: User, settings: Settings, script: bool
) -> None:
    settings.EMAIL_URL = "smtp://mail.fernhill.example"
    priya = visit("priya", java_script_enabled=script)
    priya.page.click("a.bell")
    priya.page.click("text=How you are told…")
    assert priya.heading() == "How you are told"
    priya.page.get_by_label("A connection is lost: In the daily e-mail").check()
    priya.page.get_by_label("The worker is silent: E-mail at once").check()
    priya.page.select_option("#hour", "17")
    priya.page.select_option("#time_zone", "Australia/Sydney")
    priya.page.get_by_role("button", name="Keep my choice").click()
    assert "Your choice is kept" in priya.page.locator("#main").inner_text()
    wishes = dict(Wish.objects.filter(user=told).values_list("kind", "how"))
    assert (wishes["connection"], wishes["silent"], wishes["twice"]) == ("daily", "now", "now")
    day = MailDay.objects.get(user=told)
    assert (day.hour, day.time_zone) == (17, "Australia/Sydney")
    assert priya.page.get_by_label("A connection is lost: In the daily e-mail").is_checked()
    assert priya.page.input_value("#time_zone") == "Australia/Sydney"
    priya.page.get_by_role("button", name="Send me a test").click()
    assert "e-mail goes to priya@fernhill.example" in priya.page.locator("#main").inner_text()
    announcing_sending.send_due()
    assert "A test from Counterpart" in [message.subject for message in mail.outbox]
    priya.open(reverse("inbox_settings"))
    assert "Your last e-mail was sent today" in priya.page.locator("#main").inner_text()
    assert priya.complaints == []


@pytest.mark.slow
def test_the_inbox_is_read_with_keys_alone(visit: Visit, told: User) -> None:
    priya = visit("priya")
    assert priya.page.locator("a.bell").get_attribute("aria-label") == "Inbox, 4 not read"
    priya.page.focus("a.bell")
    priya.press("Enter")
    assert priya.heading() == "Four messages you have not read"
    priya.page.get_by_role("link", name="3 deals that are billed already").focus()
    priya.press("Enter")
    assert priya.page.url.endswith("/admin/sync/link/")
    priya.open(reverse("inbox"))
    assert priya.heading() == "Three messages you have not read"
    priya.page.get_by_label("Mark as read: Xero").focus()
    priya.press("Enter")
    priya.press("a")
    assert priya.heading() == "You have read everything"
    assert Copy.objects.filter(user=told, read_at=None).count() == 0
    assert "Nothing new" in priya.page.locator("#content").inner_text()
    priya.page.get_by_role("link", name="Still so").click()
    assert priya.page.locator(".letters > li").count() == 3
    assert priya.complaints == []


@pytest.mark.slow
@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [1280, 400])
def test_the_pages_fit_are_legible_and_name_every_field(
    visit: Visit, told: User, scheme: str, width: int
) -> None:
    priya = visit("priya", color_scheme=scheme, viewport={"width": width, "height": 900})
    for path in (f"{reverse('inbox')}?tab=all", reverse("inbox"), reverse("inbox_settings")):
        priya.open(path)
        assert priya.overflow() == 0, path
        assert priya.page.evaluate(CONTRAST) == [], path
        assert priya.page.evaluate(UNNAMED) == [], path
        assert priya.page.locator("a.bell").is_visible()
        assert priya.page.locator("h1").count() == 1
    assert priya.complaints == []
