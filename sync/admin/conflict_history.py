"""What happened to a disputed record: who changed what, asked of both systems when wanted."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.template.response import TemplateResponse

from connections.live import open_remote
from connections.models import Pair
from connections.numbers import number_in
from connections.remote import Lane
from sync.core.errors import SyncError
from sync.core.records import Key, System
from sync.models import ReviewItem

from .desk_talk import SEE

SHOWN = 25


def happened(request: HttpRequest) -> HttpResponse:
    """Show the history of both records of a conflict: one call to each system, nothing kept."""
    if not request.user.has_perm(SEE):
        raise PermissionDenied
    pk = request.GET.get("item", "")
    items = ReviewItem.objects.select_related("pair__salesforce", "pair__xero")
    item = items.filter(pk=number_in(pk)).first()
    if item is None or not item.details.get("record"):
        raise Http404
    records = [item.details[name] for name in ("record", "other") if item.details.get(name)]
    context = {
        **admin.site.each_context(request),
        "title": "What happened",
        "opts": ReviewItem._meta,
        "item": item,
        "name": records[0]["name"],
        "sides": [_side(item.pair, record) for record in records],
    }
    return TemplateResponse(request, "admin/sync/conflict/history.html", context)


def _side(pair: Pair, record: dict[str, str]) -> dict[str, Any]:
    """Return one system's history of its record, or why it cannot be had, in words."""
    key = Key.parse(record["key"])
    connection = pair.salesforce if key.system is System.SALESFORCE else pair.xero
    side: dict[str, Any] = {"system": key.system, "record": record, "rows": [], "error": ""}
    try:
        side["rows"] = open_remote(connection, Lane.PERSON).history(key)[:SHOWN]
    except SyncError as error:
        side["error"] = str(error)
    return side
