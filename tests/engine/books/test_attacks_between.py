"""A person edits a record between our reading it and our writing it: their edit stands."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from connections.live import open_remote
from sync.core.records import Key, System
from sync.engine import unlinking
from sync.models import Write

from .town import Town

pytestmark = pytest.mark.slow
AIRE = {"name": "Aire Joinery Ltd", "tax_number": "GB123456789", "billing_city": "Leeds"}


class Meddler:
    """A real doorway; once planning has read the records, somebody acts before the last look."""

    def __init__(self, inner: Any, last_look: str, act: Callable[[], None]) -> None:
        self._inner, self._last_look, self._act = inner, last_look, act

    def __getattr__(self, name: str) -> Any:
        found = getattr(self._inner, name)
        if name != self._last_look:
            return found

        def after_the_act(*args: Any, **more: Any) -> Any:
            self._act()
            return found(*args, **more)

        return after_the_act


@pytest.fixture
def linked(town: Town) -> tuple[Key, Key]:
    """A customer in both books, linked."""
    both = town.account(**AIRE), town.contact(**AIRE)
    town.settle()
    assert town.link_of(both[0])
    return both


def meddle(town: Town, system: System, last_look: str, nth: int, act: Callable[[], None]) -> None:
    """Let somebody act just before our n-th call of this name to a system."""
    left = [nth]

    def once() -> None:
        left[0] -= 1
        if left[0] == 0:
            act()

    def door(connection: Any, lane: Any) -> Any:
        remote = open_remote(connection, lane)
        return Meddler(remote, last_look, once) if connection.system == system else remote

    town.open_remote = door


def test_an_edit_in_salesforce_meanwhile_is_not_overwritten(
    town: Town, linked: tuple[Key, Key]
) -> None:
    ours, theirs = linked
    town.edit(theirs, billing_city="Hull")
    meddle(town, System.SALESFORCE, "stamps", 1, lambda: town.edit(ours, billing_city="York"))
    town.settle()
    assert town.values(ours)["billing_city"] == "York"
    assert town.values(theirs)["billing_city"] == "Hull"
    assert [q.field for q in town.questions("conflict")] == ["billing_city"]


@pytest.mark.parametrize("nth", [1, 2, 3, 4])
def test_an_edit_in_xero_meanwhile_is_not_overwritten(
    town: Town, linked: tuple[Key, Key], nth: int
) -> None:
    ours, theirs = linked
    town.edit(ours, billing_city="York")
    meddle(town, System.XERO, "changed", nth, lambda: town.edit(theirs, billing_city="Hull"))
    town.settle()
    town.settle()
    assert town.values(theirs)["billing_city"] == "Hull"
    asked = [q.field for q in town.questions("conflict")]
    assert asked == ["billing_city"] or town.values(ours)["billing_city"] == "Hull"


def test_a_merge_meanwhile_does_not_bring_the_loser_back(
    town: Town, linked: tuple[Key, Key]
) -> None:
    ours, theirs = linked
    spare = town.contact(name="Aire Joinery Works", billed=False)
    town.edit(ours, billing_city="York")
    merge = lambda: town.in_xero("merge_contacts", spare.id, theirs.id)  # noqa: E731
    meddle(town, System.XERO, "changed", 3, merge)
    town.settle()
    town.settle()
    link = town.link_of(ours)
    assert link is not None
    assert link.xero_key == spare
    assert not town.lives(theirs)
    assert town.values(spare)["billing_city"] == "York"


@pytest.mark.parametrize("moment", ["before", "after"])
def test_a_lost_answer_links_nobody_again_whom_a_person_told_apart(town: Town, moment: str) -> None:
    ours = town.account(name="Aire Joinery Ltd", billing_city="Leeds")
    town.settle()
    (link,) = town.links()
    unlinking.unlink(link.pk, "priya", "they are two")
    town.edit(link.xero_key, billing_city="Hull")
    town.box.faults.add(system="xero", method="PUT", path="*/Contacts*", lost=moment, times=2)
    town.settle()
    assert not town.links()
    assert town.questions()
    assert town.values(ours)["billing_city"] == "Leeds"
    assert town.values(link.xero_key)["billing_city"] == "Hull"
    assert not Write.objects.filter(state__in=Write.OPEN).exists()
