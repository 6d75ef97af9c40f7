"""Tells that no worker reports: the web pages see it, since a worker that is dead tells nothing."""

from __future__ import annotations

import threading
import time
from datetime import timedelta

import structlog
from django.conf import settings
from django.db import DatabaseError, connection
from django.urls import reverse
from django.utils import timezone

from sync.models import heartbeats

from . import announcing, announcing_mail, announcing_sending
from .announcing import Words

log = structlog.get_logger(__name__)
PURPOSE = "silence of the workers"
EVERY = timedelta(seconds=60)
_looked_at = [float("-inf")]  # of this process's clock: most pages ask nothing at all


def look_from_web() -> bool:
    """Tell of silent workers, once a minute of all processes; return whether they are silent.

    Then this process also sends what is to be sent, as nobody else does.
    """
    if time.monotonic() - _looked_at[0] < EVERY.total_seconds():
        return False
    wait_a_minute()
    try:
        if not is_silent() or not heartbeats.claim_look(PURPOSE, EVERY):
            return False
        tell()
    except DatabaseError:  # the page that asked says so itself
        return False
    threading.Thread(target=_send, daemon=True).start()
    return True


def wait_a_minute() -> None:
    """Let this process look next when the minute that begins now is over."""
    _looked_at[0] = time.monotonic()


def is_silent() -> bool:
    """Return whether workers have run here and none has reported for too long."""
    newest = heartbeats.newest_beat()
    limit = timedelta(seconds=settings.WORKER_SILENCE_SECONDS)
    return newest is not None and timezone.now() - newest > limit


def tell() -> None:
    """Keep the message that no worker reports."""
    newest = heartbeats.newest_beat()
    since = f" since {timezone.localtime(newest):%-d %b, %H:%M}" if newest else ""
    words = Words(
        f"The worker has not reported{since}",
        "Nothing syncs by itself meanwhile, and nothing is lost. Start it: manage.py worker.",
        "The worker is silent: nothing syncs by itself",
        reverse("admin:index"),
    )
    announcing.announce("silent", "worker", lambda _: words)


def _send() -> None:
    try:
        announcing_mail.write_due()
        announcing_sending.send_due()
    except Exception:  # nobody waits for this thread; the next minute tries again
        log.exception("messages could not be sent from the web")
    finally:
        connection.close()  # this thread's own
