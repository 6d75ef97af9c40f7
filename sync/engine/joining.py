"""Joining: a group is one customer, and what a person chose of its values holds for good."""

from __future__ import annotations

from collections.abc import Mapping

from django.db import transaction

from mappings.rules import rules_for
from sync.core import snapshots
from sync.core.couples import ANYWAY
from sync.core.desk_questions import SAME
from sync.core.flow import FieldRule, RuleSet
from sync.core.records import Key, System
from sync.flows.registry import every_flow
from sync.models import Decision, ReviewItem

from . import deciding


def join(
    item_id: int,
    by: str,
    *,
    primary: Mapping[System, Key],
    chosen: Mapping[str, str],
    mark: str = "",
) -> int:
    """Answer that the records of a group are one customer; return how many are planned again.

    `primary` has the record of each system that the others stand behind, `chosen` the value by
    column. Where both systems have one, each value becomes the account's own answer for its field
    and is written wherever it is not yet. Raises Moved and NotOffered as deciding.decide does.
    """
    values = {f"primary_{system}": key.id for system, key in primary.items()}
    values |= {f"field.{name}": text for name, text in chosen.items()}
    with transaction.atomic():
        rows = ReviewItem.objects.select_for_update(of=("self",)).select_related("pair")
        item = rows.get(pk=item_id)
        if len(primary) == len(System):
            _keep_values(item, by, primary[System.SALESFORCE], chosen)
        return deciding.decide(item_id, SAME, by, values=values, mark=mark)


def rules_of(item: ReviewItem) -> RuleSet:
    """Return the mapping rules of the item's pair and flow; none for a flow that is gone."""
    return rules_for(item.pair, item.flow) if item.flow in every_flow() else RuleSet((), ())


def rule_of(rules: RuleSet, column: str) -> FieldRule | None:
    """Return the rule of a column; a part of an address is the billing address's."""
    return rules.field(column) or rules.field(f"billing_{column}")


def _keep_values(item: ReviewItem, by: str, account: Key, chosen: Mapping[str, str]) -> None:
    rules = rules_of(item)
    targets = {
        rule.target: text
        for column, text in chosen.items()
        if (rule := rule_of(rules, column)) is not None
    }
    Decision.objects.bulk_create(
        Decision(
            item=item,
            pair=item.pair,
            flow=item.flow,
            subject=str(account),
            cause=f"conflict:{target}",
            choice=deciding.TYPED,
            values=snapshots.dump({target: text}),
            about=ANYWAY,
            by=by,
        )
        for target, text in targets.items()
    )
