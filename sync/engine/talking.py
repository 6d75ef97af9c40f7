"""Talking: whose an item is, and what colleagues say to each other about it."""

from __future__ import annotations

from django.contrib.auth.models import User
from django.db import transaction
from django.db.models import QuerySet

from sync.models import ReviewItem, ReviewNote

from . import announcing, announcing_talk


def assign(item_id: int, to: User | None, by: str = "") -> None:
    """Make the item somebody's, who is told of it if it was not theirs, or nobody's."""
    _assign([item_id], to, by)


def say(item_id: int, text: str, by: str, to: User | None = None) -> ReviewNote:
    """Add a word about the item and, where a colleague is named, make it theirs."""
    with transaction.atomic():
        note = ReviewNote.objects.create(item_id=item_id, text=text.strip(), by=by)
        announcing.safely(lambda: announcing_talk.noted(note))
        if to is not None:
            assign(item_id, to, by)
    return note


def assign_all(items: QuerySet[ReviewItem], to: User | None, by: str = "") -> int:
    """Make all these items somebody's, or nobody's; return how many."""
    pks = list(items.order_by().values_list("pk", flat=True))
    _assign(pks, to, by)
    return len(pks)


def _assign(pks: list[int], to: User | None, by: str) -> None:
    with transaction.atomic():
        rows = ReviewItem.objects.select_for_update(of=("self",)).filter(pk__in=pks)
        news = [pk for pk, whose in rows.values_list("pk", "assignee_id") if whose != _pk(to)]
        ReviewItem.objects.filter(pk__in=news).update(assignee=to)
        if to is not None and news:
            announcing.safely(lambda: announcing_talk.assigned(news, to, by))


def _pk(user: User | None) -> int | None:
    return user.pk if user else None
