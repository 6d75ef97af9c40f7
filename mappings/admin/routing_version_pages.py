"""The pages of routing versions: who put which in force, when and why; going back to one."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from mappings import publishing, routing_faults, routing_publishing
from mappings.admin import routing_places, routing_told, sets
from mappings.admin.draft_page import WHY
from mappings.admin.routing_draft_page import LOOKED_AT, log
from mappings.admin.routing_places import RoutingPlace
from mappings.admin.sets import PUBLISH
from mappings.admin.version_pages import ON_A_PAGE
from mappings.drafting import ChangedMeanwhile
from mappings.models import RoutingVersion
from mappings.routing import in_force


class VersionPages:
    """Shows every version of a connection's rows; `screen` is the rows' ModelAdmin."""

    def __init__(self, screen: Any) -> None:
        self._screen = screen

    def list_page(self, request: HttpRequest, connection_id: int) -> HttpResponse:
        """Show the versions, newest first."""
        at = routing_places.place_of(request, connection_id, self._screen.open_remote)
        rows = RoutingVersion.objects.filter(connection=at.connection).defer("content")
        pages = Paginator(rows.order_by("-number"), ON_A_PAGE)
        context = {**self._shared(request, at), "title": "Versions"}
        context["rows"] = pages.get_page(request.GET.get("page", "1"))
        return render(request, "admin/mappings/routing_versions.html", context)

    def page(self, request: HttpRequest, connection_id: int, number: int) -> HttpResponse:
        """Show one version beside what is in force; go back to it."""
        at = routing_places.place_of(request, connection_id, self._screen.open_remote)
        found = RoutingVersion.objects.filter(connection=at.connection, number=number)
        version = found.first()
        if version is None:
            raise Http404("There is no such version.")
        faults: tuple[str, ...] = ()
        if request.method == "POST":
            made, faults = self._go_back(request, at, number)
            if made is not None:
                log(request, made)
                self._screen.published(made)
                told = f"What version {number} said is in use again, as {made.number}. {LOOKED_AT}"
                messages.success(request, told)
                return redirect(at.address("versions"))
        return self._shown(request, at, version, faults)

    def _go_back(
        self, request: HttpRequest, at: RoutingPlace, number: int
    ) -> tuple[RoutingVersion | None, tuple[str, ...]]:
        if not request.user.has_perm(PUBLISH):
            raise PermissionDenied
        why, seen = sets.reason(request), request.POST.get("seen", "")
        if not why:
            return None, (WHY,)
        check = routing_faults.check(at.connection, self._screen.open_remote)
        try:
            made = routing_publishing.go_back(
                at.connection,
                number,
                seen=int(seen) if seen.isdecimal() else -1,
                by=request.user.get_username(),
                why=f"Back to version {number}: {why}"[: sets.LONGEST_REASON],
                check=check,
            )
        except publishing.NotPublished as error:
            return None, error.sentences
        except ChangedMeanwhile as error:
            who = error.by or "Somebody"
            return None, (f"{who} published another version while you looked.",)
        return made, ()

    def _shown(
        self,
        request: HttpRequest,
        at: RoutingPlace,
        version: RoutingVersion,
        faults: tuple[str, ...],
    ) -> HttpResponse:
        now, then = in_force(at.draft.published), in_force(version)
        context = {
            **self._shared(request, at),
            "title": f"Version {version.number}",
            "shown": version,
            "told": routing_told.of_version(version.differences, then, at.telling),
            "back": routing_told.between(now, then, at.telling),
            "faults": faults,
            "why": request.POST.get("why", ""),
        }
        status = 409 if faults else 200
        return render(request, "admin/mappings/routing_version.html", context, status=status)

    def _shared(self, request: HttpRequest, at: RoutingPlace) -> dict[str, Any]:
        return {
            **self._screen.admin_site.each_context(request),
            **routing_places.context(request, at, "versions"),
        }
