"""The rules of credit risk that people set: rows beside the shipped rules, in their place."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django.db import models
from django.db.models import Q

from connections.models import Pair
from sync.core.risk.rules import RiskKind, RiskRule

KINDS = [(kind.value, kind.name.replace("_", " ").capitalize()) for kind in RiskKind]
LONGEST_KEY = 30
"""It is part of the key of each task, which has 80 characters with the account's id."""


class RiskRuleRow(models.Model):
    """A rule as people set it: in place of the shipped one of its key, or one of their own.

    Without a `pair` it holds for all; a pair's own row goes before that. What nobody touched has no
    row, so that an upgrade brings it up to date and overwrites nothing. `shipped_as` is the shipped
    rule that was edited: where it has changed since, people are told.
    """

    pair = models.ForeignKey(
        Pair, models.CASCADE, null=True, blank=True, related_name="+", verbose_name="for"
    )
    key = models.CharField(max_length=LONGEST_KEY)
    title = models.CharField("what it is called", max_length=80)
    kind = models.CharField(max_length=20, choices=KINDS)
    first = models.DecimalField("level 1", max_digits=9, decimal_places=2)
    second = models.DecimalField("level 2", max_digits=9, decimal_places=2, null=True, blank=True)
    third = models.DecimalField("level 3", max_digits=9, decimal_places=2, null=True, blank=True)
    amount = models.DecimalField("more than", max_digits=18, decimal_places=3, default=Decimal(0))
    currency = models.CharField(max_length=3, blank=True)
    window = models.PositiveIntegerField("days looked back", default=90)
    count = models.PositiveIntegerField("at least", default=0)
    least_spread = models.DecimalField(
        "least spread", max_digits=5, decimal_places=1, default=Decimal(0)
    )
    weight = models.PositiveSmallIntegerField("how grave", default=0)
    quiet_days = models.PositiveIntegerField("quiet days", default=30)
    active = models.BooleanField("in use", default=True)
    shipped_as = models.JSONField(null=True, blank=True, editable=False)
    changed_by = models.CharField(max_length=150, blank=True, editable=False)
    changed_at = models.DateTimeField(auto_now=True)

    class Meta:
        """One row a rule for all pairs, and one for each pair."""

        ordering = ["id"]
        verbose_name = "rule of credit risk"
        verbose_name_plural = "rules of credit risk"
        constraints = [
            models.UniqueConstraint(fields=["pair", "key"], name="one_risk_rule_a_pair"),
            models.UniqueConstraint(
                fields=["key"], condition=Q(pair=None), name="one_risk_rule_for_all"
            ),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def rule(self) -> RiskRule:
        """The row as the core knows it."""
        steps = [step for step in (self.first, self.second, self.third) if step is not None]
        return RiskRule(
            key=self.key,
            title=self.title,
            kind=RiskKind(self.kind),
            steps=tuple(map(plain, steps)),
            amount=plain(self.amount),
            currency=self.currency,
            window=self.window,
            count=self.count,
            least_spread=plain(self.least_spread),
            weight=self.weight,
            quiet_days=self.quiet_days,
            active=self.active,
        )

    def take(self, rule: RiskRule) -> None:
        """Make the row what the rule is, unsaved."""
        for name, value in columns(rule).items():
            setattr(self, name, value)


def plain(number: Decimal) -> Decimal:
    """Return the number without the zeros that its column adds: 14.00 becomes 14."""
    whole = number.to_integral_value()
    return whole if number == whole else number.normalize()


def columns(rule: RiskRule) -> dict[str, Any]:
    """Return the rule's values by the row's columns."""
    steps = [*rule.steps, None, None][:3]
    return {
        "key": rule.key,
        "title": rule.title,
        "kind": rule.kind.value,
        "first": steps[0],
        "second": steps[1],
        "third": steps[2],
        "amount": rule.amount,
        "currency": rule.currency,
        "window": rule.window,
        "count": rule.count,
        "least_spread": rule.least_spread,
        "weight": rule.weight,
        "quiet_days": rule.quiet_days,
        "active": rule.active,
    }


def snapshot(rule: RiskRule) -> dict[str, Any]:
    """Return the rule as it stands in `shipped_as`: numbers as text, as JSON has no Decimal."""
    told = columns(rule)
    return {
        name: str(plain(value)) if isinstance(value, Decimal) else value
        for name, value in told.items()
    }
