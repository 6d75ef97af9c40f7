"""The screen of one value table: its rows in the order in which they are tried."""

from __future__ import annotations

from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import URLPattern, path

from config.admin_base import ModelAdmin
from mappings import editing, words
from mappings.admin import sets, value_lines
from mappings.admin.value_lines import TablePlace
from mappings.choices import salesforce_fields, values_of
from mappings.forms import ValueForm
from mappings.models import FieldMapping, ValueRow

ONE = "Choose from the list, or “ask” to be asked each time."
SEVERAL = "One or several with commas between, tried in order; “ask” to be asked each time."
STEPS = {"up": -1, "down": 1}


@admin.register(ValueRow)
class ValueRowAdmin(ModelAdmin):
    """A table's page is reached from its mapping; a row opens in its place."""

    list_select_related = ("pair",)
    export_columns = (
        ("pair", "pair.name"),
        ("flow", "flow"),
        ("table", "table"),
        ("place", "position"),
        ("what it is for", "name"),
        ("when", lambda row: " and ".join(" ".join(c.values()) for c in row.conditions)),
        ("gives", "value"),
        ("in use", "active"),
        ("your own", "is_edited"),
        ("changed by", "changed_by"),
        ("changed (UTC)", "changed_at"),
    )

    def get_urls(self) -> list[URLPattern]:
        """Add the page of a table."""
        page = self.admin_site.admin_view(self.table_page)
        address = "of/<int:pair_id>/<slug:flow_key>/<slug:table_name>/"
        return [path(address, page, name="mappings_table"), *super().get_urls()]

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """Lead to the table that the address names, else to the list of mappings."""
        asked, table = sets.asked_for(request), request.GET.get("table", "")
        if asked is None:
            return redirect("admin:mappings_fieldmapping_changelist")
        pair, flow = asked
        tables = list(words.tables_of(flow))
        name = table if table in tables else next(iter(tables), "")
        address = sets.table_address if name else sets.fields_address
        return redirect(address(pair.pk, flow.key, name))

    def change_view(
        self,
        request: HttpRequest,
        object_id: str,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        """Lead to the row in its place."""
        row: ValueRow | None = self.get_object(request, object_id)
        if row is None:
            raise Http404("There is no such row.")
        address = sets.table_address(row.pair_id, row.flow, row.table)
        return redirect(f"{address}?row={row.pk}#row-{row.pk}")

    def add_view(
        self,
        request: HttpRequest,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        """Lead to the list of mappings: a row is added in its table."""
        return redirect("admin:mappings_fieldmapping_changelist")

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Return whether the row may go: a shipped one is taken out of use instead."""
        shipped = obj is not None and obj.shipped_as is not None
        return not shipped and super().has_delete_permission(request, obj)

    def table_page(
        self, request: HttpRequest, pair_id: int, flow_key: str, table_name: str
    ) -> HttpResponse:
        """Show the rows; save, move, add or delete one."""
        pair, flow = sets.find_set(pair_id, flow_key)
        table = words.tables_of(flow).get(table_name)
        if table is None:
            raise Http404("There is no such table.")
        if not self.has_view_permission(request):
            raise PermissionDenied
        at = TablePlace(pair, flow, table)
        if request.method == "POST":
            return self._post(request, at)
        return self._page(request, at, *self._opened(request, at))

    def _opened(
        self, request: HttpRequest, at: TablePlace
    ) -> tuple[ValueForm | None, ValueRow | None]:
        """Return the form of the row that the address opens, if this person may use it."""
        if "add" in request.GET and self.has_add_permission(request):
            row: ValueRow | None = at.new_row()
        else:
            row = at.row(request.GET.get("row", ""))
            if not self.has_change_permission(request):
                row = None
        return (self._form(at, row), row) if row else (None, None)

    def _post(self, request: HttpRequest, at: TablePlace) -> HttpResponse:
        act, by = request.POST.get("act", ""), request.user.get_username()
        if act == "add":
            return self._add(request, at, by)
        row = at.row(request.POST.get("row", ""))
        if row is None:
            raise Http404("There is no such row.")
        if act == "delete":
            return self._delete(request, at, row)
        if not self.has_change_permission(request):
            raise PermissionDenied
        if act == "save":
            return self._save(request, at, row, by)
        return self._done(request, at, row, self._small_act(row, act, by))

    def _small_act(self, row: ValueRow, act: str, by: str) -> str:
        if act in STEPS:
            editing.move_value_row(row, STEPS[act], by)
            return "Tried earlier." if act == "up" else "Tried later."
        if act == "shipped":
            return "Back to the shipped row." if editing.back_to_shipped(row, by) else ""
        editing.keep_own(row, by)
        return "Kept, though another row is shipped now."

    def _save(self, request: HttpRequest, at: TablePlace, row: ValueRow, by: str) -> HttpResponse:
        form = self._form(at, row, request.POST)
        if not form.is_valid():
            return self._page(request, at, form, row)
        try:
            change = editing.save_row(row, form.values, form.cleaned_data["seen"], by)
        except editing.ChangedMeanwhile as error:
            form = self._form(at, error.row, sets.seen_now(request, error.row))
            form.add_error(None, error.told(value_lines.sentence(at, error.row)))
            return self._page(request, at, form, error.row)
        return self._done(request, at, row, change)

    def _add(self, request: HttpRequest, at: TablePlace, by: str) -> HttpResponse:
        if not self.has_add_permission(request):
            raise PermissionDenied
        row = at.new_row()
        form = self._form(at, row, request.POST)
        if not form.is_valid():
            return self._page(request, at, form, row)
        for name, value in form.values.items():
            setattr(row, name, value)
        row.changed_by = by
        editing.add_value_row(row)
        self.log_addition(request, row, "Added.")
        return self._done(request, at, row, "")

    def _delete(self, request: HttpRequest, at: TablePlace, row: ValueRow) -> HttpResponse:
        if not self.has_delete_permission(request, row):
            raise PermissionDenied
        self.log_change(request, row, f"Deleted: {value_lines.sentence(at, row)}")
        row.delete()
        messages.success(request, "The row is gone.")
        return redirect(at.address)

    def _done(
        self, request: HttpRequest, at: TablePlace, row: ValueRow, change: str
    ) -> HttpResponse:
        if change:
            self.log_change(request, row, change)
        messages.success(request, "Saved. New plans use it; what is billed stays as it is.")
        for warning in at.warnings():
            messages.warning(request, warning)
        return redirect(f"{at.address}#row-{row.pk}")

    def _form(self, at: TablePlace, row: ValueRow, typed: Any = None) -> ValueForm:
        known = salesforce_fields(at.pair, at.flow, fields_screen().open_remote)
        return ValueForm(row, at.table, at.flow, known, typed)

    def _page(
        self, request: HttpRequest, at: TablePlace, form: ValueForm | None, row: ValueRow | None
    ) -> HttpResponse:
        shared = sets.context(at.pair, at.flow, at.table.name, fields_screen().open_remote)
        lines = value_lines.lines(at)
        context = {
            **self.admin_site.each_context(request),
            **shared,
            "title": at.table.title,
            "table": at.table,
            "lines": lines,
            "warnings": at.warnings(),
            "values": values_of(at.pair, at.table),
            "computed": words.COMPUTED,
            "value_hint": at.table.hint or (SEVERAL if at.table.several else ONE),
            "open": row,
            "form": form,
            "may_add": self.has_add_permission(request),
            "may_change": self.has_change_permission(request),
            "may_delete": super().has_delete_permission(request),
        }
        return render(request, "admin/mappings/table.html", context)


def fields_screen() -> Any:
    """Return the fields' screen, whose doorway to Salesforce the tables use too."""
    return admin.site.get_model_admin(FieldMapping)
