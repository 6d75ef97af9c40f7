"""The exports of lists: what they show, in plain figures, words and times."""

from __future__ import annotations

import csv
import io
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.contrib.auth.models import Group, User
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from connections.models import Pair
from sync.engine import deciding
from sync.models import Lock, Verdict
from tests.engine.asked import ask
from tests.engine.conftest import Desk
from tests.factories import PairFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def pair() -> Pair:
    """A pair of connections."""
    made: Pair = PairFactory.create()
    return made


@pytest.fixture
def priya(client: Client) -> User:
    """Priya of finance, signed in."""
    user = User.objects.create_user("priya", is_staff=True, first_name="Priya")
    user.groups.add(Group.objects.get(name="Finance"))
    client.force_login(user)
    return user


def exported(client: Client, name: str, **asked: Any) -> list[dict[str, str]]:
    """Return the rows of an export by their headings."""
    page: Any = client.get(reverse(name), asked)
    text = b"".join(page.streaming_content).decode().removeprefix("\ufeff")
    return list(csv.DictReader(io.StringIO(text)))


def test_the_export_of_questions_has_a_line_for_each_record_and_its_answer(
    client: Client, priya: User, pair: Pair
) -> None:
    item = ask(pair, "North", "match", choices=[{"value": "new", "label": "Make a new contact"}])
    item.subjects.create(subject="salesforce:Account:2", name="=SUM(A1)", amount=5, currency="JPY")
    ask(pair, "South", amount="12.5")
    deciding.decide(item.pk, "new", "priya")
    rows = exported(client, "admin:sync_reviewitem_export", **{"is": "all"})
    by_name = {row["name"]: row for row in rows}
    assert set(by_name) == {"North", "'=SUM(A1)", "South"}
    assert (by_name["South"]["amount"], by_name["South"]["currency"]) == ("12.50", "GBP")
    assert (by_name["'=SUM(A1)"]["amount"], by_name["'=SUM(A1)"]["currency"]) == ("5", "JPY")
    answered = by_name["North"]
    assert (answered["answer"], answered["answered by"]) == ("Make a new contact", "priya")
    assert by_name["South"]["answer"] == ""


def test_an_export_has_what_its_list_shows_and_nothing_else(
    client: Client, priya: User, pair: Pair
) -> None:
    ask(pair, "North", "match")
    ask(pair, "South", "conflict", answered_at=timezone.now())
    rows = exported(client, "admin:sync_reviewitem_export", kind__exact="match")
    assert [row["name"] for row in rows] == ["North"]
    assert exported(client, "admin:sync_reviewitem_export", q="sou") == []


def test_the_desks_export_follows_its_tab_and_its_filters(
    client: Client, priya: User, pair: Pair
) -> None:
    ask(pair, "North", assignee=priya)
    ask(pair, "South")
    ask(pair, "East", "match")
    names = [row["name"] for row in exported(client, "admin:review_export")]
    assert names == ["South", "North"]
    rows = exported(client, "admin:review_export", assignee="mine")
    assert [row["name"] for row in rows] == ["North"]


def test_what_was_told_apart_and_kept_out_is_exported_in_plain_words_and_times(
    client: Client, priya: User, pair: Pair
) -> None:
    Verdict.objects.create(
        pair=pair, kind="branch", one="salesforce:Account:1", other="xero:Contact:2",
        names="North / Norths", by="priya",
    )  # fmt: skip
    Lock.objects.create(
        pair=pair, system="xero", kind="Contact", remote_id="2", name="Norths", why="-a row",
        by="priya",
    )  # fmt: skip
    (verdict,) = exported(client, "admin:sync_verdict_export")
    (lock,) = exported(client, "admin:sync_lock_export")
    assert (verdict["they are"], verdict["other"]) == ("Parent and branch", "xero:Contact:2")
    assert (lock["id"], lock["why"], lock["ended (UTC)"]) == ("2", "'-a row", "")
    for moment in (verdict["said (UTC)"], lock["kept out (UTC)"]):
        told = datetime.fromisoformat(moment).replace(tzinfo=UTC)
        assert abs(timezone.now() - told) < timedelta(minutes=10)


@pytest.mark.parametrize("model", ["planrow", "write", "run", "notice", "link", "flowswitch"])
def test_every_list_of_records_is_exported_in_plain_figures_and_times(
    client: Client, priya: User, desk: Desk, model: str
) -> None:
    desk.win(1)
    desk.work_until_quiet()
    page: Any = client.get(reverse(f"admin:sync_{model}_changelist"))
    rows = exported(client, f"admin:sync_{model}_export")
    assert len(rows) == len(page.context["cl"].result_list)
    assert not any("<" in cell for row in rows for cell in row.values())
    if model in ("planrow", "write"):
        amount = "amount before tax" if model == "planrow" else "amount"
        assert ("1000.00", "GBP") in {(row[amount], row["currency"]) for row in rows}
