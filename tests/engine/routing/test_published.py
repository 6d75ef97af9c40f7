"""What a published version concerns is looked at whole, page by page, and from where it stopped."""

from __future__ import annotations

import tracemalloc
from collections.abc import Sequence
from datetime import datetime
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from connections.remote import Changes
from sync.engine import routing, routing_recent, routing_telling
from sync.models import Cursor, Notice
from tests.fakes.remote import ACCOUNT, deal

from .places import Org, Places, opened

pytestmark = [pytest.mark.slow, pytest.mark.django_db]
PAGE = 200


class Paged(Org):
    """An org that tells of its records in pages, counts what it is asked for, and may die."""

    def __init__(self) -> None:
        super().__init__()
        self.most = 0
        self.dies_after: int | None = None

    def glance(self, kind: str, since: datetime) -> Changes:
        """Return the next page of what is newer."""
        self.calls += 1
        rows = [r for r in self.of(kind) if r.stamp is not None and r.stamp > since]
        page = tuple(sorted(rows, key=lambda r: str(r.stamp))[:PAGE])
        covered = page[-1].stamp if page else since
        return Changes(tuple(r.key for r in page), page, covered, len(page) == len(rows))

    def read(self, kind: str, ids: Sequence[str], fields: Sequence[str] = ()) -> list[Any]:
        """Return what is there, while it lives."""
        self.most = max(self.most, len(ids))
        if self.dies_after is not None and self.dies_after <= 0:
            raise KeyboardInterrupt
        self.dies_after = None if self.dies_after is None else self.dies_after - 1
        return super().read(kind, ids, fields)


def paged(count: int) -> tuple[Places, Paged]:
    """Two organisations and an org with so many won deals that stand nowhere."""
    org = Paged()
    places = opened(org=org)
    for number in range(count):
        body = deal(number)
        org.put("Opportunity", body["Id"], body)
    places.publish(places.row(0))
    return places, org


def publish(places: Places) -> int:
    return routing.published(places.org, places.desks[0].door)


def test_more_than_are_tried_are_all_looked_at_when_rows_are_published() -> None:
    count = routing_recent.MOST + 50
    places, _ = paged(count)
    tried = routing.try_rows(places.org, (), open_remote=places.desks[0].door)["Opportunity"]
    assert (len(tried.records), tried.left_out) == (routing_recent.MOST, 50)
    assert publish(places) == 2 * count
    assert Notice.objects.filter(pair=places.pair(0)).count() == count
    assert not Cursor.objects.filter(purpose__startswith=routing_telling.LOOKED_AT).exists()


def test_so_many_more_records_cost_so_many_more_pages_and_nothing_else() -> None:
    queries, calls = [], []
    for pages in (2, 6):
        places, org = paged(pages * PAGE)
        publish(places)  # what is looked up once
        places.publish(places.row(0))
        before = org.calls
        with CaptureQueriesContext(
            connection,
        ) as captured:
            publish(places)
        queries.append(len(captured))
        calls.append(org.calls - before)
        assert org.most <= routing_recent.AT_ONCE
    assert calls[1] - calls[0] == 2 * 4  # a page of keys, and its records
    assert (queries[1] - queries[0]) % 4 == 0
    assert (queries[1] - queries[0]) // 4 <= 30


def test_the_memory_that_it_takes_does_not_grow_with_the_records() -> None:
    peaks = []
    for pages in (2, 8):
        places, _ = paged(pages * PAGE)
        tracemalloc.start()
        publish(places)
        peaks.append(tracemalloc.get_traced_memory()[1])
        tracemalloc.stop()
    assert peaks[1] < 1.5 * peaks[0], peaks


def test_who_goes_on_after_a_crash_reads_no_page_twice_but_the_last() -> None:
    places, org = paged(5 * PAGE)
    org.dies_after = 3
    with pytest.raises(KeyboardInterrupt):
        publish(places)
    assert routing_telling.looked_at(places.org.pk) == 3 * PAGE
    org.dies_after, org.reads = None, []
    publish(places)
    assert len([kind for kind, _ in org.reads if kind == "Opportunity"]) == 2
    assert Notice.objects.filter(pair=places.pair(1)).count() == 5 * PAGE
    assert routing_telling.looked_at(places.org.pk) == 0


def test_rows_that_are_published_meanwhile_are_looked_at_from_the_beginning() -> None:
    places, org = paged(3 * PAGE)
    org.dies_after = 2
    with pytest.raises(KeyboardInterrupt):
        publish(places)
    places.publish(places.row(1))
    org.dies_after, org.reads = None, []
    publish(places)
    assert len([kind for kind, _ in org.reads if kind == "Opportunity"]) == 3


def test_accounts_that_stand_nowhere_are_all_looked_at_too() -> None:
    places, org = paged(0)
    for number in range(3 * PAGE):
        remote_id = f"{ACCOUNT[:10]}{number:05}AAA"
        org.put("Account", remote_id, {"Id": remote_id, "Name": f"Customer {number}"})
    publish(places)
    assert [kind for kind, _ in org.reads].count("Account") == 3
