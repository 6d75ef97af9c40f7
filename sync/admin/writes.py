"""The writes: each intended remote change with every attempt and its answer."""

from __future__ import annotations

from typing import Any

import simplejson
from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.safestring import SafeString

from config.admin_base import display
from config.redaction import redact_text
from config.template_words import noun_of
from sync.core import snapshots
from sync.core.records import Key, System
from sync.models import Attempt, Write

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
    open_link,
    stamp,
    system_badge,
    together,
)
from .told_values import currency_of, name_of, told

SENTENCES = {
    "intended": "This {kind} waits to be sent to {system}",
    "sending": "This {kind} is being sent to {system}",
    "in_doubt": "We do not know yet whether {system} made this change: its answer was lost",
    "confirmed": "{system} confirmed it: this {kind} was {done}",
    "adopted": "This {kind} was found in {system} already: linked, not made again",
    "refused": "{system} refused this {kind}",
    "withdrawn": "This write was withdrawn and planned again",
}
OUTCOMES: dict[str, Badge] = {
    "not_done": ("", "−", "surely not written"),
    "unknown": ("bad", "?", "lost"),
}


@admin.register(Write)
class WriteAdmin(RecordAdmin):
    """Writes, newest first."""

    lead = "Every change sent to Salesforce or Xero: saved before it is sent, with every answer."
    page_template = "admin/sync/write.html"
    list_display = ("name", "state_shown", "system_shown", "deal", "sent", "pair")
    list_filter = ("state", "system", "kind", "verb", FlowFilter, OrganisationFilter)
    list_select_related = ("pair", "plan")
    search_fields = ("remote_id__exact", "subject__endswith", "marker__exact")
    search_help_text = "A Xero or Salesforce id"
    ordering = ("-id",)
    export_columns = (
        ("write", "pk"),
        ("verb", "get_verb_display"),
        ("kind", "kind"),
        ("system", "get_system_display"),
        ("state", "get_state_display"),
        ("for", lambda write: write.plan.subject_name if write.plan else ""),
        ("subject", "subject"),
        ("remote id", "remote_id"),
        ("amount", lambda write: figure_of(write.plan) if write.plan else None),
        ("currency", lambda write: write.plan.currency if write.plan else ""),
        ("flow", lambda write: flow_title(write.flow)),
        ("pair", "pair.name"),
        ("made (UTC)", "made_at"),
        ("sent (UTC)", "sent_at"),
        ("settled (UTC)", "settled_at"),
        ("marker", "marker"),
        ("error", lambda write: redact_text(write.error)),
    )

    def get_queryset(self, request: HttpRequest) -> QuerySet[Write]:
        """Return the writes without their bodies."""
        rows: QuerySet[Write] = super().get_queryset(request)
        return rows.defer("body", "shared", "before", "plan__picture", "plan__fields")

    @display(description="Write")
    def name(self, write: Write) -> SafeString:
        """Return what it does."""
        return together(f"{write.get_verb_display()} {noun_of(write.kind)}")

    @display(description="State")
    def state_shown(self, write: Write) -> SafeString:
        """Return the chip."""
        return chip(WRITE_STATES[write.state])

    @display(description="System")
    def system_shown(self, write: Write) -> SafeString:
        """Return the system's badge."""
        return system_badge(write.system)

    @display(description="For")
    def deal(self, write: Write) -> str:
        """Return the name of the record that asked for it."""
        return write.plan.subject_name if write.plan else Key.parse(write.subject).id

    @display(description="Sent", ordering="sent_at")
    def sent(self, write: Write) -> SafeString | str:
        """Return when it went out last."""
        return stamp(write.sent_at)

    def page(self, row: Write) -> dict[str, Any]:
        """Return one write: where it went, its fields, its attempts and its very body."""
        remote_id, to = row.remote_id or row.target_id, addresses(row.pair)
        key = Key(System(row.system), row.kind, remote_id) if remote_id else None
        subject = Key.parse(row.subject)
        attempts = row.attempts.select_related("sent").order_by("id")
        return {
            "write": row,
            "crumb": f"{row.get_verb_display()} {noun_of(row.kind)}",
            "sentence": _sentence(row),
            "state": chip(WRITE_STATES[row.state]),
            "record": open_link(row.pair, key, f"{noun_of(row.kind).capitalize()} {remote_id}")
            if key
            else "",
            "subject_id": subject.id,
            "subject_kind": subject.kind,
            "subject_address": to(subject),
            "flow": flow_title(row.flow),
            "fields": _fields(row),
            "attempts": [(attempt, _outcome(attempt), _words(attempt)) for attempt in attempts],
            "body": _body(row),
        }


def _sentence(write: Write) -> str:
    done = "made" if write.verb == "create" else "changed"
    system = System(write.system).label
    return SENTENCES[write.state].format(kind=noun_of(write.kind), system=system, done=done)


def _fields(write: Write) -> list[tuple[str, str, str]]:
    """Return each written field with its value before and after, as people read them."""
    before, after = snapshots.load(write.before), snapshots.load(write.shared)
    currency = currency_of(after, write.plan.currency if write.plan else "")
    return [
        (
            name_of(write.flow, name),
            told(name, before.get(name), currency),
            told(name, value, currency),
        )
        for name, value in after.items()
        if value not in (None, "", []) and not name.startswith("_")
    ]


def _outcome(attempt: Attempt) -> SafeString:
    """Return what is known of an attempt."""
    if attempt.done:
        return chip(("good", "✓", "written"))
    if attempt.done is False:
        return chip(("bad", "✕", "refused"))
    return chip(OUTCOMES.get(attempt.sent.outcome, ("", "…", "no answer yet")))


def _words(attempt: Attempt) -> str:
    """Return the system's own messages and warnings, without secrets."""
    parts = [attempt.message or attempt.sent.message, *attempt.warnings]
    return redact_text(" ".join(part for part in parts if part))


def _body(write: Write) -> str:
    """Return the body in the remote's own words."""
    body = snapshots.load(write.body)
    return simplejson.dumps(body, indent=2, use_decimal=True, default=str, ensure_ascii=False)
