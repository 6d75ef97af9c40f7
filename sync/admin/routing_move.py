"""Moving records to another organisation by hand: the effect first, then kept with a reason."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme, urlencode

from connections.models import Connection, Pair
from mappings.admin import routing_places
from mappings.routing import other_side
from sync.core.records import Key, System
from sync.core.routing import KINDS
from sync.engine import routing
from sync.engine.assigning import pairs_of
from sync.models import Link, ReviewItem

from . import places, routing_effect
from .routing_effect import Subject

MAY = "sync.decide_reviewitem"
MOST = 50
LONGEST = 500
_ID = re.compile("[A-Za-z0-9-]{1,36}")
WHY = "Say why, in a few words: it is kept with the record."


def box(pair: Pair, keys: Sequence[Key], shown: Link | ReviewItem) -> dict[str, Any]:
    """Return for the page of a link or a question where its records are moved; empty for none."""
    routed = [key for key in keys if key.kind in KINDS[key.system]]
    many = [s for s in System if _stands_in_several(pair.connection(s))] if routed else []
    routed = [key for key in routed if key.system in many][:MOST]
    if not routed:
        return {}
    first = routed[0]
    connection = pair.connection(first.system)
    alike = [("key", str(key)) for key in routed if (key.system, key.kind) == _sort(first)]
    back = (
        places.address_of(shown)
        if isinstance(shown, ReviewItem)
        else reverse("admin:sync_link_change", args=[shown.pk])
    )
    query = urlencode([*alike, ("back", back)])
    return {"move_address": f"{reverse('routing_move', args=[connection.pk])}?{query}"}


def _stands_in_several(connection: Connection) -> bool:
    return len(pairs_of(connection.pk)) > 1


def new_row(item: ReviewItem) -> str:
    """Return where a row is added that takes what a question is about, filled in; or nothing."""
    said = item.details.get("routing") or {}
    if not said:
        return ""
    asked = [("add", str(said["kind"]))]
    for condition in said["conditions"]:
        asked += [("path", condition["path"]), ("operator", condition["operator"])]
        asked.append(("wanted", condition["value"]))
    address = routing_places.address_of(int(said["connection"]))
    return f"{address}?{urlencode(asked)}#row-new"


def move(request: HttpRequest, connection_id: int) -> HttpResponse:
    """Show what moving the records of the address comes to; keep it where it is posted."""
    connection = routing_places.find(request, connection_id)
    asked = request.POST if request.method == "POST" else request.GET
    keys = _keys(connection, asked.getlist("key"))
    pairs = pairs_of(connection.pk)
    chosen = next((pair for pair in pairs if str(pair.pk) == asked.get("pair", "")), None)
    why = asked.get("why", "").replace("\0", "").strip()[:LONGEST]
    back = _back(request, asked.get("back", ""))
    subjects = routing_effect.subjects_of(connection, keys)
    fault = ""
    if request.method == "POST" and request.POST.get("act") == "move":
        if not request.user.has_perm(MAY):
            raise PermissionDenied
        fault = _fault(chosen, why)
        if chosen is not None and not fault:
            return _moved(request, connection, subjects, (chosen, why, back))
    context = {
        **admin.site.each_context(request),
        "title": "Move to another organisation",
        "connection": connection,
        "subjects": subjects,
        "keys": [str(key) for key in keys],
        "pairs": [(pair, other_side(pair, connection)) for pair in pairs],
        "chosen": chosen,
        "effects": routing_effect.effects(connection, subjects, chosen) if chosen else [],
        "why": why,
        "back": back,
        "fault": fault,
        "may_move": request.user.has_perm(MAY),
    }
    status = 400 if fault else 200
    return TemplateResponse(request, "admin/sync/routing/move.html", context, status=status)


def _fault(chosen: Pair | None, why: str) -> str:
    if chosen is None:
        return "Choose the organisation first."
    return "" if why else WHY


def _moved(
    request: HttpRequest,
    connection: Connection,
    subjects: Sequence[Subject],
    said: tuple[Pair, str, str],
) -> HttpResponse:
    pair, why, back = said
    by, names = request.user.get_username(), {each.key: each.name for each in subjects}
    try:
        routing.assign_all(connection.pk, names, pair, by, why)
    except routing.NotAssignable as error:
        messages.error(request, str(error))
    else:
        what = next(iter(names.values())) if len(names) == 1 else f"{len(names)} records"
        belong = "belongs" if len(names) == 1 else "belong"
        messages.success(request, f"{what} {belong} to “{pair.name}” now, before every row.")
    return redirect(back or reverse("routing_assignments", args=[connection.pk]))


def _keys(connection: Connection, asked: Sequence[str]) -> list[Key]:
    """Return the records that the address names, all of one kind; raises Http404."""
    try:
        keys = list(dict.fromkeys(Key.parse(text) for text in asked[:MOST]))
    except ValueError:
        raise Http404("There is no such record.") from None
    system = connection.system
    if not keys or any(key.system != system or key.kind != keys[0].kind for key in keys):
        raise Http404("There is no such record.")
    if not all(_ID.fullmatch(key.id) for key in keys):
        raise Http404("There is no such record.")
    if keys[0].kind not in KINDS[keys[0].system]:
        raise Http404("Records of this kind are not routed.")
    return keys


def _sort(key: Key) -> tuple[object, str]:
    return key.system, key.kind


def _back(request: HttpRequest, address: str) -> str:
    """Return the address within Counterpart to return to, or nothing."""
    safe = url_has_allowed_host_and_scheme(address, {request.get_host()}, request.is_secure())
    return address if safe else ""
