"""What colleagues say to each other on a desk, and whose a question is."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.contrib import messages
from django.contrib.auth.models import User
from django.db.models import QuerySet
from django.http import HttpRequest

from connections.numbers import number_in
from sync.engine import talking
from sync.models import ReviewItem, ReviewNote, ReviewSubject

MAY = "sync.decide_reviewitem"
SEE = "sync.view_reviewitem"
_BACKEND = "django.contrib.auth.backends.ModelBackend"


def talk_of(items: Sequence[ReviewItem]) -> dict[str, Any]:
    """Return what the desk shows of the talk about the records of these items; two queries.

    What was said of another open question about the same record is shown too.
    """
    return {
        "notes": list(ReviewNote.objects.filter(item__in=_about_same(items))),
        "colleagues": list(_colleagues().order_by("first_name", "username")),
        "assignee": next((item.assignee for item in items if item.assignee), None),
        "old_notes": [item.note for item in items if item.note],
    }


def troubles_of(items: Sequence[ReviewItem]) -> list[ReviewItem]:
    """Return what is wrong with the records of these items besides, such as a refused write."""
    problems = ReviewItem.objects.filter(kind=ReviewItem.Kind.PROBLEM, state=ReviewItem.State.OPEN)
    return list(problems.filter(pk__in=_about_same(items)).order_by("-id")[:5])


def _about_same(items: Sequence[ReviewItem]) -> QuerySet[ReviewSubject, Any]:
    """Return the open items about the same records."""
    own = ReviewSubject.objects.filter(item=items[0], closed_at=None).values("subject")
    rows = ReviewSubject.objects.filter(closed_at=None, item__pair=items[0].pair_id)
    return rows.filter(subject__in=own).values("item")


def _colleagues() -> QuerySet[User]:
    """Return the people who may decide."""
    return User.objects.with_perm(MAY, backend=_BACKEND).filter(is_active=True)


def keep(request: HttpRequest, items: Sequence[ReviewItem]) -> None:
    """Keep the note and the assignment that the request brings, for all these items."""
    text, to = request.POST.get("text", "").strip(), request.POST.get("to", "")
    by = request.user.get_username()
    if text:
        talking.say(items[0].pk, text, by)
    if to:
        person = _colleagues().filter(pk=number_in(to)).first()
        talking.assign_all(ReviewItem.objects.filter(pk__in=[i.pk for i in items]), person, by)
        whose = f"{person.get_full_name() or person.get_username()}’s" if person else "nobody’s"
        messages.success(request, f"It is {whose} now.")
    elif text:
        messages.success(request, "The note is kept.")
    else:
        messages.error(request, "Write a word, or say whose it is.")
