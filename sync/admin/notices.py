"""The notices: the queue of record, for whoever wants to know what waits and why."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.utils.safestring import SafeString

from config.admin_base import display
from config.template_words import noun_of
from sync.models import Notice, PlanRow

from .filters import OrganisationFilter
from .plans import STATES as PLAN_STATES
from .records import (
    Badge,
    FlowFilter,
    RecordAdmin,
    chip,
    flow_title,
    open_link,
    stamp,
    system_badge,
    together,
)

STATES: dict[str, Badge] = {
    "waiting": ("", "…", "waiting"),
    "claimed": ("", "→", "in work"),
    "done": ("good", "✓", "done"),
    "stuck": ("bad", "✕", "given up"),
}
SENTENCES = {
    "waiting": "This {kind} is to be looked at",
    "claimed": "This {kind} is being looked at",
    "done": "This {kind} was looked at",
    "stuck": "This {kind} was given up after {attempts} attempts",
}


@admin.register(Notice)
class NoticeAdmin(RecordAdmin):
    """Notices, newest first."""

    lead = "Word that a record may have changed: it carries no data, so a doubled one is harmless."
    page_template = "admin/sync/notice.html"
    list_display = ("record", "state_shown", "system_shown", "kind", "said", "due", "pair")
    list_filter = ("state", "source", "system", "kind", FlowFilter, OrganisationFilter)
    list_select_related = ("pair",)
    search_fields = ("remote_id__exact",)
    search_help_text = "A record's id"
    ordering = ("-id",)
    export_columns = (
        ("notice", "pk"),
        ("state", "get_state_display"),
        ("system", "get_system_display"),
        ("kind", "kind"),
        ("record", "remote_id"),
        ("flow", lambda notice: flow_title(notice.flow)),
        ("pair", "pair.name"),
        ("said by", "get_source_display"),
        ("times", "count"),
        ("attempts", "attempts"),
        ("first seen (UTC)", "first_seen"),
        ("due (UTC)", "due_at"),
        ("done (UTC)", "done_at"),
        ("error", "error"),
    )

    @display(description="Record")
    def record(self, notice: Notice) -> SafeString:
        """Return the record's id."""
        return together(notice.remote_id)

    @display(description="State")
    def state_shown(self, notice: Notice) -> SafeString:
        """Return the chip."""
        return chip(STATES[notice.state])

    @display(description="System")
    def system_shown(self, notice: Notice) -> SafeString:
        """Return the system's badge."""
        return system_badge(notice.system)

    @display(description="Said by")
    def said(self, notice: Notice) -> SafeString:
        """Return who said so, and how often."""
        times = f", {notice.count} times" if notice.count > 1 else ""
        return together(f"{notice.get_source_display()}{times}")

    @display(description="Due", ordering="due_at")
    def due(self, notice: Notice) -> SafeString | str:
        """Return when it is worked on."""
        return stamp(notice.due_at)

    def page(self, row: Notice) -> dict[str, Any]:
        """Return one notice with the plans that were made of its record."""
        words = SENTENCES[row.state].format(kind=noun_of(row.kind), attempts=row.attempts)
        plans = PlanRow.objects.filter(pair=row.pair, subject=str(row.key)).order_by("-id")
        return {
            "notice": row,
            "sentence": words,
            "state": chip(STATES[row.state]),
            "record": open_link(
                row.pair, row.key, f"{noun_of(row.kind).capitalize()} {row.remote_id}"
            ),
            "flow": flow_title(row.flow),
            "plans": [
                (plan, chip(PLAN_STATES[plan.state]))
                for plan in plans.defer("picture", "fields")[:10]
            ],
        }
