"""The inbox: what a person has been told, what of it stands, and where it leads."""

from __future__ import annotations

from typing import Any

from django.contrib import admin, messages
from django.db.models import Count, Q
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme, urlencode

from sync.engine import announcing
from sync.engine.announcing_kinds import KINDS, kind_of
from sync.models import Copy

from .inbox_bell import copies_of, visible_to

PAGE = 50
TABS = {
    "unread": ("Not read", {"read_at": None}),
    "standing": ("Still so", {"announcement__over_at": None}),
    "all": ("All", {}),
}
SIGNS = {"bad": "✕", "warn": "!", "good": "✓", "": "@"}


def inbox(request: HttpRequest) -> HttpResponse:
    """Show a person's messages; on POST mark those named, or all of them, as read."""
    asked = _asked(request)
    if request.method == "POST":
        return _mark(request, asked)
    mine = copies_of(request.user).select_related("announcement")
    rows = mine.filter(**TABS[asked["tab"]][1])
    if asked["kind"]:
        rows = rows.filter(announcement__kind=asked["kind"])
    start = PAGE * int(asked["page"] or 0)
    found = list(rows.order_by("-announcement__last_at", "-pk")[start : start + PAGE + 1])
    counts = mine.aggregate(**{key: Count("pk", Q(**only)) for key, (_, only) in TABS.items()})
    context = {
        **admin.site.each_context(request),
        "title": "Inbox",
        "rows": [_row(copy) for copy in found[:PAGE]],
        "tabs": [(key, label, counts[key]) for key, (label, _) in TABS.items()],
        "unread": counts["unread"],
        "tab": asked["tab"],
        "kind": asked["kind"],
        "kinds": [KINDS[key] for key in visible_to(request.user) if key in KINDS],
        "stay": _stay(asked),
        "following": int(asked["page"] or 0) + 1 if len(found) > PAGE else 0,
        "kept": urlencode({"tab": asked["tab"], "kind": asked["kind"]}),
    }
    return TemplateResponse(request, "admin/sync/inbox/inbox.html", context)


def open_message(request: HttpRequest, pk: int) -> HttpResponse:
    """Mark a person's own copy as read, and lead to the place that it speaks of."""
    copy = get_object_or_404(
        copies_of(request.user).select_related("announcement"), announcement=pk
    )
    announcing.read(copy.user, [copy.pk])
    path = copy.announcement.path
    if not path or not url_has_allowed_host_and_scheme(path, None):
        path = f"{reverse('inbox')}?tab=all"
    return HttpResponseRedirect(path)


def _mark(request: HttpRequest, asked: dict[str, str]) -> HttpResponse:
    named = [int(pk) for pk in request.POST.getlist("copy") if pk.isdecimal()]
    mine = copies_of(request.user)
    if request.POST.get("act") != "read_all":
        mine = mine.filter(pk__in=named)
    elif asked["kind"]:
        mine = mine.filter(announcement__kind=asked["kind"])
    pks = mine.filter(read_at=None).values_list("pk", flat=True)
    count = announcing.read(request.user, pks)  # type: ignore[arg-type]
    noun = "message is" if count == 1 else "messages are"
    messages.success(request, f"{count:,} {noun} marked as read.")
    return HttpResponseRedirect(f"{reverse('inbox')}?{_stay(asked)}")


def _asked(request: HttpRequest) -> dict[str, str]:
    """Return the tab, the kind and the page that the address names, as far as there are such."""
    asked = {name: request.GET.get(name, "") for name in ("tab", "kind", "page")}
    asked["tab"] = asked["tab"] if asked["tab"] in TABS else "unread"
    asked["kind"] = asked["kind"] if asked["kind"] in KINDS else ""
    asked["page"] = asked["page"] if asked["page"].isdecimal() and len(asked["page"]) < 6 else ""
    return asked


def _stay(asked: dict[str, str]) -> str:
    return urlencode({name: value for name, value in asked.items() if value})


def _row(copy: Copy) -> dict[str, Any]:
    kind = kind_of(copy.announcement.kind)
    over = copy.announcement.over_at is not None
    colour = "" if over else kind.colour
    return {
        "copy": copy,
        "message": copy.announcement,
        "kind": kind,
        "colour": colour,
        "sign": "✓" if over else SIGNS[kind.colour],
        "address": reverse("inbox_open", args=[copy.announcement_id]),
    }
