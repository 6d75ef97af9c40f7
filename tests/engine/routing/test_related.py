"""Values of related records that change without a notice of the deal: judged anew all the same."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from sync.core.records import Key
from sync.engine import routing, routing_watching
from sync.models import Notice, Unplaced

from .places import BILLING, Places

pytestmark = pytest.mark.slow


def by_owner(places: Places) -> None:
    """Deals go by the country of their owner."""
    places.publish(
        places.row(0, Owner__dot__Country="UK"),
        places.row(1, Owner__dot__Country="Ireland"),
    )


def owned(places: Places, number: int, country: str, **values: Any) -> Key:
    return places.win(number, OwnerId=f"005{number}", Owner={"Country": country}, **values)


def quietly(places: Places, key: Key, **values: Any) -> None:
    """Let related records change: the deal shows other values, with the stamp it had."""
    old = places.salesforce.records[key.kind, key.id]
    places.salesforce.records[key.kind, key.id] = replace(old, values={**old.values, **values})


def look(places: Places, most: int = routing_watching.AT_ONCE) -> int:
    """Look as the sweeps of all pairs do; return the notices."""
    pairs = [desk.switch.pair for desk in places.desks]
    return sum(routing_watching.look(pair, places.salesforce, most) for pair in pairs)


def test_a_deal_that_was_asked_about_is_billed_when_its_owner_moves_to_where_a_row_takes_it(
    places: Places,
) -> None:
    by_owner(places)
    key = owned(places, 1, "Malta")
    places.settle()
    assert places.causes() == ["routing"]
    quietly(places, key, Owner={"Country": "Ireland"})
    assert look(places) == 2
    places.settle()
    assert places.billed() == [0, 1]
    assert places.asked() == []
    assert look(places) == 0


def test_a_deal_that_waits_for_a_flow_that_is_off_is_billed_where_it_belongs_by_now(
    places: Places,
) -> None:
    by_owner(places)
    places.switch(1, "off")
    key = owned(places, 1, "Ireland")
    places.settle(0)
    assert [one.count for one in routing.waiting()] == [1]
    quietly(places, key, Owner={"Country": "UK"})
    assert look(places) == 1
    places.settle(0)
    assert places.billed() == [1, 0]
    assert routing.waiting() == []


def test_a_question_says_the_values_of_now(places: Places) -> None:
    by_owner(places)
    key = owned(places, 1, "Malta")
    other = owned(places, 2, "Malta")
    places.settle()
    quietly(places, key, Owner={"Country": "Cyprus"})
    look(places)
    places.settle()
    said = {
        item.title: [s.subject for s in item.subjects.filter(closed_at=None)]
        for item in places.asked()
    }
    assert said == {
        "No routing row for deals with owner’s country Malta": [str(other)],
        "No routing row for deals with owner’s country Cyprus": [str(key)],
    }


def test_what_has_not_changed_is_noticed_by_nobody_and_costs_one_call_for_all(
    places: Places,
) -> None:
    by_owner(places)
    for number in range(1, 8):
        owned(places, number, "Malta")
    places.settle()
    calls, notices = places.salesforce.calls, Notice.objects.count()
    assert look(places) == 0
    assert places.salesforce.calls == calls + 1
    assert Notice.objects.count() == notices


def test_rows_that_ask_the_deal_alone_cost_no_call(places: Places) -> None:
    places.publish(places.row(0, Legal_Entity__c="UK"))
    places.win(1, Legal_Entity__c="IE")
    places.settle()
    calls = places.salesforce.calls
    assert look(places) == 0
    assert places.salesforce.calls == calls


def test_nothing_that_waits_costs_no_call(places: Places) -> None:
    by_owner(places)
    owned(places, 1, "UK")
    places.settle()
    calls = places.salesforce.calls
    assert look(places) == 0
    assert places.salesforce.calls == calls


def test_many_are_looked_at_in_turns_and_each_comes_up(
    places: Places,
) -> None:
    by_owner(places)
    keys = [owned(places, number, "Malta") for number in range(1, 8)]
    places.settle()
    for key in keys:
        quietly(places, key, Owner={"Country": "UK"})
    assert [look(places, most=3) // 2 for _ in range(4)] == [3, 3, 1, 0]
    places.settle()
    assert places.billed() == [7, 0]


def test_each_change_is_noticed_once_though_nobody_has_worked_since(places: Places) -> None:
    by_owner(places)
    key = owned(places, 1, "Malta")
    places.settle()
    quietly(places, key, Owner={"Country": "UK"})
    assert look(places) == 2
    assert look(places) == 0
    quietly(places, key, Owner={"Country": "Ireland"})
    assert look(places) == 2
    places.settle()
    assert places.billed() == [0, 1]


def test_a_pair_that_cannot_work_leaves_the_look_to_the_next(places: Places) -> None:
    by_owner(places)
    key = owned(places, 1, "Malta")
    places.settle()
    quietly(places, key, Owner={"Country": "Ireland"})
    places.switch(0, "off")
    assert look(places) == 1
    places.settle(1)
    assert places.billed() == [0, 1]


def test_an_open_deal_whose_owner_moves_is_billed_by_the_country_of_the_day_it_is_won(
    places: Places,
) -> None:
    by_owner(places)
    key = owned(places, 1, "UK", IsWon=False)
    places.settle()
    assert not Unplaced.objects.exists()
    quietly(places, key, Owner={"Country": "Ireland"})
    places.change(key, IsWon=True)
    places.settle()
    assert places.billed() == [0, 1]


def test_a_record_that_is_to_be_seen_by_now_is_judged(places: Places) -> None:
    by_owner(places)
    key = places.win(1, OwnerId="005", Owner=None)
    places.settle()
    (item,) = places.asked()
    assert "is not shown to Counterpart" in item.title
    quietly(places, key, Owner={"Country": "UK"})
    assert look(places) == 2
    places.settle()
    assert places.billed() == [1, 0]


def test_a_deal_that_is_billed_stays_and_is_looked_at_no_more(places: Places) -> None:
    by_owner(places)
    key = owned(places, 1, "UK")
    places.settle()
    quietly(places, key, Owner={"Country": "Ireland"})
    assert look(places) == 0
    places.settle()
    assert places.billed() == [1, 0]
    assert places.asked() == []
    places.notice(key)  # its next change says so
    places.settle()
    assert places.causes() == ["belongs_elsewhere"]


@pytest.mark.parametrize("order", [(0, 1), (1, 0)])
def test_values_that_go_back_and_forth_while_two_pairs_work_bill_once(
    places: Places, order: tuple[int, int]
) -> None:
    by_owner(places)
    key = owned(places, 1, "Malta")
    places.settle(*order)
    for country in ("Ireland", "UK", "Ireland", "UK"):
        quietly(places, key, Owner={"Country": country})
        look(places)
        places.desks[order[0]].let_time_pass()
        places.desks[order[0]].work()
    places.settle(*order)
    assert sum(places.billed()) == 1
    assert Notice.objects.filter(flow=BILLING).exclude(state=Notice.State.DONE).count() == 0
