"""The duplicate desk: whether the records of a group are one customer, and which values hold."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import F, QuerySet
from django.db.models.fields.json import KT
from django.http import HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.http import urlencode

from connections.numbers import number_in
from sync.core.records import Key, System
from sync.engine import deciding, joining, parting
from sync.models import Decision, ReviewItem

from . import desk_talk, exporting
from .duplicate_desk_effect import effect_of
from .duplicate_desk_group import Group, chosen_values, group_of, take_choices
from .filters import pairs_by_organisation

MOST = 200
"""How many groups the queue looks at; what is behind them comes up in its turn."""
COUNTED = 1000
UPCOMING = 8
NARROWED = ("pair", "who")
LOST = "Your answer was not kept."


def desk(request: HttpRequest) -> HttpResponseBase:
    """Show the group that the address names, or the first; carry out what was pressed."""
    if not request.user.has_perm(desk_talk.SEE):
        raise PermissionDenied
    if request.method == "POST":
        if not request.user.has_perm(desk_talk.MAY):
            raise PermissionDenied
        return _act(request)
    if request.GET.get("as") == "csv":
        return exporting.questions(_narrowed(request), "duplicates")
    asked = request.GET.get("item", "")
    item = _waiting(asked)
    error = "" if item or not asked else _gone_why(asked)
    item = item or _queue(request).first()
    return _page(request, _shown(item), error=error)


def effect(request: HttpRequest) -> HttpResponse:
    """Return what “Link as same” would do, as a fragment; nothing is kept."""
    if request.method != "POST" or not request.user.has_perm(desk_talk.MAY):
        raise PermissionDenied
    group = _shown(_waiting(request.POST.get("item", "")))
    if group is None:
        return HttpResponse(status=204)
    take_choices(group, request.POST)
    context = {"effect": effect_of(group), "group": group}
    return TemplateResponse(request, "admin/sync/duplicate/effect.html", context)


def open_count(request: HttpRequest) -> str:
    """Return how many groups wait, for the navigation; empty when none does."""
    count = unanswered()[:COUNTED].count()
    return f"{count}+" if count == COUNTED else str(count or "")


def unanswered() -> QuerySet[ReviewItem]:
    """Return the groups that nobody has answered yet; other duplicates have no records to show."""
    return ReviewItem.objects.filter(
        desk=ReviewItem.Desk.DUPLICATE,
        kind=ReviewItem.Kind.DUPLICATE,
        state=ReviewItem.State.OPEN,
        answered_at=None,
    )


def _narrowed(request: HttpRequest) -> QuerySet[ReviewItem]:
    items, pair, who = unanswered(), *(request.GET.get(name, "") for name in NARROWED)
    if number_in(pair):
        items = items.filter(pair=number_in(pair))
    if who == "mine":
        items = items.filter(assignee=request.user.pk)
    return items.filter(assignee=None) if who == "nobody" else items


def _queue(request: HttpRequest) -> QuerySet[ReviewItem]:
    """Return the groups, most alike first."""
    items = _narrowed(request).select_related("pair__salesforce", "pair__xero", "assignee")
    return items.order_by(F("points").desc(), "id")


def _waiting(pk: str) -> ReviewItem | None:
    items = unanswered().select_related("pair__salesforce", "pair__xero", "assignee")
    return items.filter(pk=number).first() if (number := number_in(pk)) else None


def _shown(item: ReviewItem | None) -> Group | None:
    return group_of(item, deciding.mark_of(item)) if item else None


def _act(request: HttpRequest) -> HttpResponse:
    act, pk = request.POST.get("act", ""), request.POST.get("item", "")
    item = _waiting(pk)
    if item is None:
        messages.warning(request, f"{_gone_why(pk)} {LOST}")
        return _to(request, request.POST.get("then", ""))
    if act == "note":
        desk_talk.keep(request, [item])
        return _to(request, pk)
    group = group_of(item, deciding.mark_of(item))
    take_choices(group, request.POST)
    if act not in ("same", "retry", *parting.VERBS):
        return _page(request, group)
    return _decide(request, group, act)


def _decide(request: HttpRequest, group: Group, act: str) -> HttpResponse:
    item, by, mark = group.item, request.user.get_username(), request.POST.get("mark", "")
    try:
        if act in parting.VERBS:
            count = parting.part(item.pk, act, by, mark=mark)
            told = "not the same" if act == "not" else "parent and branch"
            words = f"Remembered for good: {count} pair{'s' * (count != 1)} of records, {told}."
        elif act == "retry":
            deciding.decide(item.pk, act, by)
            words = "These records are being read again."
        else:
            primary = {system: Key.parse(key) for system, key in group.primary.items()}
            joining.join(item.pk, by, primary=primary, chosen=chosen_values(group), mark=mark)
            words = f"{item.title}, and are one now. The writes are on their way."
    except deciding.Moved:
        return _look_again(request, item.pk)
    except deciding.NotOffered as error:
        messages.error(request, f"{error} {LOST}")
        return _to(request, request.POST.get("then", ""))
    messages.success(request, words)
    return _to(request, request.POST.get("then", ""))


def _look_again(request: HttpRequest, pk: int) -> HttpResponse:
    """Show the group as it is now, with the choices of the lines that did not move."""
    group = _shown(_waiting(str(pk)))
    if group is not None:
        take_choices(group, request.POST)
    return _page(request, group, moved=group is not None)


def _gone_why(pk: str) -> str:
    """Return what became of a group that waits no longer."""
    newest = (
        Decision.objects.filter(item=number).order_by("-id").first()
        if (number := number_in(pk))
        else None
    )
    if newest is None:
        return "This group is settled already, or its records were merged meanwhile."
    labels = {choice["value"]: choice["label"] for choice in newest.item.choices}
    return f"{newest.by} answered already: “{labels.get(newest.choice, newest.choice)}”."


def _stay(request: HttpRequest, **more: str) -> str:
    kept = {name: request.GET.get(name, "") for name in NARROWED} | more
    return urlencode({name: value for name, value in kept.items() if value})


def _to(request: HttpRequest, pk: str) -> HttpResponse:
    query, address = _stay(request, item=pk), reverse("duplicate_desk")
    return HttpResponseRedirect(f"{address}?{query}" if query else address)


def _page(
    request: HttpRequest, group: Group | None, *, error: str = "", moved: bool = False
) -> HttpResponse:
    found = _queue(request).annotate(first=KT("details__records__0__name"))
    queue = list(found.defer("details", "choices", "explanation", "hint")[:MOST])
    answered = ReviewItem.objects.filter(
        desk=ReviewItem.Desk.DUPLICATE, state=ReviewItem.State.OPEN, answered_at__isnull=False
    )
    context = {
        **admin.site.each_context(request),
        "title": "Duplicate desk",
        "opts": ReviewItem._meta,
        "may_decide": request.user.has_perm(desk_talk.MAY),
        "error": error,
        "moved": moved,
        "stay": _stay(request),
        "filters": {name: request.GET.get(name, "") for name in NARROWED},
        "pairs": pairs_by_organisation(),
        "answered": answered[:1000].count(),
        "queue": queue,
        **(_open_group(group, queue) if group else {}),
    }
    return TemplateResponse(request, "admin/sync/duplicate/desk.html", context)


def _open_group(group: Group, queue: Sequence[ReviewItem]) -> dict[str, Any]:
    """Return what the page shows of the open group and of its place in the queue."""
    pks = [item.pk for item in queue]
    index = pks.index(group.item.pk) if group.item.pk in pks else None
    start = 0 if index is None else index + 1
    details, offered = group.item.details, {c["value"] for c in group.item.choices}
    return {
        "group": group,
        "effect": effect_of(group),
        "place": None if index is None else index + 1,
        "following": queue[start] if start < len(queue) else None,
        "previous": queue[index - 1] if index else None,
        "upcoming": queue[start : start + UPCOMING],
        "later": max(len(queue) - start - UPCOMING, 0),
        "counts": [(s.label, len(group.of(s))) for s in (System.XERO, System.SALESFORCE)],
        "reasons": details.get("reasons") or [],
        "points": details.get("points", group.item.points),
        "threshold": (details.get("thresholds") or {}).get("link"),
        "verbs": {verb for verb in parting.VERBS for o in offered if o.startswith(f"{verb}:")},
        "can_link": "same" in offered,
        "can_retry": "retry" in offered,
        "troubles": desk_talk.troubles_of([group.item]),
        **desk_talk.talk_of([group.item]),
    }
