"""What the screens of recorded facts share: read-only, quick on big tables, links both ways."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from functools import cached_property
from typing import Any

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.db import connection
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString

from config.admin_base import ModelAdmin
from connections.live import open_remote
from connections.models import Pair
from connections.remote import Lane
from sync.core.money import Money
from sync.core.records import Key, System
from sync.flows.registry import every_flow

COUNT_CAP = 10_000
Badge = tuple[str, str, str]
"""A chip's colour class, its sign and its word."""


class CappedPaginator(Paginator):  # type: ignore[type-arg]
    """Counts exactly up to a cap, and estimates a whole big table from PostgreSQL's statistics."""

    @cached_property
    def count(self) -> int:
        """Return the number of rows, at most the cap where the list is filtered."""
        rows = self.object_list
        if not isinstance(rows, QuerySet):
            return len(rows)
        if not rows.query.where:
            with connection.cursor() as cursor:
                table = rows.model._meta.db_table
                cursor.execute("SELECT reltuples FROM pg_class WHERE oid = %s::regclass", [table])
                estimate = int(cursor.fetchone()[0])
            if estimate > COUNT_CAP:
                return estimate
        return rows.order_by()[: COUNT_CAP + 1].count()


class FlowFilter(admin.SimpleListFilter):
    """Filters by flow, under the flows' titles."""

    title = "flow"
    parameter_name = "flow"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        """Return every flow there is."""
        return [(flow.key, flow.title) for flow in every_flow().values()]

    def queryset(self, request: HttpRequest, rows: QuerySet[Any]) -> QuerySet[Any]:
        """Return the rows of the chosen flow."""
        return rows.filter(flow=self.value()) if self.value() else rows


def flow_title(key: str) -> str:
    """Return what people call a flow."""
    flow = every_flow().get(key)
    return flow.title if flow else key.replace("_", " ").capitalize()


class RecordAdmin(ModelAdmin):
    """A record of facts: seen, searched and filtered by everybody, changed by nobody."""

    paginator = CappedPaginator
    list_per_page = 50
    list_max_show_all = 200
    show_full_result_count = False
    list_filter_submit = False
    actions = None
    lead = ""
    """One sentence above the list: what it is for."""
    page_template = ""
    """The template of a row's own page."""
    list_before_template = "admin/sync/list_lead.html"

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """Show the list under its lead."""
        return super().changelist_view(request, {"lead": self.lead, **(extra_context or {})})

    def page(self, row: Any) -> dict[str, Any]:
        """Return what the row's own page shows."""
        return {}

    def change_view(
        self, request: HttpRequest, object_id: str, *args: Any, **kwargs: Any
    ) -> HttpResponse:
        """Show a row's own page."""
        row = self.get_object(request, object_id)
        if not self.has_view_permission(request, row):
            raise PermissionDenied
        if row is None:
            raise Http404
        context = {
            **self.admin_site.each_context(request),
            "title": str(row),
            "opts": self.model._meta,
            "original": row,
            **self.page(row),
        }
        return TemplateResponse(request, self.page_template, context)

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Nobody adds one by hand."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Nobody changes one."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Nobody deletes one."""
        return False


def chip(badge: Badge) -> SafeString:
    """Return a state chip: never colour alone, always a sign and a word."""
    colour, sign, word = badge
    return format_html(
        '<span class="chip {}"><span class="sign" aria-hidden="true">{}</span>{}</span>',
        colour,
        sign,
        word,
    )


def together(words: str) -> SafeString:
    """Return the words so that they stay on one line."""
    return format_html('<span class="nowrap">{}</span>', words)


def stamp(when: datetime | None) -> SafeString | str:
    """Return a time with its day; the seconds are there too, in smaller letters."""
    if when is None:
        return "–"
    local = timezone.localtime(when)
    return format_html(
        '<span class="when">{}<span class="s">:{}</span></span>',
        f"{local:%-d %b %Y, %H:%M}",
        f"{local:%S}",
    )


WRITE_STATES: dict[str, Badge] = {
    "intended": ("", "…", "intended"),
    "sending": ("", "→", "sending"),
    "in_doubt": ("bad", "?", "in doubt"),
    "confirmed": ("good", "✓", "confirmed"),
    "adopted": ("good", "=", "found there"),
    "refused": ("bad", "✕", "refused"),
    "withdrawn": ("", "−", "withdrawn"),
}
"""How the state of a write is shown, on its own page and on its plan's."""


def system_badge(system: str) -> SafeString:
    """Return the badge of one system."""
    known = System(system)
    css = "sf" if known is System.SALESFORCE else "xero"
    return format_html('<span class="sys {}">{}</span>', css, known.label)


def money(amount: Any, currency: str) -> SafeString | str:
    """Return an amount with its currency code before it, or a dash."""
    if amount is None or not currency:
        return "–"
    code, figure = str(Money(amount, currency)).split(" ", 1)
    return format_html('<span class="money"><span class="c">{}</span>{}</span>', code, figure)


def addresses(pair: Pair) -> Callable[[Key], str]:
    """Return how to make a record's address in its system's own pages; no call is made."""
    doors = {
        System.SALESFORCE: open_remote(pair.salesforce, Lane.PERSON),
        System.XERO: open_remote(pair.xero, Lane.PERSON),
    }
    return lambda key: doors[key.system].link_to(key)


def open_link(pair: Pair, key: Key, label: str) -> SafeString:
    """Return the system's badge and a link to the record itself."""
    address = addresses(pair)(key)
    return format_html(
        '{} <a href="{}" target="_blank" rel="noopener">{}</a>',
        system_badge(key.system),
        address,
        label or key.id,
    )
