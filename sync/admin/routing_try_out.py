"""The try-out of routing rows: the last 90 days by organisation in money, and what would change."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from django.contrib import admin
from django.http import HttpRequest, HttpResponseBase
from django.template.response import TemplateResponse

from config import exporting
from mappings import routing as rows
from mappings import routing_tried
from mappings.admin import routing_places
from mappings.admin.routing_places import RoutingPlace
from mappings.routing_tried import TriedRoutes
from sync.core.errors import SyncError
from sync.engine import routing
from sync.engine.routing import TriedRows
from sync.engine.work import OpenRemote

from . import routing_try_out_rows
from .routing_try_out_rows import HEADINGS


def try_routes(request: HttpRequest, connection_id: int) -> HttpResponseBase:
    """Show where the draft's rows would send the last 90 days' records. Nothing is saved."""
    open_remote = routing_places.doorway()
    at = routing_places.place_of(request, connection_id, open_remote)
    found, fault = _tried(at, open_remote) if "replay" in request.GET else ({}, "")
    shown = routing_try_out_rows.kinds(at, found)
    if found and request.GET.get("as") == "csv":
        return exporting.csv_file("which-organisation", HEADINGS, _cells(shown))
    context = {
        **admin.site.each_context(request),
        **routing_places.context(request, at, "try"),
        "title": "Try it",
        "kinds": shown,
        "tried": routing_tried.of(at.draft),
        "faults": [fault] if fault else [],
        "asked": bool(found),
    }
    return TemplateResponse(request, "admin/sync/routing/try_out.html", context)


def _tried(at: RoutingPlace, open_remote: OpenRemote) -> tuple[Mapping[str, TriedRows], str]:
    made = rows.table_rows(at.draft.rows)
    try:
        found = routing.try_rows(at.connection, made, open_remote=open_remote)
    except SyncError as error:
        return {}, str(error)
    every = found.values()
    told = TriedRoutes(
        sum(len(each.records) for each in every),
        sum(len(each.moved) for each in every),
        sum(len(each.unmatched) for each in every),
        sum(len(each.elsewhere) for each in every),
        sum(each.left_out for each in every),
    )
    routing_tried.keep(at.draft, told)
    return found, ""


def _cells(shown: list[routing_try_out_rows.KindTried]) -> Iterator[list[object]]:
    for group in shown:
        for one in group.every:
            yield [
                group.kind,
                str(one.key),
                one.name,
                one.money.amount if one.money else "",
                one.money.currency if one.money else "",
                one.now,
                one.then,
                ", ".join(one.stands),
                ", ".join(one.marks),
            ]
