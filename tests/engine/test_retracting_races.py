"""Taking an answer back and a worker that begins with it never both win."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection, transaction

from sync.engine import claiming, deciding, retracting
from sync.models import Decision, Notice, ReviewItem
from tests.desks import matches
from tests.factories import PairFactory

pytestmark = pytest.mark.django_db(transaction=True)


def claimed_elsewhere(item: ReviewItem) -> int:
    """Let another worker claim what is due; return how many notices it got."""

    def work() -> int:
        try:
            return len(claiming.claim(item.pair_id, item.flow, 10))
        finally:
            connection.close()

    with ThreadPoolExecutor(1) as pool:
        return pool.submit(work).result(timeout=20)


@pytest.fixture
def answered() -> Decision:
    """A match that has just been answered: its notice waits."""
    pair = PairFactory.create()
    near = matches.candidate(matches.contact(1, "Vine P/L"), ("same name", 40))
    item = matches.ask(pair, matches.account(1, "Vine Pty Ltd"), near)
    deciding.decide(item.pk, f"use:{near['key'].rpartition(':')[2]}", "Priya")
    return Decision.objects.select_related("item").get()


def test_no_worker_begins_while_an_answer_is_being_taken_back(answered: Decision) -> None:
    with transaction.atomic():
        retracting.retract(answered.pk, "Priya")
        assert claimed_elsewhere(answered.item) == 0
    assert claimed_elsewhere(answered.item) == 2  # the account, and the contact it was asked about
    answered.refresh_from_db()
    assert answered.spent_at is not None


def test_an_answer_stands_once_a_worker_has_begun(answered: Decision) -> None:
    assert claimed_elsewhere(answered.item) == 2
    with pytest.raises(retracting.TooLate):
        retracting.retract(answered.pk, "Priya")
    answered.refresh_from_db()
    assert answered.spent_at is None
    assert {notice.state for notice in Notice.objects.all()} == {"claimed"}
