"""Parting: what looked like one customer is told apart for good, every two records of it."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import combinations

from django.db import transaction

from sync.core.records import Key
from sync.models import ReviewItem, Verdict

from . import deciding, noticing, telling

VERBS: Mapping[str, Verdict.Kind] = {"not": Verdict.Kind.DIFFERENT, "branch": Verdict.Kind.BRANCH}


def part(item_id: int, verb: str, by: str, *, mark: str = "") -> int:
    """Tell every two records of a duplicate apart for good; return how many pairs that were.

    `verb` is `not` (not the same) or `branch` (parent and branch). All of them are planned again.
    Raises Moved and NotOffered as deciding.decide does.
    """
    with transaction.atomic():
        rows = ReviewItem.objects.select_for_update(of=("self",)).select_related("pair")
        item = rows.get(pk=item_id)
        offered = [c["value"] for c in item.choices if c["value"].startswith(f"{verb}:")]
        if not offered or verb not in VERBS:
            raise deciding.NotOffered("The records of this group cannot be told apart like that.")
        deciding.decide(item_id, offered[0], by, mark=mark)
        names = {record["key"]: record.get("name", "") for record in item.details["records"]}
        for one, other in combinations(names, 2):
            said = f"{names[one]} / {names[other]}"
            keys = Key.parse(one), Key.parse(other)
            telling.tell_apart(item.pair, *keys, VERBS[verb], by, names=said)
        noticing.note(item.pair, item.flow, [Key.parse(key) for key in names], "decision")
    return len(names) * (len(names) - 1) // 2
