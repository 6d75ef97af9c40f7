"""The draft of a connection's routing rows: what people do to it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import uuid4

from django.db import transaction
from django.utils import timezone

from connections.models import Connection
from mappings import content
from mappings.content import ORDER, ROW, Places
from mappings.drafting import ChangedMeanwhile
from mappings.models import RoutingDraft, lock_routing
from mappings.routing import Row
from mappings.routing_draft import (
    RouteDraft,
    as_content,
    draft_of,
    last_hand,
    made_of,
    parts_of,
    places_of,
    rows_of_content,
)

__all__ = [
    "add_row",
    "clear",
    "discard",
    "draft_of",
    "last_hand",
    "let_stand",
    "locked",
    "move_row",
    "moved",
    "save",
    "take",
    "takes_all",
    "with_row",
]


def locked(connection: Connection) -> RouteDraft:
    """Return the draft, which nobody else can change or publish until the transaction ends."""
    return made_of(connection, lock_routing(connection.pk))


def save(connection: Connection, key: str, row: Row | None, *, seen: str, by: str) -> bool:
    """Put a person's values of a row into the draft; return whether that changes anything.

    `row` is None for one that shall go. `seen` is the mark of its place as it was shown. Raises
    ChangedMeanwhile.
    """
    place, after = f"{ROW}{key}", parts_of(row) if row is not None else None
    with transaction.atomic():
        draft = locked(connection)
        if draft.seen(place) != seen:
            raise ChangedMeanwhile(last_hand(draft, place), draft.places.get(place))
        if draft.places.get(place) == after:
            return False
        _put(draft, {place: after}, by)
        return True


def add_row(connection: Connection, row: Row, by: str) -> str:
    """Put a new row into the draft, before one that takes all the rest; return its key."""
    with transaction.atomic():
        draft, key = locked(connection), _new_key()
        made = with_row(draft.rows, {**row, "key": key})
        order = [each["key"] for each in made if each["kind"] == row["kind"]]
        _put(draft, {f"{ROW}{key}": parts_of(row), f"{ORDER}{row['kind']}": order}, by)
        return key


def move_row(connection: Connection, key: str, steps: int, by: str) -> None:
    """Let the draft try the row `steps` places later (earlier when negative); the ends stop it."""
    with transaction.atomic():
        draft = locked(connection)
        row = draft.row(key)
        if row is not None:
            after = [r["key"] for r in moved(draft.rows, key, steps) if r["kind"] == row["kind"]]
            if after != _order(draft, row["kind"]):
                _put(draft, {f"{ORDER}{row['kind']}": after}, by)


def moved(rows: Sequence[Row], key: str, steps: int) -> list[Row]:
    """Return the rows with one `steps` places later among those of its kind, if it can be."""
    row = next(each for each in rows if each["key"] == key)
    own = [each for each in rows if each["kind"] == row["kind"]]
    place = own.index(row) + steps
    if not 0 <= place < len(own):
        return list(rows)
    own.remove(row)
    own.insert(place, row)
    return [*(each for each in rows if each["kind"] != row["kind"]), *own]


def take(connection: Connection, rows: Sequence[Row], *, seen: str, by: str) -> int:
    """Let the draft say what these rows say; return how many places that changes.

    A row whose key the draft does not know is a new one. `seen` is the draft's mark as it was
    shown. Raises ChangedMeanwhile.
    """
    with transaction.atomic():
        draft = locked(connection)
        if draft.mark != seen:
            raise ChangedMeanwhile(last_hand(draft))
        known = {row["key"] for row in draft.rows}
        fresh = [row if row["key"] in known else {**row, "key": _new_key()} for row in rows]
        found = content.differences(as_content(draft.rows), as_content(fresh))
        wanted = places_of(fresh)
        gone = {place: None for place in draft.places if place not in wanted}
        _put(draft, {**gone, **wanted}, by)
        return len(found)


def start(connection: Connection, rows: Sequence[Row], by: str) -> bool:
    """Let an empty draft of no rows say these; return whether it did."""
    with transaction.atomic():
        draft = locked(connection)
        if draft.rows or draft.told:
            return False
        take(connection, [{**row, "key": ""} for row in rows], seen=draft.mark, by=by)
        return True


def discard(connection: Connection, place: str = "", *, seen: str) -> None:
    """Take one change out of the draft, or all of them.

    `seen` is the mark of the place, or of the whole draft, as it was shown. Raises
    ChangedMeanwhile: nobody throws away what they have not seen.
    """
    with transaction.atomic():
        draft = locked(connection)
        if seen != (draft.seen(place) if place else draft.mark):
            raise ChangedMeanwhile(last_hand(draft, place), draft.places.get(place))
        if not place:
            clear(draft)
            return
        _put(draft, {place: draft.in_force.get(place)}, "")


def let_stand(connection: Connection, *, seen: str, by: str) -> None:
    """Let the draft stand although another version was published over what it was made of.

    `seen` is the draft's mark as it was shown. Raises ChangedMeanwhile.
    """
    with transaction.atomic():
        draft = locked(connection)
        if draft.mark != seen:
            raise ChangedMeanwhile(last_hand(draft))
        if draft.kept is not None and draft.made:
            _keep(draft, draft.kept, list(draft.rows), draft.number, by)


def clear(draft: RouteDraft) -> None:
    """Empty a locked draft."""
    if draft.kept is not None:
        draft.kept.content, draft.kept.hands, draft.kept.based_on = None, {}, draft.number
        draft.kept.save()


def with_row(rows: Sequence[Row], row: Row) -> list[Row]:
    """Return the rows with this one in its place; a new one before that which takes the rest."""
    if any(each["key"] == row["key"] for each in rows):
        return [row if each["key"] == row["key"] else each for each in rows]
    own = [each for each in rows if each["kind"] == row["kind"]]
    rest = next((place for place, each in enumerate(own) if takes_all(each)), len(own))
    own.insert(rest if row["conditions"] else len(own), row)
    return [*(each for each in rows if each["kind"] != row["kind"]), *own]


def takes_all(row: Mapping[str, Any]) -> bool:
    """Return whether a row takes whatever comes to it."""
    return bool(row["active"] and not row["conditions"])


def _new_key() -> str:
    return f"n{uuid4().hex[:10]}"


def _order(draft: RouteDraft, kind: str) -> list[str]:
    return list(draft.places.get(f"{ORDER}{kind}", []))


def _put(draft: RouteDraft, changes: Places, by: str) -> None:
    """Make changes in a locked draft; one back to what is in force is none any more."""
    base, kept = places_of(draft.base), draft.kept
    if kept is None:
        raise ValueError("Only a locked draft can be changed.")
    based_on, begun = kept.based_on, kept.content is not None
    if not begun:
        base, based_on = dict(draft.in_force), draft.number
    wanted = places_of(kept.content["rows"]) if begun else dict(base)
    for place, after in changes.items():
        value = base.get(place) if after == draft.in_force.get(place) else after
        if wanted.pop(place, None) is None and value and place.startswith(ROW):
            order = f"{ORDER}{value['table']}"  # one that comes back stands where it stood
            wanted[order] = content.merged_order(base.get(order, []), wanted.get(order, []))
        if value is not None:
            wanted[place] = value
        if after != draft.places.get(place):
            _sign(kept, place, by)
    rows = rows_of_content(content.content_of(wanted))
    if places_of(rows) == places_of(rows_of_content(content.content_of(base))):
        clear(draft)
        return
    _keep(draft, kept, rows, based_on, by)


def _keep(
    draft: RouteDraft, kept: RoutingDraft, rows: Sequence[Row], based_on: int, by: str
) -> None:
    kept.content, kept.based_on = {"rows": list(rows)}, based_on
    kept.changed_by = by or kept.changed_by
    kept.save()


def _sign(kept: RoutingDraft, place: str, by: str) -> None:
    hands = {each: hand for each, hand in kept.hands.items() if each != place}
    kept.hands = hands | ({place: {"by": by, "at": timezone.now().isoformat()}} if by else {})
