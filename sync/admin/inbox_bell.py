"""The bell in the header: how many messages this person has not read."""

from __future__ import annotations

from functools import cached_property
from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest

from sync.engine import announcing_silence
from sync.engine.announcing_kinds import KINDS, TEST
from sync.models import Copy


class Bell:
    """Counts when it is first asked: one query a page, none where no bell is drawn."""

    def __init__(self, user: Any) -> None:
        self._user = user

    @cached_property
    def unread(self) -> int:
        """The number of messages that this person may see and has not read."""
        return copies_of(self._user).filter(read_at=None).count()


def context(request: HttpRequest) -> dict[str, Any]:
    """Return the bell for people's pages; also look, once a minute, whether workers report."""
    user = getattr(request, "user", None)  # a request that is refused early has none
    if user is None or not user.is_authenticated or not user.is_staff:
        return {}
    announcing_silence.look_from_web()
    return {"bell": Bell(user)}


def copies_of(user: Any) -> QuerySet[Copy]:
    """Return a person's copies of the messages that they may see now."""
    return Copy.objects.filter(
        user=user, announcement__told_at__isnull=False, announcement__kind__in=visible_to(user)
    )


def visible_to(user: Any) -> list[str]:
    """Return the kinds that a person has the permission for, and their own tests."""
    return [kind.key for kind in KINDS.values() if user.has_perm(kind.permission)] + [TEST.key]
