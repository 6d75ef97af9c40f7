"""Whom a message is for: people of its groups who may see it and still work here."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass

from django.contrib.auth.models import User
from django.db.models import Exists, OuterRef, QuerySet
from django.utils import timezone

from sync import bell
from sync.models import Announcement, Channel, Copy, Post, Wish

from .announcing_kinds import KINDS, MessageKind, kind_of

_BACKEND = "django.contrib.auth.backends.ModelBackend"
MAILED = (Wish.How.NOW, Wish.How.DAILY)
MOST_STANDING = 500


@dataclass(frozen=True)
class Reader:
    """One person, and how they want to be told."""

    user: User
    how: Wish.How


def staff(kind: MessageKind) -> QuerySet[User]:
    """Return everybody who may see messages of a kind: active, and with its permission."""
    people = (
        User.objects.with_perm(kind.permission, backend=_BACKEND)
        if kind.permission
        else User.objects.all()
    )
    return people.filter(is_active=True, is_staff=True)


def readers(kind: MessageKind, among: Iterable[User] | None = None) -> list[Reader]:
    """Return who is told of a kind, in two queries; of a personal kind those `among` them.

    Who is of none of its groups is told only if they wished it.
    """
    people = staff(kind)
    if among is not None:
        people = people.filter(pk__in=[user.pk for user in among])
    wishes = dict(Wish.objects.filter(kind=kind.key).values_list("user_id", "how"))
    found = [
        Reader(user, how_of(user, kind, wishes.get(user.pk))) for user in _grouped(people, kind)
    ]
    return [one for one in found if one.how != Wish.How.NONE]


def how_of(user: User, kind: MessageKind, wished: str | None) -> Wish.How:
    """Return how a person is told of a kind: as they wished, else as is usual for them.

    Whom a kind is meant for is told in any case: their inbox is always on.
    """
    meant = kind.personal or user.is_superuser or bool(getattr(user, "meant", False))
    usual = kind.how if meant else Wish.How.NONE
    how = Wish.How(wished) if wished in Wish.How.values else usual
    return Wish.How.INBOX if meant and how == Wish.How.NONE else how


def _grouped(people: QuerySet[User], kind: MessageKind) -> QuerySet[User]:
    """Return the people with `meant`: whether they are in one of the kind's groups."""
    inside = User.groups.through.objects.filter(user_id=OuterRef("pk"), group__name__in=kind.groups)
    return people.annotate(meant=Exists(inside)).order_by("pk")


def meant_for(user: User) -> dict[str, bool]:
    """Return for each kind that a person may see whether it is meant for them."""
    groups = set(user.groups.values_list("name", flat=True))
    return {
        key: kind.personal or user.is_superuser or not groups.isdisjoint(kind.groups)
        for key, kind in KINDS.items()
        if user.has_perm(kind.permission)
    }


def hand_out(row: Announcement, among: Collection[User] | None = None) -> int:
    """Give everybody concerned their copy of a message, unless they have it; return how many.

    The first time it is told, the channels get their line too. Rings for what is to be sent.
    """
    now, kind = timezone.now(), kind_of(row.kind)
    have = set(row.copies.values_list("user_id", flat=True))
    new = [
        Copy(
            announcement=row,
            user=one.user,
            mail_from=now if one.how in MAILED else None,
        )
        for one in readers(kind, among)
        if one.user.pk not in have
    ]
    Copy.objects.bulk_create(new, ignore_conflicts=True)
    if row.told_at is None:
        row.told_at = now
        row.save(update_fields=["told_at"])
        post(row, "begun")
    if any(copy.mail_from for copy in new):
        bell.ring("send_messages")
    return len(new)


def hand_out_standing() -> None:
    """Tell of what has lasted long enough, and of what stands those who came since."""
    due = Announcement.objects.filter(over_at=None, due_at__lte=timezone.now())
    for row in due.filter(kind__in=[k.key for k in KINDS.values() if not k.personal])[
        :MOST_STANDING
    ]:
        hand_out(row)


def remind(row: Announcement) -> None:
    """Let a message count as unread again, and go into the e-mails of those who want them."""
    mailed = [one.user.pk for one in readers(kind_of(row.kind)) if one.how in MAILED]
    row.copies.update(read_at=None)
    row.copies.filter(user__in=mailed).update(mail_from=timezone.now())
    bell.ring("send_messages")


def post(row: Announcement, what: str) -> None:
    """Keep a line for every channel that is told of the message's kind."""
    if kind_of(row.kind).personal:
        return
    text = row.brief if what == "begun" else f"Over: {row.brief}"
    posts = [
        Post(channel=channel, announcement=row, what=what, text=text)
        for channel in Channel.objects.defer("address").filter(
            active=True, kinds__contains=[row.kind]
        )
    ]
    if posts:
        Post.objects.bulk_create(posts, ignore_conflicts=True)
        bell.ring("send_messages")
