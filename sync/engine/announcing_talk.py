"""Tells people of what is theirs: a question that they are given, a note that names them."""

from __future__ import annotations

import re
from collections.abc import Sequence
from uuid import uuid4

from django.contrib.auth.models import User
from django.db.models.functions import Lower
from django.urls import reverse
from django.utils.http import urlencode

from sync.models import Announcement, ReviewItem, ReviewNote

from . import announcing, announcing_people
from .announcing import Words
from .announcing_kinds import KINDS

MINE = "mine"
_NAMED = re.compile(r"(?<![\w@.])@([\w.+-]*\w)")
_DESKS = {
    ReviewItem.Desk.MATCH: "match_desk",
    ReviewItem.Desk.DUPLICATE: "duplicate_desk",
    ReviewItem.Desk.CONFLICT: "conflict_desk",
    ReviewItem.Desk.PROBLEMS: "admin:sync_reviewitem_changelist",
}


def desk_address(desk: str, **asked: str | int) -> str:
    """Return the path of a desk, with what its address asks for."""
    path = reverse(_DESKS[ReviewItem.Desk(desk)])
    return f"{path}?{urlencode(asked)}" if asked else path


def assigned(items: Sequence[int], to: User, by: str) -> Announcement | None:
    """Tell a person that these questions are theirs now: one message for one act."""
    rows = list(ReviewItem.objects.filter(pk__in=items).order_by("pk")[:1])
    if not rows or to.get_username() == by:
        return None
    first, act = rows[0], uuid4().hex
    said = f"Given to you by {name_of(by)}." if by else ""
    if len(items) == 1:
        path = desk_address(first.desk, item=first.pk)
        words = Words(f"A question is yours now: {first.title}", said, path=path)
    else:
        path = f"{reverse('admin:review_all')}?{urlencode({'assignee': 'mine'})}"
        words = Words(f"{len(items):,} questions are yours now", said, path=path)
    refs = [f"{act}:{pk}" for pk in items]
    return announcing.announce(MINE, f"assigned:{act}", lambda _: words, refs=refs, to=[to])


def noted(note: ReviewNote) -> Announcement | None:
    """Tell everybody whom a note names by `@user.name`; its text stays on the desk."""
    names = {name.lower() for name in _NAMED.findall(note.text)} - {note.by.lower()}
    if not names:
        return None
    people = announcing_people.staff(KINDS[MINE]).annotate(login=Lower("username"))
    named = list(people.filter(login__in=names))
    if not named:
        return None
    words = Words(
        f"{name_of(note.by)} names you in a note: {note.item.title}",
        "The note is on the desk, under the question.",
        path=desk_address(note.item.desk, item=note.item_id),
    )
    key = f"note:{note.pk}"
    refs = [f"{key}:{note.item_id}"]
    return announcing.announce(MINE, key, lambda _: words, refs=refs, to=named)


def end_what_is_done() -> None:
    """End the messages whose questions are all answered, or somebody else's by now."""
    rows = Announcement.objects.filter(kind=MINE, over_at=None)
    found = list(rows.prefetch_related("happenings", "copies"))
    items = {row.pk: {_item_of(one.ref) for one in row.happenings.all()} for row in found}
    every = set().union(*items.values())
    waiting = ReviewItem.objects.filter(pk__in=every, state=ReviewItem.State.OPEN)
    whose = dict(waiting.values_list("pk", "assignee_id")) if every else {}
    for row in found:
        still = {whose[pk] for pk in items[row.pk] if pk in whose}
        if row.key.startswith("assigned:"):
            still &= {copy.user_id for copy in row.copies.all()}
        if not still:
            announcing.over(MINE, row.key)


def _item_of(ref: str) -> int:
    return int(ref.rpartition(":")[2])


def name_of(username: str) -> str:
    """Return what people call a user; who is none is called as they signed in."""
    user = User.objects.filter(username=username).first()
    return (user.get_full_name() if user else "") or username or "Somebody"
