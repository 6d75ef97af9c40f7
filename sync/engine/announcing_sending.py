"""Sends what is written, again until it has gone: a mail server that is down stops nothing else."""

from __future__ import annotations

import smtplib
import time
from collections.abc import Callable
from datetime import timedelta
from email.utils import parseaddr
from typing import Any

import structlog
from django.conf import settings
from django.core.mail import EmailMultiAlternatives, get_connection
from django.db import transaction
from django.utils import timezone

from connections import posting
from sync.core.errors import SyncError, TryAgain
from sync.models import Channel, Email, Outgoing, Post

from .announcing_mail import is_set_up, link_to

log = structlog.get_logger(__name__)
State = Outgoing.State
SLICE = 120.0
"""Seconds after which a round ends; what is left is the next one's."""
LEASE = timedelta(minutes=5)
LONGEST_WAIT = timedelta(hours=1)
MOST_TRIES = 40
"""With waits of up to an hour that is more than a day and a half: a week-end of a dead server."""
AT_ONCE = 20
"""Lines that are posted to a channel together."""


def send_due(now: Callable[[], float] = time.monotonic) -> int:
    """Send the e-mails and posts that are due; return how many went out.

    Each is taken under a lease before it is sent, so that of several senders one has it, and one
    that dies leaves it to the next. A lost answer may let the same be sent twice.
    """
    deadline, sent = now() + SLICE, 0
    while is_set_up() and now() < deadline and (rows := _take(Email)):
        try:
            done = _send_email(rows[0])
        except (OSError, smtplib.SMTPServerDisconnected):
            break  # nothing reaches the server now: the others are not tried in vain
        sent += done
    while now() < deadline and (rows := _take(Post)):
        sent += _send_posts(rows)
    return sent


def has_due() -> bool:
    """Return whether anything is to be sent by now."""
    due = {"state__in": Outgoing.OPEN, "due_at__lte": timezone.now()}
    return (is_set_up() and Email.objects.filter(**due).exists()) or Post.objects.filter(
        **due
    ).exists()


def _take(model: type[Email] | type[Post]) -> list[Any]:
    """Return the next row, or the next lines of one channel, now taken by this sender."""
    with transaction.atomic():
        rows: Any = model._default_manager.select_for_update(skip_locked=True).filter(
            state__in=Outgoing.OPEN, due_at__lte=timezone.now()
        )
        taken = list(rows.order_by("due_at", "id")[:1])
        if taken and model is Post:
            taken = list(rows.filter(channel=taken[0].channel_id).order_by("id")[:AT_ONCE])
        for row in taken:
            row.state, row.attempts = State.SENDING, row.attempts + 1
            row.due_at = timezone.now() + LEASE
            row.save(update_fields=["state", "attempts", "due_at"])
    return taken


def _send_email(row: Email) -> int:
    """Send one e-mail; return whether it went. Raises OSError when the server is not reached."""
    to = row.user.email
    if not (row.user.is_active and to):
        _close(row, State.FAILED, "The person is not active or has no e-mail address.")
        return 0
    try:
        sent = _message(row, to).send()
    except smtplib.SMTPResponseException as error:
        said = error.smtp_error
        words = said.decode(errors="replace") if isinstance(said, bytes) else str(said)
        _later(row, f"The mail server refused it: {error.smtp_code} {words}")
        return 0
    except smtplib.SMTPRecipientsRefused:
        _later(row, f"The mail server takes nothing for {to}.")
        return 0
    except (OSError, smtplib.SMTPServerDisconnected):
        _later(row, "The mail server does not answer.")
        raise
    except Exception as error:  # one that cannot be sent must not hold up the others
        log.exception("an e-mail could not be sent", email=row.pk)
        _later(row, f"It could not be sent ({type(error).__name__}).")
        return 0
    if sent:
        _close(row, State.SENT)
    return int(bool(sent))


def _message(row: Email, to: str) -> EmailMultiAlternatives:
    host = parseaddr(settings.DEFAULT_FROM_EMAIL)[1].rpartition("@")[2] or "counterpart"
    headers = {
        "Message-ID": f"<{row.name}@{host}>",  # the same when sent again: mailboxes show it once
        "Auto-Submitted": "auto-generated",
    }
    message = EmailMultiAlternatives(
        row.subject, row.text, settings.DEFAULT_FROM_EMAIL, [to], headers=headers,
        connection=get_connection(),
    )  # fmt: skip
    message.attach_alternative(row.html, "text/html")
    return message


def _send_posts(rows: list[Post]) -> int:
    """Post the lines of one channel together; return how many went."""
    channel = Channel.objects.defer("address").filter(pk=rows[0].channel_id, active=True).first()
    if channel is None:
        return _give_up(rows, "The channel is switched off.")
    try:
        posting.post_text(channel.address, "\n".join(_line(row) for row in rows))
    except TryAgain as error:
        for row in rows:
            _later(row, str(error), error.after)
        return 0
    except SyncError as error:  # also an address that cannot be decrypted
        return _give_up(rows, str(error))
    for row in rows:
        _close(row, State.SENT)
    return len(rows)


def _give_up(rows: list[Post], words: str) -> int:
    for row in rows:
        _close(row, State.FAILED, words)
    return 0


def _line(row: Post) -> str:
    """Return a line as Slack reads it: its three signs escaped, and a link behind."""
    path = row.announcement.path if row.announcement else ""
    address = link_to(path.partition("?")[0])
    return posting.escaped(row.text) + (f" <{address}|Open in Counterpart>" if address else "")


def _close(row: Outgoing, state: State, words: str = "") -> None:
    row.state, row.error = state, words[:300]
    row.sent_at = timezone.now() if state == State.SENT else None
    row.save(update_fields=["state", "error", "sent_at"])


def _later(row: Outgoing, words: str, after: Any = None) -> None:
    """Let it be tried again, ever later, or give it up after many tries."""
    if row.attempts >= MOST_TRIES:
        _close(row, State.FAILED, words)
        return
    wait = min(timedelta(minutes=2 ** min(row.attempts - 1, 10)), LONGEST_WAIT)
    row.state, row.error = State.WAITING, words[:300]
    row.due_at = max(timezone.now() + wait, after or timezone.now())
    row.save(update_fields=["state", "error", "due_at"])
