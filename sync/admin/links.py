"""The links: which records are the same thing, since when and why."""

from __future__ import annotations

from django.contrib import admin
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from config.admin_base import display
from sync.core.doubts import show
from sync.models import Link

from .records import Badge, RecordAdmin, chip, open_link

ORIGINS: dict[str, Badge] = {
    "created": ("good", "+", "created"),
    "found": ("", "=", "found"),
    "person": ("", "☺", "decided"),
}


@admin.register(Link)
class LinkAdmin(RecordAdmin):
    """Links, newest first."""

    list_display = ("name", "origin_shown", "salesforce_kind", "xero_kind", "pair", "made_at")
    list_filter = ("origin", "salesforce_kind", "xero_kind", "pair")
    list_select_related = ("pair",)
    search_fields = ("label__startswith", "salesforce_id__exact", "xero_id__exact")
    search_help_text = "The beginning of the name or number, or an id of either system"
    ordering = ("-id",)
    fields = (
        "origin_shown",
        "salesforce_record",
        "xero_record",
        "why",
        "pair",
        "flow",
        "generation",
        "made_at",
        "changed_at",
        "agreed_shown",
    )
    readonly_fields = ("origin_shown", "salesforce_record", "xero_record", "why", "agreed_shown")

    @display(description="Link")
    def name(self, link: Link) -> str:
        """Return its name."""
        return str(link)

    @display(description="How it came about")
    def origin_shown(self, link: Link) -> SafeString:
        """Return the chip."""
        return chip(ORIGINS[link.origin])

    @display(description="In Salesforce")
    def salesforce_record(self, link: Link) -> SafeString:
        """Return a link to the record."""
        label = f"{link.salesforce_kind} {link.salesforce_id}"
        return open_link(link.pair, link.salesforce_key, label)

    @display(description="In Xero")
    def xero_record(self, link: Link) -> SafeString:
        """Return a link to the record."""
        return open_link(link.pair, link.xero_key, f"{link.xero_kind} {link.label or link.xero_id}")

    @display(description="Why")
    def why(self, link: Link) -> str:
        """Return the reasons in words."""
        return "; ".join(link.reasons) or "–"

    @display(description="Agreed values")
    def agreed_shown(self, link: Link) -> SafeString | str:
        """Return each field's agreed value; one that was let differ shows both."""
        rows = [
            (
                name.replace("_", " "),
                show(common.salesforce),
                show(common.xero) if common.apart else "=",
            )
            for name, common in link.agreed_values.items()
        ]
        if not rows:
            return "–"
        head = "<tr><th>Field</th><th>Salesforce</th><th>Xero</th></tr>"
        body = format_html_join("", "<tr><th>{}</th><td>{}</td><td>{}</td></tr>", rows)
        return format_html(
            '<div class="cp"><table class="tight"><thead>{}</thead><tbody>{}</tbody></table></div>',
            SafeString(head),
            body,
        )
