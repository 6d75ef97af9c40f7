"""The one switch that stops all writes, and the banners that every screen shows."""

from __future__ import annotations

from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse

from connections import banners
from sync.engine import switching
from sync.models import Pause
from sync.models.switches import is_paused

from .records import RecordAdmin

MAY = "sync.pause_writes"
KEPT = "_told_on_every_page"
"""Where a request keeps them."""


def context(request: HttpRequest) -> dict[str, Any]:
    """Return for the admin's pages the pause and the connections' banners.

    Two queries a page: of the parts that a page is drawn from, each asks.
    """
    if not request.path.startswith(_ours()) or not request.user.is_authenticated:
        return {}
    told: dict[str, Any] | None = getattr(request, KEPT, None)
    if told is None:
        told = {
            "writes_paused": Pause.objects.filter(on=True).first(),
            "connection_banners": banners.current(),
            "may_pause": request.user.has_perm(MAY),
        }
        setattr(request, KEPT, told)
    return told


def _ours() -> tuple[str, ...]:
    """Return where our pages lie: the admin's, and those that connect."""
    return reverse("admin:index"), reverse("connections:new", args=["xero"]).split("new/")[0]


@admin.register(Pause)
class PauseAdmin(RecordAdmin):
    """One page: pause with a reason, or let writes go on."""

    def has_module_permission(self, request: HttpRequest) -> bool:
        """The page is reached from the top of every screen."""
        return False

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """Show the page, or carry out the form."""
        if not request.user.has_perm(MAY):
            raise PermissionDenied
        if request.method == "POST":
            return self._set(request)
        context = {
            **self.admin_site.each_context(request),
            "title": "Let writes go on" if is_paused() else "Pause all writes",
            "opts": self.model._meta,
        }
        return TemplateResponse(request, "admin/sync/pause.html", context)

    def _set(self, request: HttpRequest) -> HttpResponse:
        by, why = request.user.get_username(), request.POST.get("why", "").strip()
        if request.POST.get("to") == "pause":
            if not why:
                messages.error(request, "Say why, so that your colleagues know.")
                return HttpResponseRedirect(request.path)
            switching.pause(by, why)  # the banner on every page says so
        else:
            switching.resume(by)
            messages.success(request, "Writes go on. What was collected is carried out now.")
        return HttpResponseRedirect(reverse("admin:index"))
