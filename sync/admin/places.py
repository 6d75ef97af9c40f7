"""The desks: which there are, where each lies, and where a question is answered."""

from __future__ import annotations

import contextlib
from dataclasses import dataclass

from django.urls import NoReverseMatch, reverse
from django.utils.http import urlencode

from sync.models import ReviewItem

Desk = ReviewItem.Desk


@dataclass(frozen=True)
class Place:
    """One desk: its name in sentences, and its address."""

    title: str
    address: str


_NAMES = {
    Desk.MATCH: ("Match", "match_desk"),
    Desk.DUPLICATE: ("Duplicates", "duplicate_desk"),
    Desk.CONFLICT: ("Conflicts", "conflict_desk"),
    Desk.PROBLEMS: ("Problems", "admin:sync_reviewitem_changelist"),
}


def desks() -> dict[str, Place]:
    """Return every desk by its value in ReviewItem.desk."""
    return {desk.value: _place(desk) for desk in _NAMES}


def address_of(item: ReviewItem) -> str:
    """Return where an open question is answered, on its own desk."""
    return f"{_place(Desk(item.desk)).address}?{urlencode({'item': item.pk})}"


def _place(desk: ReviewItem.Desk) -> Place:
    title, name = _NAMES[desk]
    with contextlib.suppress(NoReverseMatch):
        return Place(title, reverse(name))
    return Place(title, reverse("admin:sync_reviewitem_changelist"))
