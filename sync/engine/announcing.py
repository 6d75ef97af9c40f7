"""Announcing: what people must know is told once while it stands, and counted, never repeated."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import timedelta

import structlog
from django.conf import settings
from django.contrib.auth.models import User
from django.db import transaction
from django.utils import timezone

from sync.models import Announcement, Copy, Email, Happening, Outgoing, Post

from . import announcing_people
from .announcing_kinds import kind_of

log = structlog.get_logger(__name__)


@dataclass(frozen=True)
class Words:
    """What is said of a fact: a sentence, what it means, a line that names no customer, a place."""

    title: str
    body: str = ""
    brief: str = ""
    path: str = ""


@dataclass(frozen=True)
class Fact:
    """Something that stands: its words, and how many it counts."""

    words: Words
    count: int = 1

    def say(self, _count: int) -> Words:
        """Return the words, which have the count already."""
        return self.words


def announce(
    kind: str,
    key: str,
    say: Callable[[int], Words],
    *,
    count: int = 1,
    refs: Collection[str] = (),
    to: Collection[User] | None = None,
) -> Announcement | None:
    """Tell of a fact; return its message, or None where all `refs` were counted already.

    While a message of this kind and key stands, it is only brought up to date: `say` gets the
    count. With `refs`, each occurrence counts once for good, and new ones make it unread again.
    `to` names the people of a personal kind.
    """
    with transaction.atomic():
        if refs and not _fresh(kind, refs):
            return None
        row, is_new = _standing(kind, key)
        fresh = _fresh(kind, refs)
        Happening.objects.bulk_create(
            [Happening(announcement=row, kind=kind, ref=ref) for ref in fresh],
            ignore_conflicts=True,
        )
        number = row.happenings.count() if refs else count
        _describe(row, say(number), number)
        if fresh and not is_new:
            row.copies.update(read_at=None)
        if row.due_at <= timezone.now() and (row.told_at is None or to is not None):
            announcing_people.hand_out(row, to)
    return row


def over(kind: str, key: str) -> None:
    """Let a fact stand no more. What nobody was told of goes without a word."""
    with transaction.atomic():
        row = _locked(kind, key)
        if row is None:
            return
        if row.told_at is None:
            row.delete()
            return
        row.over_at = timezone.now()
        row.save(update_fields=["over_at"])
        if kind_of(kind).tells_end:
            announcing_people.remind(row)
            announcing_people.post(row, "over")


def settle(kind: str, beginning: str, facts: Mapping[str, Fact]) -> None:
    """Tell of these facts, and end every other message of the kind whose key so begins.

    The count of what stands may rise and fall without becoming news again.
    """
    for key, fact in facts.items():
        announce(kind, key, fact.say, count=fact.count)
    for key in standing(kind, beginning) - facts.keys():
        over(kind, key)


def standing(kind: str, beginning: str = "") -> set[str]:
    """Return the keys of the kind's standing messages that begin so."""
    rows = Announcement.objects.filter(kind=kind, over_at=None, key__startswith=beginning)
    return set(rows.values_list("key", flat=True))


def read(user: User, copies: Iterable[int] | None = None) -> int:
    """Mark these copies of a person's as read, or all of them; return how many were not."""
    rows = Copy.objects.filter(user=user, read_at=None)
    if copies is not None:
        rows = rows.filter(pk__in=list(copies))
    return rows.update(read_at=timezone.now(), mail_from=None)


def safely(tell: Callable[[], object]) -> None:
    """Tell of something in the midst of work that must go on, whatever comes of the telling."""
    try:
        with transaction.atomic():
            tell()
    except Exception:  # whatever it is: a message that fails must never stop the sync
        log.exception("a message could not be kept")


def forget_old() -> None:
    """Remove what has been over for long, and what was sent long ago."""
    old = timezone.now() - timedelta(days=settings.MESSAGES_KEPT_DAYS)
    Announcement.objects.filter(over_at__lt=old).delete()
    for model in (Email, Post):
        model._default_manager.filter(made_at__lt=old).exclude(state__in=Outgoing.OPEN).delete()


def _fresh(kind: str, refs: Collection[str]) -> list[str]:
    known = set(Happening.objects.filter(kind=kind, ref__in=refs).values_list("ref", flat=True))
    return sorted(set(refs) - known)


def _standing(kind: str, key: str) -> tuple[Announcement, bool]:
    """Return the one standing message of a key, locked, and whether it is new."""
    found = _locked(kind, key)
    if found is not None:
        return found, False
    due = timezone.now() + kind_of(kind).patience
    Announcement.objects.bulk_create(
        [Announcement(kind=kind, key=key, due_at=due)], ignore_conflicts=True
    )
    found = _locked(kind, key)
    if found is None:  # it was ended by another worker in this very moment
        return Announcement.objects.create(kind=kind, key=key, due_at=due), True
    return found, found.title == ""


def _locked(kind: str, key: str) -> Announcement | None:
    rows = Announcement.objects.select_for_update().filter(kind=kind, key=key, over_at=None)
    return rows.first()


def _describe(row: Announcement, words: Words, count: int) -> None:
    brief = words.brief or kind_of(row.kind).title  # never the title, which may name a customer
    new = (words.title[:300], words.body, brief[:200], words.path[:500], count)
    if new == (row.title, row.body, row.brief, row.path, row.count) and row.title:
        return
    row.title, row.body, row.brief, row.path, row.count = new
    row.last_at = timezone.now()
    row.save()
