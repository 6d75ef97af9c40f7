"""The problems desk: one cause at a time, the money it holds up, and what can be done."""

from __future__ import annotations

from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import (
    Http404,
    HttpRequest,
    HttpResponse,
    HttpResponseBase,
    HttpResponseRedirect,
)
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils.http import urlencode

from config.template_words import person
from sync.core.questions import RETRY
from sync.engine import deciding, housekeeping, talking
from sync.models import FlowSwitch, ReviewItem

from . import desk, exporting, filters, places
from .questions import MAY, QuestionList


@admin.register(ReviewItem)
class ReviewItemAdmin(QuestionList):
    """The desk stands at the list's address; the list of all questions beside it."""

    def get_urls(self) -> list[URLPattern]:
        """Add the list of all questions, the answers and the desk's export."""
        view = self.admin_site.admin_view
        own = [
            path("all/", view(self.all_view), name="review_all"),
            path("<int:pk>/decide/", view(self.decide), name="review_decide"),
            path("<int:pk>/leave/", view(self.leave), name="review_leave"),
            path("<int:pk>/note/", view(self.note), name="review_note"),
            path("problems/export/", view(self.export), name="review_export"),
        ]
        return own + super().get_urls()

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """Show the desk."""
        self._may_see(request)
        context = {
            **self.admin_site.each_context(request),
            "title": "Problems",
            "opts": self.model._meta,
            "may_decide": request.user.has_perm(MAY),
            **desk.desk(request),
        }
        return TemplateResponse(request, "admin/sync/reviews.html", context)

    def change_view(
        self, request: HttpRequest, object_id: str, *args: Any, **kwargs: Any
    ) -> HttpResponse:
        """Lead to the desk where an open question waits; show what became of a closed one."""
        self._may_see(request)
        if not object_id.isdecimal():
            raise Http404
        item = self._item(int(object_id))
        if item.state == ReviewItem.State.OPEN and item.answered_at is None:
            return HttpResponseRedirect(places.address_of(item))
        (kept,) = desk.ranked(ReviewItem.objects.select_related("assignee").filter(pk=item.pk))
        context = {
            **self.admin_site.each_context(request),
            "title": kept.title,
            "opts": self.model._meta,
            "chosen": kept,
            "colour": desk.CHIPS[kept.kind],
            "desk": places.desks()[kept.desk],
            **desk.detail(kept),
            **desk.records(kept),
        }
        return TemplateResponse(request, "admin/sync/kept_question.html", context)

    def decide(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Carry out one answer."""
        self._may(request)
        item, choice = self._item(pk), request.POST.get("choice", "")
        try:
            if choice == RETRY.value:
                _read_again(item)
            seen = request.POST.get("mark", "")
            count = deciding.decide(pk, choice, request.user.get_username(), mark=seen)
        except deciding.Moved as error:
            messages.error(request, str(error))
            return _at(request, pk)
        except deciding.NotOffered as error:
            messages.error(request, str(error))
        else:
            what = "Being tried again" if choice == RETRY.value else "Your answer is kept"
            noun = "record is" if count == 1 else "records are"
            messages.success(request, f"{what}: {count} {noun} planned afresh. {item.title}")
        return _next(request)

    def leave(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Put the item aside with a reason."""
        self._may(request)
        reason = request.POST.get("reason", "").strip()
        if not reason:
            messages.error(request, "Say why it is left alone, so that others can follow.")
            return _at(request, pk)
        try:
            deciding.leave_alone(pk, request.user.get_username(), reason)
            messages.success(request, "Left alone. It is asked again when the record changes.")
        except deciding.NotOffered as error:
            messages.error(request, str(error))
        return _next(request)

    def note(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Keep a note for colleagues, and make the item somebody's, mine or nobody's."""
        self._may(request)
        item, text = self._item(pk), request.POST.get("note", "").strip()
        said = ["The note is kept."] if text else []
        if text:
            talking.say(pk, text, request.user.get_username())
        if "assign" in request.POST:
            mine = item.assignee_id == request.user.pk
            talking.assign(pk, None if mine else _me(request), request.user.get_username())
            said.append("Handed back." if mine else "It is yours now.")
        elif to := request.POST.get("to", ""):
            one = filters.colleagues().filter(pk=int(to)).first() if to.isdecimal() else None
            talking.assign(pk, one, request.user.get_username())
            said.append(f"It is with {person(one) if one else 'nobody'} now.")
        if said:
            messages.success(request, " ".join(said))
        else:
            messages.error(request, "Write a word, or say whose it is.")
        return _at(request, pk)

    def export(self, request: HttpRequest) -> HttpResponseBase:
        """Return the desk's questions as CSV, with its tab and filters."""
        self._may_see(request)
        return exporting.questions(desk.narrowed(request, desk.asked_for(request.GET)), "problems")

    def _may(self, request: HttpRequest) -> None:
        if request.method != "POST" or not request.user.has_perm(MAY):
            raise PermissionDenied

    def _item(self, pk: int) -> ReviewItem:
        item = ReviewItem.objects.select_related("pair__xero").filter(pk=pk).first()
        if item is None:
            raise Http404
        return item


def open_count(request: HttpRequest) -> str:
    """Return how many questions wait on the problems desk; empty when nothing does."""
    rows = ReviewItem.objects.filter(desk.WAITING, desk=ReviewItem.Desk.PROBLEMS)
    count = rows.order_by()[:1000].count()
    return "1000+" if count == 1000 else str(count or "")


def _next(request: HttpRequest) -> HttpResponse:
    """Return to the desk, at the question that followed the one just answered."""
    return _at(request, request.POST.get("then", ""))


def _at(request: HttpRequest, pk: int | str) -> HttpResponse:
    asked = {name: request.POST.get(name, "") for name in desk.KEPT} | {"item": str(pk)}
    query = urlencode({name: value for name, value in asked.items() if value})
    address = reverse("admin:sync_reviewitem_changelist")
    return HttpResponseRedirect(f"{address}?{query}" if query else address)


def _read_again(item: ReviewItem) -> None:
    """Read the organisation's lists afresh before planning again, where a flow is in use."""
    switch = FlowSwitch.objects.filter(pair=item.pair, flow=item.flow).first()
    if switch is not None:
        housekeeping.recheck(switch, [])


def _me(request: HttpRequest) -> Any:
    return request.user
