"""The links: which records are the same thing, since when and why."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.utils.safestring import SafeString

from config.admin_base import display
from sync.core.doubts import show
from sync.models import Link, Write

from .desk import mark_differences
from .records import (
    WRITE_STATES,
    Badge,
    RecordAdmin,
    addresses,
    chip,
    flow_title,
    stamp,
    system_badge,
    together,
)

ORIGINS: dict[str, Badge] = {
    "created": ("good", "+", "created"),
    "found": ("", "=", "found"),
    "person": ("", "☺", "decided"),
}


@admin.register(Link)
class LinkAdmin(RecordAdmin):
    """Links, newest first."""

    lead = "Which record in Salesforce and which in Xero are the same thing, and why."
    page_template = "admin/sync/link.html"
    list_display = ("name", "origin_shown", "kinds", "made", "pair")
    list_filter = ("origin", "salesforce_kind", "xero_kind", "pair")
    list_select_related = ("pair",)
    search_fields = ("label__startswith", "salesforce_id__exact", "xero_id__exact")
    search_help_text = "The beginning of the name or number, or an id of either system"
    ordering = ("-id",)

    @display(description="Link")
    def name(self, link: Link) -> str:
        """Return its name."""
        return str(link)

    @display(description="How it came about")
    def origin_shown(self, link: Link) -> SafeString:
        """Return the chip."""
        return chip(ORIGINS[link.origin])

    @display(description="Links")
    def kinds(self, link: Link) -> SafeString:
        """Return the kinds on both sides."""
        return together(f"{link.salesforce_kind} = {link.xero_kind}")

    @display(description="Since", ordering="-id")
    def made(self, link: Link) -> SafeString | str:
        """Return since when."""
        return stamp(link.made_at)

    def page(self, row: Link) -> dict[str, Any]:
        """Return one link: both records, the reasons, the agreed values and the writes."""
        to = addresses(row.pair)
        writes = Write.objects.filter(pair=row.pair, subject=str(row.salesforce_key))
        agreed = [_agreed(name, common) for name, common in row.agreed_values.items()]
        return {
            "link": row,
            "origin": chip(ORIGINS[row.origin]),
            "flow": flow_title(row.flow),
            "salesforce": system_badge("salesforce"),
            "xero": system_badge("xero"),
            "salesforce_address": to(row.salesforce_key),
            "xero_address": to(row.xero_key),
            "apart": [line for line in agreed if line[1]],
            "same": [line for line in agreed if not line[1]],
            "writes": [
                (write, chip(WRITE_STATES[write.state]), system_badge(write.system))
                for write in writes.order_by("-id")[:20]
            ],
        }


def _agreed(name: str, common: Any) -> tuple[str, bool, Any, Any]:
    """Return a field's name, whether both sides differ by agreement, and both values."""
    ours, theirs = (show(value).strip("“”") for value in (common.salesforce, common.xero))
    words = name.replace("_", " ").capitalize()
    if common.apart:
        return (words, True, *mark_differences(ours, theirs))
    return (words, False, ours, theirs)
