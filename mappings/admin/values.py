"""The screen of one value table: its rows in the order in which they are tried."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse

from config.admin_base import ModelAdmin
from mappings import choices, drafting, editing, fitting_conditions, words
from mappings.admin import beside, sets, value_lines
from mappings.admin.beside import Asked
from mappings.admin.value_lines import TablePlace
from mappings.checking import MOST_CONDITIONS
from mappings.choices import SalesforceFields, salesforce_fields
from mappings.condition_values import values_of
from mappings.drafted import Drafted
from mappings.forms import ValueForm
from mappings.models import FieldMapping, ValueRow
from mappings.reaching import reaching
from mappings.shipped import shipped_snapshot
from sync.core.flow import Condition, RuleSet, TableRow

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

    def delete_view(
        self, request: HttpRequest, object_id: str, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """Lead to the row in its place: a row goes by the draft alone."""
        return self.change_view(request, object_id)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Return whether the row may go: a shipped one is taken out of use instead."""
        shipped = obj is not None and obj.shipped_as is not None
        return not shipped and super().has_delete_permission(request, obj)

    def table_page(
        self, request: HttpRequest, pair_id: int, flow_key: str, table_name: str
    ) -> HttpResponse:
        """Show the rows; draft a row's values, its place, a new row or its end."""
        pair, flow = sets.find_set(pair_id, flow_key)
        table = words.tables_of(flow).get(table_name)
        if table is None:
            raise Http404("There is no such table.")
        if not self.has_view_permission(request):
            raise PermissionDenied
        at = TablePlace(drafting.draft_of(pair, flow.key), flow, table)
        if request.method == "POST":
            return self._post(request, at)
        return self._page(request, at, *self._opened(request, at))

    def _opened(
        self, request: HttpRequest, at: TablePlace
    ) -> tuple[ValueForm | None, Drafted[ValueRow] | None]:
        """Return the form of the row that the address opens, if this person may use it."""
        if "add" in request.GET and self.has_add_permission(request):
            one: Drafted[ValueRow] | None = at.blank()
        else:
            one = at.row(request.GET.get("row", ""))
            if not self.has_change_permission(request) or (one and one.gone):
                one = None
        return (self._form(at, one), one) if one else (None, None)

    def _post(self, request: HttpRequest, at: TablePlace) -> HttpResponse:
        act, by = request.POST.get("act", ""), request.user.get_username()
        if act in ("add", "try-new"):
            return self._add(request, at, by)
        one = at.row(request.POST.get("row", ""))
        if one is None:
            raise Http404("There is no such row.")
        if act == "delete":
            if not self.has_delete_permission(request, one.row):
                raise PermissionDenied
            return self._draft(request, at, one, None)
        if not self.has_change_permission(request):
            raise PermissionDenied
        if act in ("save", "try"):
            return self._typed(request, at, one)
        if act == "shipped":
            offered = one.row.offered or shipped_snapshot(one.row) or {}
            return self._draft(request, at, one, offered)
        return self._done(request, at, one.key, self._small_act(request, at, one, act))

    def _typed(self, request: HttpRequest, at: TablePlace, one: Drafted[ValueRow]) -> HttpResponse:
        """Draft a row as it was typed, or only show what it would make."""
        form = self._form(at, one, request.POST)
        if not form.is_valid():
            return self._page(request, at, form, one)
        if request.POST.get("act") == "try":
            asked = value_lines.as_typed(at, one, form.values)
            return self._page(request, at, form, one, asked)
        return self._draft(request, at, one, form.values)

    def _small_act(
        self, request: HttpRequest, at: TablePlace, one: Drafted[ValueRow], act: str
    ) -> str:
        by = request.user.get_username()
        if act in STEPS:
            drafting.move_row(at.pair, at.flow.key, one.key, STEPS[act], by)
            return "The draft tries it earlier." if act == "up" else "The draft tries it later."
        if act == "undo":
            return sets.taken_out(request, at.draft, one.place)
        if act != "keep":
            raise Http404("There is nothing of that name to do.")
        editing.keep_own(one.row, by)
        return "Kept, though another row is shipped now."

    def _draft(
        self,
        request: HttpRequest,
        at: TablePlace,
        one: Drafted[ValueRow],
        wanted: dict[str, Any] | None,
    ) -> HttpResponse:
        """Draft the wanted parts of a row, None for its end."""
        whole = {"table": at.table.name, **one.row.snapshot}
        after = None if wanted is None else {**whole, **wanted}
        seen, by = request.POST.get("seen", ""), request.user.get_username()
        try:
            news = drafting.save(at.pair, at.flow.key, one.place, after, seen=seen, by=by)
        except drafting.ChangedMeanwhile as error:
            at = replace(at, draft=drafting.draft_of(at.pair, at.flow.key))
            one = at.row(one.key) or one
            form = self._form(at, one, sets.seen_now(request, error.now))
            now = value_lines.in_a_sentence(at.table, error.now) or "the row is gone"
            form.add_error(None, error.told(now))
            return self._page(request, at, form, one)
        return self._done(request, at, one.key, sets.DRAFTED if news else "")

    def _add(self, request: HttpRequest, at: TablePlace, by: str) -> HttpResponse:
        if not self.has_add_permission(request):
            raise PermissionDenied
        form = self._form(at, at.blank(), request.POST)
        if not form.is_valid():
            return self._page(request, at, form, at.blank())
        if request.POST.get("act") == "try-new":
            asked = value_lines.as_typed(at, at.blank(), form.values)
            return self._page(request, at, form, at.blank(), asked)
        row = {"table": at.table.name, **form.values}
        key = drafting.add_row(at.pair, at.flow.key, row, by)
        return self._done(request, at, key, sets.DRAFTED)

    def _done(self, request: HttpRequest, at: TablePlace, key: str, words: str) -> HttpResponse:
        if words:
            messages.success(request, words)
        at = replace(at, draft=drafting.draft_of(at.pair, at.flow.key))
        for warning in at.warnings():
            messages.warning(request, warning)
        return redirect(f"{at.address}#row-{key}")

    def _form(self, at: TablePlace, one: Drafted[ValueRow], typed: Any = None) -> ValueForm:
        remote = fields_screen().open_remote
        known = salesforce_fields(at.pair, at.flow, remote)
        if typed is not None:
            paths = [typed.get(f"path_{slot}", "").strip() for slot in range(MOST_CONDITIONS)]
            row = TableRow(at.table.name, "", tuple(Condition(path, "is", "") for path in paths))
            known = reaching(at.pair, at.flow, RuleSet((), (row,)), known, remote)
        return ValueForm(one, at.table, at.flow, known, typed, open_remote=remote)

    def _offers(self, at: TablePlace, form: ValueForm, known: SalesforceFields) -> dict[str, Any]:
        """Return the fields to choose from, and the values of those that the form names."""
        remote = fields_screen().open_remote
        found = [
            (slot, path, values_of(at.pair, (at.flow, at.table), path, known, remote))
            for slot, path in form.paths()
        ]
        place = [at.pair.pk, at.flow.key, at.table.name]
        return {
            "offers": fitting_conditions.offered(at.flow, at.table, known),
            "condition_values": [(slot, values) for slot, _, values in found],
            "values_address": reverse("admin:mappings_condition_values", args=place),
        }

    def condition_values(
        self, request: HttpRequest, pair_id: int, flow_key: str, table_name: str
    ) -> HttpResponse:
        """Return as JSON the values of the field that the address names, to choose from."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        pair, flow = sets.find_set(pair_id, flow_key)
        table = words.tables_of(flow).get(table_name)
        if table is None:
            raise Http404("There is no such table.")
        remote = fields_screen().open_remote
        known = salesforce_fields(pair, flow, remote)
        path = request.GET.get("path", "").strip()
        return JsonResponse({"values": values_of(pair, (flow, table), path, known, remote)})

    def _page(
        self,
        request: HttpRequest,
        at: TablePlace,
        form: ValueForm | None,
        one: Drafted[ValueRow] | None,
        asked: Asked | None = None,
    ) -> HttpResponse:
        shared = sets.context(at.draft, at.table.name, fields_screen().open_remote)
        reads = "try" in request.GET
        before = beside.without(at.draft, one.place) if one and one.key and form else None
        asked = asked or Asked(at.draft, at.draft.rules, at.table.name, reads=reads, before=before)
        context = {
            **self.admin_site.each_context(request),
            **shared,
            **(self._offers(at, form, shared["known"]) if form else {}),
            "title": at.table.title,
            "beside": beside.door.tell(request, asked),
            "table": at.table,
            "lines": value_lines.lines(at),
            "warnings": at.warnings()
            + fitting_conditions.unlisted_values(
                at.flow, at.draft.rules, shared["known"], at.table.name
            ),
            "without": shared["tried"].lacks.get(at.table.name, ()) if shared["tried"] else (),
            "conditional": any(row.when for row in at.draft.rules.table(at.table.name)),
            "values": choices.values_of(at.pair, at.table),
            "computed": {name: words.COMPUTED[name] for name in at.table.knows},
            "value_hint": at.table.hint or (SEVERAL if at.table.several else ONE),
            "open": one,
            "form": form,
            "may_add": self.has_add_permission(request),
            "may_change": self.has_change_permission(request),
            "may_delete": super().has_delete_permission(request),
            "may_publish": request.user.has_perm(sets.PUBLISH),
        }
        return render(request, "admin/mappings/table.html", context)


def fields_screen() -> Any:
    """Return the fields' screen, whose doorway to Salesforce the tables use too."""
    return admin.site.get_model_admin(FieldMapping)
