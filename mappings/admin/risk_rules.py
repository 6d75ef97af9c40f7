"""The screen of the rules of credit risk: in sentences, one opens in its place."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse

from config.admin_base import ModelAdmin
from connections.models import Pair
from mappings import risk_editing
from mappings.admin import risk_lines
from mappings.models import RiskRuleRow
from mappings.risk_forms import RiskRuleForm
from mappings.risk_rules import RuleLine, lines_for
from sync.core.risk.rules import RiskKind, RiskRule
from sync.core.risk.shipped import SHIPPED

HISTORY = 50
NEW = "new"


@admin.register(RiskRuleRow)
class RiskRuleAdmin(ModelAdmin):
    """One page, for all pairs or for one; what is changed counts from the next look on."""

    export_columns = (
        ("rule", "title"),
        ("kind", "get_kind_display"),
        ("for", lambda row: row.pair.name if row.pair else "all pairs"),
        ("level 1", "first"),
        ("level 2", "second"),
        ("level 3", "third"),
        ("more than", "amount"),
        ("currency", "currency"),
        ("days looked back", "window"),
        ("at least", "count"),
        ("least spread", "least_spread"),
        ("how grave", "weight"),
        ("quiet days", "quiet_days"),
        ("in use", "active"),
        ("changed by", "changed_by"),
        ("changed (UTC)", "changed_at"),
    )
    list_select_related = ("pair",)

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """Show the rules; save, add, take back or delete one."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        pair = risk_lines.asked_pair(request)
        if request.method == "POST":
            return self._post(request, pair)
        return self._page(request, pair, *self._opened(request, pair))

    def change_view(
        self,
        request: HttpRequest,
        object_id: str,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        """Lead to the rule in its place."""
        row: RiskRuleRow | None = self.get_object(request, object_id)
        if row is None:
            raise Http404("There is no such rule.")
        return redirect(risk_lines.address(row.pair, row.key))

    def add_view(
        self,
        request: HttpRequest,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        """Lead to the page, where a rule is added."""
        return redirect(risk_lines.address(None))

    def typed_form(self, request: HttpRequest) -> tuple[RiskRuleForm, RiskRule | None]:
        """Return the form as it was posted, and the rule as it is saved; raises Http404.

        Of a new rule nothing is saved. Nothing is written.
        """
        pair, key = risk_lines.asked_pair(request), request.POST.get("row", "")
        kind = request.POST.get("kind", "")
        if key == NEW and kind in set(RiskKind):
            return RiskRuleForm(_blank(RiskKind(kind)), typed=request.POST), None
        line = risk_lines.find(lines_for(pair), key)
        if line is None:
            raise Http404("There is no such rule.")
        return RiskRuleForm(line.rule, typed=request.POST), line.rule

    def with_faults(self, request: HttpRequest, form: RiskRuleForm) -> HttpResponse:
        """Show the page with a form that was posted, and what is wrong with it."""
        pair = risk_lines.asked_pair(request)
        return self._page(request, pair, form, risk_lines.find(lines_for(pair), form.before.key))

    def may_save(self, request: HttpRequest, form: RiskRuleForm) -> bool:
        """Return whether this person may save the rule of the form."""
        if form.before.key == NEW:
            return self.has_add_permission(request)
        return self.has_change_permission(request)

    def delete_view(
        self, request: HttpRequest, object_id: str, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """Lead to the page, where a rule is deleted with its history kept."""
        return redirect(risk_lines.address(None))

    def history_view(
        self, request: HttpRequest, object_id: str, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """Lead to the rule in its place, where its history stands."""
        return self.change_view(request, object_id)

    def _opened(
        self, request: HttpRequest, pair: Pair | None
    ) -> tuple[RiskRuleForm | None, RuleLine | None]:
        """Return the form of the rule that the address opens, if this person may use it."""
        kind = request.GET.get("add", "")
        if kind in set(RiskKind) and self.has_add_permission(request):
            return RiskRuleForm(_blank(RiskKind(kind))), None
        line = risk_lines.find(lines_for(pair), request.GET.get("row", ""))
        if line is None or not self.has_change_permission(request):
            return None, None
        return RiskRuleForm(line.rule, risk_editing.mark_of(line, pair)), line

    def _post(self, request: HttpRequest, pair: Pair | None) -> HttpResponse:
        act, key = request.POST.get("act", ""), request.POST.get("row", "")
        if act == "add" or (act == "edit" and key == NEW):
            return self._add(request, pair, act)
        line = risk_lines.find(lines_for(pair), key)
        if line is None:
            raise Http404("There is no such rule.")
        if act == "delete":
            return self._delete(request, key)
        if not self.has_change_permission(request):
            raise PermissionDenied
        if act in ("save", "edit"):
            return self._save(request, pair, line, act)
        return self._small_act(request, pair, key, act)

    def _add(self, request: HttpRequest, pair: Pair | None, act: str) -> HttpResponse:
        kind = request.POST.get("kind", "")
        if not self.has_add_permission(request):
            raise PermissionDenied
        if kind not in set(RiskKind):
            raise Http404("There is no such kind of rule.")
        form = RiskRuleForm(_blank(RiskKind(kind)), typed=request.POST)
        if act == "edit" or not form.is_valid():
            return self._page(request, pair, form, None)
        rule = risk_editing.add_rule(form.rule, pair, request.user)  # type: ignore[arg-type]
        messages.success(request, f"“{rule.title}” is added{_when(rule)}")
        return redirect(risk_lines.address(pair, rule.key))

    def _save(
        self, request: HttpRequest, pair: Pair | None, line: RuleLine, act: str
    ) -> HttpResponse:
        form = RiskRuleForm(line.rule, risk_editing.mark_of(line, pair), request.POST)
        if act == "edit" or not form.is_valid():
            return self._page(request, pair, form, line)
        try:
            seen = form.cleaned_data["seen"]
            change = risk_editing.save_rule(form.rule, pair, seen, request.user)  # type: ignore[arg-type]
        except risk_editing.ChangedMeanwhile:
            return self._overtaken(request, pair, line.rule.key)
        if change:
            messages.success(request, f"Saved{_when(form.rule)}")
        return redirect(risk_lines.address(pair, line.rule.key))

    def _overtaken(self, request: HttpRequest, pair: Pair | None, key: str) -> HttpResponse:
        """Show what was typed beside what stands now; saving once more puts it in its place."""
        line = risk_lines.find(lines_for(pair), key)
        if line is None:
            messages.error(request, "Somebody deleted this rule meanwhile.")
            return redirect(risk_lines.address(pair))
        seen, typed = risk_editing.mark_of(line, pair), request.POST.copy()
        typed["seen"] = seen
        form = RiskRuleForm(line.rule, seen, typed)
        by = line.row.changed_by if line.row else "Somebody"
        now = f"{by} changed this rule meanwhile. Now it says: {risk_lines.told(line.rule)}"
        form.add_error(None, f"{now} Save again to put yours in its place.")
        return self._page(request, pair, form, line)

    def _small_act(
        self, request: HttpRequest, pair: Pair | None, key: str, act: str
    ) -> HttpResponse:
        by: Any = request.user
        if act == "back":
            if done := risk_editing.back_to(key, pair, by):
                messages.success(request, done)
        elif act == "keep":
            risk_editing.keep_own(key, pair, by)
            messages.success(request, "Kept, though other numbers are shipped now.")
        return redirect(risk_lines.address(pair, key))

    def _delete(self, request: HttpRequest, key: str) -> HttpResponse:
        if not self.has_delete_permission(request):
            raise PermissionDenied
        title = risk_editing.delete_rule(key, request.user)  # type: ignore[arg-type]
        if title:
            messages.success(request, f"“{title}” is gone.")
        return redirect(risk_lines.address(None))

    def _page(
        self,
        request: HttpRequest,
        pair: Pair | None,
        form: RiskRuleForm | None,
        line: RuleLine | None,
    ) -> HttpResponse:
        lines = lines_for(pair)
        context = {
            **self.admin_site.each_context(request),
            **risk_lines.context(lines, pair),
            "title": "Rules of credit risk",
            "form": form,
            "open": line,
            "open_key": line.rule.key if line else NEW if form else "",
            "kind_title": risk_lines.kind_title(form.before.kind) if form else "",
            "history": risk_editing.history(line.rule.key)[:HISTORY] if line else [],
            "try_address": reverse("risk_try_out"),
            "may_add": self.has_add_permission(request),
            "may_change": self.has_change_permission(request),
            "may_delete": self.has_delete_permission(request),
        }
        return render(request, "admin/mappings/risk_rules.html", context)


def _blank(kind: RiskKind) -> RiskRule:
    """Return a new rule with the numbers of the shipped one of its kind."""
    shipped = next(rule for rule in SHIPPED if rule.kind is kind)
    return replace(shipped, key=NEW, title="")


def _when(rule: RiskRule) -> str:
    return ". It counts from the next look on." if rule.active else ". It is not in use."
