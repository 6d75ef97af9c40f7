"""The lines of the page of organisations: what each row asks, and what it gives, in words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from connections.models import Connection, Pair
from mappings import content, routing, routing_faults
from mappings.choices import SalesforceFields
from mappings.content import ROW
from mappings.routing import ASK, NONE, OF_ACCOUNT, Row
from mappings.routing_draft import RouteDraft
from sync.core.flow import Condition

SAID: Mapping[str, str] = {
    ASK: "a person is asked",
    NONE: "no organisation: left alone",
    OF_ACCOUNT: "as its account",
}


@dataclass(frozen=True)
class Given:
    """What a row gives: a pair and its organisation, or else words."""

    words: str
    pair: Pair | None = None
    organisation: Connection | None = None


@dataclass(frozen=True)
class RouteLine:
    """One row as it is read; `was` is what is in use where the draft says otherwise."""

    row: Row
    number: int
    place: str
    seen: str
    conditions: Sequence[str]
    given: Given
    faults: Sequence[str]
    warning: str
    gone: bool
    is_new: bool
    changed: bool
    was: str
    by: str
    at: datetime | None
    overtaken: bool


@dataclass(frozen=True)
class KindOfRows:
    """One kind with its rows; `address` leads to a form for a new one."""

    kind: str
    title: str
    made: str
    without: str
    lines: Sequence[RouteLine]
    has_rest: bool


@dataclass(frozen=True)
class Telling:
    """What is needed to tell rows in words: the connection's pairs, and the fields by kind."""

    connection: Connection
    pairs: Mapping[str, Pair]
    known: Mapping[str, SalesforceFields]

    def given(self, value: str) -> Given:
        """Return what a row's value comes to."""
        pair = self.pairs.get(value)
        if pair is None:
            return Given(SAID.get(value, f"pair {value}, which is gone" if value else "nothing"))
        told = routing.both_names(pair, self.connection.pk)
        return Given(told, pair, routing.other_side(pair, self.connection))

    def conditions(self, kind: str, conditions: Sequence[Mapping[str, str]]) -> list[str]:
        """Return each condition in words."""
        made = [Condition(c["path"], c["operator"], c["value"]) for c in conditions]
        known = self.known.get(kind, SalesforceFields())
        return [routing_faults.in_words(each, kind, known) for each in made]

    def sentence(self, parts: Any) -> str:
        """Return what a row says, as it stands at its place, in one sentence; empty for none."""
        if not parts:
            return ""
        when = self.conditions(parts["table"], parts["conditions"])
        given = self.given(parts["value"]).words
        told = f"{given}, when {' and '.join(when)}" if when else f"{given}, in all other cases"
        return told if parts["active"] else f"{told}, not in use"


def telling(connection: Connection, known: Mapping[str, SalesforceFields]) -> Telling:
    """Return what tells the connection's rows; one query."""
    pairs = {str(pair.pk): pair for pair in routing.pairs_of(connection)}
    return Telling(connection, pairs, known)


def kinds(draft: RouteDraft, at: Telling) -> list[KindOfRows]:
    """Return every kind with its rows in their order, those that shall go too."""
    pairs = {key for key, pair in at.pairs.items() if pair.active}
    never = routing_faults.unreached(draft.rows)
    found = []
    for kind, title in routing.kinds_of(draft.connection).items():
        rows = _rows(draft, kind)
        warned = routing_faults.warnings(draft.rows, kind, at.known[kind])
        lines = []
        for number, row in enumerate(rows, start=1):
            gone = draft.row(row["key"]) is None
            faults = [] if gone or not row["active"] else _faults(row, pairs, at, never)
            lines.append(_line(draft, at, row, number, (faults, warned.get(row["key"], ""), gone)))
        rest = any(row["active"] and not row["conditions"] for row in rows)
        told = routing.MADE_OF[kind], routing.WITHOUT[kind]
        found.append(KindOfRows(kind, title, *told, lines, rest))
    return found


def _rows(draft: RouteDraft, kind: str) -> list[Row]:
    before = {row["key"]: row for row in routing.in_force(draft.published) if row["kind"] == kind}
    now = {row["key"]: row for row in draft.rows if row["kind"] == kind}
    keys = content.merged_order(list(before), list(now))
    return [now.get(key) or before[key] for key in keys]


def _faults(row: Row, pairs: set[str], at: Telling, never: Mapping[str, str]) -> list[str]:
    found = list(routing_faults.row_faults(row, pairs, at.known[row["kind"]]).values())
    return [*found, never[row["key"]]] if row["key"] in never else found


def _line(
    draft: RouteDraft, at: Telling, row: Row, number: int, state: tuple[list[str], str, bool]
) -> RouteLine:
    place = f"{ROW}{row['key']}"
    in_force, now = draft.in_force.get(place), draft.places.get(place)
    changed = in_force != now
    hand = draft.hand(place) if changed else {}
    faults, warning, gone = state
    return RouteLine(
        row=row,
        number=number,
        place=place,
        seen=draft.seen(place),
        conditions=at.conditions(row["kind"], row["conditions"]),
        given=at.given(row["value"]),
        faults=faults,
        warning=warning,
        gone=gone,
        is_new=in_force is None,
        changed=changed,
        was=at.sentence(in_force) if changed and in_force and now else "",
        by=hand.get("by", ""),
        at=datetime.fromisoformat(hand["at"]) if hand else None,
        overtaken=place in draft.overtaken,
    )
