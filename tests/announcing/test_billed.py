"""A deal that is billed already and comes again: told once, counted, and never billed twice."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from sync.engine import announcing_watch
from sync.models import Announcement, Copy, Link
from tests.engine.conftest import Desk, make_desk  # noqa: F401 - a fixture


@pytest.fixture
def desk(make_desk: Any, priya: User) -> Desk:  # noqa: F811 - pytest's way
    made: Desk = make_desk()
    return made


def billed(desk: Desk, *numbers: int) -> list[Any]:
    """Let deals be won and billed an hour ago."""
    keys = [desk.win(n, LastStageChangeDate=ago(hours=2)) for n in numbers]
    desk.work_until_quiet()
    Link.objects.update(made_at=ago(hours=1))
    return keys


def ago(**passed: float) -> datetime:
    return datetime.now(UTC) - timedelta(**passed)


def titles() -> list[str]:
    return list(Announcement.objects.filter(kind="twice").values_list("title", flat=True))


def test_a_deal_that_is_billed_in_the_usual_way_is_no_news(desk: Desk) -> None:
    (key,) = billed(desk, 1)
    desk.change(key, Description="A new word")
    desk.work_until_quiet()
    assert titles() == []


def test_a_billed_deal_that_is_won_again_is_told_once_and_billed_once(desk: Desk) -> None:
    (key,) = billed(desk, 1)
    desk.change(key, IsWon=False, LastStageChangeDate=ago(minutes=30))
    desk.work_until_quiet()
    assert titles() == []  # it is open again: that is a question, and no trigger
    desk.change(key, IsWon=True, LastStageChangeDate=ago(minutes=20))
    desk.work_until_quiet()
    desk.change(key, Description="Another word")
    desk.work_until_quiet()
    (title,) = titles()
    assert title.endswith("is billed already and was won again")
    row = Announcement.objects.get(kind="twice")
    assert row.brief == "A deal that is billed already was won again"
    assert row.path == reverse(
        "admin:sync_link_change", args=[Link.objects.get(xero_kind="Invoice").pk]
    )
    assert len(desk.invoices()) == 1


def test_a_deal_reopened_and_won_between_two_looks_is_seen_by_its_time(desk: Desk) -> None:
    (key,) = billed(desk, 1)
    desk.change(key, LastStageChangeDate=ago(minutes=5))
    desk.work_until_quiet()
    assert len(titles()) == 1
    desk.change(key, LastStageChangeDate=ago(minutes=4))
    desk.work_until_quiet()
    assert titles() == ["2 deals that are billed already were won again, " + desk.switch.pair.name]


def test_many_of_them_are_one_message_with_their_number(
    desk: Desk, client: Client, priya: User
) -> None:
    for key in billed(desk, *range(1, 31)):
        desk.change(key, LastStageChangeDate=ago(minutes=5))
    desk.work_until_quiet()
    row = Announcement.objects.get(kind="twice")
    assert row.count == 30
    assert row.body.count("“") == 5
    assert Copy.objects.filter(announcement=row).count() == 1
    client.force_login(priya)
    assert client.get(row.path).status_code == 200


def test_the_same_trigger_seen_again_by_another_worker_counts_once(desk: Desk) -> None:
    (key,) = billed(desk, 1)
    desk.change(key, LastStageChangeDate=ago(minutes=5))
    desk.work_until_quiet()
    for _ in range(3):
        desk.notice(key)
        desk.work_until_quiet()
    assert Announcement.objects.get(kind="twice").count == 1


def test_a_stage_of_long_ago_or_of_the_same_moment_is_no_news(desk: Desk) -> None:
    one, two = billed(desk, 1, 2)
    Link.objects.filter(salesforce_id=one.id).update(made_at=ago(days=90))
    desk.change(one, LastStageChangeDate=ago(days=31))
    desk.change(two, LastStageChangeDate=ago(minutes=59))
    desk.work_until_quiet()
    assert titles() == []


def test_a_deal_whose_invoice_was_voided_and_that_is_won_again_is_no_duplicate(desk: Desk) -> None:
    (key,) = billed(desk, 1)
    (invoice,) = desk.invoices()
    desk.xero.edit("Invoice", invoice.key.id, Status="VOIDED")
    desk.change(key, LastStageChangeDate=ago(minutes=5))
    desk.work_until_quiet()
    assert titles() == []


def test_a_bill_asked_for_once_more_after_its_link_is_gone_is_found_done(desk: Desk) -> None:
    (key,) = billed(desk, 1)
    Link.objects.all().delete()
    desk.xero.edit("Invoice", desk.invoices()[0].key.id, Reference="PO 7741", Url="")
    desk.notice(key)
    desk.work_until_quiet()
    assert len(desk.invoices()) == 1
    assert len(titles()) == 1
    assert Link.objects.filter(salesforce_id=key.id).count() == 1


def test_after_a_quiet_day_the_message_is_of_the_past_and_the_next_is_a_new_one(
    desk: Desk,
) -> None:
    (key,) = billed(desk, 1)
    desk.change(key, LastStageChangeDate=ago(minutes=5))
    desk.work_until_quiet()
    Announcement.objects.update(last_at=timezone.now() - timedelta(hours=25))
    announcing_watch.look()
    assert Announcement.objects.get(kind="twice").over_at is not None
    desk.change(key, LastStageChangeDate=ago(minutes=3))
    desk.work_until_quiet()
    assert Announcement.objects.filter(kind="twice", over_at=None).count() == 1
