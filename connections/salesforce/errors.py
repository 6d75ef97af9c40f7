"""What Salesforce's statuses and bodies mean, as the design's errors (Salesforce, REST errors)."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import Any

from django.utils import timezone

from connections.limits import Reading
from connections.transport import Reply, Tongue
from sync.core.errors import ConnectionBroken, NeedsPerson, OutcomeUnknown, SyncError, TryAgain
from sync.core.records import System

from .refusals import PASSING, error_of

BUSY = timedelta(seconds=30)
DAY_IS_USED = timedelta(minutes=15)  # the day is a rolling one: some calls come free all the time
LONGEST_WAIT = timedelta(days=1)
NOTHING_DONE = ("SERVER_UNAVAILABLE", "SERVICE_UNAVAILABLE")
# These sessions stay refused however often they are renewed.
NEVER_VALID = ("not valid for use with the REST API", "is not attached to Agent")
_USAGE = re.compile(r"api-usage=(\d+)/(\d+)")


def refusal(reply: Reply, writes: bool) -> SyncError | None:
    """Return the error that a reply means, or None for a good one."""
    if reply.status < 300:
        return None
    if reply.status >= 500:
        return _failed(reply, writes)
    if reply.status in BY_STATUS and not (reply.status == 406 and _errors(reply)):
        return BY_STATUS[reply.status](reply)
    if reply.status < 400:
        return _elsewhere(reply)
    code, message = first_error(reply)
    if code == "REQUEST_LIMIT_EXCEEDED":
        return _used_up(message)
    return error_of(code or f"status_{reply.status}", message or "it gave no reason.")


def token_ended(reply: Reply) -> bool:
    """Whether another token may help."""
    if reply.status != 401:
        return False
    code, message = first_error(reply)
    return code in ("", "INVALID_SESSION_ID") and not any(w in message for w in NEVER_VALID)


def reading(headers: Mapping[str, str]) -> Reading:
    """Return the org's calls of the day: `api-usage=18/5000`, with or without its bursts."""
    found = _USAGE.search(headers.get("sforce-limit-info", ""))
    if not found:
        return Reading()
    used, limit = int(found[1]), int(found[2])
    return Reading(day_left=max(limit - used, 0), day_limit=limit)


def first_error(reply: Reply) -> tuple[str, str]:
    """Return code and message of the first error in the body; empty where it has none."""
    errors = _errors(reply)
    if not errors:
        return "", ""
    first = errors[0]
    code = first.get("errorCode") or first.get("error") or first.get("statusCode")
    return str(code or ""), str(first.get("message") or first.get("error_description") or "")


def _errors(reply: Reply) -> list[dict[str, Any]]:
    try:
        body = json.loads(reply.text)
    except ValueError:
        return []
    rows = body if isinstance(body, list) else [body]
    return [row for row in rows if isinstance(row, dict)]


def _shut(reply: Reply) -> ConnectionBroken:
    if reply.status == 410:
        return ConnectionBroken("Salesforce no longer knows this API version: update Counterpart.")
    _, message = first_error(reply)
    said = f" Salesforce says: {message}" if message else ""
    return ConnectionBroken(f"Salesforce no longer accepts this sign-in: connect again.{said}")


def _slower(reply: Reply) -> TryAgain:
    header = reply.headers.get("retry-after", "").strip()
    wait = timedelta(seconds=int(header)) if header.isdecimal() else BUSY
    after = timezone.now() + min(wait, LONGEST_WAIT)
    return TryAgain("Salesforce asks to be called less often.", after=after, whole_connection=True)


def _used_up(message: str) -> TryAgain:
    """Both limits have one code: of calls under way at once, and of the day."""
    concurrent = "concurrent" in message.lower()
    words = (
        "Too many calls to Salesforce are under way."
        if concurrent
        else "Salesforce’s calls for today are used up, by all apps of the org together."
    )
    after = timezone.now() + (BUSY if concurrent else DAY_IS_USED)
    return TryAgain(words, after=after, whole_connection=True)


def _failed(reply: Reply, writes: bool) -> SyncError:
    code, _ = first_error(reply)
    if code in NOTHING_DONE:
        after = timezone.now() + PASSING[code]
        return TryAgain(
            "Salesforce is not available at the moment.", after=after, whole_connection=True
        )
    if writes:
        return OutcomeUnknown(f"Salesforce failed while it was writing (status {reply.status}).")
    return TryAgain(f"Salesforce could not answer (status {reply.status}).")


def _elsewhere(reply: Reply) -> SyncError:
    if reply.status == 300:
        return NeedsPerson(
            "Several records in Salesforce have the same external id.",
            cause="salesforce:several_with_external_id",
        )
    return ConnectionBroken(
        "Salesforce answers from another address: connect again with your My Domain."
    )


def _moved(reply: Reply) -> TryAgain:
    return TryAgain("The record changed in Salesforce meanwhile.")


BY_STATUS: Mapping[int, Callable[[Reply], SyncError]] = {
    401: _shut,
    406: _slower,  # without a body of Salesforce's it comes from the edge, as 420 does
    410: _shut,
    412: _moved,
    420: _slower,
    429: _slower,
}
TONGUE = Tongue(System.SALESFORCE, refusal, token_ended, reading, "x-request-id")
