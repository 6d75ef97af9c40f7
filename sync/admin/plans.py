"""The plans: what would be written, what was checked, what is asked."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.utils.safestring import SafeString

from config.admin_base import display
from sync.core.records import Key
from sync.models import Link, PlanRow, ReviewItem

from . import papers
from .records import WRITE_STATES, Badge, RecordAdmin, addresses, chip, money, stamp

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

    lead = "What Counterpart intended for each deal: what it would write, checked before it did."
    list_display = ("subject_name", "state_shown", "does", "money_shown", "made", "pair")
    list_filter = ("state", "action", "flow", "pair")
    list_select_related = ("pair",)
    search_fields = ("subject_name__startswith", "subject__endswith")
    search_help_text = "The beginning of the deal's name, or its Salesforce id"
    ordering = ("-id",)
    change_form_template = "admin/sync/plan.html"

    @display(description="State")
    def state_shown(self, row: PlanRow) -> SafeString:
        """Return the chip."""
        return chip(STATES[row.state])

    @display(description="Does")
    def does(self, row: PlanRow) -> str:
        """Return the action with its sign."""
        return SIGNS[row.action]

    @display(description="Before tax")
    def money_shown(self, row: PlanRow) -> SafeString | str:
        """Return the amount."""
        return money(row.amount, row.currency)

    @display(description="Made", ordering="-id")
    def made(self, row: PlanRow) -> SafeString | str:
        """Return when."""
        return stamp(row.made_at)

    def change_view(
        self,
        request: HttpRequest,
        object_id: str,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        """Show one plan: the invoice as it would be, its checks, its fields, writes and links."""
        row = self.get_object(request, object_id)
        if not isinstance(row, PlanRow):
            return super().change_view(request, object_id, form_url, extra_context)
        context = {**(extra_context or {}), **_page(row), **_around(row)}
        return super().change_view(request, object_id, form_url, context)


def _page(row: PlanRow) -> dict[str, Any]:
    """Return what the page says of the plan itself."""
    paper = papers.paper(row)
    return {
        "plan": row,
        "crumb": row.subject_name,
        "own_heading": True,
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
