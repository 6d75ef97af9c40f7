"""The screen of one flow's fields: what each comes from, how, and who owns it."""

from __future__ import annotations

from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import URLPattern, path

from config.admin_base import ModelAdmin
from connections.live import open_remote as open_live
from connections.models import Pair
from mappings import editing
from mappings.admin import field_lines, sets
from mappings.choices import OpenRemote, salesforce_fields
from mappings.forms import FieldForm
from mappings.models import FieldMapping
from sync.core.flow import Flow


@admin.register(FieldMapping)
class FieldMappingAdmin(ModelAdmin):
    """The list leads to one page a pair and flow, where a row opens in its place."""

    open_remote: OpenRemote = staticmethod(open_live)
    list_select_related = ("pair",)
    export_columns = (
        ("pair", "pair.name"),
        ("flow", "flow"),
        ("becomes", "target"),
        ("Salesforce field", "source"),
        ("how", "transform"),
        ("with", "argument"),
        ("owner", "get_owner_display"),
        ("empty", "get_empty_display"),
        ("in use", "active"),
        ("your own", "is_edited"),
        ("changed by", "changed_by"),
        ("changed (UTC)", "changed_at"),
    )

    def get_urls(self) -> list[URLPattern]:
        """Add the page of a set."""
        page = self.admin_site.admin_view(self.fields_page)
        own = path("of/<int:pair_id>/<slug:flow_key>/", page, name="mappings_fields")
        return [own, *super().get_urls()]

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """Show every pair and flow; lead on where the address names one or there is only one."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        asked = sets.asked_for(request)
        if asked:
            pair, flow = asked
            target = request.GET.get("target", "")
            return redirect(sets.fields_address(pair.pk, flow.key, target))
        context = {
            **self.admin_site.each_context(request),
            "title": "Mappings",
            "sets": sets.every_set(),
        }
        return render(request, "admin/mappings/overview.html", context)

    def change_view(
        self,
        request: HttpRequest,
        object_id: str,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        """Lead to the row in its place."""
        row: FieldMapping | None = self.get_object(request, object_id)
        if row is None:
            raise Http404("There is no such row.")
        address = sets.fields_address(row.pair_id, row.flow)
        return redirect(f"{address}?row={row.pk}#{sets.anchor(row.target)}")

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Return False: the flow says which fields there are."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Return False: a row is taken out of use, not deleted."""
        return False

    def fields_page(self, request: HttpRequest, pair_id: int, flow_key: str) -> HttpResponse:
        """Show the rows; save one row, take it back to what is shipped, or decline an offer."""
        pair, flow = sets.find_set(pair_id, flow_key)
        if not self.has_view_permission(request):
            raise PermissionDenied
        if request.method == "POST":
            return self._post(request, pair, flow)
        row = self._row(pair, flow, request.GET.get("row", ""))
        form = self._form(pair, flow, row) if row and self.has_change_permission(request) else None
        return self._page(request, pair, flow, form, row)

    def _post(self, request: HttpRequest, pair: Pair, flow: Flow) -> HttpResponse:
        if not self.has_change_permission(request):
            raise PermissionDenied
        row, act = self._row(pair, flow, request.POST.get("row", "")), request.POST.get("act")
        if row is None:
            raise Http404("There is no such row.")
        by = request.user.get_username()
        if act == "save":
            form = self._form(pair, flow, row, request.POST)
            if not form.is_valid():
                return self._page(request, pair, flow, form, row)
            try:
                change = editing.save_row(row, form.values, form.cleaned_data["seen"], by)
            except editing.ChangedMeanwhile as error:
                form = self._form(pair, flow, error.row, sets.seen_now(request, error.row))
                form.add_error(None, error.told(field_lines.in_words(error.row, form.shipped)))
                return self._page(request, pair, flow, form, error.row)
        elif act == "shipped":
            change = "Back to the shipped value." if editing.back_to_shipped(row, by) else ""
        else:
            editing.keep_own(row, by)
            change = "Kept, though another value is shipped now."
        return self._done(request, row, change)

    def _done(self, request: HttpRequest, row: FieldMapping, change: str) -> HttpResponse:
        if change:
            self.log_change(request, row, change)
            messages.success(request, "Saved. New plans use it; what is billed stays as it is.")
        return redirect(sets.fields_address(row.pair_id, row.flow, row.target))

    def _row(self, pair: Pair, flow: Flow, pk: str) -> FieldMapping | None:
        if not pk.isdigit():
            return None
        return FieldMapping.objects.filter(pair=pair, flow=flow.key, pk=int(pk)).first()

    def _form(self, pair: Pair, flow: Flow, row: FieldMapping, typed: Any = None) -> FieldForm:
        known = salesforce_fields(pair, flow, self.open_remote)
        shipped = next(rule for rule in flow.fields if rule.target == row.target)
        return FieldForm(row, shipped, known, typed)

    def _page(
        self,
        request: HttpRequest,
        pair: Pair,
        flow: Flow,
        form: FieldForm | None,
        row: FieldMapping | None,
    ) -> HttpResponse:
        shared = sets.context(pair, flow, "", self.open_remote)
        context = {
            **self.admin_site.each_context(request),
            **shared,
            "title": flow.title,
            "parts": field_lines.parts(pair, flow, shared["known"]),
            "open": row,
            "form": form,
            "may_change": self.has_change_permission(request),
        }
        return render(request, "admin/mappings/fields.html", context)
