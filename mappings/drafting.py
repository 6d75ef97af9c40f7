"""The draft of a pair's next version: what people changed in it, and how its rows stand."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any
from uuid import uuid4

from django.db import transaction
from django.utils import timezone

from connections.models import Pair
from mappings import content
from mappings.content import ORDER, ROW, Content, Difference, Places
from mappings.models import DraftChange, PublishedRules, lock, newest
from mappings.rules import rules_of
from sync.core.flow import RuleSet
from sync.flows.registry import every_flow

AT_ONCE = 500
"""So many rows are updated by one statement; of more, each costs more."""


class ChangedMeanwhile(Exception):
    """Somebody else changed what a person saw; `by` did, and `now` is how it stands now."""

    def __init__(self, by: str, now: Any = None) -> None:
        super().__init__(f"{by or 'Somebody'} changed this row meanwhile.")
        self.by, self.now = by, now

    def told(self, now: str) -> str:
        """Return what to tell the person whose values were not saved; `now` is the row in words."""
        return f"{self} Now it says: {now}. Save again to put yours in its place."


@dataclass(frozen=True)
class Draft:
    """What is in force for a pair and flow, and the changes that wait to be published."""

    pair: Pair
    flow: str
    published: PublishedRules | None
    changes: Sequence[DraftChange]

    @property
    def number(self) -> int:
        """The version in force."""
        return self.published.number if self.published else 0

    @cached_property
    def in_force(self) -> Places:
        """What is in force, by place."""
        return content.places(self.published.content if self.published else content.EMPTY)

    @cached_property
    def content(self) -> Content:
        """Everything as it would be once the draft is published."""
        now = self.published.content if self.published else content.EMPTY
        made = [Difference(each.place, each.before, each.after) for each in self.changes]
        orders = [each for each in made if each.place.startswith(ORDER)]
        return content.changed(now, [each for each in made if each not in orders] + orders)

    @cached_property
    def places(self) -> Places:
        """Everything as it would be, by place."""
        return content.places(self.content)

    @property
    def rules(self) -> RuleSet:
        """The rules that the draft makes, as the version after the one in force."""
        return rules_of(every_flow()[self.flow], self.content, self.number + 1)

    def change(self, place: str) -> DraftChange | None:
        """Return the change of one place, or None."""
        return next((each for each in self.changes if each.place == place), None)

    def overtaken(self, change: DraftChange) -> bool:
        """Return whether what is in force changed since the place was drafted."""
        place, now = change.place, self.in_force.get(change.place)
        moved_on = not content.same(place, change.before, now)
        return moved_on and not content.same(place, now, change.after)

    @property
    def told(self) -> list[DraftChange]:
        """The changes that make a difference; where a new row stands is none of its own."""
        return [
            each
            for each in self.changes
            if not content.same(each.place, self.in_force.get(each.place), each.after)
        ]

    @property
    def mark(self) -> str:
        """A mark of all that a person sees of the draft before publishing it."""
        told = [(each.place, each.before, each.after) for each in self.changes]
        return content.mark([self.number, told])

    def seen(self, place: str) -> str:
        """Return the mark of how one place stands in the draft."""
        return content.mark(self.places.get(place))


def draft_of(pair: Pair, flow: str) -> Draft:
    """Return the draft of a pair's rows for a flow: two queries."""
    changes = list(DraftChange.objects.filter(pair=pair, flow=flow))
    return Draft(pair, flow, newest([(pair.pk, flow)]).get((pair.pk, flow)), changes)


def locked(pair: Pair, flow: str) -> Draft:
    """Return the draft, which nobody else can change or publish until the transaction ends."""
    lock([(pair.pk, flow)])
    return draft_of(pair, flow)


def save(pair: Pair, flow: str, place: str, after: Any, *, seen: str, by: str) -> bool:
    """Put a person's values of a place into the draft; return whether that changes anything.

    `seen` is the mark of the place as it was shown. Values as they are in force take the change
    out of the draft. Raises ChangedMeanwhile.
    """
    with transaction.atomic():
        draft = locked(pair, flow)
        if draft.seen(place) != seen:
            raise ChangedMeanwhile(_last_hand(draft, place), draft.places.get(place))
        if draft.places.get(place) == after:
            return False
        put(draft, place, after, by)
        return True


def _last_hand(draft: Draft, place: str) -> str:
    change = draft.change(place)
    if change is not None:
        return change.changed_by
    return draft.published.by if draft.published else ""


def put(draft: Draft, place: str, after: Any, by: str) -> None:
    """Make one change of a locked draft."""
    put_all(draft, {place: after}, by)


def put_all(draft: Draft, wanted: Mapping[str, Any], by: str) -> None:
    """Make changes of a locked draft, by place; as many queries for thousands as for one."""
    now, known = draft.in_force, {each.place: each for each in draft.changes}
    idle = {place for place, after in wanted.items() if now.get(place) == after}
    mine = DraftChange.objects.filter(pair=draft.pair, flow=draft.flow)
    mine.filter(place__in=idle).delete()
    new, changed = list[DraftChange](), list[DraftChange]()
    for place in [place for place in wanted if place not in idle]:
        change = known.get(place) or DraftChange(
            pair=draft.pair, flow=draft.flow, place=place, before=now.get(place)
        )
        change.after, change.changed_by = wanted[place], by
        change.changed_at = timezone.now()
        (changed if place in known else new).append(change)
    DraftChange.objects.bulk_create(new)
    DraftChange.objects.bulk_update(changed, ["after", "changed_by", "changed_at"], AT_ONCE)


def add_row(pair: Pair, flow: str, row: Mapping[str, Any], by: str) -> str:
    """Put a new row of a table into the draft, before the one for all other cases; return its key.

    Behind that one it would never be reached.
    """
    with transaction.atomic():
        draft, key = locked(pair, flow), f"n{uuid4().hex[:10]}"
        order = order_with(draft, row, key)
        put(draft, f"{ROW}{key}", dict(row), by)
        _keep_order(draft, row["table"], order, by)
        return key


def order_with(draft: Draft, row: Mapping[str, Any], key: str) -> list[str]:
    """Return the keys of a table's rows in their order once a new row stands among them."""
    order = _order(draft, row["table"])
    rest = [i for i, each in enumerate(order) if _takes_all(draft.places[f"{ROW}{each}"])]
    order.insert(rest[0] if rest and row["conditions"] else len(order), key)
    return order


def take(pair: Pair, flow: str, wanted: Content, *, seen: str, by: str) -> int:
    """Let the draft say what a content says; return how many places that changes.

    `seen` is the draft's mark as it was shown. Raises ChangedMeanwhile.
    """
    with transaction.atomic():
        draft = locked(pair, flow)
        if draft.mark != seen:
            raise ChangedMeanwhile(draft.changes[-1].changed_by if draft.changes else "")
        fresh = _with_own_keys(draft, wanted)
        found = content.differences(draft.content, fresh)
        known = {f"{ORDER}{row['table']}" for row in fresh["rows"] if _is_new(draft, row)}
        then = content.places(fresh)  # where a new row stands is part of it
        changed = {each.place: each.after for each in found if each.place not in known}
        put_all(draft, changed | {place: then[place] for place in sorted(known)}, by)
        return len(found)


def _is_new(draft: Draft, row: Mapping[str, Any]) -> bool:
    return f"{ROW}{row['key']}" not in draft.places


def _with_own_keys(draft: Draft, wanted: Content) -> Content:
    """Return the content, new rows with keys that no other row of the draft has or had."""
    keys = {
        row["key"]: f"n{uuid4().hex[:10]}" if _is_new(draft, row) else row["key"]
        for row in wanted["rows"]
    }
    return {**wanted, "rows": [{**row, "key": keys[row["key"]]} for row in wanted["rows"]]}


def move_row(pair: Pair, flow: str, key: str, steps: int, by: str) -> None:
    """Let the draft try the row `steps` places later (earlier when negative); the ends stop it."""
    with transaction.atomic():
        draft = locked(pair, flow)
        row: Mapping[str, Any] = draft.places.get(f"{ROW}{key}") or {"table": ""}
        order = _order(draft, row["table"])
        if key not in order or not 0 <= order.index(key) + steps < len(order):
            return
        place = order.index(key) + steps
        order.remove(key)
        order.insert(place, key)
        _keep_order(draft, row["table"], order, by)


def discard(pair: Pair, flow: str, place: str = "", *, seen: str) -> int:
    """Take one change out of the draft, or all of them; return how many.

    `seen` is the mark of the place, or of the whole draft, as it was shown. Raises
    ChangedMeanwhile: nobody throws away what they have not seen.
    """
    with transaction.atomic():
        draft = locked(pair, flow)
        if seen != (draft.seen(place) if place else draft.mark):
            newest = max(draft.changes, key=lambda each: each.changed_at, default=None)
            by = _last_hand(draft, place) if place else (newest.changed_by if newest else "")
            raise ChangedMeanwhile(by, draft.places.get(place))
        gone = [each for each in draft.changes if place in ("", each.place)]
        DraftChange.objects.filter(pk__in=[each.pk for each in gone]).delete()
        left = draft_of(pair, flow)
        idle = [c for c in left.changes if left.places.get(c.place) == left.in_force.get(c.place)]
        DraftChange.objects.filter(pk__in=[each.pk for each in idle]).delete()
        return len([each for each in gone if each in draft.told])


def keep(pair: Pair, flow: str, place: str, seen: str) -> None:
    """Let a change stand although another version was published over what it was made of.

    `seen` is the mark of what is in force as it was shown. Raises ChangedMeanwhile.
    """
    with transaction.atomic():
        draft = locked(pair, flow)
        change, now = draft.change(place), draft.in_force.get(place)
        if change is None:
            return
        if content.mark(now) != seen:
            raise ChangedMeanwhile(draft.published.by if draft.published else "")
        change.before = now
        change.save()


def _order(draft: Draft, table: str) -> list[str]:
    return list(draft.places.get(f"{ORDER}{table}", []))


def _keep_order(draft: Draft, table: str, order: Sequence[str], by: str) -> None:
    put(draft, f"{ORDER}{table}", list(order), by)


def _takes_all(row: Mapping[str, Any]) -> bool:
    return bool(row["active"] and not row["conditions"])
