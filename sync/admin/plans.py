"""The plans: what would be written, what was checked, what is asked."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.utils.safestring import SafeString

from config.admin_base import display
from sync.core.records import Key
from sync.models import Link, PlanRow

from .records import Badge, RecordAdmin, addresses, chip, money

STATES: dict[str, Badge] = {
    "shadow": ("", "◐", "shadow"),
    "held": ("warn", "?", "asks"),
    "sending": ("", "…", "being sent"),
    "done": ("good", "✓", "carried out"),
    "failed": ("bad", "✕", "not carried out"),
}
SIGNS = {"create": "+ create", "update": "~ change", "question": "? ask", "nothing": "= nothing"}


@admin.register(PlanRow)
class PlanAdmin(RecordAdmin):
    """Plans, newest first; one page shows the whole plan."""

    list_display = ("subject_name", "state_shown", "does", "money_shown", "flow", "pair", "made_at")
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

    def change_view(
        self,
        request: HttpRequest,
        object_id: str,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        """Show one plan with its fields before and after, its checks, writes and links."""
        row = self.get_object(request, object_id)
        if not isinstance(row, PlanRow):
            return super().change_view(request, object_id, form_url, extra_context)
        subject = Key.parse(row.subject)
        to = addresses(row.pair)
        link = Link.objects.filter(
            pair=row.pair, salesforce_kind=subject.kind, salesforce_id=subject.id
        ).first()
        context = {
            "plan": row,
            "state": chip(STATES[row.state]),
            "money": money(row.amount, row.currency),
            "does": SIGNS[row.action],
            "subject_address": to(subject),
            "counterpart_address": to(link.xero_key) if link else "",
            "link": link,
            "writes": row.writes.order_by("id"),
        }
        return super().change_view(
            request, object_id, form_url, {**(extra_context or {}), **context}
        )
