"""A lock that a person sets while a batch is at work holds for what was not sent yet."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from connections.live import open_remote
from sync.core.records import Key
from sync.engine import telling
from sync.models import Lock, Write
from tests.engine.books.town import Town

from .customers import KESTREL, bonds

pytestmark = pytest.mark.slow
PHONE = "+44 117 496 0007"


class Watched:
    """A doorway at which something happens when it is asked whether records have moved."""

    def __init__(self, remote: Any, then: Callable[[], object]) -> None:
        self._remote, self._then = remote, then

    def __getattr__(self, name: str) -> Any:
        return getattr(self._remote, name)

    def stamps(self, *args: Any) -> Any:
        found = self._remote.stamps(*args)
        self._then()
        return found


@pytest.mark.parametrize("end", ["account", "contact"])
def test_a_lock_set_between_planning_and_sending_stops_the_write(town: Town, end: str) -> None:
    ours, theirs = town.account(**KESTREL), town.contact(**KESTREL)
    town.settle()
    assert len(bonds()) == 1
    town.edit(theirs, phone=PHONE)
    locked: Key = ours if end == "account" else theirs
    lock = lambda: telling.lock(town.pair, locked, "Being merged", "ana")  # noqa: E731
    town.open_remote = lambda *args: Watched(open_remote(*args), lock)
    town.settle()
    assert town.values(ours)["phone"] != PHONE
    assert Write.objects.filter(error="The record was locked meanwhile.").count() == 1
    town.open_remote = None
    telling.unlock(Lock.objects.get(), "ana")
    town.settle()
    assert town.values(ours)["phone"] == PHONE
