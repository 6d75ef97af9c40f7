"""The runs: one line a batch, with what it planned, wrote and cost."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.utils.safestring import SafeString

from config.admin_base import display
from sync.models import Run

from .filters import OrganisationFilter
from .plans import SIGNS, STATES
from .records import (
    FlowFilter,
    RecordAdmin,
    chip,
    flow_title,
    money,
    stamp,
    system_badge,
    together,
)

MOST = 500


@admin.register(Run)
class RunAdmin(RecordAdmin):
    """Runs, newest first."""

    lead = "Each batch of notices that was worked off: what it planned, wrote and cost in calls."
    page_template = "admin/sync/run.html"
    list_display = ("name", "result", "asked", "written", "calls", "took", "started", "pair")
    list_filter = ("mode", FlowFilter, OrganisationFilter)
    list_select_related = ("pair",)
    search_fields = ("=id", "asked_by__startswith")
    search_help_text = "A run's number, or who started it"
    ordering = ("-id",)
    export_columns = (
        ("run", "pk"),
        ("flow", lambda run: flow_title(run.flow)),
        ("pair", "pair.name"),
        ("mode", "get_mode_display"),
        ("asked by", "asked_by"),
        ("started (UTC)", "started_at"),
        ("finished (UTC)", "finished_at"),
        ("notices", "notices"),
        ("to create", "creates"),
        ("to change", "updates"),
        ("nothing to do", "nothings"),
        ("asked about", "questions"),
        ("confirmed", "confirmed"),
        ("refused", "refused"),
        ("in doubt", "in_doubt"),
        ("Salesforce calls", "calls_salesforce"),
        ("Xero calls", "calls_xero"),
        ("error", "error"),
    )

    @display(description="Run")
    def name(self, run: Run) -> SafeString:
        """Return its number."""
        return together(f"Run {run.pk}")

    @display(description="Result")
    def result(self, run: Run) -> SafeString:
        """Return in a chip how it ended."""
        return _result(run)

    @display(description="Notices")
    def asked(self, run: Run) -> str:
        """Return how many notices it carried."""
        return f"{run.notices:,}"

    @display(description="Written")
    def written(self, run: Run) -> SafeString:
        """Return the writes in words."""
        return together(_written(run))

    @display(description="Calls")
    def calls(self, run: Run) -> SafeString:
        """Return the calls it made."""
        return together(f"{run.calls_salesforce} Salesforce, {run.calls_xero} Xero")

    @display(description="Took")
    def took(self, run: Run) -> SafeString:
        """Return its duration."""
        return together(_took(run))

    @display(description="Started", ordering="-id")
    def started(self, run: Run) -> SafeString | str:
        """Return when it began."""
        return stamp(run.started_at)

    def page(self, row: Run) -> dict[str, Any]:
        """Return one run with its plans."""
        plans = row.plans.defer("picture", "fields", "checks").order_by("-id")[:MOST]
        return {
            "run": row,
            "sentence": _sentence(row),
            "result": _result(row),
            "flow": flow_title(row.flow),
            "took": _took(row),
            "salesforce": system_badge("salesforce"),
            "xero": system_badge("xero"),
            "plans": [
                (
                    plan,
                    chip(STATES[plan.state]),
                    SIGNS[plan.action],
                    money(plan.amount, plan.currency),
                )
                for plan in plans
            ],
            "counts": [
                ("To create", row.creates),
                ("To change", row.updates),
                ("Nothing to do", row.nothings),
                ("Asked about", row.questions),
                ("Confirmed writes", row.confirmed),
                ("Refused writes", row.refused),
                ("Writes in doubt", row.in_doubt),
            ],
        }


def _result(run: Run) -> SafeString:
    if run.error:
        return chip(("bad", "✕", "stopped"))
    if run.finished_at is None:
        return chip(("", "…", "going on"))
    if run.mode == "shadow":
        return chip(("", "◐", "shadow"))
    if run.refused or run.in_doubt:
        return chip(("warn", "!", "look"))
    return chip(("good", "✓", "done"))


def _written(run: Run) -> str:
    parts = [f"{run.confirmed:,} confirmed"] if run.confirmed else []
    parts += [f"{run.refused:,} refused"] if run.refused else []
    parts += [f"{run.in_doubt:,} in doubt"] if run.in_doubt else []
    return ", ".join(parts) or "nothing"


def _took(run: Run) -> str:
    return "–" if run.seconds is None else f"{run.seconds:.1f} s"


def _sentence(run: Run) -> str:
    """Return in one sentence what came of a run."""
    notices = "one notice" if run.notices == 1 else f"{run.notices:,} notices"
    if run.error:
        return f"Run {run.pk} stopped; what it left is worked off by another"
    if run.mode == "shadow":
        return f"Run {run.pk} looked at {notices} in shadow and wrote nothing"
    asked = f", and asked about {run.questions:,}" if run.questions else ""
    done = f"{_written(run)} written" if _written(run) == "nothing" else _written(run)
    return f"Run {run.pk} worked off {notices}: {done}{asked}"
