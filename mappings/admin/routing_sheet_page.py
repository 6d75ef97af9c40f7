"""The page where routing rows leave as a sheet and come back as one, shown before it is kept."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core import signing
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone

from mappings import routing_drafting, routing_faults, routing_sheets, sheet_faults, sheet_files
from mappings.admin import routing_places, routing_told
from mappings.admin.exchange_page import CHANGED, SHOWN_SECONDS
from mappings.admin.routing_places import RoutingPlace
from mappings.drafting import ChangedMeanwhile
from mappings.routing import Row

SALT = "mappings.routing"


class SheetPage:
    """Exports, and imports with a preview; `screen` is the rows' ModelAdmin."""

    def __init__(self, screen: Any) -> None:
        self._screen = screen

    def export(self, request: HttpRequest, connection_id: int, kind: str) -> HttpResponse:
        """Return the rows as the draft has them, as a file."""
        at = routing_places.place_of(request, connection_id, self._screen.open_remote)
        if kind not in sheet_files.TYPES:
            raise Http404("There is no such kind of file.")
        file = routing_sheets.write(kind, at.connection, at.draft.rows)
        response = HttpResponse(file, content_type=sheet_files.TYPES[kind])
        name = f"organisations-{at.draft.number}-{timezone.localdate().isoformat()}.{kind}"
        response["Content-Disposition"] = f'attachment; filename="{name}"'
        return response

    def page(self, request: HttpRequest, connection_id: int) -> HttpResponse:
        """Show what can be done; show what a sheet would change, and take it."""
        at = routing_places.place_of(request, connection_id, self._screen.open_remote)
        if request.method != "POST":
            return self._shown(request, at, {})
        if not request.user.has_perm(routing_places.CHANGE):
            raise PermissionDenied
        if request.POST.get("act") == "take":
            return self._take(request, at)
        try:
            lines = self._lines(request)
            wanted, faults = routing_sheets.wanted(at.connection, at.draft.rows, lines)
        except sheet_files.Unreadable as error:
            return self._shown(request, at, {"faults": [str(error)]}, 400)
        check = routing_faults.check(at.connection, self._screen.open_remote)
        new = self._new_faults(at, wanted)
        faults += sheet_faults.of_routing(at.connection, wanted, lines, new, check)
        return self._preview(request, at, wanted, faults)

    def _lines(self, request: HttpRequest) -> list[dict[str, str]]:
        file = request.FILES.get("sheet")
        if file is None or not hasattr(file, "read"):
            raise sheet_files.Unreadable("Choose a CSV or XLSX file first.")
        if (file.size or 0) > sheet_files.LARGEST:
            raise sheet_files.Unreadable("The file is larger than 1 MB, which no such sheet is.")
        return routing_sheets.read(file.name or "", file.read())

    def _preview(
        self, request: HttpRequest, at: RoutingPlace, wanted: list[Row], faults: list[str]
    ) -> HttpResponse:
        more = {
            "told": routing_told.between(at.draft.rows, wanted, at.telling),
            "faults": faults,
            "packed": signing.dumps([at.draft.mark, wanted], salt=SALT, compress=True),
            "previewed": True,
        }
        return self._shown(request, at, more, 400 if more["faults"] else 200)

    def _new_faults(self, at: RoutingPlace, wanted: list[Row]) -> list[str]:
        check = routing_faults.check(at.connection, self._screen.open_remote)
        old = set(check(at.draft.rows))
        return [fault for fault in check(wanted) if fault not in old]

    def _take(self, request: HttpRequest, at: RoutingPlace) -> HttpResponse:
        try:
            packed = request.POST.get("packed", "")
            seen, wanted = signing.loads(packed, salt=SALT, max_age=SHOWN_SECONDS)
            if self._new_faults(at, wanted):
                raise signing.BadSignature("it could not work")
            by = request.user.get_username()
            count = routing_drafting.take(at.connection, wanted, seen=seen, by=by)
        except signing.BadSignature:
            return self._shown(request, at, {"faults": ["Choose the file again."]}, 400)
        except ChangedMeanwhile:
            return self._shown(request, at, {"faults": [CHANGED]}, 409)
        changes = f"{count} change{'' if count == 1 else 's'}"
        messages.success(request, f"{changes} kept in the draft. Try it, then publish it.")
        return redirect(at.address("draft"))

    def _shown(
        self, request: HttpRequest, at: RoutingPlace, more: dict[str, Any], status: int = 200
    ) -> HttpResponse:
        files = {kind: at.address("file", kind=kind) for kind in sheet_files.TYPES}
        context = {
            **self._screen.admin_site.each_context(request),
            **routing_places.context(request, at, "sheet"),
            "title": "Sheet",
            "files": files,
            **more,
        }
        return render(request, "admin/mappings/routing_sheet.html", context, status=status)
