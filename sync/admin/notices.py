"""The notices: the queue of record, for whoever wants to know what waits and why."""

from __future__ import annotations

from django.contrib import admin
from django.utils.safestring import SafeString

from config.admin_base import display
from sync.models import Notice

from .records import Badge, RecordAdmin, chip, system_badge

STATES: dict[str, Badge] = {
    "waiting": ("", "…", "waiting"),
    "claimed": ("", "→", "in work"),
    "done": ("good", "✓", "done"),
    "stuck": ("bad", "✕", "given up"),
}


@admin.register(Notice)
class NoticeAdmin(RecordAdmin):
    """Notices, newest first."""

    list_display = (
        "remote_id",
        "state_shown",
        "system_shown",
        "kind",
        "flow",
        "source",
        "count",
        "attempts",
        "due_at",
        "error",
    )
    list_filter = ("state", "source", "system", "kind", "flow", "pair")
    search_fields = ("remote_id__exact",)
    search_help_text = "A record's id"
    ordering = ("-id",)

    @display(description="State")
    def state_shown(self, notice: Notice) -> SafeString:
        """Return the chip."""
        return chip(STATES[notice.state])

    @display(description="System")
    def system_shown(self, notice: Notice) -> SafeString:
        """Return the system's badge."""
        return system_badge(notice.system)
