"""From two address books to links: the sandbox, the flow, the match desk and the worker's way."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse

from sandbox.server import Box
from sync.engine import deciding
from sync.models import Link, ReviewItem, Verdict
from tests.desks.answering import DESK, give, text
from tests.desks.conftest import SignIn
from tests.engine.test_books_whole import FLOW, box
from tests.engine.test_whole import later, run, sync

pytestmark = [pytest.mark.slow, pytest.mark.django_db(transaction=True)]
__all__ = ["box"]


def settle() -> None:
    """Work until everything that was answered has been carried out."""
    for _ in range(4):
        sync(FLOW)
        later()


def item(name: str) -> ReviewItem:
    return ReviewItem.objects.get(kind="match", state="open", title__contains=f"“{name}”")


def accept_the_sure_ones(client: Client) -> None:
    address = reverse("match_bulk")
    page = text(client, f"{address}?points=60")
    shown_at = page.split('name="shown_at" value="')[1].split('"')[0]
    client.post(address, {"points": "60", "shown_at": shown_at})


def test_finance_matches_two_address_books(box: Box, sign_in: SignIn) -> None:
    priya = sign_in("Finance")
    run("flow", FLOW, "shadow")
    settle()
    assert not Link.objects.exists()
    sure = set(ReviewItem.objects.filter(sure=True, state="open").values_list("title", flat=True))
    assert len(sure) > 5
    assert "Thames Gateway Logistics" in text(priya)
    run("flow", FLOW, "on")
    accept_the_sure_ones(priya)
    settle()
    linked = Link.objects.filter(flow=FLOW, origin=Link.Origin.PERSON)
    assert linked.count() >= len(sure)
    assert not ReviewItem.objects.filter(title__in=sure, state="open").exists()
    assert "answered, being carried out" not in text(priya)


def test_what_was_told_apart_is_not_suggested_again_and_what_was_named_is_linked(
    box: Box, sign_in: SignIn
) -> None:
    priya = sign_in("Finance")
    run("flow", FLOW, "shadow")
    settle()
    doubtful = item("Quantock Quarry")
    key = doubtful.details["candidates"][0]["key"]
    give(priya, doubtful, "not")
    assert Verdict.objects.get().one == key
    settle()
    again = ReviewItem.objects.filter(kind="match", state="open", title__contains="Quantock")
    assert all(key not in str(one.details) for one in again)
    open_still = ReviewItem.objects.filter(kind="match", state="open").order_by("pk")
    other = next(
        one
        for one in open_still.exclude(title__contains="Quantock")
        if one.details["subject"]["system"] == "xero"
    )
    found = text(priya, f"{DESK}?item={other.pk}&words=Quantock")
    named = found.split("&amp;candidate=")[1].split("#")[0].replace("%3A", ":")
    assert named == key
    give(priya, other, "use", candidate=named, mark=deciding.mark_of(other))
    run("flow", FLOW, "on")
    settle()
    link = Link.objects.get(salesforce_id=key.rpartition(":")[2])
    assert link.xero_id == other.details["subject"]["key"].rpartition(":")[2]
    assert link.origin == Link.Origin.PERSON
