"""What the open one of the first steps shows: what is found, what lacks, what would be written."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any

from django.db.models import Count, Q
from django.urls import reverse
from django.utils.http import urlencode

from connections.models import Pair
from sync.core.records import System
from sync.engine import beginning, setting_up
from sync.engine.setting_up import Missing, Place, Template, Waiting
from sync.models import ReviewItem

from . import first_steps_words as words
from . import match_desk_queue, places
from .flows import MODES
from .match_desk_queue import Asked

MINUTES_A_QUESTION = 0.25
"""As docs/first-match.md measured it."""
EVENTS = "events:"
ELSEWHERE = ("first_day", EVENTS, "asked:")
"""What is not told with the check: it has a place of its own, or is only a recommendation."""


@dataclass(frozen=True)
class Row:
    """One template as the page shows it."""

    it: Template
    badge: tuple[str, str, str]
    does: str
    lacks: Sequence[Missing]
    chosen: bool
    lines: Sequence[words.Line]
    asked: tuple[int, list[Any]]
    desks: Sequence[tuple[str, int, str]]
    plans: str
    refusal: str
    advice: str = ""
    """What it leans on that is started together with it."""
    more: str = ""
    """Where the template is tried out on the past, where it can be."""


def rows_of(pair: Pair, templates: Sequence[Template], apart: Sequence[Missing] = ()) -> list[Row]:
    """Return the templates; those that most begin with are chosen as long as none is in use.

    What is told `apart` is not told again at each of them.
    """
    fresh = all(one.mode == "off" for one in templates)
    found = [_row(pair, one, apart, fresh=fresh) for one in templates]
    together = any(row.chosen and row.it.flow == words.CUSTOMERS for row in found)
    return [_advised(row) for row in found] if together else found


def _advised(row: Row) -> Row:
    """Return the row with what is proposed in the same form as advice: it is not missing."""
    lacks = [m for m in row.lacks if m.key != "customers"]
    advice = words.TOGETHER if len(lacks) < len(row.lacks) else ""
    return replace(row, lacks=lacks, advice=advice)


def lacked_by_all(templates: Sequence[Template]) -> list[Missing]:
    """Return what every one of the templates lacks, to be told once; what blocks comes first."""
    first, *others = templates
    found = [m for m in first.missing if all(m in one.missing for one in others)]
    return sorted(found, key=lambda m: not m.blocking)


def _row(pair: Pair, one: Template, apart: Sequence[Missing], *, fresh: bool) -> Row:
    lacks = [m for m in one.missing if m not in apart and m.key != "first_day"]
    lacks.sort(key=lambda m: not m.blocking)
    blocked = any(m.blocking for m in one.missing if m.key != "first_day")
    lines = words.lines(one.flow, one.plans.counts)
    sure = sum(w.sure for w in one.plans.waiting if w.kind == ReviewItem.Kind.MATCH)
    if one.mode == "shadow" and sure:
        lines.append(words.linked(sure))
    return Row(
        it=one,
        badge=MODES[one.mode],
        does=words.DOES.get(one.flow, ""),
        lacks=lacks,
        chosen=fresh and one.flow in words.RECOMMENDED and not blocked,
        lines=lines,
        asked=words.asked(one.plans.counts),
        desks=_desks(pair, one.plans.waiting),
        plans=plans_address(pair, one.flow),
        refusal=setting_up.refusal(one) if one.mode == "shadow" else "",
        more=f"{reverse('risk_try_out')}?pair={pair.pk}" if one.flow == "credit_risk" else "",
    )


def plans_address(pair: Pair, flow: str) -> str:
    """Return where the plans of one template in shadow are read, each by itself."""
    kept = {"state__exact": "shadow", "flow": flow, "organisation": str(pair.xero_id)}
    return f"{reverse('admin:sync_planrow_changelist')}?{urlencode(kept)}"


def _desks(pair: Pair, waiting: Sequence[Waiting]) -> list[tuple[str, int, str]]:
    """Return (desk, how many wait there, its address), as far as anything waits."""
    counts: dict[str, int] = {}
    for one in waiting:
        counts[one.desk] = counts.get(one.desk, 0) + one.count
    known = places.desks()
    return [(known[d].title, n, desk_address(pair, d)) for d, n in counts.items() if d in known]


def desk_address(pair: Pair, desk: str) -> str:
    """Return where a pair's questions of one desk are answered."""
    address = places.desks()[desk].address
    if desk == ReviewItem.Desk.MATCH:
        return f"{address}?{Asked(pair=str(pair.pk)).stay()}"
    return f"{address}?{urlencode({'organisation': pair.xero_id})}"


@dataclass(frozen=True)
class Matches:
    """The customers that wait at the match desk, by how much a person has to think."""

    strong: int
    weak: int
    alone: int

    @property
    def all(self) -> int:
        """How many there are."""
        return self.strong + self.weak + self.alone

    @property
    def minutes(self) -> tuple[int, int]:
        """How long those with rivals, and those without anybody near, take a person."""
        return round(self.weak * MINUTES_A_QUESTION + 0.5), round(
            self.alone * MINUTES_A_QUESTION + 0.5
        )


def matches_of(pair: Pair) -> Matches:
    """Return the counts in one query."""
    rows = match_desk_queue.waiting(Asked(pair=str(pair.pk)), None).order_by()
    found = rows.aggregate(
        strong=Count("id", filter=Q(sure=True)),
        weak=Count("id", filter=Q(sure=False, points__isnull=False)),
        alone=Count("id", filter=Q(sure=False, points__isnull=True)),
    )
    return Matches(**found)


@dataclass(frozen=True)
class Fault:
    """One thing that wants mending, and the templates that it stands in the way of."""

    it: Missing
    titles: Sequence[str]
    places: Sequence[Place]

    @property
    def is_advice(self) -> bool:
        """Whether all works without it, only slower."""
        return self.it.key.startswith(EVENTS)


def faults_of(shared: Sequence[Missing], templates: Sequence[Template]) -> list[Fault]:
    """Return what the check found, the same thing once; what blocks comes first."""
    found: dict[tuple[str, str], tuple[Missing, list[str]]] = {
        (one.key, one.words): (one, []) for one in shared if not one.key.startswith(EVENTS)
    }
    for template in templates:
        for one in template.missing:
            if not one.shared and one.blocking and not one.key.startswith(ELSEWHERE):
                found.setdefault((one.key, one.words), (one, []))[1].append(template.title)
    told = [Fault(m, titles, [m.place] if m.place else []) for m, titles in found.values()]
    return [*sorted(told, key=lambda fault: not fault.it.blocking), *_of_events(shared)]


def _of_events(shared: Sequence[Missing]) -> list[Fault]:
    """Return once that changes are asked for, of one system or of both."""
    silent = [one for one in shared if one.key.startswith(EVENTS)]
    places = [one.place for one in silent if one.place]
    if len(silent) < len(System):
        return [Fault(one, (), places) for one in silent]
    named = [
        replace(place, words=f"{s.label} events") for place, s in zip(places, System, strict=True)
    ]
    return [Fault(Missing(EVENTS, words.NO_EVENTS, shared=True), (), named)]


def needing(missing: Sequence[Missing]) -> list[Missing]:
    """Return what is left without the advice that the check tells once for all."""
    return [one for one in missing if not one.key.startswith(EVENTS)]


def next_to_switch(used: Sequence[Row]) -> str:
    """Return the template that is best switched on next; empty where none can be."""
    able = [row.it.flow for row in used if row.it.mode == "shadow" and not row.refusal]
    first = [flow for flow in words.RECOMMENDED if flow in able]
    return next(iter([*first, *able]), "")


def first_day(pair: Pair) -> date:
    """Return the day that is proposed: today, or the first one after the books are locked."""
    today, locked = beginning.proposed_day(pair), pair.xero.locked_until
    return max(today, locked + timedelta(days=1)) if locked else today
