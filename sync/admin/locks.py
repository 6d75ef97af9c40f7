"""The locks: which records are kept out of sync, since when, by whom and why."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.safestring import SafeString

from config.admin_base import display
from connections.models import Pair
from connections.numbers import number_in
from sync.core.records import Key, System
from sync.engine import telling
from sync.models import Lock

from . import match_desk_search
from .filters import OrganisationFilter
from .records import Badge, RecordAdmin, addresses, chip, stamp, system_badge

MAY = "sync.decide_reviewitem"
IN_FORCE: Badge = ("warn", "✕", "kept out")
ENDED: Badge = ("", "−", "ended")


class InForce(admin.SimpleListFilter):
    """Filters by whether a lock is in force."""

    title = "state"
    parameter_name = "state"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        """Return both states."""
        return [("in_force", "Kept out"), ("ended", "Ended")]

    def queryset(self, request: HttpRequest, rows: QuerySet[Lock]) -> QuerySet[Lock]:
        """Return the locks of the chosen state."""
        if self.value() is None:
            return rows
        return rows.filter(ended_at__isnull=self.value() == "in_force")


@admin.register(Lock)
class LockAdmin(RecordAdmin):
    """Locks, newest first; whoever decides may end one, or keep a record out."""

    rows_are = ("record kept out", "records kept out")
    lead = "Records that are kept out of sync: nothing is written to them or for them."
    page_template = "admin/sync/match/lock.html"
    list_display = ("name_shown", "system_shown", "why", "state_shown", "by", "since", "pair")
    list_filter = (InForce, "system", OrganisationFilter)
    list_select_related = ("pair",)
    search_fields = ("name__istartswith", "remote_id__exact", "why__icontains")
    search_help_text = "The beginning of the name, an id of either system, or words of the reason"
    ordering = ("-id",)
    export_columns = (
        ("name", "name"),
        ("system", "get_system_display"),
        ("kind", "kind"),
        ("id", "remote_id"),
        ("why", "why"),
        ("pair", "pair.name"),
        ("kept out by", "by"),
        ("kept out (UTC)", "at"),
        ("ended by", "ended_by"),
        ("ended (UTC)", "ended_at"),
    )

    def get_urls(self) -> list[URLPattern]:
        """Add keeping out and ending."""
        view = self.admin_site.admin_view
        return [
            path("keep-out/", view(self.keep_out), name="lock_keep_out"),
            path("<int:pk>/end/", view(self.end), name="lock_end"),
            *super().get_urls(),
        ]

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Whoever decides keeps records out."""
        return request.user.has_perm(MAY)

    def add_view(
        self, request: HttpRequest, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """Look up the record that is to be kept out."""
        if not self.has_add_permission(request):
            raise PermissionDenied
        pairs = list(Pair.objects.select_related("salesforce", "xero").order_by("name"))
        asked, words = request.GET.get("pair", ""), request.GET.get("words", "").strip()[:120]
        pair = next((one for one in pairs if str(one.pk) == asked), next(iter(pairs), None))
        context = {
            **self.admin_site.each_context(request),
            "title": "Keep a record out",
            "opts": self.model._meta,
            "pairs": pairs,
            "pair": pair,
            "words": words,
            "hits": _hits(pair, words) if pair and words else [],
        }
        return TemplateResponse(request, "admin/sync/match/lock_find.html", context)

    def page(self, row: Lock) -> dict[str, Any]:
        """Return one lock and its record's place."""
        return {
            "lock": row,
            "state": chip(ENDED if row.ended_at else IN_FORCE),
            "record_address": addresses(row.pair)(row.key),
            "system": system_badge(row.system),
        }

    def keep_out(self, request: HttpRequest) -> HttpResponse:
        """Ask why the records that the address names are to be kept out, and keep them out."""
        if not request.user.has_perm(MAY):
            raise PermissionDenied
        asked = request.POST if request.method == "POST" else request.GET
        pair = _pair(asked.get("pair", ""))
        keys, why = _keys(asked.getlist("record")), asked.get("why", "").strip()
        name = asked.get("name", "")
        if request.method == "POST" and keys and why:
            for key in keys:
                telling.lock(pair, key, why, request.user.get_username(), name)
            messages.success(request, f"“{name or keys[0].id}” is kept out of sync from now on.")
            return HttpResponseRedirect(_back(request))
        if request.method == "POST":
            messages.error(request, "Say why, and which record." if keys else "Tick a record.")
        context = {
            **self.admin_site.each_context(request),
            "title": "Keep out of sync",
            "opts": self.model._meta,
            "name": name,
            "why": why,
            "back": _back(request),
            **box(pair, keys, name),
        }
        return TemplateResponse(request, "admin/sync/match/keep_out.html", context)

    def end(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Let a record take part again."""
        if request.method != "POST" or not request.user.has_perm(MAY):
            raise PermissionDenied
        lock = Lock.objects.select_related("pair").filter(pk=pk).first()
        if lock is None:
            raise Http404
        telling.unlock(lock, request.user.get_username())
        messages.success(request, "It takes part again; what changed meanwhile is planned now.")
        return HttpResponseRedirect(reverse("admin:sync_lock_change", args=[pk]))

    @display(description="Record", ordering="name")
    def name_shown(self, lock: Lock) -> str:
        """Return its name."""
        return lock.name or lock.remote_id

    @display(description="In")
    def system_shown(self, lock: Lock) -> SafeString:
        """Return the system."""
        return system_badge(lock.system)

    @display(description="State")
    def state_shown(self, lock: Lock) -> SafeString:
        """Return the chip."""
        return chip(ENDED if lock.ended_at else IN_FORCE)

    @display(description="Since", ordering="-id")
    def since(self, lock: Lock) -> SafeString | str:
        """Return since when."""
        return stamp(lock.at)


def box(pair: Pair, keys: Sequence[Key], name: str) -> dict[str, Any]:
    """Return what the box that keeps records out shows of each: its place and its lock; a query."""
    ids = [key.id for key in keys]
    rows = Lock.objects.filter(pair=pair, ended_at=None, remote_id__in=ids)
    locks = {row.key: row for row in rows}
    to = addresses(pair)
    return {
        "lock_pair": pair.pk,
        "lock_name": name,
        "lockable": [
            {
                "key": str(key),
                "system": system_badge(key.system),
                "noun": key.kind.lower(),
                "address": to(key),
                "lock": locks.get(key),
            }
            for key in keys
        ],
        "all_locked": len(locks) == len(ids),
    }


def _hits(pair: Pair, words: str) -> list[tuple[SafeString, dict[str, Any]]]:
    return [
        (system_badge(system), hit)
        for system in System
        for hit in match_desk_search.look_up(pair, system, words)
    ]


def _pair(pk: str) -> Pair:
    rows = Pair.objects.select_related("salesforce", "xero")
    pair = rows.filter(pk=number_in(pk)).first()
    if pair is None:
        raise Http404
    return pair


def _keys(texts: Sequence[str]) -> list[Key]:
    try:
        return [Key.parse(text) for text in texts]
    except ValueError as error:
        raise Http404 from error


def _back(request: HttpRequest) -> str:
    """Return the page of ours that the person came from, else the list of locks."""
    asked = request.POST if request.method == "POST" else request.GET
    back = asked.get("back", "")
    ours = url_has_allowed_host_and_scheme(back, allowed_hosts=None) and back.startswith("/admin/")
    return back if ours else reverse("admin:sync_lock_changelist")
