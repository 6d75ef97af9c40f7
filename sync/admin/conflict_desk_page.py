"""The page of the conflict desk: the record that is open, and the queue around it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils.http import urlencode

from sync.core.records import System
from sync.models import ReviewItem

from . import desk_talk
from .conflict_desk_queue import OPEN, Filters, Place, Waiting, items_of, labels, queue, unanswered
from .conflict_desk_rows import Row, rows_of
from .conflict_desk_saving import effect_of
from .filters import pairs_by_organisation

RULE = "mappings.publish_mapping"
NARROWED = ("pair", "field", "who")
UPCOMING = 8


@dataclass
class Looked:
    """What one request looks at: the queue as it is narrowed, and the record that is open."""

    filters: Filters
    waiting: Sequence[Waiting]
    place: Place | None
    rows: list[Row]

    @property
    def index(self) -> int | None:
        """Where the record stands in the queue; None when it is further behind."""
        return next((i for i, one in enumerate(self.waiting) if one.place == self.place), None)

    def neighbour(self, step: int) -> Waiting | None:
        """Return the record before or after; from behind the queue, the first."""
        index = self.index
        if index is None:
            return self.waiting[0] if self.waiting and step > 0 else None
        return self.waiting[index + step] if 0 <= index + step < len(self.waiting) else None


def look(request: HttpRequest, place: Place | None) -> Looked:
    """Return the queue and the record at this place, or the queue's first."""
    filters = filters_of(request)
    waiting = queue(filters.of(unanswered(), request.user.pk or 0))
    place = place or (waiting[0].place if waiting else None)
    items = list(items_of(place)) if place else []
    if place and not items:
        return Looked(filters, waiting, None, [])
    return Looked(filters, waiting, place, rows_of(place, items) if place else [])


def filters_of(request: HttpRequest) -> Filters:
    """Return what the address narrows the queue to."""
    return Filters(*(request.GET.get(name, "").replace("\0", "") for name in NARROWED))


def stay(request: HttpRequest, **more: str) -> str:
    """Return the query that keeps the queue narrowed as it is, with what else is given."""
    kept = {name: request.GET.get(name, "") for name in NARROWED} | more
    return urlencode({name: value for name, value in kept.items() if value})


def with_rows(request: HttpRequest, place: Place, rows: list[Row]) -> Looked:
    """Return the queue with a record whose rows are read already."""
    filters = filters_of(request)
    return Looked(filters, queue(filters.of(unanswered(), request.user.pk or 0)), place, rows)


def page(request: HttpRequest, looked: Looked, *, error: str = "") -> HttpResponse:
    """Return the page; `error` is told above the fields."""
    rows = looked.rows
    items = [row.item for row in rows]
    context = {
        **admin.site.each_context(request),
        "title": "Conflict desk",
        "opts": ReviewItem._meta,
        "may_decide": request.user.has_perm(desk_talk.MAY),
        "may_rule": request.user.has_perm(RULE),
        "error": error,
        "looked": looked,
        "stay": stay(request),
        "rows": rows,
        "moved": [row for row in rows if row.moved],
        "refused": [row for row in rows if row.error],
        "effect": effect_of(rows),
        "answered": ReviewItem.objects.filter(OPEN, answered_at__isnull=False)[:1000].count(),
        "filters": looked.filters,
        "fields": labels(looked.waiting),
        "pairs": pairs_by_organisation(),
        **(_record(looked, items) if items else {}),
    }
    return TemplateResponse(request, "admin/sync/conflict/desk.html", context)


def _record(looked: Looked, items: Sequence[ReviewItem]) -> dict[str, Any]:
    """Return what the page shows of the record itself and of the queue around it."""
    rows, index = looked.rows, looked.index
    days = {row.agreed_on.date() for row in rows if row.agreed_on}
    parties = [items[0].details.get(side) or {} for side in ("other", "record")]
    following = looked.neighbour(1)
    start = 0 if index is None else index + 1
    return {
        "name": _name(items, looked),
        "since": min((row.agreed_on for row in rows if row.agreed_on), default=None),
        "one_day": len(days) == 1,
        "all_agreed": all(row.agreed_on for row in rows),
        "waiting_since": min(item.first_seen for item in items),
        "blocks": next((row.blocks for row in rows if row.blocks), "") or _blocks(looked),
        "pair": items[0].pair,
        "links": list(zip((System.XERO, System.SALESFORCE), parties, strict=True)),
        "agreeing": max(row.agreeing for row in rows),
        "place": None if index is None else index + 1,
        "following": following,
        "previous": looked.neighbour(-1),
        "upcoming": looked.waiting[start : start + UPCOMING],
        "later": max(len(looked.waiting) - start - UPCOMING, 0),
        "agreed": any(row.was for row in rows),
        "troubles": desk_talk.troubles_of(items),
        "both_offered": all({"xero", "salesforce"} <= row.offered for row in rows),
        **desk_talk.talk_of(items),
    }


def _name(items: Sequence[ReviewItem], looked: Looked) -> str:
    if looked.index is not None:
        return looked.waiting[looked.index].name
    record = items[0].details.get("record") or {}
    return str(record.get("name") or items[0].title)


def _blocks(looked: Looked) -> str:
    return "" if looked.index is None else looked.waiting[looked.index].blocks
