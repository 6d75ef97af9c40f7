"""The review desk: one cause at a time, the money it holds up, and what can be done."""

from __future__ import annotations

import csv
from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils.http import urlencode

from sync.core.questions import RETRY
from sync.engine import deciding, housekeeping
from sync.models import FlowSwitch, ReviewItem

from . import desk
from .records import RecordAdmin

MAY = "sync.decide_reviewitem"


@admin.register(ReviewItem)
class ReviewItemAdmin(RecordAdmin):
    """Causes left, most money first; the chosen one right, with its answers as forms."""

    def get_urls(self) -> list[URLPattern]:
        """Add the answers and the export."""
        own = [
            path("<int:pk>/decide/", self.admin_site.admin_view(self.decide), name="review_decide"),
            path("<int:pk>/leave/", self.admin_site.admin_view(self.leave), name="review_leave"),
            path("<int:pk>/note/", self.admin_site.admin_view(self.note), name="review_note"),
            path("export/", self.admin_site.admin_view(self.export), name="review_export"),
        ]
        return own + super().get_urls()

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """Show the desk."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        context = {
            **self.admin_site.each_context(request),
            "title": "Review",
            "opts": self.model._meta,
            "may_decide": request.user.has_perm(MAY),
            **desk.desk(request),
        }
        return TemplateResponse(request, "admin/sync/reviews.html", context)

    def change_view(
        self, request: HttpRequest, object_id: str, *args: Any, **kwargs: Any
    ) -> HttpResponse:
        """Lead an item's own address to its place on the desk."""
        item = ReviewItem.objects.filter(pk=object_id).first()
        query = urlencode({"tab": item.state if item else "open", "item": object_id})
        return HttpResponseRedirect(f"{reverse('admin:sync_reviewitem_changelist')}?{query}")

    def decide(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Carry out one answer."""
        self._may(request)
        item, choice = self._item(pk), request.POST.get("choice", "")
        try:
            if choice == RETRY.value:
                _read_again(item)
            count = deciding.decide(pk, choice, request.user.get_username())
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
        """Keep a note, and take the item over or hand it back."""
        self._may(request)
        item = self._item(pk)
        if "note" in request.POST:
            item.note = request.POST["note"].strip()
        if "assign" in request.POST:
            mine = item.assignee_id == request.user.pk
            item.assignee_id = None if mine else request.user.pk
            messages.success(request, "Handed back." if mine else "It is yours now.")
        else:
            messages.success(request, "The note is kept.")
        item.save(update_fields=["note", "assignee"])
        return _at(request, pk)

    def export(self, request: HttpRequest) -> HttpResponse:
        """Return the items of the tab as CSV, one line a held record."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        response = HttpResponse(content_type="text/csv; charset=utf-8")
        response["Content-Disposition"] = 'attachment; filename="review.csv"'
        writer = csv.writer(response)
        writer.writerow(["item", "kind", "title", "record", "name", "currency", "amount", "since"])
        for item in desk.ranked(desk.in_tab(request, "open")):
            for row in item.held:
                since = f"{row.since:%Y-%m-%d %H:%M}"
                cells = [item.pk, item.kind, item.title, row.subject, row.name, row.currency]
                writer.writerow([_tame(cell) for cell in (*cells, row.amount, since)])
        return response

    def _may(self, request: HttpRequest) -> None:
        if request.method != "POST" or not request.user.has_perm(MAY):
            raise PermissionDenied

    def _item(self, pk: int) -> ReviewItem:
        item = ReviewItem.objects.select_related("pair__xero").filter(pk=pk).first()
        if item is None:
            raise Http404
        return item


def open_count(request: HttpRequest) -> str:
    """Return the number of open items for the navigation; empty when nothing waits."""
    count = ReviewItem.objects.filter(state=ReviewItem.State.OPEN)[:1000].count()
    return str(count) if count else ""


def _next(request: HttpRequest) -> HttpResponse:
    """Return to the desk, at the question that followed the one just answered."""
    return _at(request, request.POST.get("then", ""))


def _at(request: HttpRequest, pk: int | str) -> HttpResponse:
    asked = {name: request.POST.get(name, "") for name in ("tab", "kind")} | {"item": str(pk)}
    query = urlencode({name: value for name, value in asked.items() if value})
    address = reverse("admin:sync_reviewitem_changelist")
    return HttpResponseRedirect(f"{address}?{query}" if query else address)


def _tame(cell: Any) -> Any:
    """Return the cell so that a spreadsheet does not take it for a formula."""
    text = "" if cell is None else cell
    return f"'{text}" if isinstance(text, str) and text[:1] in ("=", "+", "-", "@") else text


def _read_again(item: ReviewItem) -> None:
    """Read the organisation's lists afresh before planning again, where a flow is in use."""
    switch = FlowSwitch.objects.filter(pair=item.pair, flow=item.flow).first()
    if switch is not None:
        housekeeping.recheck(switch, [])
