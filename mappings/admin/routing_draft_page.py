"""The page of a routing draft: before and after for each row, and who; publish it or leave it."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.contrib.admin.models import CHANGE, LogEntry
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from mappings import publishing, routing_drafting, routing_faults, routing_publishing, routing_tried
from mappings.admin import routing_places, routing_told, sets
from mappings.admin.draft_page import WHY
from mappings.admin.routing_places import RoutingPlace
from mappings.admin.sets import PUBLISH
from mappings.drafting import ChangedMeanwhile
from mappings.models import RoutingVersion
from mappings.routing_draft import draft_of

LOOKED_AT = "What it concerns is looked at now."


class DraftPage:
    """Shows what publishing would change, and does it; `screen` is the rows' ModelAdmin."""

    def __init__(self, screen: Any) -> None:
        self._screen = screen

    def page(self, request: HttpRequest, connection_id: int) -> HttpResponse:
        """Show the draft; publish it, take changes out of it, or let an overtaken one stand."""
        at = routing_places.place_of(request, connection_id, self._screen.open_remote)
        if request.method != "POST":
            return self._shown(request, at)
        act, place = request.POST.get("act", ""), request.POST.get("place", "")
        if act == "publish":
            return self._publish(request, at)
        if not request.user.has_perm(routing_places.CHANGE):
            raise PermissionDenied
        if act == "stand":
            self._stand(request, at)
        elif act == "all" or place:
            self._discard(request, at, "" if act == "all" else place)
        return redirect(at.address("draft"))

    def _discard(self, request: HttpRequest, at: RoutingPlace, place: str) -> None:
        try:
            seen = request.POST.get("seen", "")
            routing_drafting.discard(at.connection, place, seen=seen)
        except ChangedMeanwhile as error:
            messages.error(request, f"{error} Nothing was taken out: look once more.")
        else:
            messages.success(request, "Taken out of the draft: it stays as it is in force.")

    def _stand(self, request: HttpRequest, at: RoutingPlace) -> None:
        seen, by = request.POST.get("seen", ""), request.user.get_username()
        try:
            routing_drafting.let_stand(at.connection, seen=seen, by=by)
        except ChangedMeanwhile:
            messages.error(request, "It was changed once more: look at what is in force now.")

    def _publish(self, request: HttpRequest, at: RoutingPlace) -> HttpResponse:
        if not request.user.has_perm(PUBLISH):
            raise PermissionDenied
        why, by = sets.reason(request), request.user.get_username()
        faults: tuple[str, ...] = ()
        try:
            if not why:
                raise publishing.NotPublished([WHY])
            check = routing_faults.check(at.connection, self._screen.open_remote)
            seen = request.POST.get("seen", "")
            version = routing_publishing.publish(
                at.connection, seen=seen, by=by, why=why, check=check
            )
        except publishing.NotPublished as error:
            faults = error.sentences
        except ChangedMeanwhile as error:
            faults = (f"{error.by or 'Somebody'} changed it while you looked: look once more.",)
        else:
            log(request, version)
            self._screen.published(version)
            told = f"Version {version.number} is in use from the next run on. {LOOKED_AT}"
            messages.success(request, told)
            return redirect(at.address())
        return self._shown(request, at, faults, why)

    def _shown(
        self,
        request: HttpRequest,
        at: RoutingPlace,
        faults: tuple[str, ...] = (),
        why: str = "",
    ) -> HttpResponse:
        at = RoutingPlace(draft_of(at.connection), self._screen.open_remote)
        context = {
            **self._screen.admin_site.each_context(request),
            **routing_places.context(request, at, "draft"),
            "title": "Draft",
            "told": routing_told.of_draft(at.draft, at.telling),
            "overtaken": len(at.draft.overtaken),
            "faults": faults,
            "why": why,
            "tried": routing_tried.of(at.draft),
        }
        status = 409 if faults else 200
        return render(request, "admin/mappings/routing_draft.html", context, status=status)


def log(request: HttpRequest, version: RoutingVersion) -> None:
    """Keep in the admin's history who published a version."""
    told = f"Version {version.number}: {version.why}"
    LogEntry.objects.log_actions(str(request.user.pk), [version], CHANGE, told)
