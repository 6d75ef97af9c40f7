"""The list of cases and a case's page: who is chased for what, and what finance says of it."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from django.contrib.auth.models import Group, User
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from django.utils.html import strip_tags

from connections.models import Pair
from sync.models import FlowSwitch, Notice, RiskCase
from tests.factories import PairFactory

from .rows import case

pytestmark = pytest.mark.django_db
CASES = "admin:sync_riskcase_changelist"


@pytest.fixture
def pair() -> Pair:
    """A pair whose flow is on."""
    made: Pair = PairFactory.create()
    FlowSwitch.objects.create(pair=made, flow="credit_risk", mode="on")
    return made


def sign_in(client: Client, group: str) -> User:
    """Sign somebody of a group in."""
    user = User.objects.create_user(group.lower(), is_staff=True)
    user.groups.add(Group.objects.get(name=group))
    client.force_login(user)
    return user


def names(client: Client, **asked: Any) -> list[str]:
    """Return whom the list shows."""
    page: Any = client.get(reverse(CASES), asked)
    assert page.status_code == 200
    return [row.account_name for row in page.context["cl"].result_list]


def hold(client: Client, row: RiskCase, **said: Any) -> Any:
    """Say something of a case on its page."""
    return client.post(reverse("admin:risk_case_hold", args=[row.pk]), said)


def test_the_list_shows_what_is_not_settled_the_gravest_first(client: Client, pair: Pair) -> None:
    sign_in(client, "Finance")
    case(pair, "Bird Ltd", 2, severity=2)
    case(pair, "Acme Ltd", 1, severity=5)
    case(pair, "Crow Ltd", 3, state="settled")
    case(pair, "Dove Ltd", 4, state="done", disputed=True)
    assert names(client) == ["Acme Ltd", "Bird Ltd", "Dove Ltd"]
    assert names(client, standing="settled") == ["Crow Ltd"]
    assert names(client, standing="waiting") == ["Dove Ltd"]
    assert len(names(client, standing="all")) == 4
    assert names(client, q="bir") == ["Bird Ltd"]
    assert names(client, q="0015g0000000001AAA") == ["Acme Ltd"]
    assert names(client, rule="limit") == []


def test_the_list_costs_the_same_for_many(
    client: Client, pair: Pair, django_assert_max_num_queries: Any
) -> None:
    sign_in(client, "Finance")
    for number in range(40):
        case(pair, f"Customer {number}", number)
    with django_assert_max_num_queries(25):
        assert len(names(client)) == 40


def test_a_case_tells_why_with_its_places_and_its_history(client: Client, pair: Pair) -> None:
    sign_in(client, "Auditors")
    row = case(pair)
    page = client.get(reverse("admin:sync_riskcase_change", args=[row.pk])).content.decode()
    assert "Acme Ltd: GBP 900.00 is more than 14 days overdue, on 1 invoice." in strip_tags(page)
    assert '<span class="nowrap">INV-0007</span>' in page
    assert f"/Task/{row.task}/view" in page
    assert "Level 1: a task for Sam Reed." in page
    assert "Keep what is said" not in page


def test_finance_holds_a_case_and_its_account_is_planned_again(client: Client, pair: Pair) -> None:
    sign_in(client, "Finance")
    row, day = case(pair), timezone.localdate() + timedelta(days=9)
    said = {"snoozed_until": day.isoformat(), "disputed": "on", "note": "It never came."}
    answer = hold(client, row, **said)
    assert answer.status_code == 302
    row.refresh_from_db()
    assert (row.snoozed_until, row.disputed, row.promised_on) == (day, True, None)
    entry = row.entries.latest("pk")
    words = f"Put off until {day:%-d %b %Y}. Disputed. It never came."
    assert (entry.by, entry.words) == ("finance", words)
    notice = Notice.objects.get(flow="credit_risk")
    assert (notice.remote_id, notice.source) == (row.account, "decision")


def test_what_is_said_already_stands_in_the_form_and_survives_another_answer(
    client: Client, pair: Pair
) -> None:
    sign_in(client, "Finance")
    row = case(pair, snoozed_until=date(2026, 12, 4), promised_on=date(2026, 12, 9))
    page = client.get(reverse("admin:sync_riskcase_change", args=[row.pk]))
    assert 'value="2026-12-04"' in page.content.decode()
    initial = {name: page.context["form"][name].value() for name in page.context["form"].fields}
    told = {name: value for name, value in initial.items() if value}
    hold(client, row, **{**told, "disputed": "on", "mark": page.context["mark"]})
    row.refresh_from_db()
    assert (str(row.snoozed_until), str(row.promised_on)) == ("2026-12-04", "2026-12-09")
    assert row.disputed


def test_only_those_who_may_hold_a_case(client: Client, pair: Pair) -> None:
    row = case(pair)
    sign_in(client, "Auditors")
    assert hold(client, row, disputed="on").status_code == 403
    assert client.get(reverse("admin:risk_case_hold", args=[row.pk])).status_code == 403
    row.refresh_from_db()
    assert not row.disputed


@pytest.mark.parametrize("typed", ["2206-12-01", "1926-12-01"])
def test_a_slip_of_the_pen_is_told_and_what_was_typed_stays(
    client: Client, pair: Pair, typed: str
) -> None:
    sign_in(client, "Finance")
    row = case(pair)
    answer = hold(client, row, promised_on=typed, note="Ann rang.")
    assert answer.status_code == 422
    page = answer.content.decode()
    assert "more than a year away" in page
    assert "Ann rang." in page
    row.refresh_from_db()
    assert row.promised_on is None


def test_an_old_promise_is_no_slip_when_something_else_is_said(client: Client, pair: Pair) -> None:
    sign_in(client, "Finance")
    row = case(pair, promised_on=date(2020, 1, 1))
    assert hold(client, row, promised_on="2020-01-01", disputed="on").status_code == 302
    row.refresh_from_db()
    assert row.disputed


def test_who_saw_an_older_state_is_told_and_changes_nothing(client: Client, pair: Pair) -> None:
    sign_in(client, "Finance")
    row = case(pair)
    mark = client.get(reverse("admin:sync_riskcase_change", args=[row.pk])).context["mark"]
    RiskCase.objects.update(promised_on=date(2026, 12, 1))
    hold(client, row, disputed="on", mark=mark)
    row.refresh_from_db()
    assert not row.disputed
    page = client.get(reverse(CASES)).content.decode()
    assert "Somebody else said something of this case meanwhile" in page


def test_a_hold_while_the_flow_is_off_says_so(client: Client, pair: Pair) -> None:
    sign_in(client, "Finance")
    row = case(pair)
    FlowSwitch.objects.update(mode="off")
    hold(client, row, disputed="on")
    row.refresh_from_db()
    assert row.disputed
    page = client.get(reverse(CASES)).content.decode()
    assert "The flow is off: the task in Salesforce is told when it is on again." in page


def test_the_list_can_be_exported(client: Client, pair: Pair) -> None:
    sign_in(client, "Finance")
    case(pair)
    answer: Any = client.get(reverse("admin:sync_riskcase_export"))
    text = b"".join(answer.streaming_content).decode()
    assert "Acme Ltd" in text
    assert "900.00" in text


def test_a_case_whose_pair_is_gone_is_still_told(client: Client, pair: Pair) -> None:
    sign_in(client, "Finance")
    row = case(pair)
    RiskCase.objects.update(pair=None)
    assert client.get(reverse("admin:sync_riskcase_change", args=[row.pk])).status_code == 200
