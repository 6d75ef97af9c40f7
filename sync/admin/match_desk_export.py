"""The queue of the match desk as a file: one line a match, with its best candidate and why."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from django.db.models import QuerySet
from django.http import StreamingHttpResponse

from config import exporting
from sync.models import ReviewItem

HEADINGS = (
    "question", "record", "key", "points", "no rival", "best match", "its key", "why",
    "candidates", "organisation", "asked (UTC)", "assigned to",
)  # fmt: skip


def matches(items: QuerySet[ReviewItem]) -> StreamingHttpResponse:
    """Return a download of these matches, newest first."""
    return exporting.csv_file("matches", HEADINGS, _lines(items))


def _lines(items: QuerySet[ReviewItem]) -> Iterator[Sequence[object]]:
    for chunk in exporting.chunks(items.select_related("pair__xero", "assignee")):
        yield from map(_line, chunk)


def _line(item: ReviewItem) -> Sequence[object]:
    subject = item.details.get("subject") or {}
    found = item.details.get("candidates") or []
    best: dict[str, Any] = found[0] if found else {}
    who = item.assignee.get_username() if item.assignee else ""
    return (
        item.pk, subject.get("name") or item.title, subject.get("key"), item.points, item.sure,
        best.get("name"), best.get("key"), best.get("why"), len(found), item.pair.xero.name,
        item.first_seen, who,
    )  # fmt: skip
