"""Talking: whose an item is, and what colleagues say to each other about it."""

from __future__ import annotations

from django.contrib.auth.models import User
from django.db import transaction
from django.db.models import QuerySet

from sync.models import ReviewItem, ReviewNote


def assign(item_id: int, to: User | None) -> None:
    """Make the item somebody's, or nobody's."""
    ReviewItem.objects.filter(pk=item_id).update(assignee=to)


def say(item_id: int, text: str, by: str, to: User | None = None) -> ReviewNote:
    """Add a word about the item and, where a colleague is named, make it theirs."""
    with transaction.atomic():
        note = ReviewNote.objects.create(item_id=item_id, text=text.strip(), by=by)
        if to is not None:
            assign(item_id, to)
    return note


def assign_all(items: QuerySet[ReviewItem], to: User | None) -> int:
    """Make all these items somebody's, or nobody's; return how many."""
    return ReviewItem.objects.filter(pk__in=items.order_by().values("pk")).update(assignee=to)
