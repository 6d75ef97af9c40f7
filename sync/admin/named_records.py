"""The records that a question speaks of, each with a link into its system."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from sync.core.named import Named, from_json
from sync.core.records import Key, System
from sync.models import ReviewItem


def of(item: ReviewItem, to: Callable[[Key], str]) -> list[dict[str, Any]]:
    """Return what is shown of each record that a question names; `to` gives a record's address."""
    return [_shown(from_json(each), to) for each in item.details.get("named", ())]


def _shown(one: Named, to: Callable[[Key], str]) -> dict[str, Any]:
    of_xero = one.key.system is System.XERO
    return {
        "name": one.name,
        "what": one.what,
        "badge": "xero" if of_xero else "sf",
        "system": one.key.system.label,
        "address": to(one.key),
        "amount": one.money.amount if one.money else None,
        "currency": one.money.currency if one.money else "",
        "counted": one.counted,
    }
