"""Writes e-mails: at once what cannot wait, once a day the rest, never one without news."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from datetime import time as clock
from zoneinfo import ZoneInfo

from django.conf import settings
from django.contrib.auth.models import User
from django.db import transaction
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone

from sync import bell
from sync.models import Copy, Email, MailDay, Wish

from . import announcing_people
from .announcing_kinds import KINDS, kind_of

APART = timedelta(minutes=5)
"""What happens within so long of an e-mail is told together in the next one."""
TOO_OLD = timedelta(days=7)
"""What has waited longer for an e-mail, since none could be written, is in the inbox alone."""
MOST = 50


def is_set_up() -> bool:
    """Return whether there is a mail server to send by."""
    return bool(settings.EMAIL_URL)


def write_due() -> int:
    """Write every e-mail whose time has come; return how many. None where no mail is set up."""
    if not is_set_up():
        return 0
    waiting = Copy.objects.filter(mail_from__isnull=False).order_by()
    people = User.objects.filter(pk__in=waiting.values("user"))
    return sum(write_for(user) for user in people)


def write_for(user: User) -> int:
    """Write what is due for one person; return how many e-mails, which are saved with it.

    What was read meanwhile is no news, and is left out; so is what the person may see no more.
    """
    with transaction.atomic():
        MailDay.objects.get_or_create(user=user)
        day = MailDay.objects.select_for_update().get(user=user)
        at_once, daily = _sorted(user)
        now = timezone.now()
        with timezone.override(zone_of(day)):
            written = []
            if at_once and (day.next_at is None or day.next_at <= now):
                day.next_at = now + APART
                written.append(_write(user, at_once, Email.Sort.NOW))
            moment = last_moment(day, now)
            is_due = day.written_on is None or day.written_on < _local(moment, day)
            if is_due and any(copy.mail_from and copy.mail_from <= moment for copy in daily):
                day.written_on = _local(moment, day)
                written.append(_write(user, daily, Email.Sort.DAILY))
        day.save()
    return len(written)


def write_test(user: User) -> Email:
    """Write a person an e-mail to try the way to them."""
    words = {
        "lead": "This is a test",
        "items": [],
        "more": 0,
        "why": "You asked for it under Inbox, How you are told. Counterpart’s e-mails reach you.",
        "settings": link_to(reverse("inbox_settings")),
    }
    return _save(user, Email.Sort.TEST, "A test from Counterpart", words)


def last_moment(day: MailDay, now: datetime) -> datetime:
    """Return the last time, up to now, at which the person's daily e-mail was or is due."""
    zone = zone_of(day)
    today = now.astimezone(zone).date()
    due = datetime.combine(today, clock(day.hour), zone)
    if due > now:
        due = datetime.combine(today - timedelta(days=1), clock(day.hour), zone)
    return due.astimezone(UTC)


def zone_of(day: MailDay) -> ZoneInfo:
    """Return the time zone that a person's hour is meant in."""
    return ZoneInfo(day.time_zone or settings.TIME_ZONE)


def link_to(path: str) -> str:
    """Return the address of a place for whoever reads it elsewhere; empty where none is known."""
    return f"{settings.SITE_URL}{path}" if settings.SITE_URL and path else ""


def _local(moment: datetime, day: MailDay) -> date:
    return moment.astimezone(zone_of(day)).date()


def _sorted(user: User) -> tuple[list[Copy], list[Copy]]:
    """Return what waits for an e-mail at once and for the daily one; all else waits no more."""
    rows = Copy.objects.select_for_update(of=("self",)).select_related("announcement")
    waiting = list(rows.filter(user=user, mail_from__isnull=False).order_by("announcement_id"))
    hows, old = _hows(user), timezone.now() - TOO_OLD
    by_how: dict[Wish.How, list[Copy]] = {Wish.How.NOW: [], Wish.How.DAILY: []}
    dropped = []
    for copy in waiting:
        how = hows.get(copy.announcement.kind)
        gone = copy.announcement.over_at is not None and copy.mail_from and copy.mail_from < old
        if how in by_how and copy.read_at is None and not gone and user.email:
            by_how[how].append(copy)
        else:
            dropped.append(copy.pk)
    Copy.objects.filter(pk__in=dropped).update(mail_from=None)
    return by_how[Wish.How.NOW], by_how[Wish.How.DAILY]


def _hows(user: User) -> dict[str, Wish.How]:
    """Return how the person is told of each kind that they may see; nothing when they left."""
    if not (user.is_active and user.is_staff):
        return {}
    wishes = dict(Wish.objects.filter(user=user).values_list("kind", "how"))
    meant = announcing_people.meant_for(user)
    found = {}
    for key, is_meant in meant.items():
        user.meant = is_meant  # type: ignore[attr-defined]
        found[key] = announcing_people.how_of(user, KINDS[key], wishes.get(key))
    return found


def _write(user: User, copies: Sequence[Copy], sort: Email.Sort) -> Email:
    shown = copies[:MOST]
    lead = f"{len(copies):,} messages for you" if len(copies) > 1 else _title(copies[0])
    if sort == Email.Sort.DAILY and len(copies) > 1:
        lead = f"{len(copies):,} new messages since your last daily e-mail"
    words = {
        "lead": lead,
        "items": [_item(copy) for copy in shown],
        "more": len(copies) - len(shown),
        "why": _why(copies, sort),
        "settings": link_to(reverse("inbox_settings")),
        "inbox": link_to(reverse("inbox")),
    }
    subject = f"{lead}, {timezone.localdate():%-d %b}" if sort == Email.Sort.DAILY else lead
    email = _save(user, sort, subject, words)
    Copy.objects.filter(pk__in=[copy.pk for copy in copies]).update(mail_from=None)
    return email


def _title(copy: Copy) -> str:
    """Return a message's sentence; of one that is over it says so first."""
    row = copy.announcement
    return f"Over: {row.title}" if row.over_at else row.title


def _item(copy: Copy) -> dict[str, object]:
    row = copy.announcement
    return {
        "title": _title(copy),
        "body": row.body,
        "since": row.first_at,
        "over": row.over_at,
        "link": link_to(reverse("inbox_open", args=[row.pk])) if row.path else "",
    }


def _why(copies: Sequence[Copy], sort: Email.Sort) -> str:
    titles = sorted({f"“{kind_of(copy.announcement.kind).title}”" for copy in copies})
    often = "in the daily e-mail" if sort == Email.Sort.DAILY else "by e-mail at once"
    return f"You are told of {', '.join(titles)} {often}."


def _save(user: User, sort: Email.Sort, subject: str, words: dict[str, object]) -> Email:
    subject = " ".join(subject.split())  # a name may have line breaks, a header must not
    email = Email.objects.create(
        user=user,
        sort=sort,
        subject=f"Counterpart: {subject}"[:200] if sort != Email.Sort.TEST else subject,
        text=render_to_string("messages/email.txt", words),
        html=render_to_string("messages/email.html", words),
    )
    bell.ring("send_messages")
    return email
