"""The screen of organisations: which one a deal, an account, a contact or a quote belongs to."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import URLPattern, path

from config.admin_base import ModelAdmin
from connections.live import open_remote as open_live
from mappings import routing, routing_choices
from mappings.admin import routing_places
from mappings.admin.routing_draft_page import DraftPage
from mappings.admin.routing_places import address_of
from mappings.admin.routing_rows_page import RowsPage
from mappings.admin.routing_sheet_page import SheetPage
from mappings.admin.routing_version_pages import VersionPages
from mappings.choices import OpenRemote
from mappings.models import RoutingVersion
from mappings.routing_draft import draft_of


class RoutingAdmin(ModelAdmin):
    """Every connection in several pairs has its page of rows; versions are its records.

    It is registered above, where what `published` sets going is known.
    """

    open_remote: OpenRemote = staticmethod(open_live)

    def get_urls(self) -> list[URLPattern]:
        """Add the pages of a connection."""
        here, view = "of/<int:connection_id>/", self.admin_site.admin_view
        rows, draft = RowsPage(self), DraftPage(self)
        versions, sheet = VersionPages(self), SheetPage(self)
        pages: list[tuple[str, Callable[..., HttpResponse], str]] = [
            ("", rows.page, ""),
            ("values/", self.values, "_values"),
            ("draft/", draft.page, "_draft"),
            ("versions/", versions.list_page, "_versions"),
            ("versions/<int:number>/", versions.page, "_version"),
            ("sheet/", sheet.page, "_sheet"),
            ("sheet.<slug:kind>", sheet.export, "_file"),
        ]
        own = [
            path(f"{here}{tail}", view(page), name=f"mappings_routing{name}")
            for tail, page, name in pages
        ]
        return [*own, *super().get_urls()]

    def published(self, version: RoutingVersion) -> None:
        """Do what follows on a new version; nothing here."""

    def looked_at(self, connection_id: int) -> int:
        """Return how many records were looked at so far since the last version; none here."""
        return 0

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Return False: a version is published, not added."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Return False: a version is never changed afterwards."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Return False: what was once in force can always be read."""
        return False

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """Lead to the one connection in several pairs; else list them, or say why not."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        found = routing_places.routed()
        if len(found) == 1:
            return redirect(address_of(found[0].pk))
        entries = [{"draft": draft_of(each), "pairs": routing.pairs_of(each)} for each in found]
        context = {**self.admin_site.each_context(request), "title": "Which organisation"}
        return render(request, "admin/mappings/routing_overview.html", context | {"all": entries})

    def change_view(
        self,
        request: HttpRequest,
        object_id: str,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        """Lead to the page of the version."""
        version: RoutingVersion | None = self.get_object(request, object_id)
        if version is None:
            raise Http404("There is no such version.")
        return redirect(address_of(version.connection_id, "version", number=version.number))

    def values(self, request: HttpRequest, connection_id: int) -> HttpResponse:
        """Return as JSON the values of the field that the address names, to choose from."""
        connection = routing_places.find(request, connection_id)
        kind, asked = request.GET.get("kind", ""), request.GET.get("path", "")
        if kind not in routing.kinds_of(connection):
            raise Http404("There is no such kind.")
        found = routing_choices.values_of(connection, kind, asked, self.open_remote)
        return JsonResponse({"values": found})
