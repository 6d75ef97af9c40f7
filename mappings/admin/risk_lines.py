"""The lines of the screen of risk rules: each rule in words, beside what is shipped."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.http import Http404, HttpRequest
from django.urls import reverse

from connections.models import Pair
from mappings.risk_editing import difference
from mappings.risk_rules import RuleLine
from sync.core.risk.rules import RiskKind, RiskRule
from sync.core.risk.sentences import TITLES, in_words, meaning


@dataclass(frozen=True)
class Tab:
    """One page of the screen: for all pairs, or for one."""

    title: str
    address: str
    here: bool


@dataclass(frozen=True)
class ShownRule:
    """One rule as it is read. `origin` is empty, `changed`, `own` or `pair`."""

    line: RuleLine
    sentence: str
    levels: Sequence[str]
    origin: str
    shipped: str
    offered: str


def asked_pair(request: HttpRequest) -> Pair | None:
    """Return the pair that the address or the form names, None for all; raises Http404."""
    asked = request.POST.get("pair", "") or request.GET.get("pair", "")
    if not asked:
        return None
    pair = Pair.objects.filter(pk=int(asked)).first() if asked.isdecimal() else None
    if pair is None:
        raise Http404("There is no such pair.")
    return pair


def address(pair: Pair | None, key: str = "") -> str:
    """Return the address of the page, at one rule."""
    page = reverse("admin:mappings_riskrulerow_changelist")
    asked = f"?pair={pair.pk}" if pair else ""
    return f"{page}{asked}#rule-{key}" if key else page + asked


def find(lines: Iterable[RuleLine], key: str) -> RuleLine | None:
    """Return the rule of that key, or None."""
    return next((line for line in lines if line.rule.key == key), None)


def kind_title(kind: RiskKind) -> str:
    """Return what the kind of rule looks at."""
    return TITLES[kind]


def told(rule: RiskRule) -> str:
    """Return the rule in words, and whether it is in use."""
    return in_words(rule) if rule.active else f"{in_words(rule)} (not in use)"


def context(lines: Sequence[RuleLine], pair: Pair | None) -> dict[str, Any]:
    """Return what the page shows besides a form."""
    pairs = list(Pair.objects.order_by("name"))
    tabs = [Tab("All pairs", address(None), pair is None)]
    tabs += [Tab(one.name, address(one), one == pair) for one in pairs]
    used = [line for line in lines if line.rule.active]
    return {
        "pair": pair,
        "tabs": tabs if len(pairs) > 1 or pair else [],
        "lines": [_shown(line, pair) for line in lines],
        "used": len(used),
        "kinds": [(kind.value, title) for kind, title in TITLES.items()],
    }


def _shown(line: RuleLine, pair: Pair | None) -> ShownRule:
    rule = line.rule
    shipped = line.general or line.shipped
    return ShownRule(
        line,
        in_words(rule),
        [meaning(rule, level) for level in range(1, len(rule.steps) + 1)],
        _origin(line, pair),
        difference(rule, shipped) if shipped and shipped != rule else "",
        difference(rule, line.offered) if line.offered else "",
    )


def _origin(line: RuleLine, pair: Pair | None) -> str:
    if pair is not None and line.row is not None and line.row.pair_id == pair.pk:
        return "pair"
    if line.is_own:
        return "own"
    return "changed" if line.is_changed else ""
