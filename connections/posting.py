"""Posts lines to a Slack-compatible webhook; its address is a secret and is never repeated."""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from urllib.parse import urlsplit

from django.utils import timezone

from connections import transport
from connections.addresses import is_loopback, outside_place, safe_address
from sync.core.errors import NeedsPerson, TryAgain

LONGEST = 3000
"""Characters of one post; Slack shows no more of a text."""
_SIGNS = str.maketrans({"&": "&amp;", "<": "&lt;", ">": "&gt;"})


def check_address(address: str) -> str:
    """Return the host of a webhook's address; raises ValueError with a sentence.

    It must be https, hold no password, and lie outside of our own network unless it is allowed.
    """
    parts = urlsplit(address)
    if any(sign.isspace() or ord(sign) < 33 for sign in address) or parts.fragment:
        raise ValueError("An address has no spaces. Copy it from the channel’s settings.")
    safe_address(address)
    if not parts.path.strip("/"):
        raise ValueError("The address must be whole, as the channel’s settings show it.")
    try:
        outside_place(parts.hostname or "", parts.port or 443)
    except OSError:
        raise ValueError(f"{parts.hostname} is not known. Is it spelt rightly?") from None
    if parts.scheme != "https" and not is_loopback(address):
        raise ValueError("The address must begin with https://.")
    return parts.hostname or ""


def post_text(address: str, text: str) -> None:
    """Post a text; raises TryAgain when it may go later, NeedsPerson when the channel is wrong."""
    try:
        check_address(address)
        body = json.dumps({"text": text[:LONGEST]}, ensure_ascii=False).encode()
        reply = transport.post_outside(address, body)
    except OSError as error:
        raise TryAgain("The channel did not answer.") from error
    except ValueError as error:
        raise NeedsPerson(str(error), cause="channel") from error
    if reply.status < 300:
        return
    if reply.status == 429 or reply.status >= 500:
        raise TryAgain(f"The channel takes nothing now ({reply.status}).", after=_after(reply))
    raise NeedsPerson(f"The channel refused it ({reply.status}).", cause="channel")


def escaped(text: str) -> str:
    """Return text that says in a channel what it says here: it makes no links and names nobody."""
    return text.translate(_SIGNS)


def _after(reply: transport.Reply) -> datetime:
    wait = reply.headers.get("retry-after", "")
    seconds = min(int(wait), 3600) if wait.isdigit() else 60
    return timezone.now() + timedelta(seconds=seconds)
