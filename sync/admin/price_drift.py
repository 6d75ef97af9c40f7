"""The page of products that differ: what is compared, and “make equal” with its effect first."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import Exists, OuterRef
from django.http import HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse

from config import exporting
from connections.models import Pair
from sync.core.records import System
from sync.engine import price_drift as engine
from sync.models import FlowSwitch
from sync.models.switches import is_paused

from . import price_drift_rows as rows
from .filters import pairs_by_organisation
from .match_desk_page import MAY, SEE
from .price_drift_effect import effect_of
from .price_drift_rows import Asked

MOST = 5_000
"""How many differences are made equal in one go: a person waits for it."""


def page(request: HttpRequest) -> HttpResponseBase:
    """Show the differences, what making some of them equal would do, or carry that out."""
    if not request.user.has_perm(MAY if request.method == "POST" else SEE):
        raise PermissionDenied
    asked = Asked.of(request.POST if request.method == "POST" else request.GET)
    pair = _pair(asked)
    if pair is None:
        return _shown(request, "price_drift", {"pair": None})
    asked = replace(asked, pair=str(pair.pk))  # its links stay here, whatever is switched meanwhile
    if request.method == "POST":
        act = _make if request.POST.get("act") == "make" else _effect
        return act(request, pair, asked)
    comparison = rows.comparison_of(pair)
    found = asked.narrow(comparison.differences)
    if request.GET.get("as") == "csv":
        lines = rows.exported(found, comparison)
        return exporting.csv_file("products-that-differ", rows.HEADINGS, lines)
    context = {
        "pair": pair,
        "pairs": _choices(),
        "comparison": comparison,
        "may": request.user.has_perm(MAY) and comparison.mode == FlowSwitch.Mode.ON,
        **rows.page_of(found, comparison, pair, asked),
    }
    return _shown(request, "price_drift", context)


def _effect(request: HttpRequest, pair: Pair, asked: Asked) -> HttpResponse:
    """Show what would be written where, before anybody says so."""
    comparison = rows.comparison_of(pair)
    marks, side = _chosen(request, comparison, asked)
    if not marks:
        messages.error(request, "Choose the products first.")
        return _back(asked)
    if side is None:
        messages.error(request, "Choose whose values stand.")
        return _back(asked)
    context = {
        "pair": pair,
        "asked": asked,
        "side": side,
        "other": side.other,
        **effect_of(marks, side, comparison, MOST),
    }
    return _shown(request, "price_drift_effect", context)


def _make(request: HttpRequest, pair: Pair, asked: Asked) -> HttpResponse:
    """Keep the person's word; what moved since the effect was shown is left out and told."""
    side = _side(request.POST.get("side", ""))
    marks = [mark for mark in request.POST.get("marks", "").split() if mark][:MOST]
    if side is None or not marks:
        messages.error(request, "Look at the effect first.")
        return _back(asked)
    made = engine.make_equal(pair, marks, side, request.user.get_username())
    if made.resting:
        messages.error(request, "The flow “Product catalogue” is not on, so nothing was kept.")
    if made.taken:
        noun = "difference is" if made.taken == 1 else "differences are"
        when = "made equal once writes go on" if is_paused() else "being made equal now"
        messages.success(request, f"{made.taken:,} {noun} {when}.")
    if made.said:
        noun = "One is" if made.said == 1 else f"{made.said:,} are"
        messages.info(request, f"{noun} being made equal already.")
    if made.moved:
        noun = "one has" if made.moved == 1 else f"{made.moved:,} have"
        messages.warning(request, f"{noun.capitalize()} changed meanwhile. Look again.")
    return _back(asked)


def _chosen(
    request: HttpRequest, comparison: engine.Comparison, asked: Asked
) -> tuple[list[str], System | None]:
    """Return the marks that were chosen and the side that wins: of one row, of some or of all."""
    alone, _, side = request.POST.get("one", "").partition("|")
    if alone:
        return [alone], _side(side)
    side = request.POST.get("side", "")
    if request.POST.get("all"):
        return [one.mark for one in asked.narrow(comparison.differences)], _side(side)
    return request.POST.getlist("mark"), _side(side)


def _side(text: str) -> System | None:
    return System(text) if text in set(System) else None


def _pair(asked: Asked) -> Pair | None:
    """Return the pair asked for, else the first that keeps its catalogue in step, else any."""
    used = FlowSwitch.objects.filter(pair=OuterRef("pk"), flow="product_catalogue")
    in_use = Exists(used.exclude(mode=FlowSwitch.Mode.OFF))
    pairs = Pair.objects.select_related("salesforce", "xero")
    pairs = pairs.order_by("-active", in_use.desc(), "name")
    return (pairs.filter(pk=int(asked.pair)).first() if asked.pair else None) or pairs.first()


def _choices() -> list[tuple[int, str]]:
    """Return the pairs whose products are kept in step, by their organisations."""
    active = set(Pair.objects.filter(active=True).values_list("pk", flat=True))
    return [(pk, name) for pk, name in pairs_by_organisation() if pk in active]


def _back(asked: Asked) -> HttpResponse:
    query = asked.stay()
    return HttpResponseRedirect(f"{reverse('price_drift')}{'?' if query else ''}{query}")


def _shown(request: HttpRequest, template: str, context: dict[str, Any]) -> HttpResponse:
    whole = {
        **admin.site.each_context(request),
        "title": "Products that differ",
        **context,
    }
    return TemplateResponse(request, f"admin/sync/{template}.html", whole)
