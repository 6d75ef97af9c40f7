"""Takes the pictures of docs/images, so that they stay true: `make screenshots`."""

from __future__ import annotations

from collections.abc import Callable

from django.conf import settings

from sync.models import PlanRow, ReviewItem
from tests.browser.conftest import Visitor
from tests.engine.conftest import Desk

IMAGES = settings.BASE_DIR / "docs" / "images"


def test_take_the_pictures(visit: Callable[..., Visitor], desks: tuple[Desk, Desk]) -> None:
    IMAGES.mkdir(parents=True, exist_ok=True)
    plan = PlanRow.objects.filter(subject_name__startswith="Kestrel", action="create").get()
    conflict = ReviewItem.objects.get(kind="conflict")
    priya = visit("priya", viewport={"width": 1280, "height": 960})
    for name, path in {
        "home": "/admin/",
        "review": f"/admin/sync/reviewitem/?item={conflict.pk}",
        "plan": f"/admin/sync/planrow/{plan.pk}/change/",
        "writes": "/admin/sync/write/",
    }.items():
        assert priya.open(path) == 200
        priya.page.wait_for_load_state("networkidle")
        priya.page.screenshot(path=IMAGES / f"{name}.png")
