"""Who only looks changes nothing: neither a preview nor a flow in shadow moves a link."""

from __future__ import annotations

import pytest

from connections.live import open_remote
from sync.core.planning import Plan
from sync.core.records import Key
from sync.engine import running
from sync.intake import previewing
from sync.models import Link, ReviewItem, Verdict, Write
from tests.engine.books.review.customers import KESTREL, MALLOW, bond, bonds, switch
from tests.engine.books.town import FLOW, Town
from tests.engine.test_whole import run

pytestmark = pytest.mark.slow


def plan_of(town: Town, key: Key) -> Plan:
    """Return one plan of a preview of all, once it is sure that nothing was written down."""
    before, counts = list(Link.objects.order_by("pk").values()), counted()
    keys = previewing.likely_keys(town.switch, None, open_remote)
    _, plans = running.preview(town.switch, keys, open_remote)
    assert (list(Link.objects.order_by("pk").values()), counted()) == (before, counts)
    return next(plan for plan in plans if plan.subject == key)


def counted() -> tuple[int, int, int]:
    """Return how many questions, writes and verdicts there are."""
    return ReviewItem.objects.count(), Write.objects.count(), Verdict.objects.count()


def test_a_preview_shows_a_contacts_merge_and_keeps_the_link(town: Town) -> None:
    ours, theirs = town.account(**KESTREL), town.contact(**KESTREL)
    winner = town.contact(name="Osprey Airlines", billed=False)
    town.settle()
    town.in_xero("merge_contacts", winner.id, theirs.id)
    plan = plan_of(town, ours)
    assert plan.couple.xero is not None
    assert plan.couple.xero.key == winner
    switch("shadow")
    town.settle()
    assert bonds() == {bond(ours, theirs)}
    run("flow", FLOW, "on")
    town.settle()
    assert bonds() == {bond(ours, winner)}


def test_a_preview_shows_an_accounts_merge_and_keeps_the_link(town: Town) -> None:
    ours, theirs = town.account(**KESTREL), town.contact(**KESTREL)
    town.settle()
    winner = town.account(**MALLOW)
    town.act("merge_accounts", winner.id, ours.id)
    assert plan_of(town, winner).couple.link is not None
    switch("shadow")
    town.settle()
    assert bonds() == {bond(ours, theirs)}
    run("flow", FLOW, "on")
    town.settle()
    assert bonds() == {bond(winner, theirs)}
