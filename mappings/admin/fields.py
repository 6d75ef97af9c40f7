"""The screen of one flow's fields: what each comes from, how, and who owns it."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import URLPattern, path

from config.admin_base import ModelAdmin
from connections.live import open_remote as open_live
from mappings import drafted, drafting, editing
from mappings.admin import beside, field_lines, sets
from mappings.admin.beside import Asked
from mappings.admin.draft_page import DraftPage
from mappings.admin.exchange_page import ExchangePage
from mappings.admin.version_pages import VersionPages
from mappings.choices import (
    OpenRemote,
    SalesforceFields,
    kind_of,
    offers,
    salesforce_fields,
    samples,
)
from mappings.content import Difference
from mappings.drafted import Drafted
from mappings.drafting import Draft
from mappings.forms import FieldForm
from mappings.models import FieldMapping, ValueRow
from mappings.reaching import reaching
from mappings.shipped import shipped_snapshot
from sync.core.flow import Flow, RuleSet
from sync.flows.registry import every_flow
from sync.flows.shapes.takes import TAKES


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
        here, view = "of/<int:pair_id>/<slug:flow_key>/", self.admin_site.admin_view
        draft, versions, exchange = DraftPage(self), VersionPages(self), ExchangePage(self)
        return [
            path(here, view(self.fields_page), name="mappings_fields"),
            path(f"{here}table/<slug:table_name>/", view(self._table), name="mappings_table"),
            path(
                f"{here}table/<slug:table_name>/values/",
                view(self._condition_values),
                name="mappings_condition_values",
            ),
            path(f"{here}draft/", view(draft.page), name="mappings_draft"),
            path(f"{here}exchange/", view(exchange.page), name="mappings_exchange"),
            path(f"{here}sheet.<slug:kind>", view(exchange.export), name="mappings_sheet"),
            path(f"{here}versions/", view(versions.list_page), name="mappings_versions"),
            path(f"{here}versions/<int:number>/", view(versions.page), name="mappings_version"),
            *super().get_urls(),
        ]

    def _table(self, request: HttpRequest, **which: Any) -> HttpResponse:
        """Show a table's page, whose screen is that of the value rows."""
        screen: Any = self.admin_site.get_model_admin(ValueRow)
        shown: HttpResponse = screen.table_page(request, **which)
        return shown

    def _condition_values(self, request: HttpRequest, **which: Any) -> HttpResponse:
        """Return the values of a field, by the screen of the value rows."""
        screen: Any = self.admin_site.get_model_admin(ValueRow)
        values: HttpResponse = screen.condition_values(request, **which)
        return values

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
        """Show the rows; draft one row's values, take a change back, or decline an offer."""
        pair, flow = sets.find_set(pair_id, flow_key)
        if not self.has_view_permission(request):
            raise PermissionDenied
        draft = drafting.draft_of(pair, flow.key)
        if request.method == "POST":
            return self._post(request, draft, flow)
        one = self._row(draft, request.GET.get("row", ""))
        may = one is not None and self.has_change_permission(request)
        form = self._form(draft, flow, one) if one and may else None
        return self._page(request, draft, form, one)

    def _post(self, request: HttpRequest, draft: Draft, flow: Flow) -> HttpResponse:
        if not self.has_change_permission(request):
            raise PermissionDenied
        one, act = self._row(draft, request.POST.get("row", "")), request.POST.get("act")
        if one is None:
            raise Http404("There is no such row.")
        by = request.user.get_username()
        if act == "keep":
            editing.keep_own(one.row, by)
            return self._done(request, one, "Kept, though another value is shipped now.")
        if act == "undo":
            return self._done(request, one, sets.taken_out(request, draft, one.place))
        if act not in ("save", "try", "shipped"):
            raise Http404("There is nothing of that name to do.")
        typed = act != "shipped"
        form = self._form(draft, flow, one, request.POST if typed else None)
        if typed and not form.is_valid():
            return self._page(request, draft, form, one)
        asked = self._asked(draft, form, one) if typed else None
        if asked and (act == "try" or self._fails(request, form, asked)):
            return self._page(request, draft, form, one, asked)
        wanted = form.values if typed else one.row.offered or shipped_snapshot(one.row) or {}
        return self._draft(request, draft, form, one, wanted)

    def _asked(self, draft: Draft, form: FieldForm, one: Drafted[FieldMapping]) -> Asked:
        """Return what is asked of a row as it was typed: what it makes of three records."""
        after = {**one.row.snapshot, **form.values}
        rules = beside.as_typed(draft, Difference(one.place, None, after))
        before = beside.without(draft, one.place)
        return Asked(draft, rules, one.row.target, reads=True, before=before)

    def _fails(self, request: HttpRequest, form: FieldForm, asked: Asked) -> bool:
        """Hold an expression against the person's records; say beside the field where it fails."""
        if form.values.get("transform") != "expression" or not form.values["active"]:
            return False
        told = beside.door.tell(request, asked)
        if not told.seen or len(told.failing) < len(told.seen):
            for name, words in told.failing.items():
                messages.warning(request, f"With “{name}” it asks: {words}")
            return False
        name, words = next(iter(told.failing.items()))
        form.add_error("argument", f"With “{name}”: {words}")
        return True

    def _draft(
        self,
        request: HttpRequest,
        draft: Draft,
        form: FieldForm,
        one: Drafted[FieldMapping],
        wanted: dict[str, Any],
    ) -> HttpResponse:
        after, by = {**one.row.snapshot, **wanted}, request.user.get_username()
        seen = request.POST.get("seen", "")
        try:
            news = drafting.save(draft.pair, draft.flow, one.place, after, seen=seen, by=by)
        except drafting.ChangedMeanwhile as error:
            draft = drafting.draft_of(draft.pair, draft.flow)
            flow, now = every_flow()[draft.flow], self._row(draft, one.key) or one
            form = self._form(draft, flow, now, sets.seen_now(request, error.now))
            form.add_error(None, error.told(field_lines.in_words(error.now, form.shipped)))
            return self._page(request, draft, form, now)
        return self._done(request, one, sets.DRAFTED if news else "")

    def _done(self, request: HttpRequest, one: Drafted[FieldMapping], words: str) -> HttpResponse:
        if words:
            messages.success(request, words)
        return redirect(sets.fields_address(one.row.pair_id, one.row.flow, one.row.target))

    def _offers(
        self, draft: Draft, flow: Flow, one: Drafted[FieldMapping], known: SalesforceFields
    ) -> dict[str, Any]:
        """Return the fields to choose from for a row, and values of those that it names."""
        kind = kind_of(flow, one.row.target)
        values = samples(draft.pair, flow, kind, self.open_remote)
        named = [part.strip() for part in one.row.source.split(",")]
        takes = TAKES.get(flow.key, {}).get(one.row.target)
        size = f" of up to {takes.length} characters" if takes and takes.length else ""
        return {
            "takes": f"Takes {takes.holds.value}{size}." if takes else "",
            "offers": [
                (path, f"{told}; {values[path][0]}" if values.get(path) else told)
                for path, told in offers(known, kind)
            ],
            "samples": [(path, ", ".join(values[path])) for path in named if values.get(path)],
        }

    def _row(self, draft: Draft, pk: str) -> Drafted[FieldMapping] | None:
        rows = drafted.field_rows(draft).values() if pk.isdigit() else ()
        return next((one for one in rows if one.key == pk), None)

    def _form(
        self, draft: Draft, flow: Flow, one: Drafted[FieldMapping], typed: Any = None
    ) -> FieldForm:
        known = salesforce_fields(draft.pair, flow, self.open_remote)
        shipped = next(rule for rule in flow.fields if rule.target == one.row.target)
        if typed is not None:
            said = {name: typed.get(name, "") for name in ("source", "transform", "argument")}
            rules = RuleSet((replace(shipped, **said),), ())
            known = reaching(draft.pair, flow, rules, known, self.open_remote)
        return FieldForm(one, shipped, known, typed, draft.rules)

    def _page(
        self,
        request: HttpRequest,
        draft: Draft,
        form: FieldForm | None,
        one: Drafted[FieldMapping] | None,
        asked: Asked | None = None,
    ) -> HttpResponse:
        flow = every_flow()[draft.flow]
        shared = sets.context(draft, "", self.open_remote)
        reads = "try" in request.GET
        if one and form and asked is None:
            before = beside.without(draft, one.place)
            asked = Asked(draft, draft.rules, one.row.target, reads=reads, before=before)
        asked = asked or Asked(draft, draft.rules, reads=reads)
        context = {
            **self.admin_site.each_context(request),
            **shared,
            "title": flow.title,
            "parts": field_lines.parts(draft, flow, shared["known"], shared["tried"]),
            "open": one,
            "form": form,
            "beside": beside.door.tell(request, asked),
            **(self._offers(draft, flow, one, shared["known"]) if one and form else {}),
            "may_change": self.has_change_permission(request),
            "may_publish": request.user.has_perm(sets.PUBLISH),
        }
        return render(request, "admin/mappings/fields.html", context)
