"""The tiles of the home page fill their rows at every width, whether seven, eight or nine stand."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.urls import reverse

from connections.models import Pair
from tests.browser.conftest import Visitor
from tests.engine.asked import ask
from tests.engine.conftest import Desk
from tests.engine.risk.rows import case

Visit = Callable[..., Visitor]
Desks = tuple[Desk, Desk]
GAP = """() => {
  const room = document.querySelector('.tiles').getBoundingClientRect();
  const last = [...document.querySelectorAll('.tiles > .tile')].at(-1).getBoundingClientRect();
  return Math.round(room.right - last.right);
}"""


@pytest.mark.parametrize("width", [1680, 1280, 1000, 720, 400])
def test_no_tile_stands_beside_a_gap(visit: Visit, desks: Desks, width: int) -> None:
    pair = Pair.objects.order_by("pk").first()
    assert pair is not None
    priya = visit("priya", viewport={"width": width, "height": 900})
    for more in (lambda: None, lambda: case(pair), lambda: ask(pair, "West", "approval")):
        more()
        priya.open(reverse("admin:index"))
        assert priya.page.evaluate(GAP) == 0
        assert priya.overflow() == 0
    assert priya.complaints == []
