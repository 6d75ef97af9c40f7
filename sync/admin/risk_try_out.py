"""The try-out of the rules of credit risk: the tasks of the last 90 days, before any is written."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.template.response import TemplateResponse

from config import exporting
from connections.live import open_remote as open_live
from connections.models import Pair
from mappings.admin.risk_rules import RiskRuleAdmin
from mappings.models import RiskRuleRow
from mappings.risk_rules import lines_for
from sync.core.risk.sentences import in_words
from sync.engine import trying
from sync.engine.trying import Trial, Tried
from sync.engine.work import OpenRemote

from . import risk_try_out_rows as rows

SEE = "mappings.view_riskrulerow"
NOT_TYPED = frozenset({"csrfmiddlewaretoken", "act"})


class TryOut:
    """The page; `open_remote` is the doorway by which Salesforce is asked for credit limits."""

    open_remote: OpenRemote = staticmethod(open_live)

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Show what the rules would have done; a rule that is typed is shown beside the saved."""
        if not request.user.has_perm(SEE):
            raise PermissionDenied
        pair = _pair(request)
        if pair is None:
            return _shown(request, {"pair": None})
        return (
            self._typed(request, pair) if request.method == "POST" else self._saved(request, pair)
        )

    def _saved(self, request: HttpRequest, pair: Pair) -> HttpResponseBase:
        rules = [line.rule for line in lines_for(pair)]
        key = request.GET.get("rule", "")
        if key and key not in {rule.key for rule in rules}:
            raise Http404("There is no such rule.")
        trial = trying.try_rules(pair, rules, self.open_remote)
        chosen = [one for one in trial.tried if (one.rule.key == key if key else one.rule.active)]
        if request.GET.get("as") == "csv":
            return exporting.csv_file("tried-rules", rows.HEADINGS, rows.exported(trial, chosen))
        context = self._context(request, pair, trial, chosen)
        table = [rows.rule_row(one, pair, key) for one in trial.tried]
        alone = chosen[0].rule if key else None
        return _shown(request, context | {"table": table, "key": key, "rule": alone})

    def _typed(self, request: HttpRequest, pair: Pair) -> HttpResponse:
        form, saved = _screen().typed_form(request)
        if not form.is_valid():
            return _screen().with_faults(request, form)
        rules = [form.rule, *([saved] if saved else [])]
        trial = trying.try_rules(pair, rules, self.open_remote)
        context = self._context(request, pair, trial, trial.tried[:1])
        typed = {n: v for n, v in request.POST.items() if n not in NOT_TYPED}
        return _shown(
            request,
            context
            | {
                "typed": typed,
                "rule": form.rule,
                "sentence": in_words(form.rule),
                "before": trial.tried[1] if saved else None,
                "table": [rows.rule_row(trial.tried[0], pair, "")],
                "may_save": _screen().may_save(request, form),
            },
        )

    def _context(
        self, request: HttpRequest, pair: Pair, trial: Trial, chosen: Sequence[Tried]
    ) -> dict[str, Any]:
        link = rows.salesforce_pages(pair, self.open_remote)
        return {
            "pair": pair,
            "tabs": rows.tabs(pair),
            "trial": trial,
            "headings": rows.COLUMNS,
            **rows.page_of(request, trial, chosen, link),
        }


def _shown(request: HttpRequest, context: dict[str, Any]) -> HttpResponse:
    whole = {
        **admin.site.each_context(request),
        "title": "Try the rules",
        "opts": RiskRuleRow._meta,
        **context,
    }
    return TemplateResponse(request, "admin/sync/risk_try_out.html", whole)


def _pair(request: HttpRequest) -> Pair | None:
    """Return the pair that is named, else the first; raises Http404 for one that is not there."""
    asked = request.POST.get("pair", "") or request.GET.get("pair", "")
    pairs = Pair.objects.select_related("salesforce", "xero").order_by("-active", "name")
    if not asked:
        return pairs.first()
    pair = pairs.filter(pk=int(asked)).first() if asked.isdecimal() else None
    if pair is None:
        raise Http404("There is no such pair.")
    return pair


def _screen() -> RiskRuleAdmin:
    screen = admin.site.get_model_admin(RiskRuleRow)
    assert isinstance(screen, RiskRuleAdmin)  # noqa: S101 - for the type alone
    return screen


try_out = TryOut()
