"""Addresses that no page makes: signs that are no number, too long, or of no database."""

from __future__ import annotations

import pytest
from django.contrib.auth.models import Group, User
from django.test import Client
from django.urls import reverse

from connections.models import Pair
from tests.engine.asked import RECORDS, ask, link
from tests.factories import PairFactory

pytestmark = pytest.mark.django_db
PAGES = {
    "conflict_desk": (),
    "duplicate_desk": (),
    "match_desk": (),
    "match_bulk": (),
    "conflict_history": (),
    "price_drift": (),
    "first_steps": (),
    "inbox": (),
    "past_decisions": ("conflict",),
    "admin:review_all": (),
    "admin:sync_reviewitem_changelist": (),
    "admin:sync_link_changelist": (),
    "admin:lock_keep_out": (),
}
NAMES = "pair item before from whose who field points page q but record salesforce xero is o p"
ODD = ["²", "٣", "9" * 19, "9" * 5000, "-1", "1\x00", "\ud800".encode("utf-8", "surrogatepass")]


@pytest.fixture
def boss(client: Client) -> User:
    """A person who may see everything."""
    user = User.objects.create_superuser("boss")
    user.groups.add(Group.objects.get(name="Finance"))
    client.force_login(user)
    return user


@pytest.fixture
def pair() -> Pair:
    """A pair about whose records something is asked at each desk."""
    made: Pair = PairFactory.create()
    for kind in ("problem", "match", "conflict", "approval"):
        ask(made, kind, kind, amount="10")
    ask(made, "group", "duplicate", details=RECORDS)
    link(made, 1)
    return made


@pytest.mark.parametrize("name", PAGES)
@pytest.mark.parametrize("text", ODD, ids=range(len(ODD)))
def test_no_sign_in_an_address_is_an_error_of_ours(
    client: Client, boss: User, pair: Pair, name: str, text: str | bytes
) -> None:
    page = reverse(name, args=PAGES[name])
    for asked in NAMES.split():
        answer = client.get(page, {asked: text})
        assert answer.status_code in (200, 302, 400, 404), asked


@pytest.mark.parametrize("name", ["conflict_desk", "duplicate_desk", "match_desk", "match_bulk"])
@pytest.mark.parametrize("text", ODD[:5], ids=range(5))
def test_no_sign_in_an_answer_is_an_error_of_ours(
    client: Client, boss: User, pair: Pair, name: str, text: str
) -> None:
    for asked in ("item", "to", "points", "pair", "value"):
        sent = {asked: text, "act": "assign", "shown": text}
        answer = client.post(reverse(name), sent)
        assert answer.status_code in (200, 302, 400, 404, 409), asked
