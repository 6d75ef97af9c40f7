"""The first steps in every state: wide and narrow, light and dark, with script and without."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.utils import timezone

from connections.models import Installation, Pair
from sync.core.records import Key, System
from sync.engine import setting_up_kept
from sync.engine.setting_up_kept import Checked
from sync.models import FlowSwitch, PlanRow, ReviewItem, Run
from tests.browser import town
from tests.browser.conftest import Visitor
from tests.browser.newcomer import Newcomer
from tests.browser.test_pages import CONTRAST, UNNAMED
from tests.engine.asked import ask
from tests.factories import ConnectionFactory, PairFactory

Visit = Callable[..., Visitor]
STEPS = ("", "salesforce", "xero", "pair", "fields", "check", "start", "plans", "on")
BILLING, CUSTOMERS = "won_opportunity_invoice", "account_contact"
LONG = "Fernhill Surveys (Australasia, Oceania and the Southern Ocean) Proprietary Limited"


@pytest.fixture
def pair(live_server: Any) -> Pair:
    """A pair half set up: two templates in shadow, one on, plans, questions and faults."""
    town.people()
    org = ConnectionFactory.create(name="Fernhill", organisation_name="Fernhill", currency="AUD")
    books = ConnectionFactory.create(
        name=LONG, organisation_name=LONG, xero=True, currency="AUD",
        locked_until=timezone.localdate() - timedelta(days=57),
    )  # fmt: skip
    pair = PairFactory.create(name="Australia", salesforce=org, xero=books)
    Installation.objects.create(
        connection=org, state="done", version="0.9.0", finished_at=timezone.now()
    )
    for flow, mode in ((BILLING, "shadow"), (CUSTOMERS, "shadow"), ("payment_status", "on")):
        FlowSwitch.objects.create(pair=pair, flow=flow, mode=mode, changed_by="ana")
    for number, (amount, currency) in enumerate([("38115.00", "AUD"), ("12.50", "NZD")]):
        run = Run.objects.create(pair=pair, flow=BILLING, mode="shadow")
        PlanRow.objects.create(
            run=run, pair=pair, flow=BILLING, action="create", state="shadow",
            subject=str(Key(System.SALESFORCE, "Opportunity", f"0065g00000000{number:05}")),
            amount=Decimal(amount), currency=currency,
        )  # fmt: skip
    for number, (sure, points) in enumerate([(True, 80), (False, 40), (False, None)]):
        item = ask(pair, f"match {number}", kind="match")
        ReviewItem.objects.filter(pk=item.pk).update(flow=CUSTOMERS, sure=sure, points=points)
    PairFactory.create(name="United Kingdom")
    return pair


def addresses(pair: Pair) -> list[str]:
    """Return the page with each of its steps open, for a new pair, and the two of switching."""
    page = "/admin/first-steps/"
    open_steps = [f"{page}?pair={pair.pk}&step={step}" for step in STEPS]
    switches = [f"{page}on/{BILLING}/", f"{page}on/{CUSTOMERS}/", f"{page}back/payment_status/"]
    return [*open_steps, f"{page}?pair=new", *(f"{one}?pair={pair.pk}" for one in switches)]


@pytest.mark.slow
@pytest.mark.parametrize(
    "look",
    [{}, {"color_scheme": "dark"}, {"viewport": {"width": 400, "height": 800}}],
    ids=["wide", "dark", "phone"],
)
def test_every_step_fits_is_legible_and_named(visit: Visit, pair: Pair, look: Any) -> None:
    ana = visit("ana", **look)
    for number, path in enumerate(addresses(pair)):
        assert ana.open(path) == 200, path
        Newcomer(ana).shoot(f"{'-'.join(look) or 'wide'}-{number}")
        assert ana.overflow() == 0, path
        assert ana.page.locator("h1").count() == 1, path
        assert ana.page.locator("#main .btn.primary").count() <= 1, path
        assert ana.page.evaluate(CONTRAST) == [], path
        assert ana.page.evaluate(UNNAMED) == [], path
    assert ana.complaints == []


@pytest.mark.slow
def test_an_empty_installation_fits_too(visit: Visit) -> None:
    town.people()
    for look in ({}, {"viewport": {"width": 400, "height": 800}, "color_scheme": "dark"}):
        for person in ("ana", "priya", "ben"):
            visitor = visit(person, **look)
            visitor.open("/admin/first-steps/")
            assert "Welcome" in visitor.heading()
            assert visitor.overflow() == 0
            assert visitor.page.evaluate(CONTRAST) == []
            assert visitor.complaints == []
            Newcomer(visitor).shoot(f"empty-{person}-{len(look)}")


def test_without_script_a_step_is_put_off_and_taken_up_again(visit: Visit, pair: Pair) -> None:
    FlowSwitch.objects.all().delete()
    ana = Newcomer(visit("ana", java_script_enabled=False))
    ana.visitor.open(f"/admin/first-steps/?pair={pair.pk}")
    ana.click("Later: leave them out for now")
    assert ana.sees("Check both systems")
    ana.click("put off")
    assert ana.sees("Install the fields")


def test_keys_sleep_while_somebody_types(visit: Visit, pair: Pair) -> None:
    FlowSwitch.objects.all().delete()
    ana = visit("ana")
    ana.open(f"/admin/first-steps/?pair={pair.pk}&step=start")
    ana.page.focus("#first_day")
    ana.page.keyboard.press("l")
    assert "step=start" in ana.page.url
    assert FlowSwitch.objects.count() == 0


def test_what_is_being_typed_is_not_taken_away_by_a_fresh_look(visit: Visit, pair: Pair) -> None:
    ana = visit("ana")
    ana.open(f"/admin/first-steps/?pair={pair.pk}&step=start")
    box = ana.page.locator("[name=flow][value=credit_risk]")
    box.check()
    ana.page.wait_for_timeout(4000)
    assert ana.page.locator("[data-moves]").count() == 1
    assert box.is_checked()


def test_the_figures_come_by_themselves_and_the_keyboard_stays(visit: Visit, pair: Pair) -> None:
    ana = visit("ana")
    ana.open(f"/admin/first-steps/?pair={pair.pk}&step=plans")
    link = ana.page.get_by_role("link", name="See these plans").first
    link.focus()
    PlanRow.objects.filter(currency="NZD").update(amount=Decimal("77.70"))
    ana.page.get_by_text("77.70").wait_for()
    assert ana.page.evaluate("document.activeElement.textContent") == "See these plans"
    assert ana.complaints == []


def test_a_check_of_another_day_is_made_again_by_itself(visit: Visit, pair: Pair) -> None:
    FlowSwitch.objects.filter(mode="on").delete()
    before = timezone.now() - timedelta(days=3)
    setting_up_kept.keep(pair, Checked(before, good=("7 tax rates",)))
    ana = visit("ana")
    ana.open(f"/admin/first-steps/?pair={pair.pk}&step=check")
    ana.page.get_by_text("7 tax rates").wait_for(state="detached")  # neither system answers here
    again = setting_up_kept.last_check(pair)
    assert again is not None
    assert again.at > before
    assert again.silent
    assert ana.complaints == []
