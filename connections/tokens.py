"""What a sign-in brings: tokens, when they end, and whose they are."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from django.utils import timezone

LATER = timedelta(minutes=1)


@dataclass(frozen=True)
class Tokens:
    """What a sign-in brought. `expires_at` is None where the remote does not say.

    `host`, `organisation_id` and `user` are filled where the answer tells them; `event` is Xero's
    id of one consent.
    """

    access_token: str = field(repr=False)
    refresh_token: str = field(default="", repr=False)
    expires_at: datetime | None = None
    scopes: str = ""
    host: str = ""
    organisation_id: str = ""
    user: str = ""
    event: str = ""


def expiry(answer: Mapping[str, Any]) -> datetime | None:
    """Return when the access token ends by its `expires_in` seconds, or None."""
    try:
        return timezone.now() + timedelta(seconds=int(answer["expires_in"]))
    except (KeyError, TypeError, ValueError):
        return None


def scope_text(answer: Mapping[str, Any]) -> str:
    """Return the granted scopes, parted by spaces."""
    scopes = answer.get("scope") or ""
    return scopes if isinstance(scopes, str) else " ".join(scopes)


def soon() -> datetime:
    """Return when another try is worth it."""
    return timezone.now() + LATER
