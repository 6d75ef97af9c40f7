"""The conflict desk: what each disputed field of one record will be, one record after another."""

from __future__ import annotations

from collections.abc import Sequence

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse

from connections.numbers import number_in
from sync.engine import deciding
from sync.models import ReviewItem

from . import desk_talk, exporting
from .conflict_desk_page import RULE, filters_of, look, page, stay, with_rows
from .conflict_desk_queue import Place, items_of, place_of, unanswered, waiting_count
from .conflict_desk_rows import Row, rows_of
from .conflict_desk_saving import ALL, answered, effect_of, save, take_choices

LOST = "Your answer was not kept."


def desk(request: HttpRequest) -> HttpResponseBase:
    """Show the record that the address names, or the first; carry out what was pressed."""
    if not request.user.has_perm(desk_talk.SEE):
        raise PermissionDenied
    if request.method == "POST":
        if not request.user.has_perm(desk_talk.MAY):
            raise PermissionDenied
        return _act(request)
    if request.GET.get("as") == "csv":
        filters = filters_of(request)
        items = filters.of(unanswered(), request.user.pk or 0)
        return exporting.questions(items, "conflicts")
    asked = request.GET.get("item", "")
    place = place_of(asked)
    return page(request, look(request, place), error="" if place or not asked else _gone_why(asked))


def effect(request: HttpRequest) -> HttpResponse:
    """Return what saving would do, as a fragment; nothing is kept."""
    if request.method != "POST" or not request.user.has_perm(desk_talk.MAY):
        raise PermissionDenied
    place = _posted_place(request)
    rows = rows_of(place, list(items_of(place))) if place else []
    take_choices(rows, request.POST)
    context = {"effect": effect_of(rows)}
    return TemplateResponse(request, "admin/sync/conflict/effect.html", context)


def open_count(request: HttpRequest) -> str:
    """Return how many records wait, for the navigation; empty when none does."""
    return waiting_count()


def _posted_place(request: HttpRequest) -> Place | None:
    """Return the record of the first posted item that still waits."""
    return next((p for pk in request.POST.getlist("item") if (p := place_of(pk))), None)


def _act(request: HttpRequest) -> HttpResponse:
    act, place = request.POST.get("act", ""), _posted_place(request)
    if place is None:
        gone = _gone_why(next(iter(request.POST.getlist("item")), ""))
        messages.warning(request, f"{gone} {LOST}")
        return _to(request, request.POST.get("then", ""))
    items = list(items_of(place))
    if act == "note":
        desk_talk.keep(request, items)
        return _to(request, str(items[0].pk))
    if act == "retry":
        for item in items:
            deciding.decide(item.pk, "retry", request.user.get_username())
        messages.success(request, "Both records are being read again.")
        return _to(request, str(items[0].pk))
    rows = rows_of(place, items)
    take_choices(rows, request.POST)
    if act in ALL or act != "save":
        return page(request, with_rows(request, place, rows))
    return _save(request, place, rows)


def _save(request: HttpRequest, place: Place, rows: list[Row]) -> HttpResponse:
    by = request.user.get_username()
    gone = _gone(request, rows)
    done = save(rows, by, may_rule=request.user.has_perm(RULE))
    if done:
        messages.success(request, f"Saved and on its way. {'; '.join(done)}.")
    if not done and not gone and not any(row.moved or row.error for row in rows):
        messages.error(request, "Nothing is decided yet. Choose a value for at least one field.")
        return page(request, with_rows(request, place, rows))
    if gone or any(row.moved or row.error for row in rows):
        looked = look(request, place)
        if looked.place == place and looked.rows:
            _carry_over(rows, looked.rows)
            return page(request, looked, error=" ".join(gone))
        messages.warning(request, " ".join([*gone, *(r.error for r in rows if r.error)]))
    return _to(request, request.POST.get("then", ""))


def _gone(request: HttpRequest, rows: Sequence[Row]) -> list[str]:
    """Return what became of the posted fields that wait no longer, where a choice was made."""
    still = {row.pk for row in rows}
    posted = [number_in(pk) for pk in request.POST.getlist("item")]
    lost = [pk for pk in posted if pk not in still and request.POST.get(f"choice_{pk}")]
    items = ReviewItem.objects.filter(pk__in=lost).order_by("pk")
    return [f"{_label(item)}: {answered(item)} {LOST}" for item in items]


def _label(item: ReviewItem) -> str:
    return str(item.details.get("label") or item.field.replace("_", " ").capitalize())


def _carry_over(old: Sequence[Row], new: Sequence[Row]) -> None:
    """Keep in the fresh rows what was chosen and typed; a moved field asks again."""
    by_pk = {row.pk: row for row in old}
    for row in new:
        if (was := by_pk.get(row.pk)) is not None:
            row.typed, row.every, row.error = was.typed, was.every, was.error
            row.moved = was.moved or was.mark != row.mark
            row.choice = "" if row.moved else was.choice


def _gone_why(pk: str) -> str:
    """Return what became of an item that waits no longer."""
    item = ReviewItem.objects.filter(pk=number).first() if (number := number_in(pk)) else None
    if item is None:
        return "This question is not here any more."
    return f"{_label(item)}: {answered(item)}"


def _to(request: HttpRequest, pk: str) -> HttpResponse:
    query = stay(request, item=pk)
    address = reverse("conflict_desk")
    return HttpResponseRedirect(f"{address}?{query}" if query else address)
