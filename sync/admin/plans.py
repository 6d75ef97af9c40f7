"""The plans: what would be written, what was checked, what is asked."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.safestring import SafeString

from config.admin_base import display
from config.template_words import noun_of
from sync.core.records import Key, System
from sync.models import Link, PlanRow, ReviewItem

from . import papers, places
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
    system_badge,
    together,
)
from .told_values import name_of, told

LINE = "OpportunityLineItem"
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
        return _called(row)

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


def _called(row: PlanRow) -> str:
    """Return what a plan's record is called: by name, else by its kind and id."""
    key = Key.parse(row.subject)
    return row.subject_name or f"{noun_of(key.kind).capitalize()} {key.id}"


def _page(row: PlanRow) -> dict[str, Any]:
    """Return what the page says of the plan itself."""
    paper = papers.paper(row)
    return {
        "plan": row,
        "sentence": _sentence(row, is_invoice=bool(paper)),
        "state": chip(STATES[row.state]),
        "money": money(row.amount, row.currency),
        "paper": paper,
        "changes": [_told(row, c) for c in row.fields if not (paper and _on_paper(row, c))],
    }


def _around(row: PlanRow) -> dict[str, Any]:
    """Return what the page says of what belongs to the plan: records, writes, questions."""
    subject, to = Key.parse(row.subject), addresses(row.pair)
    named = {f"{subject.system}_kind": subject.kind, f"{subject.system}_id": subject.id}
    link = Link.objects.filter(pair=row.pair, flow=row.flow, **named).first()
    partner = (
        (link.xero_key if subject.system is System.SALESFORCE else link.salesforce_key)
        if link
        else None
    )
    asked = ReviewItem.objects.filter(
        pair=row.pair, state="open", subjects__subject=row.subject, subjects__closed_at=None
    )
    question = asked.first()
    others = PlanRow.objects.filter(pair=row.pair, subject=row.subject).exclude(pk=row.pk)
    name = row.subject_name or (str(link) if link else _called(row))
    return {
        "crumb": name,
        "subject_name": name,
        "subject_address": to(subject),
        "subject_system": subject.system,
        "subject_badge": system_badge(subject.system),
        "counterpart_address": to(partner) if partner else "",
        "counterpart_system": partner.system if partner else "",
        "counterpart_badge": system_badge(partner.system) if partner else "",
        "link": link,
        "writes": [(write, chip(WRITE_STATES[write.state])) for write in row.writes.order_by("id")],
        "question_address": places.address_of(question) if question else "",
        "others": [(other, chip(STATES[other.state])) for other in others[:10]],
    }


def _only_told(row: PlanRow) -> bool:
    """Return whether a deal is told about its invoice, and Xero is left as it is."""
    deal = Key.parse(row.subject).kind == "Opportunity"
    return deal and bool(row.fields) and all(c["system"] == "salesforce" for c in row.fields)


def _told(row: PlanRow, change: dict[str, str]) -> dict[str, str]:
    """Return a change as it is read."""
    field, values = change["field"], {name: change[name] for name in ("before", "after")}
    read = {name: told(field, value, row.currency) for name, value in values.items()}
    return {**change, **read, "field": name_of(row.flow, field)}


def _on_paper(row: PlanRow, change: dict[str, str]) -> bool:
    """Return whether the paper shows this value already: it is one of a new invoice."""
    return row.action == "create" and change["kind"] == "Invoice"


def _sentence(row: PlanRow, *, is_invoice: bool) -> str:
    if row.reason and not row.fields:
        return row.reason
    kinds = {change["kind"] for change in row.fields}
    kinds -= {LINE} if len(kinds) > 1 else set()
    noun = "invoice" if is_invoice else noun_of(kinds.pop()) if len(kinds) == 1 else "record"
    thing, done = f"this {noun}", "made" if row.action == "create" else "changed"
    if _only_told(row):
        thing, done = "the deal", "told about its invoice"
    return SENTENCES[row.state].format(thing=thing, Thing=thing.capitalize(), done=done)
