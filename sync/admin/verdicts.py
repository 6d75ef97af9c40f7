"""The verdicts: which records people have told apart, and taking one back."""

from __future__ import annotations

from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import URLPattern, path, reverse
from django.utils.safestring import SafeString

from config.admin_base import display
from sync.core.records import Key
from sync.engine import retracting
from sync.models import Verdict

from .filters import OrganisationFilter
from .records import Badge, RecordAdmin, addresses, chip, stamp, system_badge

MAY = "sync.decide_reviewitem"
KINDS: dict[str, Badge] = {
    "different": ("", "≠", "not the same"),
    "branch": ("", "⊂", "parent and branch"),
}


@admin.register(Verdict)
class VerdictAdmin(RecordAdmin):
    """Verdicts, newest first; whoever decides may take one back."""

    lead = "Records that people have told apart. They are never linked and never asked about again."
    page_template = "admin/sync/match/verdict.html"
    list_display = ("names_shown", "kind_shown", "by", "since", "pair")
    list_filter = ("kind", OrganisationFilter)
    list_select_related = ("pair",)
    search_fields = ("names__icontains", "by__exact")
    search_help_text = "A part of either name, or who said it"
    ordering = ("-id",)
    export_columns = (
        ("records", "names"),
        ("they are", "get_kind_display"),
        ("one", "one"),
        ("other", "other"),
        ("note", "note"),
        ("pair", "pair.name"),
        ("said by", "by"),
        ("said (UTC)", "at"),
    )

    def get_urls(self) -> list[URLPattern]:
        """Add taking back."""
        view = self.admin_site.admin_view(self.take_back)
        return [path("<int:pk>/back/", view, name="verdict_take_back"), *super().get_urls()]

    def page(self, row: Verdict) -> dict[str, Any]:
        """Return one verdict with both records' places."""
        to, keys = addresses(row.pair), [Key.parse(row.one), Key.parse(row.other)]
        return {
            "verdict": row,
            "kind": chip(KINDS[row.kind]),
            "records": [(system_badge(key.system), key, to(key)) for key in keys],
        }

    def take_back(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Forget what was said; both records may be asked about anew."""
        if request.method != "POST" or not request.user.has_perm(MAY):
            raise PermissionDenied
        verdict = Verdict.objects.select_related("pair").filter(pk=pk).first()
        if verdict is None:
            raise Http404
        self.log_change(request, verdict, f"Taken back: {verdict}")
        retracting.forget(verdict)
        messages.success(request, "Taken back. The two may be suggested for each other again.")
        return HttpResponseRedirect(reverse("admin:sync_verdict_changelist"))

    @display(description="Records")
    def names_shown(self, verdict: Verdict) -> str:
        """Return what they were called."""
        return verdict.names or f"{verdict.one}, {verdict.other}"

    @display(description="They are", ordering="kind")
    def kind_shown(self, verdict: Verdict) -> SafeString:
        """Return the chip."""
        return chip(KINDS[verdict.kind])

    @display(description="Said", ordering="-id")
    def since(self, verdict: Verdict) -> SafeString | str:
        """Return when."""
        return stamp(verdict.at)
