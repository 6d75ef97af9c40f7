"""What a delivery of Xero's webhooks says: which records of which organisations changed."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

CATEGORIES: Mapping[str, str] = {
    "CONTACT": "Contact",
    "CREDITNOTE": "CreditNote",
    "INVOICE": "Invoice",
    "OVERPAYMENT": "Overpayment",
    "PAYMENT": "Payment",
    "PREPAYMENT": "Prepayment",
}
"""Xero's categories with our kinds; all others are dropped."""
TOUCHES: Mapping[str, str] = {
    "CreditNote": "Invoice",
    "Overpayment": "Invoice",
    "Payment": "Invoice",
    "Prepayment": "Invoice",
}
"""Kinds whose events mean that some record of another kind changed, without saying which."""
_ID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
_LARGEST = 2**62


@dataclass(frozen=True)
class Told:
    """One event: the organisation and the record; `mark` tells it from others of the record."""

    tenant: str
    kind: str
    id: str
    mark: str
    happened_at: datetime | None


@dataclass(frozen=True)
class Message:
    """A delivery: its events that concern us, and the numbers of the first and last of all."""

    events: tuple[Told, ...]
    first: int
    last: int

    @property
    def tries_us(self) -> bool:
        """Whether it only tries if we check signatures: Xero's "intent to receive"."""
        return not self.events and self.last == 0


def read(body: bytes) -> Message:
    """Return what a delivery says; events of other categories and malformed ones are left out.

    Raises ValueError where it is no delivery at all.
    """
    message = json.loads(body)
    if not isinstance(message, dict) or not isinstance(message.get("events"), list):
        raise ValueError("A delivery of Xero has a list of events.")  # noqa: TRY004
    told = (_event(each) for each in message["events"])
    return Message(
        tuple(event for event in told if event is not None),
        _number(message.get("firstEventSequence")),
        _number(message.get("lastEventSequence")),
    )


def _event(event: Any) -> Told | None:
    if not isinstance(event, dict):
        return None
    kind = CATEGORIES.get(str(event.get("eventCategory")))
    tenant = str(event.get("tenantId") or "").lower()
    remote_id = str(event.get("resourceId") or "").lower()
    if kind is None or not (_ID.fullmatch(tenant) and _ID.fullmatch(remote_id)):
        return None
    when = str(event.get("eventDateUtc") or "")
    mark = f"{event.get('eventType')} {when}"[:80]
    return Told(tenant, kind, remote_id, mark, _time(when))


def _time(text: str) -> datetime | None:
    """Return Xero's time, which is UTC though it does not say so, to the microsecond."""
    try:
        found = datetime.fromisoformat(re.sub(r"(\.\d{6})\d+", r"\1", text))
    except ValueError:
        return None
    return found.replace(tzinfo=UTC) if found.tzinfo is None else found.astimezone(UTC)


def _number(value: Any) -> int:
    return value if type(value) is int and 0 <= value < _LARGEST else 0
