"""The cases of credit risk: who is chased for what, by whom, and what finance says of it."""

from __future__ import annotations

from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import Q, QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString

from config.admin_base import display
from sync.core.records import Key, System
from sync.engine import risk_holds
from sync.models import RiskCase

from .filters import OrganisationFilter
from .records import Badge, RecordAdmin, addresses, chip, money, stamp, together
from .risk_holding import HoldForm, said

MAY = "sync.hold_riskcase"
STATES: dict[str, Badge] = {
    "open": ("warn", "!", "open"),
    "done": ("", "✓", "completed by a person"),
    "removed": ("", "−", "deleted by a person"),
    "doubled": ("", "=", "being merged"),
    "settled": ("good", "✓", "settled"),
}
LEVELS: dict[int, str] = {1: "", 2: "warn", 3: "bad"}


class Standing(admin.SimpleListFilter):
    """Filters by whether the reason stands; what stands comes first."""

    title = "standing"
    parameter_name = "standing"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        """Return what can be asked for besides what stands."""
        return [("waiting", "Waiting"), ("settled", "Settled"), ("all", "All")]

    def choices(self, changelist: Any) -> Any:
        """Call what stands by its name instead of “all”."""
        first, *rest = super().choices(changelist)
        yield {**first, "display": "Not settled"}
        yield from rest

    def queryset(self, request: HttpRequest, rows: QuerySet[RiskCase]) -> QuerySet[RiskCase]:
        """Return the cases that stand, unless others are asked for."""
        if self.value() == "all":
            return rows
        if self.value() == "settled":
            return rows.filter(state=RiskCase.State.SETTLED)
        standing = rows.filter(state__in=RiskCase.UNSETTLED)
        if self.value() != "waiting":
            return standing
        held = Q(snoozed_until__isnull=False) | Q(promised_on__isnull=False) | Q(disputed=True)
        return standing.filter(held)


class RuleFilter(admin.SimpleListFilter):
    """Filters by rule, under its newest title."""

    title = "rule"
    parameter_name = "rule"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        """Return every rule that has found anybody."""
        rows = RiskCase.objects.order_by("rule", "-id").distinct("rule")
        return sorted(rows.values_list("rule", "title"), key=lambda each: each[1])

    def queryset(self, request: HttpRequest, rows: QuerySet[RiskCase]) -> QuerySet[RiskCase]:
        """Return the cases of the chosen rule."""
        return rows.filter(rule=self.value()) if self.value() else rows


@admin.register(RiskCase)
class RiskCaseAdmin(RecordAdmin):
    """Cases, the gravest first; finance may put one off, or note a dispute or a promise."""

    lead = (
        "Customers who are a risk by finance’s rules, each reason with its one task in Salesforce. "
        "A case closes by itself when the reason is gone."
    )
    page_template = "admin/sync/risk/case.html"
    list_display = (
        "name_shown", "severity_shown", "rule_shown", "stake", "state_shown",
        "owner_shown", "since",
    )  # fmt: skip
    list_filter = (Standing, RuleFilter, "level", OrganisationFilter)
    list_select_related = ("pair",)
    search_fields = ("account_name__istartswith", "account__exact", "task__exact")
    search_help_text = "The beginning of the customer’s name, or an id of Salesforce"
    ordering = ("-severity", "-amount", "id")
    export_columns = (
        ("customer", "account_name"),
        ("account", "account"),
        ("rule", "title"),
        ("level", "level"),
        ("severity", "severity"),
        ("currency", "currency"),
        ("at stake", "amount"),
        ("figures", lambda row: " ".join(row.words)),
        ("state", "get_state_display"),
        ("snoozed until", "snoozed_until"),
        ("disputed", "disputed"),
        ("promised for", "promised_on"),
        ("task", "task"),
        ("owner", "owner_name"),
        ("opened (UTC)", "opened_at"),
        ("closed", "closed_on"),
        ("why closed", "closed_why"),
    )

    def get_urls(self) -> list[URLPattern]:
        """Add holding."""
        view = self.admin_site.admin_view(self.hold)
        return [path("<int:pk>/hold/", view, name="risk_case_hold"), *super().get_urls()]

    def page(self, row: RiskCase, form: HoldForm | None = None) -> dict[str, Any]:
        """Return one case with its figures, its places and its history."""
        to = addresses(row.pair) if row.pair else lambda key: ""
        earlier = RiskCase.objects.filter(
            connection_id=row.connection_id, account=row.account, rule=row.rule
        ).exclude(pk=row.pk)
        return {
            "case": row,
            "state": chip(STATES[row.state]),
            "level": chip((LEVELS.get(row.level, ""), "▲", f"level {row.level}")),
            "stake": money(row.amount, row.currency),
            "first": next(iter(row.words), ""),
            "figures": row.words[1:],
            "held": said(row),
            "account_address": to(row.account_key),
            "task_address": to(Key(System.SALESFORCE, "Task", row.task)),
            "entries": list(row.entries.all()),
            "earlier": list(earlier.order_by("-id")[:10]),
            "stands": row.state != RiskCase.State.SETTLED,
            "form": form or HoldForm.of(row),
            "mark": risk_holds.mark_of(row),
        }

    def hold(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Keep what a person says of a case."""
        if request.method != "POST" or not request.user.has_perm(MAY):
            raise PermissionDenied
        row = RiskCase.objects.select_related("pair").filter(pk=pk).first()
        if row is None:
            raise Http404
        form = HoldForm(request.POST, initial=HoldForm.of(row).initial)
        if not form.is_valid():
            return self._again(request, row, form)
        try:
            held = risk_holds.hold(
                pk,
                form.holds,
                request.user.get_username(),
                form.cleaned_data["note"],
                request.POST.get("mark", ""),
            )
        except risk_holds.CannotHold as error:
            messages.error(request, str(error))
        else:
            told = "The task in Salesforce is told in a moment."
            off = "The flow is off: the task in Salesforce is told when it is on again."
            messages.success(request, f"Kept. {told if risk_holds.tellers(held) else off}")
        return HttpResponseRedirect(reverse("admin:sync_riskcase_change", args=[pk]))

    def _again(self, request: HttpRequest, row: RiskCase, form: HoldForm) -> HttpResponse:
        context = {
            **self.admin_site.each_context(request),
            "title": str(row),
            "opts": self.model._meta,
            "original": row,
            **self.page(row, form),
        }
        return TemplateResponse(request, self.page_template, context, status=422)

    @display(description="Customer", ordering="account_name")
    def name_shown(self, row: RiskCase) -> str:
        """Return whom it is about."""
        return row.account_name or row.account

    @display(description="Severity", ordering="severity")
    def severity_shown(self, row: RiskCase) -> SafeString:
        """Return how grave it is, of 5: the list begins with the gravest."""
        colour = "bad" if row.severity > 3 else "warn" if row.severity > 2 else ""
        return chip((colour, "▲", f"{row.severity} of 5"))

    @display(description="Reason", ordering="title")
    def rule_shown(self, row: RiskCase) -> SafeString:
        """Return the rule with its level."""
        return format_html('{} <span class="under">level {}</span>', row.title, row.level)

    @display(description="At stake", ordering="amount")
    def stake(self, row: RiskCase) -> SafeString | str:
        """Return the amount in the account's currency."""
        return money(row.amount, row.currency)

    @display(description="State")
    def state_shown(self, row: RiskCase) -> SafeString:
        """Return the chip, with what people said of it."""
        held = said(row)
        return format_html("{} {}", chip(STATES[row.state]), together(held) if held else "")

    @display(description="Task of", ordering="owner_name")
    def owner_shown(self, row: RiskCase) -> str:
        """Return who was last given the task."""
        return row.owner_name or row.owner

    @display(description="Since", ordering="opened_at")
    def since(self, row: RiskCase) -> SafeString | str:
        """Return since when."""
        return stamp(row.opened_at)


def open_count(request: HttpRequest) -> str:
    """Return how many cases are open, for the navigation; empty for none."""
    count = RiskCase.objects.filter(state=RiskCase.State.OPEN).count()
    return str(count) if count else ""
