"""The writes: each intended remote change with every attempt and its answer."""

from __future__ import annotations

import simplejson
from django.contrib import admin
from django.http import HttpRequest
from django.utils.html import format_html
from django.utils.safestring import SafeString

from config.admin_base import TabularInline, display
from config.redaction import redact_text
from sync.core import snapshots
from sync.core.records import Key, System
from sync.models import Attempt, Write

from .records import WRITE_STATES, RecordAdmin, chip, open_link, system_badge


class AttemptInline(TabularInline):
    """Every attempt of a write."""

    model = Attempt
    fields = ("when", "outcome", "status", "words", "idempotency_key", "correlation_id")
    readonly_fields = fields
    extra = 0
    max_num = 0
    can_delete = False

    def has_change_permission(self, request: HttpRequest, obj: object = None) -> bool:
        """Nobody changes an attempt."""
        return False

    @display(description="Sent at")
    def when(self, attempt: Attempt) -> str:
        """Return when its call went out."""
        return f"{attempt.sent.sent_at:%-d %b %Y %H:%M:%S}"

    @display(description="Answer")
    def outcome(self, attempt: Attempt) -> SafeString:
        """Return what is known of it."""
        if attempt.done:
            return chip(("good", "✓", "written"))
        if attempt.done is False:
            return chip(("bad", "✕", "refused"))
        known = {"not_done": ("", "−", "surely not written"), "unknown": ("bad", "?", "lost")}
        return chip(known.get(attempt.sent.outcome, ("", "…", "no answer yet")))

    @display(description="The system's own words")
    def words(self, attempt: Attempt) -> str:
        """Return the messages and warnings, without secrets."""
        parts = [attempt.message or attempt.sent.message, *attempt.warnings]
        return redact_text(" ".join(part for part in parts if part)) or "–"

    @display(description="Idempotency key")
    def idempotency_key(self, attempt: Attempt) -> str:
        """Return the key of its call."""
        return attempt.sent.idempotency_key


@admin.register(Write)
class WriteAdmin(RecordAdmin):
    """Writes, newest first."""

    list_display = ("name", "state_shown", "system_shown", "marker", "pair", "made_at", "sent_at")
    list_filter = ("state", "system", "kind", "verb", "flow", "pair")
    list_select_related = ("pair",)
    search_fields = ("remote_id__exact", "subject__endswith", "marker__exact")
    search_help_text = "A Xero or Salesforce id"
    ordering = ("-id",)
    inlines = (AttemptInline,)
    readonly_fields = ("state_shown", "goes_to", "body_shown")
    fieldsets = (
        (
            None,
            {
                "fields": (
                    "state_shown",
                    "error",
                    "goes_to",
                    "verb",
                    "kind",
                    "subject",
                    "about",
                    "marker",
                    "key",
                    "generation",
                    "made_at",
                    "sent_at",
                    "settled_at",
                    "plan",
                )
            },
        ),
        ("What was sent", {"fields": ("body_shown",)}),
    )

    @display(description="Write")
    def name(self, write: Write) -> str:
        """Return what it does."""
        return str(write)

    @display(description="State")
    def state_shown(self, write: Write) -> SafeString:
        """Return the chip."""
        return chip(WRITE_STATES[write.state])

    @display(description="System")
    def system_shown(self, write: Write) -> SafeString:
        """Return the system's badge."""
        return system_badge(write.system)

    @display(description="Record")
    def goes_to(self, write: Write) -> SafeString | str:
        """Return a link to the record it made or changes."""
        remote_id = write.remote_id or write.target_id
        if not remote_id:
            return system_badge(write.system)
        key = Key(System(write.system), write.kind, remote_id)
        return open_link(write.pair, key, f"{write.kind} {remote_id}")

    @display(description="Body")
    def body_shown(self, write: Write) -> SafeString:
        """Return the body in the remote's own words, without secrets."""
        body = snapshots.load(write.body)
        text = simplejson.dumps(body, indent=2, use_decimal=True, default=str, ensure_ascii=False)
        return format_html('<div class="cp"><pre>{}</pre></div>', text)
