"""Publishing: a draft, an earlier version or one small change is put in force as a new version."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from itertools import pairwise
from typing import Any

from django.db import transaction
from django.utils import timezone

from connections.models import Pair
from mappings import content, drafting
from mappings.content import FIELD, ROW, Content, Difference
from mappings.drafting import ChangedMeanwhile, Draft
from mappings.models import DraftChange, FieldMapping, PublishedRules, ValueRow, record
from mappings.rules import rules_of
from mappings.shipped import STEP, shipped_snapshot
from sync.core.flow import RuleSet
from sync.flows.registry import every_flow

Check = Callable[[RuleSet], Sequence[str]]
"""Returns a sentence for each fault of the rules."""


class NotPublished(Exception):
    """Nothing was published; `sentences` say why."""

    def __init__(self, sentences: Sequence[str]) -> None:
        super().__init__(" ".join(sentences))
        self.sentences = tuple(sentences)


def publish(pair: Pair, flow: str, *, seen: str, by: str, why: str, check: Check) -> PublishedRules:
    """Put the draft in force as the next version and return it; runs under way keep theirs.

    `seen` is the draft's mark as it was shown. Raises ChangedMeanwhile, or NotPublished for a
    draft that is empty, was overtaken or could not work.
    """
    with transaction.atomic():
        draft = _all_locked(pair, flow)
        if draft.mark != seen:
            raise ChangedMeanwhile(_last_hand(draft))
        overtaken = [each for each in draft.told if draft.overtaken(each)]
        if overtaken or not draft.told:
            raise NotPublished(
                ["Another version was published meanwhile: choose which of the two values stands."]
                if overtaken
                else ["The draft holds no change."]
            )
        _refuse_faults(draft, draft.content, check)
        wanted_by = {each.place: each.changed_by for each in draft.changes}
        version = _put_in_force(draft, draft.content, by, why, wanted_by)
        DraftChange.objects.filter(pair=pair, flow=flow).delete()
        return version


def go_back(
    pair: Pair, flow: str, number: int, *, seen: int, by: str, why: str, check: Check
) -> PublishedRules:
    """Put an earlier version in force again, as a new one, and return it; the draft stays.

    `seen` is the number of the version in force as it was shown. Raises ChangedMeanwhile,
    NotPublished or PublishedRules.DoesNotExist.
    """
    with transaction.atomic():
        draft = _all_locked(pair, flow)
        if draft.number != seen:
            raise ChangedMeanwhile(draft.published.by if draft.published else "")
        earlier = PublishedRules.objects.get(pair=pair, flow=flow, number=number).content
        now = draft.published.content if draft.published else content.EMPTY
        kept = put_back(draft, earlier)
        if not content.differences(now, kept):
            raise NotPublished([f"Version {number} says what is in force already."])
        _refuse_faults(draft, kept, check)
        return _put_in_force(draft, kept, by, why or f"Back to version {number}", {})


def put_back(draft: Draft, earlier: Content) -> Content:
    """Return what would be in force if an earlier version were put back.

    Fields and whole tables that came with an upgrade since stay as they are.
    """
    now = draft.published.content if draft.published else content.EMPTY
    known = {row["table"] for row in earlier["rows"]}
    mine = ValueRow.objects.filter(pair=draft.pair, flow=draft.flow, shipped_as__isnull=False)
    shipped = {str(pk) for pk in mine.values_list("pk", flat=True)}
    came = [row for row in now["rows"] if row["table"] not in known and row["key"] in shipped]
    fields = {**now["fields"], **earlier["fields"]}
    return {"fields": fields, "rows": [*earlier["rows"], *came]}


def publish_one(pair: Pair, flow: str, place: str, after: Any, *, by: str, why: str) -> bool:
    """Put one change in force at once, as a version of its own; return whether it changed anything.

    The draft stays as it is.
    """
    with transaction.atomic():
        draft = _all_locked(pair, flow)
        if draft.in_force.get(place) == after:
            return False
        now = draft.published.content if draft.published else content.EMPTY
        _put_in_force(draft, content.changed(now, [Difference(place, None, after)]), by, why, {})
        return True


def _all_locked(pair: Pair, flow: str) -> Draft:
    """Return the draft with every row locked, and the counter after them."""
    mine = {"pair": pair, "flow": flow}  # in the order in which an upgrade locks them
    list(FieldMapping.objects.select_for_update().filter(**mine).order_by("id"))
    list(ValueRow.objects.select_for_update().filter(**mine).order_by("position", "id"))
    return drafting.locked(pair, flow)


def _last_hand(draft: Draft) -> str:
    newest = max(draft.changes, key=lambda each: each.changed_at, default=None)
    return newest.changed_by if newest else (draft.published.by if draft.published else "")


def _refuse_faults(draft: Draft, wanted: Content, check: Check) -> None:
    """Raise NotPublished for faults that are not in force already: those stop nobody's mending."""
    flow = every_flow()[draft.flow]
    now = draft.published.content if draft.published else content.EMPTY
    old = set(check(rules_of(flow, now)))
    if new := [fault for fault in check(rules_of(flow, wanted)) if fault not in old]:
        raise NotPublished(new)


def _put_in_force(
    draft: Draft, wanted: Content, by: str, why: str, wanted_by: Mapping[str, str]
) -> PublishedRules:
    pair, flow = draft.pair, draft.flow
    names = dict(wanted_by)
    _write_fields(pair, flow, wanted["fields"], names, by)
    _write_rows(pair, flow, wanted["rows"], names, by)
    record([(pair.pk, flow)], by, why, names)
    return PublishedRules.objects.filter(pair=pair, flow=flow).order_by("-number")[0]


def _write_fields(
    pair: Pair, flow: str, wanted: Mapping[str, Any], names: Mapping[str, str], by: str
) -> None:
    changed = []
    for row in FieldMapping.objects.filter(pair=pair, flow=flow):
        parts = wanted.get(row.target)
        if parts is not None and row.snapshot != parts:
            changed.append(_taken(row, parts, names.get(f"{FIELD}{row.target}", by)))
    columns = [*FieldMapping.EDITED, "active", "shipped_as", "offered", "changed_by", "changed_at"]
    FieldMapping.objects.bulk_update(changed, columns, drafting.AT_ONCE)


def _write_rows(
    pair: Pair, flow: str, wanted: Sequence[Mapping[str, Any]], names: dict[str, str], by: str
) -> None:
    rows = {str(row.pk): row for row in ValueRow.objects.filter(pair=pair, flow=flow)}
    changed, new, order = [], list[ValueRow](), dict[str, list[ValueRow]]()
    for said in wanted:
        row, key = rows.pop(said["key"], None), said["key"]
        parts = {name: said[name] for name in ("name", "value", "conditions", "active")}
        who = names.get(f"{ROW}{key}", by)
        if row is None:
            known = int(key) if key.isdigit() else None
            row = ValueRow(pk=known, pair=pair, flow=flow, table=said["table"])
            new.append(_taken(row, parts, who))
        elif row.snapshot != parts:
            changed.append(_taken(row, parts, who))
        order.setdefault(row.table, []).append(row)
    ValueRow.objects.bulk_create(new)
    names |= {f"{ROW}{row.pk}": row.changed_by for row in new}
    columns = [*ValueRow.EDITED, "active", "shipped_as", "offered", "changed_by", "changed_at"]
    ValueRow.objects.bulk_update(changed, columns, drafting.AT_ONCE)
    _take_away(rows.values(), by)
    _renumber(order.values())


def _take_away(rows: Iterable[ValueRow], by: str) -> None:
    """Delete rows that people added; a shipped one, which would come again, is put out of use."""
    rows = list(rows)
    own = [row.pk for row in rows if row.shipped_as is None]
    ValueRow.objects.filter(pk__in=own).delete()
    shipped = [row.pk for row in rows if row.pk not in own]
    now = timezone.now()
    ValueRow.objects.filter(pk__in=shipped).update(active=False, changed_by=by, changed_at=now)


def _renumber(orders: Iterable[list[ValueRow]]) -> None:
    moved = []
    for rows in orders:
        places = [row.position for row in rows]
        if any(one >= two for one, two in pairwise(places)) or 0 in places:
            for number, row in enumerate(rows, start=1):
                row.position = number * STEP
            moved += rows
    ValueRow.objects.bulk_update(moved, ["position"], drafting.AT_ONCE)


def _taken(row: Any, parts: Mapping[str, Any], by: str) -> Any:
    """Return the row with these parts, unsaved; as a shipped one when they are what is shipped."""
    if parts in (shipped_snapshot(row), row.offered):
        row.take(dict(parts))
    for name, value in parts.items():
        setattr(row, name, value)
    row.changed_by, row.changed_at = by, timezone.now()
    return row
