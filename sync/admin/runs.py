"""The runs: one line a batch, with what it planned, wrote and cost."""

from __future__ import annotations

from django.contrib import admin
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString

from config.admin_base import TabularInline, display
from sync.models import PlanRow, Run

from .plans import STATES
from .records import RecordAdmin, chip, money


class PlanInline(TabularInline):
    """The plans of a run."""

    model = PlanRow
    fields = ("plan_link", "action", "money_shown", "state_shown", "reason")
    readonly_fields = fields
    extra = 0
    max_num = 0
    can_delete = False
    per_page = 50

    def has_change_permission(self, request: HttpRequest, obj: object = None) -> bool:
        """Nobody changes a plan."""
        return False

    @display(description="Deal")
    def plan_link(self, row: PlanRow) -> SafeString:
        """Return a link to the plan."""
        url = reverse("admin:sync_planrow_change", args=[row.pk])
        return format_html('<a href="{}">{}</a>', url, row.subject_name or row.subject)

    @display(description="Before tax")
    def money_shown(self, row: PlanRow) -> SafeString | str:
        """Return the amount."""
        return money(row.amount, row.currency)

    @display(description="State")
    def state_shown(self, row: PlanRow) -> SafeString:
        """Return the chip."""
        return chip(STATES[row.state])


@admin.register(Run)
class RunAdmin(RecordAdmin):
    """Runs, newest first."""

    list_display = (
        "name",
        "result",
        "flow",
        "pair",
        "notices",
        "written",
        "calls",
        "took",
        "asked_by",
        "started_at",
    )
    list_filter = ("mode", "flow", "pair")
    list_select_related = ("pair",)
    search_fields = ("=id", "asked_by__startswith")
    search_help_text = "A run's number, or who started it"
    ordering = ("-id",)
    inlines = (PlanInline,)
    fieldsets = (
        (None, {"fields": ("result", "error", "pair", "flow", "asked_by", "started_at", "took")}),
        ("Plans", {"fields": (("creates", "updates", "nothings", "questions"),)}),
        ("Writes", {"fields": (("confirmed", "refused", "in_doubt"),)}),
        ("Cost", {"fields": (("notices", "calls_salesforce", "calls_xero"),)}),
    )
    readonly_fields = ("result", "took")

    @display(description="Run")
    def name(self, run: Run) -> str:
        """Return its number."""
        return f"Run {run.pk}"

    @display(description="Result")
    def result(self, run: Run) -> SafeString:
        """Return in a chip how it ended."""
        if run.error:
            return chip(("bad", "✕", "stopped"))
        if run.finished_at is None:
            return chip(("", "…", "going on"))
        if run.mode == "shadow":
            return chip(("", "◐", "shadow"))
        if run.refused or run.in_doubt:
            return chip(("warn", "!", "look"))
        return chip(("good", "✓", "done"))

    @display(description="Written")
    def written(self, run: Run) -> str:
        """Return the writes in words."""
        parts = [f"{run.confirmed} confirmed"] if run.confirmed else []
        parts += [f"{run.refused} refused"] if run.refused else []
        parts += [f"{run.in_doubt} in doubt"] if run.in_doubt else []
        return ", ".join(parts) or "nothing"

    @display(description="Calls")
    def calls(self, run: Run) -> str:
        """Return the calls it made."""
        return f"{run.calls_salesforce} Salesforce, {run.calls_xero} Xero"

    @display(description="Took")
    def took(self, run: Run) -> str:
        """Return its duration."""
        return "–" if run.seconds is None else f"{run.seconds:.1f} s"
