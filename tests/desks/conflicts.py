"""What the tests of the conflict desk share: fields, and what a browser would send."""

from __future__ import annotations

from typing import Any

from django.test import Client
from django.urls import reverse

from sync.engine import deciding
from sync.models import ReviewItem

EMAIL = ("Billing e-mail", ("a@one.example", "b@one.example", "c@one.example"))
PHONE = ("Phone", ("+44 117 496 0101", "+44 117 496 0150", "+44 7700 900 214"))
TERMS = ("Payment terms", ("30 days", "14 days", "End of month"))


def form(items: list[ReviewItem], **values: str) -> dict[str, Any]:
    """Return what the page would post for these items; choices as `choice_PK`."""
    marks = deciding.marks_of(items)
    return {"item": [i.pk for i in items], **{f"mark_{k}": m for k, m in marks.items()}, **values}


def page(client: Client, item: ReviewItem | None = None) -> str:
    """Return the text of the desk."""
    query = {"item": str(item.pk)} if item else {}
    answer = client.get(reverse("conflict_desk"), query)
    assert answer.status_code == 200
    return answer.content.decode()


def post(client: Client, items: list[ReviewItem], **values: str) -> Any:
    """Send the form of these items."""
    return client.post(reverse("conflict_desk"), form(items, **values))
