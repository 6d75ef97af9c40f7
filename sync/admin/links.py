"""The links: which records are the same thing, since when and why; and how one is undone."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import URLPattern, path, reverse
from django.utils.safestring import SafeString

from config.admin_base import display
from config.template_words import noun_of
from sync.core.doubts import show
from sync.engine import unlinking
from sync.flows.registry import every_flow
from sync.models import KnownRecord, Link, Write

from . import locks, routing_move
from .desk import mark_differences
from .filters import OrganisationFilter, beginning_with
from .records import (
    WRITE_STATES,
    Badge,
    FlowFilter,
    RecordAdmin,
    addresses,
    chip,
    flow_title,
    stamp,
    system_badge,
    together,
)
from .told_values import currency_of, name_of, told

MAY = "sync.decide_reviewitem"
MOST = 1000
"""As many as a search finds, the newest: whoever looks for one types more letters."""
ORIGINS: dict[str, Badge] = {
    "created": ("good", "+", "created"),
    "found": ("", "=", "found"),
    "person": ("", "☺", "decided"),
}
_SCORED = re.compile(r"(.+) ([+−]\d+)")
"""A reason in words with its points, as a match keeps it: same phone +20."""
ROLES: dict[str, Badge] = {"main": ("", "=", "in step"), "further": ("", "+", "further")}


@admin.register(Link)
class LinkAdmin(RecordAdmin):
    """Links, newest first."""

    lead = "Which record in Salesforce and which in Xero are the same thing, and why."
    page_template = "admin/sync/link.html"
    list_display = ("name", "origin_shown", "kinds", "role_shown", "points", "made", "books")
    list_filter = (FlowFilter, "role", "origin", OrganisationFilter)
    list_select_related = ("pair__xero",)
    search_fields = ("label",)  # see get_search_results
    search_help_text = "The beginning of the name or number, or an id of either system"
    ordering = ("-id",)
    export_columns = (
        ("name", "label"),
        ("flow", lambda link: flow_title(link.flow)),
        ("pair", "pair.name"),
        ("Salesforce kind", "salesforce_kind"),
        ("Salesforce id", "salesforce_id"),
        ("Xero kind", "xero_kind"),
        ("Xero id", "xero_id"),
        ("role", "get_role_display"),
        ("how it came about", "get_origin_display"),
        ("reasons", lambda link: "; ".join(words for words, _ in reasons_of(link.reasons))),
        ("points", lambda link: total_of(link.reasons)),
        ("made again", "generation"),
        ("linked (UTC)", "made_at"),
        ("changed (UTC)", "changed_at"),
    )

    def get_urls(self) -> list[URLPattern]:
        """Add the undoing of a link."""
        view = self.admin_site.admin_view(self.unlink)
        return [path("<int:pk>/unlink/", view, name="link_unlink"), *super().get_urls()]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Link]:
        """Return the links; a list does without the agreed values."""
        rows: QuerySet[Link] = super().get_queryset(request)
        return rows.defer("agreed")

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Link], search_term: str
    ) -> tuple[QuerySet[Link], bool]:
        """Return the links whose name begins so, or that have this very id."""
        words = search_term.strip()
        if not words:
            return queryset, False
        named = beginning_with(Link.objects.all(), "label", words).order_by("-pk")
        by_id = Link.objects.filter(Q(salesforce_id=words) | Q(xero_id=words.lower()))
        found = [*named.values_list("pk", flat=True)[:MOST], *by_id.values_list("pk", flat=True)]
        return queryset.filter(pk__in=found), False

    def unlink(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Undo a link, with a reason; a POST by whoever may decide."""
        if request.method != "POST" or not request.user.has_perm(MAY):
            raise PermissionDenied
        why = request.POST.get("why", "").strip()
        if not why:
            messages.error(request, "Say why they are not the same, so that others can follow.")
            return HttpResponseRedirect(reverse("admin:sync_link_change", args=[pk]))
        try:
            item = unlinking.unlink(pk, request.user.get_username(), why)
        except unlinking.CannotUnlink as error:
            messages.error(request, str(error))
            return HttpResponseRedirect(reverse("admin:sync_link_changelist"))
        messages.success(
            request,
            f"{item.title}. Neither record was touched. They stand under Told apart: "
            "taking that back lets them be linked again.",
        )
        return HttpResponseRedirect(reverse("admin:sync_link_changelist"))

    @display(description="Link")
    def name(self, link: Link) -> str:
        """Return its name."""
        return str(link)

    @display(description="How it came about")
    def origin_shown(self, link: Link) -> SafeString:
        """Return the chip."""
        return chip(ORIGINS[link.origin])

    @display(description="Links")
    def kinds(self, link: Link) -> SafeString:
        """Return the kinds on both sides."""
        return together(f"{noun_of(link.salesforce_kind).capitalize()} = {noun_of(link.xero_kind)}")

    @display(description="Role")
    def role_shown(self, link: Link) -> SafeString:
        """Return whether the fields are kept in step."""
        return chip(ROLES[link.role])

    @display(description="Points")
    def points(self, link: Link) -> str:
        """Return how much spoke for it, where it was scored."""
        total = total_of(link.reasons)
        return "–" if total is None else str(total)

    @display(description="Organisation")
    def books(self, link: Link) -> str:
        """Return the Xero organisation."""
        return link.pair.xero.name

    @display(description="Since", ordering="-id")
    def made(self, link: Link) -> SafeString | str:
        """Return since when."""
        return stamp(link.made_at)

    def page(self, row: Link) -> dict[str, Any]:
        """Return one link: both records, the reasons, the agreed values and the writes."""
        to = addresses(row.pair)
        writes = Write.objects.filter(pair=row.pair, subject=str(row.salesforce_key))
        agreed, total = _agreed_lines(row), total_of(row.reasons)
        return {
            **locks.box(row.pair, [row.salesforce_key, row.xero_key], str(row)),
            **routing_move.box(row.pair, [row.salesforce_key, row.xero_key], row),
            "link": row,
            "origin": chip(ORIGINS[row.origin]),
            "role": chip(ROLES[row.role]),
            "reasons": [(words, _signed(points)) for words, points in reasons_of(row.reasons)],
            "points": total if total is None else str(total).replace("-", "−"),
            "stays": unlinking.why_not(row),
            "flow": flow_title(row.flow),
            "account": _name_in_salesforce(row),
            "salesforce": system_badge("salesforce"),
            "xero": system_badge("xero"),
            "salesforce_address": to(row.salesforce_key),
            "xero_address": to(row.xero_key),
            "apart": [line for line in agreed if line[1]],
            "same": [line for line in agreed if not line[1]],
            "writes": [
                (write, chip(WRITE_STATES[write.state]), system_badge(write.system))
                for write in writes.order_by("-id")[:20]
            ],
        }


def _name_in_salesforce(link: Link) -> str:
    """Return what the Salesforce record is called, where the index knows it, else its id."""
    known = KnownRecord.objects.filter(
        connection=link.pair.salesforce_id,
        kind=link.salesforce_kind,
        remote_id=link.salesforce_id,
    )
    return known.values_list("name", flat=True).first() or link.salesforce_id


def reasons_of(reasons: Iterable[Any]) -> list[tuple[str, int | None]]:
    """Return the reasons in words, each with its points where it was scored."""
    found: list[tuple[str, int | None]] = []
    for reason in reasons:
        if isinstance(reason, list | tuple) and len(reason) == 2:
            found.append((str(reason[0]), int(reason[1])))
        elif scored := _SCORED.fullmatch(str(reason)):
            found.append((scored[1], int(scored[2].replace("−", "-"))))
        else:
            found.append((str(reason), None))
    return found


def _signed(points: int | None) -> str:
    return "" if points is None else f"{points:+d}".replace("-", "−")


def total_of(reasons: Iterable[Any]) -> int | None:
    """Return the points of all reasons together, or None where nothing was scored."""
    points = [points for _, points in reasons_of(reasons) if points is not None]
    return sum(points) if points else None


def _agreed_lines(link: Link) -> list[tuple[str, bool, Any, Any]]:
    """Return the agreed values in the order of the flow's fields, under the names people know."""
    flow, values = every_flow().get(link.flow), link.agreed_values
    money = currency_of({name: one.xero or one.salesforce for name, one in values.items()})
    order = {rule.target: place for place, rule in enumerate(flow.fields)} if flow else {}
    filled = [name for name, one in values.items() if _is_told(one)]
    names = sorted(filled, key=lambda name: (order.get(name, len(order)), name))
    return [_agreed(link.flow, name, values[name], money) for name in names]


def _is_told(common: Any) -> bool:
    """Return whether either side has a value: that both have none tells nobody anything."""
    return common.apart or show(common.salesforce) != show(None) or show(common.xero) != show(None)


def _agreed(flow: str, name: str, common: Any, currency: str) -> tuple[str, bool, Any, Any]:
    """Return a field's words, whether both sides differ by agreement, and both values."""
    words = name_of(flow, name)
    ours, theirs = (
        told(name, value, currency) or show(None) for value in (common.salesforce, common.xero)
    )
    if common.apart:
        return (words, True, *mark_differences(ours, theirs))
    return (words, False, ours, theirs)
