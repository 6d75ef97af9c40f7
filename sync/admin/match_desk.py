"""The match desk: which record of the other system is this one, or none."""

from __future__ import annotations

from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import (
    Http404,
    HttpRequest,
    HttpResponse,
    HttpResponseBase,
    HttpResponseRedirect,
)
from django.template.response import TemplateResponse
from django.urls import reverse
from django.views.decorators.http import require_POST

from sync.core.questions import RETRY
from sync.core.records import Key
from sync.engine import deciding, pointing, retracting
from sync.models import Decision, ReviewItem

from . import desk_talk, match_desk_export, match_desk_page, match_desk_queue
from .match_desk_page import MAY, SEE
from .match_desk_queue import Asked

OF_A_CANDIDATE = {"use": "use:{id}", "not": "not:{key}", "branch": "branch:{key}"}
"""The answers that name a record, as the engine takes them."""


def show(request: HttpRequest) -> HttpResponseBase:
    """Show ten matches, one of them open; with `as=csv`, the whole queue as a file."""
    if not request.user.has_perm(SEE):
        raise PermissionDenied
    if request.GET.get("as") == "csv":
        rows = match_desk_queue.waiting(Asked.of(request.GET), request.user.pk)
        return match_desk_export.matches(rows)
    context = {
        **admin.site.each_context(request),
        "title": "Match desk",
        **match_desk_page.desk(request),
    }
    return TemplateResponse(request, "admin/sync/match/desk.html", context)


@require_POST
def answer(request: HttpRequest, pk: int) -> HttpResponse:
    """Keep one answer, and go on to the next row; a row that moved is shown and asked again."""
    item = _item(request, pk)
    try:
        _decide(request, item)
    except deciding.Moved:
        kept = request.POST.get("candidate", "")
        return _to(request, item=pk, candidate=kept, moved="yes")
    except deciding.NotOffered as error:
        if ReviewItem.objects.filter(match_desk_queue.OPEN, pk=pk, answered_at=None).exists():
            messages.error(request, str(error))
            return _to(request, item=pk)
        return _to(request, item=request.POST.get("then", ""), late=pk)
    given = item.decisions.filter(by=request.user.get_username()).order_by("-id").first()
    last = given.pk if given and request.POST.get("act") != RETRY.value else ""
    if not last:
        messages.success(request, f"Being read and planned again: {item.title}")
    return _to(request, item=request.POST.get("then", ""), last=last)


@require_POST
def talk(request: HttpRequest, pk: int) -> HttpResponse:
    """Keep a note for colleagues, and whose the question is."""
    desk_talk.keep(request, [_item(request, pk)])
    return _to(request, item=pk)


@require_POST
def take_back(request: HttpRequest, pk: int) -> HttpResponse:
    """Take back an answer of one's own, as long as nothing of it has been carried out."""
    if not request.user.has_perm(MAY):
        raise PermissionDenied
    by = request.user.get_username()
    decision = Decision.objects.filter(pk=pk, by=by, item__kind=ReviewItem.Kind.MATCH).first()
    if decision is None:
        raise Http404
    try:
        item = retracting.retract(pk, by)
    except retracting.TooLate as error:
        messages.error(request, str(error))
        return _to(request, item=request.POST.get("item", ""))
    messages.success(request, "Taken back. It is asked again.")
    return _to(request, item=item.pk)


def left_count(request: HttpRequest) -> str:
    """Return the number of matches that wait, for the navigation; empty when none does."""
    rows = match_desk_queue.waiting(Asked(), None).order_by()[:1000]
    count = rows.count()
    return "1000+" if count == 1000 else str(count or "")


def _decide(request: HttpRequest, item: ReviewItem) -> None:
    by, mark = request.user.get_username(), request.POST.get("mark", "")
    act, key = request.POST.get("act", ""), request.POST.get("candidate", "")
    offered = {choice["value"] for choice in item.choices}
    named = OF_A_CANDIDATE.get(act)
    choice = named.format(id=key.rpartition(":")[2], key=key) if named else act
    if act == "use" and choice not in offered:
        pointing.point(item.pk, _key(key), by, mark=mark)
    else:
        deciding.decide(item.pk, choice, by, mark=mark)


def _key(text: str) -> Key:
    try:
        return Key.parse(text)
    except ValueError as error:
        raise deciding.NotOffered("Choose a record first.") from error


def _item(request: HttpRequest, pk: int) -> ReviewItem:
    if not request.user.has_perm(MAY):
        raise PermissionDenied
    item = ReviewItem.objects.filter(pk=pk, kind=ReviewItem.Kind.MATCH).first()
    if item is None:
        raise Http404
    return item


def _to(request: HttpRequest, **changes: Any) -> HttpResponse:
    """Return to the same part of the queue; an open row is where the page begins."""
    query = Asked.of(request.POST).stay(**changes)
    place = "#open" if changes.get("item") else ""
    return HttpResponseRedirect(f"{reverse('match_desk')}?{query}{place}")
