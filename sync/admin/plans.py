"""The plans: what would be written, what was checked, what is asked."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.safestring import SafeString

from config.admin_base import display
from sync.core.records import Key
from sync.models import Link, PlanRow, ReviewItem

from . import papers
from .exporting import figure_of
from .filters import OrganisationFilter
from .records import (
    WRITE_STATES,
    Badge,
    FlowFilter,
    RecordAdmin,
    addresses,
    chip,
    flow_title,
    money,
    stamp,
    together,
)

STATES: dict[str, Badge] = {
    "shadow": ("", "◐", "shadow"),
    "held": ("warn", "?", "asks"),
    "sending": ("", "…", "being sent"),
    "done": ("good", "✓", "carried out"),
    "failed": ("bad", "✕", "not carried out"),
}
SIGNS = {"create": "+ create", "update": "~ change", "question": "? ask", "nothing": "= nothing"}
SENTENCES = {
    "shadow": "In shadow: {thing} would be {done}",
    "held": "This plan waits for an answer",
    "sending": "{Thing} is being {done}",
    "done": "{Thing} was {done}",
    "failed": "{Thing} was not {done}",
}


@admin.register(PlanRow)
class PlanAdmin(RecordAdmin):
    """Plans, newest first; one page shows the whole plan."""

    lead = "What was intended for each deal and customer: what it would write, checked before."
    list_display = ("name", "state_shown", "does", "money_shown", "made", "pair")
    list_filter = ("state", "action", FlowFilter, OrganisationFilter)
    list_select_related = ("pair",)
    search_fields = ("subject_name__startswith", "subject__endswith")
    search_help_text = "The beginning of the record's name, or its id"
    ordering = ("-id",)
    export_columns = (
        ("plan", "pk"),
        ("name", "subject_name"),
        ("record", "subject"),
        ("action", "action"),
        ("state", "get_state_display"),
        ("amount before tax", figure_of),
        ("currency", "currency"),
        ("flow", lambda plan: flow_title(plan.flow)),
        ("pair", "pair.name"),
        ("run", "run_id"),
        ("reason", "reason"),
        ("made (UTC)", "made_at"),
    )
    page_template = "admin/sync/plan.html"

    def get_queryset(self, request: HttpRequest) -> QuerySet[PlanRow]:
        """Return the plans without what only a plan's own page shows."""
        rows: QuerySet[PlanRow] = super().get_queryset(request)
        return rows.defer("picture", "fields", "checks", "questions")

    @display(description="Record")
    def name(self, row: PlanRow) -> str:
        """Return the name of the deal or customer."""
        return row.subject_name or row.subject

    @display(description="State")
    def state_shown(self, row: PlanRow) -> SafeString:
        """Return the chip."""
        return chip(STATES[row.state])

    @display(description="Does")
    def does(self, row: PlanRow) -> SafeString:
        """Return the action with its sign."""
        return together(SIGNS[row.action])

    @display(description="Before tax")
    def money_shown(self, row: PlanRow) -> SafeString | str:
        """Return the amount."""
        return money(row.amount, row.currency)

    @display(description="Made", ordering="-id")
    def made(self, row: PlanRow) -> SafeString | str:
        """Return when."""
        return stamp(row.made_at)

    def page(self, row: PlanRow) -> dict[str, Any]:
        """Return one plan: the invoice as it would be, its checks, its fields, writes and links."""
        return {**_page(row), **_around(row)}


def _page(row: PlanRow) -> dict[str, Any]:
    """Return what the page says of the plan itself."""
    paper = papers.paper(row)
    return {
        "plan": row,
        "crumb": row.subject_name,
        "sentence": _sentence(row, "invoice" if paper else "record"),
        "state": chip(STATES[row.state]),
        "money": money(row.amount, row.currency),
        "paper": paper,
        "changes": [c for c in row.fields if not (paper and _on_paper(row, c))],
    }


def _around(row: PlanRow) -> dict[str, Any]:
    """Return what the page says of what belongs to the plan: records, writes, questions."""
    subject, to = Key.parse(row.subject), addresses(row.pair)
    links = Link.objects.filter(salesforce_kind=subject.kind, salesforce_id=subject.id)
    link = links.filter(pair=row.pair, flow=row.flow).first()
    asked = ReviewItem.objects.filter(
        pair=row.pair, state="open", subjects__subject=row.subject, subjects__closed_at=None
    )
    others = PlanRow.objects.filter(pair=row.pair, subject=row.subject).exclude(pk=row.pk)
    return {
        "subject_address": to(subject),
        "counterpart_address": to(link.xero_key) if link else "",
        "link": link,
        "writes": [(write, chip(WRITE_STATES[write.state])) for write in row.writes.order_by("id")],
        "asked": asked.first(),
        "others": [(other, chip(STATES[other.state])) for other in others[:10]],
    }


def _on_paper(row: PlanRow, change: dict[str, str]) -> bool:
    """Return whether the paper shows this value already: it is one of a new invoice."""
    return row.action == "create" and change["kind"] == "Invoice"


def _sentence(row: PlanRow, noun: str) -> str:
    if row.reason and not row.fields:
        return row.reason
    thing, done = f"this {noun}", "made" if row.action == "create" else "changed"
    if row.fields and all(change["system"] == "salesforce" for change in row.fields):
        thing, done = "the deal", f"told about its {noun}"
    return SENTENCES[row.state].format(thing=thing, Thing=thing.capitalize(), done=done)
