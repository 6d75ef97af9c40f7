"""The answers that an item was given: who said what, when, and for how many records."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from sync.models import ReviewItem

SHOWN = 10
AS_ONE = timedelta(seconds=10)
"""Answers that one act gave to several records are not further apart than this."""


@dataclass
class Given:
    """One act of answering."""

    by: str
    words: str
    at: datetime
    records: int


def given(item: ReviewItem) -> list[Given]:
    """Return the newest answers of an item, newest first, what one act said counted as one."""
    found: list[Given] = []
    for decision in item.decisions.order_by("-id")[:1000]:
        words, last = label_of(item, decision.choice), found[-1] if found else None
        said = (decision.by, words)
        if last and (last.by, last.words) == said and last.at - decision.made_at <= AS_ONE:
            last.records += 1
            continue
        if len(found) == SHOWN:
            break
        found.append(Given(decision.by, words, decision.made_at, 1))
    return found


def label_of(item: ReviewItem, choice: str) -> str:
    """Return an answer as the person read it on its button."""
    labels = {c.get("value"): c.get("label") for c in item.choices}
    return str(labels.get(choice) or choice)
