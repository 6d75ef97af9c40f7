"""What changed in routing rows, as a person reads it: the row, before and after, and who."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from mappings import content, routing
from mappings.admin.differences import Told
from mappings.admin.routing_lines import Telling
from mappings.content import ORDER, ROW, Difference
from mappings.routing import Row
from mappings.routing_draft import RouteDraft, as_content


def of_draft(draft: RouteDraft, at: Telling) -> list[Told]:
    """Return what the draft changes in what is in force."""
    found = []
    names = _names([*routing.in_force(draft.published), *draft.rows])
    for each in draft.told:
        hand = draft.hand(each.place)
        told = _told(each, at, names)
        overtaken = each.place in draft.overtaken
        now = at.sentence(draft.in_force.get(each.place)) if each.place.startswith(ROW) else ""
        found.append(
            Told(
                **{**told, "now": (now or "not there any more") if overtaken else ""},
                by=hand.get("by", ""),
                at=datetime.fromisoformat(hand["at"]) if hand else None,
                mark=draft.seen(each.place),
            )
        )
    return found


def between(one: Sequence[Row], other: Sequence[Row], at: Telling) -> list[Told]:
    """Return what the second rows say differently."""
    names = _names([*one, *other])
    found = content.differences(as_content(one), as_content(other))
    return [Told(**_told(each, at, names)) for each in found]


def of_version(differences: Sequence[Any], rows: Sequence[Row], at: Telling) -> list[Told]:
    """Return the differences that a version keeps against the one before it."""
    found = []
    for kept in differences:
        each = Difference(kept["place"], kept["before"], kept["after"])
        found.append(Told(**_told(each, at, _names(rows)), by=kept["by"]))
    return found


def _told(each: Difference, at: Telling, names: Mapping[str, str]) -> dict[str, Any]:
    titles = routing.kinds_of(at.connection)
    if each.place.startswith(ORDER):
        kind = each.place.removeprefix(ORDER)

        def order(keys: Any) -> str:
            return ", then ".join(f"“{names[key]}”" for key in keys or [] if key in names)

        title = "The order in which rows are tried"
        before, after = order(each.before), order(each.after)
        return _parts(each.place, titles.get(kind, kind), title, ("moved", before, after))
    parts = each.after or each.before
    verb = "added" if each.before is None else "removed" if each.after is None else "changed"
    title = parts["name"] or " and ".join(at.conditions(parts["table"], parts["conditions"]))
    told = (verb, at.sentence(each.before), at.sentence(each.after))
    return _parts(
        each.place, titles.get(parts["table"], parts["table"]), title or "All others", told
    )


def _parts(place: str, where: str, title: str, told: tuple[str, str, str]) -> dict[str, Any]:
    verb, before, after = told
    made = {"place": place, "where": where, "title": title, "verb": verb}
    return {**made, "before": before, "after": after}


def _names(rows: Sequence[Row]) -> dict[str, str]:
    return {row["key"]: routing.name_of(row) for row in rows}
