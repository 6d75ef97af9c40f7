"""Many matches at once: what would be linked, by score, before one button links it."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import Count, F, QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.dateparse import parse_datetime

from connections.models import Pair
from connections.numbers import number_in
from sync.engine import accepting
from sync.models import ReviewItem

from .match_desk_page import LINK, MAY, SEE
from .match_desk_queue import Asked

MOST = 5_000
"""How many are linked in one go: a person waits for it."""
NAMED = 3
BAND = 10


def bulk(request: HttpRequest) -> HttpResponse:
    """Show the counts from a chosen score on, or link what was shown."""
    if not request.user.has_perm(MAY if request.method == "POST" else SEE):
        raise PermissionDenied
    asked, points = Asked.of(request.GET), _points(request.GET.get("points", ""))
    if request.method == "POST":
        asked, points = Asked.of(request.POST), _points(request.POST.get("points", ""))
        return _accept(request, asked, points)
    context = {
        **admin.site.each_context(request),
        "title": "Link together",
        "asked": asked,
        "may_decide": request.user.has_perm(MAY),
        "points": points,
        "shown_at": timezone.now().isoformat(),
        "pair": Pair.objects.filter(pk=asked.pair).first() if asked.pair else None,
        **_counted(asked, points),
    }
    return TemplateResponse(request, "admin/sync/match/bulk.html", context)


def _accept(request: HttpRequest, asked: Asked, points: int) -> HttpResponse:
    """Link what the page has shown: what came or changed since stays on the desk."""
    shown_at = _time(request.POST.get("shown_at", ""))
    if shown_at is None:
        messages.error(request, "Look at the counts first.")
    else:
        rows = _rows(asked, points).filter(last_seen__lte=shown_at)
        best = rows.order_by("-points", "id").values("pk")[:MOST]
        count = accepting.accept(
            ReviewItem.objects.filter(pk__in=best), request.user.get_username()
        )
        noun = "match is" if count == 1 else "matches are"
        messages.success(request, f"{count:,} {noun} accepted and being carried out now.")
        if left := _rows(asked, points).count():
            messages.warning(request, f"{left:,} of such a score came or changed since, or wait.")
    return HttpResponseRedirect(f"{reverse('match_desk')}?{asked.stay(**{'from': ''})}")


def _rows(asked: Asked, points: int) -> QuerySet[ReviewItem]:
    return accepting.acceptable(points, asked.narrow(ReviewItem.objects.all(), None))


def _counted(asked: Asked, points: int) -> dict[str, Any]:
    """Return the counts by bands of ten points, with some names of each, highest first."""
    every = _rows(asked, 0)
    counts = dict(
        every.annotate(band=F("points") / BAND)
        .values_list("band")
        .annotate(n=Count("id"))
        .order_by()
    )
    bands = []
    for band in sorted(counts, reverse=True):
        low = band * BAND
        inside = every.filter(points__gte=low, points__lt=low + BAND)
        count = inside.filter(points__gte=points).count() if low < points else counts[band]
        bands.append(
            {
                "from": max(low, points),
                "low": low,
                "to": low + BAND - 1,
                "count": count,
                "rest": count - NAMED,
                "chosen": low + BAND > points and count > 0,
                "names": [
                    _names(i) for i in inside.filter(points__gte=points).order_by("id")[:NAMED]
                ],
            }
        )
    count = sum(band["count"] for band in bands if band["chosen"])
    return {"bands": bands, "count": count, "at_once": min(count, MOST), "most": MOST}


def _names(item: ReviewItem) -> tuple[str, str, int | None]:
    best: dict[str, Any] = next(iter(item.details.get("candidates") or ()), {})
    subject = item.details.get("subject") or {}
    return (str(subject.get("name") or item.title), str(best.get("name") or ""), item.points)


def _points(text: str) -> int:
    return min(number_in(text), 1000) or LINK


def _time(text: str) -> datetime | None:
    try:
        found = parse_datetime(text)
    except ValueError:
        return None
    return found if found is not None and timezone.is_aware(found) else None
