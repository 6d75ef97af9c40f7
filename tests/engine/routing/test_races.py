"""Routes that turn, answers that are lost and connections that rest, while a pair works."""

from __future__ import annotations

from typing import Any

import pytest
from django.utils import timezone

from connections.models import Pair
from sync.core.records import Key
from tests.fakes.remote import lose

from .places import Places

pytestmark = pytest.mark.slow


def flip(places: Places, key: Key, place: int) -> Any:
    """Let a person say otherwise in the midst of the first organisation's planning."""
    xero = places.desks[0].xero
    original = xero.reference

    def reference() -> Any:
        xero.reference = original  # type: ignore[method-assign]
        places.assign(key, place)
        return original()

    xero.reference = reference  # type: ignore[method-assign]


def test_what_is_assigned_elsewhere_between_planning_and_writing_is_not_written_here(
    places: Places,
) -> None:
    places.publish(places.row(0))
    key = places.win(1)
    flip(places, key, 1)
    places.desks[0].work()
    assert places.billed() == [0, 0]
    places.settle()
    assert places.billed() == [0, 1]


def test_rows_that_are_published_between_planning_and_writing_hold_the_write(
    places: Places,
) -> None:
    places.publish(places.row(0))
    places.win(1)
    xero = places.desks[0].xero
    original = xero.reference

    def reference() -> Any:
        xero.reference = original  # type: ignore[method-assign]
        places.publish(places.row(1))
        return original()

    xero.reference = reference  # type: ignore[method-assign]
    places.desks[0].work()
    assert places.billed() == [0, 0]
    places.settle()
    assert places.billed() == [0, 1]


def test_an_assignment_after_the_write_was_saved_leaves_it_to_the_first(places: Places) -> None:
    places.publish(places.row(0))
    key = places.win(1)
    xero = places.desks[0].xero

    def meanwhile() -> None:
        places.assign(key, 1)
        places.desks[1].work_until_quiet(3)

    xero.before.append(meanwhile)
    places.settle()
    assert places.billed() == [1, 0]
    assert places.causes() == ["belongs_elsewhere"]


@pytest.mark.parametrize("when", ["before", "after"])
@pytest.mark.parametrize("call", [1, 2])
def test_a_lost_answer_and_a_route_that_turns_never_bill_twice(
    places: Places, when: str, call: int
) -> None:
    places.publish(places.row(0))
    key = places.win(1)
    faults = getattr(places.desks[0].xero, when)
    faults += [lambda: None] * (call - 1) + [lose]
    places.desks[0].work()
    places.assign(key, 1)
    places.desks[1].work_until_quiet(2)
    places.settle(1, 0, most=25)
    assert sum(places.billed()) == 1


def test_a_paused_organisation_is_waited_for_and_nobody_else_bills_its_deals(
    places: Places,
) -> None:
    places.publish(places.row(1))
    key = places.win(1)
    xero = places.pair(1).xero
    xero.paused_at = timezone.now()
    xero.save()
    for desk in places.desks:
        desk.work()
    assert places.billed() == [0, 0]
    xero.paused_at = None
    xero.save()
    places.notice(key)
    places.settle()
    assert places.billed() == [0, 1]


def test_the_first_that_can_work_asks_and_another_does_not_ask_again(places: Places) -> None:
    places.publish(places.row(0, CurrencyIsoCode="GBP"))
    first = places.pair(0).xero
    first.disconnected_at = timezone.now()
    first.save()
    key = places.win(1, CurrencyIsoCode="EUR")
    places.desks[1].work()
    assert [item.pair for item in places.asked()] == [places.pair(1)]
    first.disconnected_at = None
    first.save()
    places.notice(key)
    places.settle()
    assert [item.pair for item in places.asked()] == [places.pair(1)]


def test_a_pair_that_is_off_leaves_the_other_alone_in_play(places: Places) -> None:
    places.publish(places.row(1))
    Pair.objects.filter(pk=places.pair(1).pk).update(active=False)
    places.win(1)
    places.desks[0].work()
    assert places.billed() == [1, 0]
