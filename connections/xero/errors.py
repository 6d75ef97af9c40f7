"""What Xero's statuses and bodies mean, as the design's errors (Xero, response codes)."""

from __future__ import annotations

import random
import re
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Any

from django.utils import timezone

from connections.limits import Reading
from connections.transport import Reply, Tongue
from sync.core.errors import (
    ConnectionBroken,
    Fix,
    NeedsPerson,
    OutcomeUnknown,
    SyncError,
    TryAgain,
)
from sync.core.records import System

from . import values

OFFLINE = timedelta(minutes=5)
SHORTLY = timedelta(seconds=20)  # "temporarily unavailable" is over as suddenly as it begins
LONGEST_WAIT = timedelta(days=1)
NOT_FOUND = "xero:not_found"  # the cause of an error that says that there is no such record
# Xero itself writes both spellings.
SCOPE = re.compile(r"insuff?ici?ent[ _]scope", re.IGNORECASE)
PROBLEMS = {
    "minute": "Xero’s calls for this minute are used up.",
    "day": "Xero’s calls for today are used up.",
    "concurrent": "Too many calls to Xero are under way.",
    "appminute": "This app’s calls to Xero for this minute are used up.",
}
# Texts of 503 that Xero sends instead of doing anything.
CLOSED = {
    "organisation is offline": "The organisation is offline in Xero.",
    "offline for maintenance": "Xero is closed for maintenance.",
    "temporarily unavailable": "Xero is temporarily unavailable.",
}


class WholeRefusal(NeedsPerson):
    """A call refused whole whose body has the elements with their faults."""

    def __init__(self, elements: Any, message: str) -> None:
        super().__init__(f"Xero refused it: {message}", cause=f"xero:{_slug(message)}")
        self.elements = elements


def refusal(reply: Reply, writes: bool) -> SyncError | None:
    """Return the error that a reply means, or None for a good one."""
    if reply.status in (200, 201, 204, 304):
        return None
    if reply.status >= 500:
        return _failed(reply, writes)
    return BY_STATUS.get(reply.status, _other)(reply)


def token_ended(reply: Reply) -> bool:
    """Whether another token may help: a missing scope or a foreign organisation is no such case."""
    return reply.status == 401 and not _lacks_scope(reply)


def reading(headers: Mapping[str, str]) -> Reading:
    """Return what the headers say is left; a 429 for the day leaves none."""
    problem = headers.get("x-rate-limit-problem", "").lower()
    day = _whole(headers.get("x-daylimit-remaining"))
    minute = _whole(headers.get("x-minlimit-remaining"))
    return Reading(
        minute_left=0 if problem == "minute" else minute, day_left=0 if problem == "day" else day
    )


def _limited(reply: Reply) -> TryAgain:
    """A limit was reached, so nothing was done. Only minute and day come with a Retry-After."""
    problem = reply.headers.get("x-rate-limit-problem", "").lower()
    seconds = _whole(reply.headers.get("retry-after"))
    if seconds is None:
        seconds = {"minute": 60, "day": 3600}.get(problem, 0)
    wait = timedelta(seconds=seconds or random.uniform(1, 3))
    words = PROBLEMS.get(problem, "Xero takes no more calls at the moment.")
    return _later(words, min(wait, LONGEST_WAIT))


def _not_let_in(reply: Reply) -> ConnectionBroken:
    if _lacks_scope(reply):
        return ConnectionBroken(
            "Xero’s sign-in lacks a right that Counterpart needs: connect again and accept all "
            "that is asked."
        )
    if reply.status == 403:
        return ConnectionBroken(
            "Xero does not let this sign-in use the organisation: it was disconnected there, or "
            "its user may no longer do this. Connect again."
        )
    return ConnectionBroken("Xero no longer accepts this sign-in: connect again.")


def _failed(reply: Reply, writes: bool) -> SyncError:
    said = reply.text.lower()
    if reply.status == 503:
        for text, words in CLOSED.items():
            if text in said:
                return _later(words, SHORTLY if "temporarily" in text else OFFLINE)
    if writes:
        # A repeat under the same key would replay the failure (Xero, idempotency).
        return OutcomeUnknown(
            f"Xero failed while it was writing (status {reply.status}).", fresh_key=True
        )
    return TryAgain(f"Xero could not answer (status {reply.status}).")


def _bad_request(reply: Reply) -> SyncError:
    body = _json(reply)
    message = str(body.get("Message") or body.get("Detail") or reply.text[:200] or "no reason")
    if "is used with a different request" in reply.text:
        return OutcomeUnknown("Xero knows this call’s key from another call.", fresh_key=True)
    if body.get("Elements"):
        return WholeRefusal(body["Elements"], message)
    return NeedsPerson(
        f"Xero refused it: {message}",
        cause=f"xero:{_slug(message)}",
        fix=Fix("Correct what Xero names, then try again."),
    )


def _lacks_scope(reply: Reply) -> bool:
    return bool(SCOPE.search(reply.headers.get("www-authenticate", "")))


def _later(words: str, wait: timedelta) -> TryAgain:
    after: datetime = timezone.now() + wait
    return TryAgain(words, after=after, whole_connection=True)


def _json(reply: Reply) -> dict[str, Any]:
    try:
        body = values.parse(reply.text)
    except ValueError:
        return {}
    return body if isinstance(body, dict) else {}


def _slug(text: str) -> str:
    return re.sub(r"[^a-z]+", "_", text.casefold()).strip("_")[:80]


def _whole(text: str | None) -> int | None:
    return int(text) if text and text.strip().isdecimal() else None


def _not_found(reply: Reply) -> SyncError:
    return NeedsPerson("Xero has no such record.", cause=NOT_FOUND)


def _moved(reply: Reply) -> SyncError:
    return TryAgain("The record changed in Xero meanwhile.")


def _too_large(reply: Reply) -> SyncError:
    return NeedsPerson("Xero finds it too large.", cause="xero:too_large")


def _other(reply: Reply) -> SyncError:
    return NeedsPerson(
        f"Xero gave an answer that is not known (status {reply.status}).",
        cause=f"xero:status_{reply.status}",
        fix=Fix(f"Ask Xero, naming {reply.headers.get('xero-correlation-id', 'the time')}."),
    )


BY_STATUS: Mapping[int, Callable[[Reply], SyncError]] = {
    400: _bad_request,
    401: _not_let_in,
    403: _not_let_in,
    404: _not_found,
    412: _moved,
    413: _too_large,
    429: _limited,
}
TONGUE = Tongue(System.XERO, refusal, token_ended, reading, "xero-correlation-id")
