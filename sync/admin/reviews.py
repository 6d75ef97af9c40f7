"""The review desk: one cause at a time, the money it holds up, and what can be done."""

from __future__ import annotations

import csv
from collections.abc import Iterable
from decimal import Decimal
from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import Count, Prefetch, Q, QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils.http import urlencode

from sync.core.questions import RETRY
from sync.core.records import Key
from sync.engine import deciding, housekeeping
from sync.models import FlowSwitch, ReviewItem, ReviewSubject

from .records import RecordAdmin, addresses

MAY = "sync.decide_reviewitem"
MOST = 200
TABS = {"open": "Open", "mine": "Mine", "solved": "Solved", "left": "Left alone"}
PLACES = {
    "table": ("admin:mappings_valuerow_changelist", "table"),
    "mapping": ("admin:mappings_fieldmapping_changelist", "target"),
}
"""Where a problem is solved: the screen's name, and what its address calls the argument."""
CHIPS = {
    "problem": ("bad", "✕"),
    "duplicate": ("warn", "?"),
    "conflict": ("warn", "≠"),
    "approval": ("", "✓"),
}


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
        tab = request.GET.get("tab", "open")
        items = _ranked(_tab(request, tab if tab in TABS else "open"))
        chosen = _chosen(items, request.GET.get("item"))
        context = {
            **self.admin_site.each_context(request),
            "title": "Review",
            "opts": self.model._meta,
            "items": items,
            "chosen": chosen,
            "place": items.index(chosen) + 1 if chosen else 0,
            "following": _neighbour(items, chosen, 1),
            "previous": _neighbour(items, chosen, -1),
            "sums": _sums(row for item in items for row in item.held),
            "held": sum(len(item.held) for item in items),
            "tab": tab,
            "tabs": _tabs(request),
            "may_decide": request.user.has_perm(MAY),
            **(self._detail(chosen) if chosen else {}),
        }
        return TemplateResponse(request, "admin/sync/reviews.html", context)

    def change_view(
        self, request: HttpRequest, object_id: str, *args: Any, **kwargs: Any
    ) -> HttpResponse:
        """Lead an item's own address to its place on the desk."""
        item = ReviewItem.objects.filter(pk=object_id).first()
        tab = item.state if item else "open"
        return HttpResponseRedirect(f"{_desk()}?{urlencode({'tab': tab, 'item': object_id})}")

    def _detail(self, item: Any) -> dict[str, Any]:
        to = addresses(item.pair)
        deals = [(row, to(Key.parse(row.subject))) for row in item.held[:20]]
        choices = [c for c in item.choices if c["value"] != RETRY.value]
        return {
            "deals": deals,
            "more": max(len(item.held) - 20, 0),
            "choices": choices,
            "can_retry": any(c["value"] == RETRY.value for c in item.choices),
            "fix_address": _fix_address(item),
            "decisions": item.decisions.order_by("-id")[:10],
        }

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
            noun = "record is" if count == 1 else "records are"
            messages.success(request, f"Kept. {count} {noun} being planned again.")
        return HttpResponseRedirect(_desk())

    def leave(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Put the item aside with a reason."""
        self._may(request)
        reason = request.POST.get("reason", "").strip()
        if not reason:
            messages.error(request, "Say why it is left alone, so that others can follow.")
            return HttpResponseRedirect(f"{_desk()}?{urlencode({'item': pk})}")
        try:
            deciding.leave_alone(pk, request.user.get_username(), reason)
            messages.success(request, "Left alone. It is asked again when the record changes.")
        except deciding.NotOffered as error:
            messages.error(request, str(error))
        return HttpResponseRedirect(_desk())

    def note(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Keep a note, and take the item over or hand it back."""
        self._may(request)
        item = self._item(pk)
        if "note" in request.POST:
            item.note = request.POST["note"].strip()
        if "assign" in request.POST:
            mine = item.assignee_id == request.user.pk
            item.assignee_id = None if mine else request.user.pk
        item.save(update_fields=["note", "assignee"])
        return HttpResponseRedirect(f"{_desk()}?{urlencode({'item': pk})}")

    def export(self, request: HttpRequest) -> HttpResponse:
        """Return the open items as CSV, one line a held record."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        response = HttpResponse(content_type="text/csv; charset=utf-8")
        response["Content-Disposition"] = 'attachment; filename="review.csv"'
        writer = csv.writer(response)
        writer.writerow(["item", "kind", "title", "record", "name", "currency", "amount", "since"])
        for item in _ranked(_tab(request, "open")):
            for row in item.held:
                since = f"{row.since:%Y-%m-%d %H:%M}"
                cells = [item.pk, item.kind, item.title, row.subject, row.name, row.currency]
                writer.writerow([_tame(cell) for cell in (*cells, row.amount, since)])
        return response

    def _may(self, request: HttpRequest) -> None:
        if request.method != "POST" or not request.user.has_perm(MAY):
            raise PermissionDenied

    def _item(self, pk: int) -> ReviewItem:
        return ReviewItem.objects.select_related("pair__xero").get(pk=pk)


def open_count(request: HttpRequest) -> str:
    """Return the number of open items for the navigation; empty when nothing waits."""
    count = ReviewItem.objects.filter(state=ReviewItem.State.OPEN)[:1000].count()
    return str(count) if count else ""


def _desk() -> str:
    return reverse("admin:sync_reviewitem_changelist")


def _tame(cell: Any) -> Any:
    """Return the cell so that a spreadsheet does not take it for a formula."""
    text = "" if cell is None else cell
    return f"'{text}" if isinstance(text, str) and text[:1] in ("=", "+", "-", "@") else text


def _read_again(item: ReviewItem) -> None:
    """Read the organisation's lists afresh before planning again, where a flow is in use."""
    switch = FlowSwitch.objects.filter(pair=item.pair, flow=item.flow).first()
    if switch is not None:
        housekeeping.recheck(switch, [])


def _tab(request: HttpRequest, tab: str) -> QuerySet[ReviewItem]:
    items = ReviewItem.objects.select_related("pair__salesforce", "pair__xero", "assignee")
    if tab == "mine":
        return items.filter(state=ReviewItem.State.OPEN, assignee=request.user.pk)
    return items.filter(state=tab)


def _ranked(items: QuerySet[ReviewItem]) -> list[Any]:
    """Return up to MOST items with what they hold up, most money first."""
    rows = ReviewSubject.objects.order_by("-amount", "id")
    still = Prefetch("subjects", rows.filter(closed_at__isnull=True), to_attr="held")
    found: list[Any] = list(items.order_by("-id").prefetch_related(still)[:MOST])
    for item in found:
        item.sums = _sums(item.held)
        item.colour, item.sign = CHIPS[item.kind]
    return sorted(found, key=lambda i: -max((a for _, a in i.sums), default=Decimal(-1)))


def _sums(rows: Iterable[Any]) -> list[tuple[str, Decimal]]:
    """Return the money by currency, never summed across them."""
    sums: dict[str, Decimal] = {}
    for row in rows:
        if row.amount is not None:
            sums[row.currency] = sums.get(row.currency, Decimal(0)) + row.amount
    return sorted(sums.items(), key=lambda pair: -pair[1])


def _chosen(items: list[Any], pk: str | None) -> Any:
    wanted = [item for item in items if str(item.pk) == pk]
    return (wanted or items or [None])[0]


def _neighbour(items: list[Any], chosen: Any, step: int) -> Any:
    if chosen is None:
        return None
    index = items.index(chosen) + step
    return items[index] if 0 <= index < len(items) else None


def _tabs(request: HttpRequest) -> list[tuple[str, str, int]]:
    counts = ReviewItem.objects.aggregate(
        open=Count("id", filter=Q(state="open")),
        mine=Count("id", filter=Q(state="open", assignee=request.user.pk)),
        solved=Count("id", filter=Q(state="solved")),
        left=Count("id", filter=Q(state="left")),
    )
    return [(key, label, counts[key]) for key, label in TABS.items()]


def _fix_address(item: Any) -> str:
    """Return the address of the mapping row or table that the question is solved in."""
    if item.place not in PLACES:
        return ""
    name, argument = PLACES[item.place]
    asked = {"pair": item.pair_id, "flow": item.flow, argument: item.argument}
    return f"{reverse(name)}?{urlencode(asked)}"
