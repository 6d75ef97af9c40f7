"""What both systems said when they were last asked about a pair, kept with its time."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from connections.models import Pair
from sync.models import Cursor

from .setting_up_facts import Missing, Place

FORM = 1
"""Of what is kept: an answer that another version kept is asked for anew."""
SHARED = ""
Found = Mapping[str, tuple[Missing, ...]]
"""What is missing by flow; under SHARED what the whole pair lacks."""


@dataclass(frozen=True)
class Checked:
    """What both systems said at that time; `good` are the facts that are well, in words.

    `mark` tells what it was held against: with other rows or another package it is out of date.
    """

    at: datetime
    missing: Found = field(default_factory=dict)
    good: tuple[str, ...] = ()
    old_deals: str = ""
    """How many deals are won already, in words; empty while nobody knows."""
    mark: str = ""
    silent: bool = False
    """Whether a system did not answer, so that little could be looked at."""

    def of(self, flow: str) -> tuple[Missing, ...]:
        """Return what a flow lacks, besides what the pair does."""
        return self.missing.get(flow, ())


def keep(pair: Pair, found: Checked) -> None:
    """Keep the answer in the place of the one before."""
    Cursor.objects.update_or_create(
        connection=pair.salesforce, purpose=_purpose(pair), defaults={"seen": [_dump(found)]}
    )


def last_check(pair: Pair) -> Checked | None:
    """Return what both systems said when they were last asked, however long ago; no call."""
    row = Cursor.objects.filter(connection=pair.salesforce_id, purpose=_purpose(pair)).first()
    kept = row.seen[0] if row is not None and row.seen else {}
    return _load(kept) if kept.get("form") == FORM else None


def _purpose(pair: Pair) -> str:
    return f"setup:{pair.pk}"


def _dump(found: Checked) -> dict[str, Any]:
    return {
        "form": FORM,
        "at": found.at.isoformat(),
        "missing": {flow: [_dump_one(one) for one in ones] for flow, ones in found.missing.items()},
        "good": list(found.good),
        "old_deals": found.old_deals,
        "mark": found.mark,
        "silent": found.silent,
    }


def _dump_one(one: Missing) -> dict[str, Any]:
    place = one.place
    told = [place.name, place.words, list(place.args), list(place.query)] if place else None
    return {
        "key": one.key,
        "words": one.words,
        "place": told,
        "blocking": one.blocking,
        "shared": one.shared,
    }


def _load(kept: Mapping[str, Any]) -> Checked:
    return Checked(
        datetime.fromisoformat(kept["at"]),
        {flow: tuple(_load_one(one) for one in ones) for flow, ones in kept["missing"].items()},
        tuple(kept["good"]),
        kept["old_deals"],
        kept["mark"],
        kept["silent"],
    )


def _load_one(kept: Mapping[str, Any]) -> Missing:
    told = kept["place"]
    place = None
    if told:
        name, words, args, query = told
        place = Place(name, words, tuple(args), tuple((n, v) for n, v in query))
    return Missing(kept["key"], kept["words"], place, kept["blocking"], kept["shared"])
