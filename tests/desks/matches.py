"""Matches as the flow asks them: details, choices and rows, for tests and for pictures."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django.utils import timezone

from connections.models import Pair
from sync.models import ReviewItem, ReviewSubject

FLOW = "account_contact"
THRESHOLDS = {"link": 60, "ask": 30}
Reasons = Sequence[tuple[str, int]]


def account(number: int, name: str, facts: Mapping[str, str] | None = None, **fields: str) -> Any:
    """Return an account of Salesforce as a desk shows it."""
    return party(f"salesforce:Account:0015g00000{number:05}AAA", name, facts, fields)


def contact(number: int, name: str, facts: Mapping[str, str] | None = None, **fields: str) -> Any:
    """Return a contact of Xero as a desk shows it."""
    return party(f"xero:Contact:c0ffee00-0000-4000-8000-{number:012}", name, facts, fields)


def party(
    key: str, name: str, facts: Mapping[str, str] | None, fields: Mapping[str, str]
) -> dict[str, Any]:
    """Return a customer record of either system as a desk shows it."""
    system = key.partition(":")[0]
    return {
        "key": key,
        "system": system,
        "name": name,
        "address": f"https://{system}.example/{key.rpartition(':')[2]}",
        "fields": {"name": name, **fields},
        "facts": dict(facts or {}),
    }


def candidate(found: Mapping[str, Any], *reasons: tuple[str, int], taken: str = "") -> Any:
    """Return a record as a candidate, with its evidence; the points are the reasons' sum."""
    return {
        **found,
        "points": sum(points for _, points in reasons),
        "reasons": [list(reason) for reason in reasons],
        "why": ", ".join(words.lower() for words, _ in reasons[:3]),
        "taken": taken,
    }


def ask(
    pair: Pair,
    subject: Mapping[str, Any],
    *candidates: Mapping[str, Any],
    sure: bool = False,
    why: str = "",
) -> ReviewItem:
    """Ask which of the candidates the subject is, as the flow would; return the item."""
    best = candidates[0]["points"] if candidates else None
    item = ReviewItem.objects.create(
        pair=pair,
        flow=FLOW,
        kind=ReviewItem.Kind.MATCH,
        cause=f"match|{subject['key'].rpartition(':')[2]}",
        title=f"Which record is “{subject['name']}”?",
        explanation="Several records may be the same customer.",
        choices=choices(candidates),
        details={
            "subject": dict(subject),
            "candidates": [dict(one) for one in candidates],
            "thresholds": THRESHOLDS,
            "why_asked": why,
        },
        points=best,
        sure=sure,
        last_seen=timezone.now(),
    )
    ReviewSubject.objects.create(
        item=item, subject=subject["key"], name=subject["name"], about=str(item.details)[:200]
    )
    return item


def choices(candidates: Sequence[Mapping[str, Any]]) -> list[dict[str, str]]:
    """Return the answers that the flow offers for these candidates."""
    found = []
    for one in candidates:
        key, name = str(one["key"]), one["name"]
        remote_id = key.rpartition(":")[2]
        found += [
            (
                f"use:{remote_id}",
                f"Link with “{name}”",
                "Links the two. Empty fields are then filled from the other side.",
            ),
            (f"not:{key}", f"Not “{name}”", "Remembered for good; never asked again."),
            (f"branch:{key}", f"Branch of “{name}”", "Remembered: two records of one group."),
        ]
    found += [
        ("new", "Create new", "Makes a new record in the other system."),
        ("never", "Not a customer", "Keeps the record out of sync."),
        ("retry", "Try again", "Reads both records afresh and plans again."),
    ]
    return [{"value": value, "label": label, "effect": effect} for value, label, effect in found]
