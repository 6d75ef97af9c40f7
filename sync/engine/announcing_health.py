"""Says whether messages reach people: what `doctor` and the settings page show of it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

from django.conf import settings
from django.contrib.auth.models import User
from django.utils import timezone

from sync.models import Email, Outgoing, Post

from . import announcing_mail

GOOD, LOOK = "good", "look"
LATELY = timedelta(days=2)
State = Outgoing.State


def findings() -> Iterator[tuple[str, str, str]]:
    """Return what is found, each as its state, the fact in words and what to do about it."""
    if not announcing_mail.is_set_up():
        fix = "Set EMAIL_URL and DEFAULT_FROM_EMAIL; see docs/notifications.md."
        yield LOOK, "e-mail is not set up; people are told in their inbox alone", fix
    elif not settings.SITE_URL:
        yield (
            LOOK,
            "e-mails have no links: it is not known where people open Counterpart",
            ("Set SITE_URL."),
        )
    else:
        yield GOOD, "e-mail is set up", ""
    without = User.objects.filter(is_active=True, is_staff=True, email="").count()
    if without and announcing_mail.is_set_up():
        fix = "Enter it under Users."
        noun = "person has" if without == 1 else "people have"
        yield LOOK, f"{without} {noun} no e-mail address", fix
    yield from _unsent("e-mails", Email)
    yield from _unsent("posts to channels", Post)


def _unsent(what: str, model: type[Email] | type[Post]) -> Iterator[tuple[str, str, str]]:
    rows = model._default_manager.order_by("-id")
    waiting = rows.filter(state__in=Outgoing.OPEN, attempts__gt=1)
    failed = rows.filter(state=State.FAILED, made_at__gt=timezone.now() - LATELY)
    for some, state in ((waiting, "to be tried again"), (failed, "given up")):
        if many := some.count():
            newest = some.values_list("error", flat=True).first()
            yield LOOK, f"{what} {state}: {many}. {newest}", ""
