"""Templates start in shadow, show their plans in money, and go on one at a time and back."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.urls import reverse
from django.utils import timezone

from connections.models import EventDoor, Installation, Pair
from sync.admin import desk_tiles
from sync.core.records import Key, System
from sync.engine import setting_up
from sync.models import FlowSwitch, PlanRow, ReviewItem, Run
from tests.engine.asked import ask
from tests.engine.first_steps.people import act, flat, member, read
from tests.factories import PairFactory

pytestmark = pytest.mark.django_db
BILLING, CUSTOMERS = "won_opportunity_invoice", "account_contact"


@pytest.fixture
def pair() -> Pair:
    return PairFactory.create(name="Australia")


def plan(pair: Pair, flow: str, number: int, **values: Any) -> PlanRow:
    """Keep a plan in shadow."""
    run = Run.objects.create(pair=pair, flow=flow, mode="shadow")
    row = {"action": "create", "state": "shadow", "amount": Decimal("4235.00"), "currency": "AUD"}
    subject = str(Key(System.SALESFORCE, "Opportunity", f"0065g000000000{number}AAA"))
    return PlanRow.objects.create(
        run=run, pair=pair, flow=flow, subject=subject, **{**row, **values}
    )


def modes(pair: Pair) -> dict[str, str]:
    return dict(FlowSwitch.objects.filter(pair=pair).values_list("flow", "mode"))


def test_all_six_templates_stand_there_by_their_names(pair: Pair) -> None:
    words = read(member("Administrators"), pair=pair.pk, step="start")
    for title in setting_up.TEMPLATES.values():
        assert title in words


def test_what_is_chosen_starts_in_shadow_from_the_first_day(pair: Pair) -> None:
    client = member("Administrators")
    values = {"pair": pair.pk, "flow": [BILLING, CUSTOMERS], "first_day": "2026-11-02"}
    for _ in range(2):
        act(client, "shadow", **values, begins="day")
    assert modes(pair) == {BILLING: "shadow", CUSTOMERS: "shadow"}
    assert str(FlowSwitch.objects.get(flow=BILLING).starts_from) == "2026-11-02"
    assert "In shadow: “Closed Won opportunity to invoice”" in read(client, pair=pair.pk)


def test_every_record_there_ever_was_is_a_choice_and_never_a_slip(pair: Pair) -> None:
    client = member("Administrators")
    act(client, "shadow", pair=pair.pk, flow=BILLING, begins="day", first_day="")
    assert modes(pair) == {}
    assert "needs a first day" in read(client, pair=pair.pk, step="start")
    act(client, "shadow", pair=pair.pk, flow=BILLING, begins="every", first_day="2026-11-02")
    assert FlowSwitch.objects.get().starts_from is None


@pytest.mark.parametrize("day", ["soon", "2026-13-01", "1 Nov", "x" * 500])
def test_a_day_that_is_none_starts_nothing(pair: Pair, day: str) -> None:
    client = member("Administrators")
    act(client, "shadow", pair=pair.pk, flow=BILLING, begins="day", first_day=day)
    assert modes(pair) == {}
    assert "is no day" in read(client, pair=pair.pk)


@pytest.mark.parametrize("flows", [[], ["nothing"], ["__class__"]])
def test_nothing_chosen_starts_nothing(pair: Pair, flows: list[str]) -> None:
    client = member("Administrators")
    act(client, "shadow", pair=pair.pk, flow=flows, first_day="2026-11-02")
    assert modes(pair) == {}
    assert "Choose at least one template" in read(client, pair=pair.pk)


def test_a_template_that_is_on_is_not_taken_to_shadow_by_the_way(pair: Pair) -> None:
    FlowSwitch.objects.create(pair=pair, flow=BILLING, mode="on", changed_by="ana")
    act(member("Administrators"), "shadow", pair=pair.pk, flow=BILLING, first_day="2026-11-02")
    assert modes(pair) == {BILLING: "on"}


def test_the_first_day_lies_behind_the_lock_of_the_books(pair: Pair) -> None:
    locked = timezone.localdate() + timedelta(days=3)
    pair.xero.locked_until = locked
    pair.xero.save()
    page = member("Administrators").get(
        reverse("first_steps"), {"pair": str(pair.pk), "step": "start"}
    )
    behind = locked + timedelta(days=1)
    assert f'value="{behind:%Y-%m-%d}"' in page.content.decode()


def test_what_is_ticked_in_the_same_form_is_advice_and_not_missing(pair: Pair) -> None:
    client = member("Administrators")
    words = read(client, pair=pair.pk, step="start")
    assert "Start it together with “Contacts and accounts both ways”" in words
    assert "No customer is linked yet" not in words
    assert "Recommended first" not in words
    FlowSwitch.objects.create(pair=pair, flow=BILLING, mode="shadow", changed_by="ana")
    alone = read(client, pair=pair.pk, step="start")  # nothing is ticked beforehand any more
    assert "Start it together" not in alone
    assert "Recommended first: “Contacts and accounts both ways”" in alone
    FlowSwitch.objects.create(pair=pair, flow=CUSTOMERS, mode="shadow", changed_by="ana")
    used = read(client, pair=pair.pk, step="start")
    assert "Start it together" not in used
    assert "Recommended first" not in used


def test_events_are_advice_that_is_told_once_for_both_systems(pair: Pair) -> None:
    client = member("Administrators")
    told = read(client, pair=pair.pk, step="check")
    assert told.count("every few minutes") == 1
    assert "Salesforce events Xero events" in told
    assert "every few minutes" not in read(client, pair=pair.pk, step="start")
    EventDoor.objects.create(system="salesforce", connection=pair.salesforce, secret="s")
    one = read(client, pair=pair.pk, step="check")
    assert one.count("every few minutes") == 1
    assert "Xero tells of no change by itself yet" in one


def test_plans_are_told_in_money_by_currency_and_never_summed_across(pair: Pair) -> None:
    FlowSwitch.objects.create(pair=pair, flow=BILLING, mode="shadow", changed_by="ana")
    plan(pair, BILLING, 1)
    plan(pair, BILLING, 2, amount=Decimal("10.50"), currency="NZD")
    words = read(member("Finance"), pair=pair.pk, step="plans")
    assert "2 invoices would be made: AUD 4,235.00 NZD 10.50 before tax" in words
    assert "See these plans" in words


def test_customers_to_match_stand_there_by_how_much_there_is_to_think(pair: Pair) -> None:
    FlowSwitch.objects.create(pair=pair, flow=CUSTOMERS, mode="shadow", changed_by="ana")
    for number, (sure, points) in enumerate([(True, 80), (True, 70), (False, 40), (False, None)]):
        item = ask(pair, f"match {number}", kind="match")
        ReviewItem.objects.filter(pk=item.pk).update(flow=CUSTOMERS, sure=sure, points=points)
    words = read(member("Finance"), pair=pair.pk, step="plans")
    assert "2 have one strong suggestion Link 2 together…" in words
    assert "1 has a candidate that is not certain, or several" in words
    assert "1 has nobody near" in words
    assert "Open the match desk" in words


def test_disputed_fields_are_counted_by_record_as_the_desk_and_home_do(pair: Pair) -> None:
    FlowSwitch.objects.create(pair=pair, flow=BILLING, mode="shadow", changed_by="ana")
    for record, fields in (("North", 3), ("South", 1)):
        for number in range(fields):
            item = ask(pair, f"{record} {number}", kind="conflict")
            item.subjects.update(subject=f"salesforce:Account:{record}")
    closed = ask(pair, "West", kind="conflict")
    closed.subjects.update(closed_at=timezone.now())
    ask(pair, "East")
    home = desk_tiles.count(desk_tiles.waiting(pair))
    assert home == 3
    assert setting_up.plans_so_far(pair)[BILLING].questions == home
    client = member("Administrators")
    words = read(client, pair=pair.pk, step="plans")
    assert "2 questions at Conflicts" in words
    assert "3 questions wait for a person" in read(client, pair=pair.pk, step="start")
    page = flat(client.get(f"{reverse('first_steps_on', args=[BILLING])}?pair={pair.pk}"))
    assert "2 at Conflicts , 1 at Problems" in page


def test_the_time_that_is_left_says_that_questions_come_on_top_and_why_a_week(pair: Pair) -> None:
    client = member("Administrators")
    for_later, week = "questions are added once they are known", "both systems go on as ever"
    FlowSwitch.objects.create(pair=pair, flow=BILLING, mode="shadow", changed_by="ana")
    looking = read(client, pair=pair.pk)
    assert for_later in looking
    assert week in looking
    FlowSwitch.objects.update(mode="on")
    known = read(client, pair=pair.pk)
    assert "minutes left" in known
    assert for_later not in known
    assert week not in known


def test_putting_a_step_off_goes_on_with_the_next_and_holds_for_this_person(pair: Pair) -> None:
    client = member("Administrators")
    assert "Install the fields" in read(client, pair=pair.pk)
    act(client, "later", pair=pair.pk, step="fields")
    words = read(client, pair=pair.pk)
    assert "Install the fields" not in words
    assert "Check both systems" in words
    assert "put off" in words
    other = PairFactory.create()
    assert "Install the fields" in read(client, pair=other.pk)


@pytest.mark.parametrize("step", ["salesforce", "pair", "start", "on", "", "nothing"])
def test_what_the_next_steps_need_cannot_be_put_off(pair: Pair, step: str) -> None:
    client = member("Administrators")
    act(client, "later", pair=pair.pk, step=step)
    assert "This step cannot wait" in read(client, pair=pair.pk)


def test_the_page_of_money_cannot_be_skipped(pair: Pair) -> None:
    FlowSwitch.objects.create(pair=pair, flow=BILLING, mode="shadow", changed_by="ana")
    plan(pair, BILLING, 1)
    client = member("Administrators")
    address = f"{reverse('first_steps_on', args=[BILLING])}?pair={pair.pk}"
    words = flat(client.get(address))
    assert "cannot be switched on yet" in words
    assert "Switch it on" not in words
    assert client.post(address, {"seen": ""}).status_code == 302
    assert modes(pair) == {BILLING: "shadow"}


@pytest.mark.parametrize("address", ["on/nothing", "back/nothing", f"on/{BILLING}"])
def test_a_switch_that_is_none_is_not_found(pair: Pair, address: str) -> None:
    client = member("Administrators")
    query = "" if address.endswith(BILLING) else f"?pair={pair.pk}"
    assert client.get(f"/admin/first-steps/{address}/{query}").status_code == 404


def test_a_template_goes_back_to_shadow_and_keeps_its_first_day(pair: Pair) -> None:
    FlowSwitch.objects.create(pair=pair, flow=BILLING, mode="on", starts_from="2026-11-02")
    client = member("Administrators")
    address = f"{reverse('first_steps_back', args=[BILLING])}?pair={pair.pk}"
    assert "back to shadow?" in flat(client.get(address))
    for _ in range(2):
        client.post(address)
    switch = FlowSwitch.objects.get()
    assert (switch.mode, str(switch.starts_from)) == ("shadow", "2026-11-02")
    assert "is back in shadow" in read(client, pair=pair.pk)


def test_a_failed_installation_says_why_and_is_begun_again(pair: Pair) -> None:
    Installation.objects.create(
        connection=pair.salesforce, state=Installation.State.FAILED, version="1.0.0",
        finished_at=timezone.now(), words="Salesforce said no.",
    )  # fmt: skip
    words = read(member("Administrators"), pair=pair.pk, step="fields")
    assert "Salesforce said no." in words
    assert "Install the fields" in words


def test_there_is_one_solid_button_on_every_step(pair: Pair) -> None:
    FlowSwitch.objects.create(pair=pair, flow=BILLING, mode="shadow", changed_by="ana")
    FlowSwitch.objects.create(pair=pair, flow=CUSTOMERS, mode="on", changed_by="ana")
    client = member("Administrators")
    for step in ("", "salesforce", "xero", "pair", "fields", "check", "start", "plans", "on"):
        page = client.get(reverse("first_steps"), {"pair": str(pair.pk), "step": step})
        assert page.content.decode().count(" primary") <= 1, step


def test_the_page_asks_the_database_a_fixed_number_of_times(
    pair: Pair, django_assert_max_num_queries: Any
) -> None:
    client = member("Administrators")
    FlowSwitch.objects.create(pair=pair, flow=BILLING, mode="shadow", changed_by="ana")
    for number in range(30):
        plan(pair, BILLING, number + 10)
        ask(pair, f"question {number}")
    for number in range(5):
        PairFactory.create(name=f"pair {number}")
    with django_assert_max_num_queries(75):
        read(client, pair=pair.pk, step="plans")


def test_many_pairs_of_one_org_say_first_which_deals_belong_where(pair: Pair) -> None:
    second = PairFactory.create(name="New Zealand", salesforce=pair.salesforce)
    FlowSwitch.objects.create(pair=pair, flow=BILLING, mode="on", changed_by="ana")
    act(member("Administrators"), "shadow", pair=second.pk, flow=BILLING, first_day="2026-11-02")
    words = read(member("Administrators"), pair=second.pk, step="pair")
    assert "no row says which" in words
    assert "Say what belongs where" in words
    refused = f"{reverse('first_steps_on', args=[BILLING])}?pair={second.pk}"
    assert "Switch it on" not in flat(member("Administrators").get(refused))
