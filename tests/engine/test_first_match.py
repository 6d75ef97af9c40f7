"""The first time: two grown address books meet, and it is known who is who in them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import Any

import pytest
from pytest_django import Settings

from benchmarks import first_match
from sandbox.seeding.books import write_books
from sandbox.seeding.truth import told
from sandbox.server import Box
from sync.models import Link, ReviewItem
from tests.engine.test_whole import connected, later, run, sync

pytestmark = [pytest.mark.slow, pytest.mark.django_db(transaction=True)]
FLOW = "account_contact"
RECORDS = 300


@pytest.fixture
def box(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> Iterator[Box]:
    with connected(settings, monkeypatch) as sandbox:
        write_books(sandbox.world, 1, RECORDS)
        settings.XERO_CALLS_PER_MINUTE = 10_000  # what a company does in an hour
        sandbox.world.set_setting("xero", "minute_limit", 10_000)
        yield sandbox


def test_two_grown_books_are_linked_rightly_and_come_to_rest(box: Box) -> None:
    known = first_match.customers(told(box.world))
    before = Counter(one["customer"] for one in known.values())
    run("flow", FLOW, "shadow")

    def work() -> dict[str, Any]:
        later()
        done: dict[str, Any] = sync(FLOW)["runs"][0]
        assert "error" not in done
        return done

    def switch_on() -> None:
        run("flow", FLOW, "on")

    report = list(first_match.play(known, work, switch_on))
    assert len(before) > RECORDS
    assert ", 0 wrong" in report[1], report  # what is linked in one list
    linked = [pair for pair in first_match.links() if all(key in known for key in pair)]
    strangers = [p for p in linked if known[p[0]]["customer"] != known[p[1]]["customer"]]
    assert strangers == []
    # what shares no more than a part of the name with its other record looks like a stranger
    assert len(first_match.made_twice(known)) <= RECORDS // 100
    assert len(linked) >= RECORDS * 0.7
    contacts = Counter(Link.objects.filter(role="main").values_list("xero_id", flat=True))
    assert max(contacts.values()) == 1
    assert not ReviewItem.objects.filter(state="open", kind="match", answered_at=None).exists()
    assert work()["writes"] == {"confirmed": 0, "refused": 0, "in_doubt": 0}
