"""The list of assignments: which records people said belong where, why and since when."""

from __future__ import annotations

from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.utils.http import urlencode

from connections.models import Connection
from mappings.admin import routing_places
from mappings.routing import both_names, kinds_of, other_side
from sync.engine import routing
from sync.models import Assignment

from .routing_move import MAY

ON_A_PAGE = 50
STATES = {"in_force": "In force", "ended": "Ended"}


def assignments(request: HttpRequest, connection_id: int) -> HttpResponse:
    """Show the assignments of a connection; end one where it is posted."""
    at = routing_places.place_of(request, connection_id, routing_places.doorway())
    if request.method == "POST":
        return _end(request, at.connection)
    asked = {
        name: request.GET.get(name, "").replace("\0", "").strip()
        for name in ("state", "pair", "name")
    }
    if asked["state"] not in STATES:
        asked["state"] = "in_force"
    pages = Paginator(_rows(at.connection, asked), ON_A_PAGE)
    page = pages.get_page(request.GET.get("page", "1"))
    context = {
        **admin.site.each_context(request),
        **routing_places.context(request, at, "assignments"),
        "title": "By hand",
        "rows": page,
        "lines": [_line(at.connection, row) for row in page],
        "states": STATES,
        "asked": asked,
        "stay": urlencode({name: value for name, value in asked.items() if value}),
        "every_pair": [(key, at.telling.given(key).words) for key in at.telling.pairs],
        "may_move": request.user.has_perm(MAY),
        "total": pages.count,
    }
    return TemplateResponse(request, "admin/sync/routing/assignments.html", context)


def _rows(connection: Connection, asked: dict[str, str]) -> QuerySet[Assignment]:
    rows = Assignment.objects.filter(
        connection=connection, ended_at__isnull=asked["state"] == "in_force"
    )
    if asked["pair"].isdecimal():
        rows = rows.filter(pair=int(asked["pair"]))
    if asked["name"]:
        rows = rows.filter(name__istartswith=asked["name"])
    return rows.select_related("pair__salesforce", "pair__xero").order_by("-id")


def _line(connection: Connection, row: Assignment) -> dict[str, Any]:
    titles = kinds_of(connection)
    return {
        "row": row,
        "kind": titles.get(row.kind, row.kind).removesuffix("s"),
        "organisation": other_side(row.pair, connection),
        "named": both_names(row.pair, connection.pk),
    }


def _end(request: HttpRequest, connection: Connection) -> HttpResponse:
    if not request.user.has_perm(MAY):
        raise PermissionDenied
    asked = request.POST.get("assignment", "")
    row = Assignment.objects.filter(
        connection=connection, pk=int(asked) if asked.isdecimal() else 0
    ).first()
    if row is None:
        raise Http404("There is no such assignment.")
    if row.ended_at is None:
        routing.unassign(connection.pk, row.key, request.user.get_username())
        messages.success(request, f"Ended: for {row.name or row.remote_id} the rows count again.")
    return redirect(routing_places.address_of(connection.pk, "assignments"))
