"""Every screen answers for everybody who may see it, and nothing changes on a GET."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.contrib.admin import site
from django.contrib.auth.models import Group, User
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from sync.models import Decision, FlowSwitch, Link, Notice, PlanRow, ReviewItem, Run, Write
from sync.models.switches import is_paused
from tests.engine.asked import ask
from tests.engine.conftest import Desk

SCREENS = [
    "index", "sync_reviewitem_changelist", "sync_planrow_changelist", "sync_link_changelist",
    "sync_write_changelist", "sync_run_changelist", "sync_notice_changelist",
    "sync_flowswitch_changelist", "review_all",
]  # fmt: skip


def member(client: Client, group: str) -> Client:
    """Sign a member of the group in."""
    user = User.objects.create_user(f"{group} person", password="x", is_staff=True)
    user.groups.add(Group.objects.get(name=group))
    client.force_login(user)
    return client


@pytest.fixture
def worked(desk: Desk) -> Desk:
    """A desk with a billed deal and one that asks."""
    desk.win(1)
    desk.win(2, Amount=Decimal("-5"))
    desk.work()
    return desk


@pytest.mark.parametrize("group", ["Finance", "Administrators", "Auditors"])
@pytest.mark.parametrize("screen", SCREENS)
def test_every_screen_answers(client: Client, worked: Desk, group: str, screen: str) -> None:
    response = member(client, group).get(reverse(f"admin:{screen}"))
    assert response.status_code == 200


@pytest.mark.parametrize("screen", SCREENS)
def test_every_screen_answers_when_there_is_nothing(client: Client, db: None, screen: str) -> None:
    assert member(client, "Finance").get(reverse(f"admin:{screen}")).status_code == 200


@pytest.mark.parametrize(("screen", "name"), [("planrow", "Plans"), ("flowswitch", "Flows")])
def test_a_list_is_called_by_what_it_shows_in_the_tab_of_a_browser(
    client: Client, db: None, screen: str, name: str
) -> None:
    page = member(client, "Finance").get(reverse(f"admin:sync_{screen}_changelist"))
    (title,) = re.findall(r"<title>\s*(.*?)\s*</title>", page.content.decode(), re.DOTALL)
    assert title == f"{name} | Counterpart"


@pytest.mark.parametrize("model", [Run, PlanRow, Write, Link, Notice])
def test_every_record_has_its_page(client: Client, worked: Desk, model: type) -> None:
    member(client, "Auditors")
    name = f"admin:sync_{model.__name__.lower()}_change"
    for row in model.objects.all():  # type: ignore[attr-defined]
        assert client.get(reverse(name, args=[row.pk])).status_code == 200


def test_the_desk_names_the_cause_the_money_and_the_deal(client: Client, worked: Desk) -> None:
    page = member(client, "Finance").get(reverse("admin:sync_reviewitem_changelist"))
    text = page.content.decode()
    assert "nothing to bill" in text
    assert "Survey 2" in text


def test_a_question_leads_to_its_table_by_the_name_that_finance_knows(
    client: Client, desk: Desk
) -> None:
    member(client, "Finance")
    ask(desk.switch.pair, "North", place="table", argument="tax_type")
    page = client.get(reverse("admin:sync_reviewitem_changelist")).content.decode()
    assert "Open the table “Tax rates”" in page
    assert "tax type" not in page


def test_an_answer_is_kept_with_its_person_and_planned_again(client: Client, worked: Desk) -> None:
    item = ReviewItem.objects.get()
    worked.salesforce.edit("Opportunity", "0065g0000000002AAA", Amount=Decimal("5.00"))
    url = reverse("admin:review_decide", args=[item.pk])
    assert member(client, "Finance").post(url, {"choice": "retry"}).status_code == 302
    worked.work_until_quiet()
    assert len(worked.invoices()) == 2


def test_a_get_decides_nothing(client: Client, worked: Desk) -> None:
    item = ReviewItem.objects.get()
    member(client, "Finance")
    for name in ("review_decide", "review_leave", "review_note"):
        url = reverse(f"admin:{name}", args=[item.pk])
        assert client.get(url, {"choice": "retry", "reason": "x"}).status_code == 403
    assert not Decision.objects.exists()
    assert ReviewItem.objects.get().state == "open"


@pytest.mark.parametrize("name", ["review_decide", "review_leave", "review_note"])
def test_an_auditor_answers_nothing(client: Client, worked: Desk, name: str) -> None:
    item = ReviewItem.objects.get()
    url = reverse(f"admin:{name}", args=[item.pk])
    response = member(client, "Auditors").post(url, {"choice": "retry", "reason": "x"})
    assert response.status_code == 403
    assert ReviewItem.objects.get().state == "open"


def test_finance_pauses_with_a_reason_that_everybody_reads(client: Client, db: None) -> None:
    member(client, "Finance")
    url = reverse("admin:sync_pause_changelist")
    client.post(url, {"to": "pause", "why": ""})
    assert not is_paused()
    client.post(url, {"to": "pause", "why": "month end"})
    assert is_paused()
    assert "month end" in client.get(reverse("admin:index")).content.decode()
    client.post(url, {"to": "resume"})
    assert not is_paused()


def test_an_auditor_cannot_pause(client: Client, db: None) -> None:
    url = reverse("admin:sync_pause_changelist")
    assert member(client, "Auditors").post(url, {"to": "pause", "why": "x"}).status_code == 403
    assert not is_paused()


def test_the_export_cannot_carry_a_formula(client: Client, worked: Desk) -> None:
    ReviewItem.objects.update(title="=cmd()")
    page: Any = member(client, "Finance").get(reverse("admin:review_export"))
    assert "'=cmd()" in b"".join(page.streaming_content).decode()


@pytest.mark.parametrize("screen", ["index", "sync_reviewitem_changelist"])
def test_a_screen_costs_the_same_queries_however_much_there_is(
    client: Client,
    desk: Desk,
    screen: str,
    django_assert_max_num_queries: Any,
) -> None:
    for number in range(1, 31):
        desk.win(number, Amount=Decimal(number - 20))
    desk.work()
    member(client, "Finance").get(reverse(f"admin:{screen}"))
    with django_assert_max_num_queries(32):
        client.get(reverse(f"admin:{screen}"))


def test_an_answer_leads_on_to_the_next_question_of_the_same_list(
    client: Client, worked: Desk
) -> None:
    item = ReviewItem.objects.get()
    url = reverse("admin:review_decide", args=[item.pk])
    answer = {"choice": "retry", "then": "77", "tab": "open", "kind": "problem"}
    response = member(client, "Finance").post(url, answer)
    assert response["Location"].endswith("?tab=open&kind=problem&item=77")


def test_an_answer_that_is_not_offered_is_refused_in_words(client: Client, worked: Desk) -> None:
    url = reverse("admin:review_decide", args=[ReviewItem.objects.get().pk])
    page = member(client, "Finance").post(url, {"choice": "xero"}, follow=True)
    assert "is not offered here" in page.content.decode()
    assert not Decision.objects.exists()


@pytest.mark.parametrize("kind", ["Finance", "Auditors"])
def test_only_administrators_switch_flows(client: Client, worked: Desk, kind: str) -> None:
    url = reverse("admin:sync_flowswitch_change", args=[worked.switch.pk])
    response = member(client, kind).post(url, {"mode": "off", "starts_from": ""})
    assert response.status_code == 403
    assert FlowSwitch.objects.get().mode == "on"


@pytest.fixture
def at_the_desk(worked: Desk) -> Iterator[Desk]:
    """The switches' screen asks the desk's own Salesforce what it has."""
    screen: Any = site.get_model_admin(FlowSwitch)
    before, screen.open_remote = screen.open_remote, worked.door
    yield worked
    screen.open_remote = before


def test_a_flow_goes_on_only_after_a_second_yes(client: Client, at_the_desk: Desk) -> None:
    FlowSwitch.objects.update(mode="shadow")
    url = reverse("admin:sync_flowswitch_change", args=[at_the_desk.switch.pk])
    member(client, "Administrators").post(url, {"mode": "on", "starts_from": "2026-04-01"})
    assert FlowSwitch.objects.get().mode == "shadow"
    client.post(url, {"mode": "on", "starts_from": "2026-04-01", "sure": "yes"})
    switch = FlowSwitch.objects.get()
    assert (switch.mode, switch.changed_by) == ("on", "Administrators person")
    assert switch.starts_from == date(2026, 4, 1)


def test_a_first_day_is_asked_for_only_where_a_flow_knows_days(
    client: Client, worked: Desk
) -> None:
    other = FlowSwitch.objects.create(pair=worked.switch.pair, flow="account_contact", mode="off")
    member(client, "Administrators")
    address = "admin:sync_flowswitch_change"
    of_deals = client.get(reverse(address, args=[worked.switch.pk])).content.decode()
    of_customers = client.get(reverse(address, args=[other.pk])).content.decode()
    assert "Begins with" in of_deals
    assert "Begins with" not in of_customers


def test_home_counts_what_shadow_would_have_made_with_its_money_and_without(
    client: Client, worked: Desk
) -> None:
    rows = PlanRow.objects.filter(action="create")
    rows.update(state="shadow", currency="", amount=None)
    page = member(client, "Finance").get(reverse("admin:index")).content.decode()
    assert f"{rows.count()} without money: what would have been made" in page
    rows.update(currency="GBP", amount=Decimal(7))
    page = client.get(reverse("admin:index")).content.decode()
    assert f"{rows.count()} in GBP: what would have been made" in page
    assert "would have been changed" not in page


def test_home_tells_what_shadow_would_have_changed_by_the_same_one_query(
    client: Client, worked: Desk
) -> None:
    made = PlanRow.objects.filter(action="create")
    made.update(state="shadow", currency="GBP", amount=Decimal(7))
    member(client, "Finance")
    with CaptureQueriesContext(connection) as before:
        client.get(reverse("admin:index"))
    first = made.order_by("pk").first()
    assert first is not None
    for number, subject in enumerate(("salesforce:Opportunity:1", "salesforce:Opportunity:2")):
        for _ in range(2):  # the newest plan of each record counts
            PlanRow.objects.create(
                run=first.run, pair=first.pair, flow="payment_status", subject=subject,
                action="update", state="shadow", currency="GBP", amount=Decimal(number),
            )  # fmt: skip
    with CaptureQueriesContext(connection) as after:
        page = client.get(reverse("admin:index")).content.decode()
    assert f"{made.count()} in GBP: what would have been made; 2 records would have been" in page
    assert len(after) == len(before)
    made.delete()
    page = client.get(reverse("admin:index")).content.decode()
    assert "2 changes" in page


def test_pages_that_are_not_there_answer_in_our_words(client: Client, db: None) -> None:
    page = member(client, "Finance").get("/admin/sync/write/4711/change/")
    assert page.status_code == 404
    assert "There is no such page" in page.content.decode()


def test_finance_lets_both_systems_be_read_now_by_a_button(client: Client, desk: Desk) -> None:
    member(client, "Finance")
    url = reverse("admin:flow_look", args=[desk.switch.pk])
    assert url in client.get(reverse("admin:index")).content.decode()
    assert client.get(url).status_code == 403
    assert client.post(url).status_code == 302


def test_an_auditor_has_no_button_to_look_now(client: Client, desk: Desk) -> None:
    member(client, "Auditors")
    url = reverse("admin:flow_look", args=[desk.switch.pk])
    assert url not in client.get(reverse("admin:index")).content.decode()
    assert client.post(url).status_code == 403
