"""The rules of credit risk in force: a pair's own, else those for all pairs, else the shipped."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import Q

from connections.models import Pair
from mappings.models import RiskRuleRow
from mappings.models.risk import snapshot
from sync.core.risk.rules import RiskRule
from sync.core.risk.shipped import SHIPPED

BY_KEY = {rule.key: rule for rule in SHIPPED}


@dataclass(frozen=True)
class RuleLine:
    """A rule in force for a pair, or for all, with where it comes from.

    `row` is the row that says so, None while it is as shipped; `general` is what holds for all
    pairs where the pair has its own.
    """

    rule: RiskRule
    row: RiskRuleRow | None
    shipped: RiskRule | None
    general: RiskRule | None = None

    @property
    def is_own(self) -> bool:
        """Whether people added it."""
        return self.shipped is None

    @property
    def is_changed(self) -> bool:
        """Whether it is other than what is shipped."""
        return self.shipped is not None and self.rule != self.shipped

    @property
    def offered(self) -> RiskRule | None:
        """What is shipped now, where that has changed since people edited the rule."""
        if self.row is None or self.shipped is None or self.row.shipped_as is None:
            return None
        moved = snapshot(self.shipped) != self.row.shipped_as
        return self.shipped if moved and self.is_changed else None


def rules_for(pair: Pair) -> tuple[RiskRule, ...]:
    """Return the pair's rules, those that are switched off too; one query."""
    return tuple(line.rule for line in lines_for(pair))


def lines_for(pair: Pair | None) -> list[RuleLine]:
    """Return the rules in force for a pair, or for all: the shipped first, then people's own."""
    chosen = Q(pair=None) | Q(pair=pair) if pair else Q(pair=None)
    return lines_of(RiskRuleRow.objects.filter(chosen).order_by("id"), pair)


def lines_of(rows: Iterable[RiskRuleRow], pair: Pair | None) -> list[RuleLine]:
    """Return the rules that these rows make of what is shipped."""
    every = list(rows)
    general = {row.key: row for row in every if row.pair_id is None}
    own = {row.key: row for row in every if pair is not None and row.pair_id == pair.pk}
    keys = dict.fromkeys([*BY_KEY, *general, *own])
    return [_line(key, general.get(key), own.get(key)) for key in keys]


def _line(key: str, general: RiskRuleRow | None, own: RiskRuleRow | None) -> RuleLine:
    shipped, row = BY_KEY.get(key), own or general
    for_all = general.rule if general else shipped
    rule = row.rule if row else BY_KEY[key]
    return RuleLine(rule, row, shipped, for_all if own else None)
