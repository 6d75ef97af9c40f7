"""Two people at one draft at the same moment: one is told to look again, nothing is lost."""

from __future__ import annotations

import threading
from collections.abc import Sequence

import pytest
from django.db import connection

from connections.models import Pair
from mappings import drafting, publishing
from mappings.models import PublishedRules
from sync.core.flow import RuleSet
from tests.factories import PairFactory
from tests.mappings.conftest import seen

KEY = "won_opportunity_invoice"
DATE = "field:date"


def fine(rules: RuleSet) -> Sequence[str]:
    return ()


def draft(pair: Pair, source: str) -> None:
    now = drafting.draft_of(pair, KEY).places[DATE]
    mark = seen(pair, KEY, DATE)
    drafting.save(pair, KEY, DATE, {**now, "source": source}, seen=mark, by="priya")


@pytest.mark.django_db(transaction=True)
def test_of_two_people_who_publish_at_once_one_is_told_to_look_again() -> None:
    pair: Pair = PairFactory.create()
    draft(pair, "Signed__c")
    mark, told = drafting.draft_of(pair, KEY).mark, list[str]()
    start = threading.Barrier(2)

    def go(name: str) -> None:
        start.wait()
        try:
            publishing.publish(pair, KEY, seen=mark, by=name, why="x", check=fine)
            told.append("published")
        except drafting.ChangedMeanwhile:
            told.append("look again")
        finally:
            connection.close()

    threads = [threading.Thread(target=go, args=(name,)) for name in ("alice", "bob")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(told) == ["look again", "published"]
    assert PublishedRules.objects.filter(pair=pair, flow=KEY, why="x").count() == 1


@pytest.mark.django_db(transaction=True)
def test_of_two_people_who_draft_one_row_at_once_none_overwrites_the_other() -> None:
    pair: Pair = PairFactory.create()
    mark, told = seen(pair, KEY, DATE), list[str]()
    parts = drafting.draft_of(pair, KEY).places[DATE]
    start = threading.Barrier(2)

    def go(name: str) -> None:
        start.wait()
        try:
            after = {**parts, "source": f"{name}__c"}
            drafting.save(pair, KEY, DATE, after, seen=mark, by=name)
            told.append("kept")
        except drafting.ChangedMeanwhile:
            told.append("look again")
        finally:
            connection.close()

    threads = [threading.Thread(target=go, args=(name,)) for name in ("alice", "bob")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(told) == ["kept", "look again"]
