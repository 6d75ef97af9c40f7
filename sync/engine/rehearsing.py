"""Rehearsing: what other rules would make of records, beside what those in force make of them.

The records are read as they are now, once for both; nothing is written, here or there.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

from django.core.cache import cache
from django.db.models import Max
from django.utils import timezone

from connections.live import open_remote as open_live
from connections.models import Pair
from connections.remote import Lane
from sync.core.comparing import Rehearsal, compare
from sync.core.flow import Flow, RuleSet
from sync.core.mapping import fields_needed
from sync.core.planning import Plan
from sync.core.projection import Projection
from sync.core.records import Key, System
from sync.flows.shapes import unmatched
from sync.flows.shapes.unmatched import Gap
from sync.models import FlowSwitch, Mode, PlanRow, Run

from . import pipeline, projecting, surroundings
from .work import OpenRemote, Work, open_work

DAYS = 90
MOST = 2000
"""So many records are replayed, the newest; reading them costs two calls or so."""
AT_ONCE = 500
MOST_GAPS = 50
KEPT_SECONDS = 300
"""So long a few records that were read for a person are not read again."""


@dataclass(frozen=True)
class Missing:
    """Values for which the other rules have no row: so many records, whether a question is asked.

    `place` is a table's name or a target.
    """

    place: str
    words: str
    records: int
    asks: bool


@dataclass(frozen=True)
class Replay:
    """What became of the records planned lately: `differing` of `total` come out otherwise.

    `follows` counts those whose counterpart is there and would be changed when they are next looked
    at, `asks_first` those that would then raise a question that is not there today.
    """

    total: int
    differing: tuple[Rehearsal, ...]
    left_out: int = 0
    """How many older records there are besides."""
    follows: int = 0
    asks_first: int = 0
    missing: tuple[Missing, ...] = ()

    @property
    def areas(self) -> Mapping[str, int]:
        """How many records differ, by what the difference is about; most first."""
        return dict(Counter(area for one in self.differing for area in one.areas).most_common())


def can_rehearse(flow: Flow) -> bool:
    """Return whether a flow's rows make something that can be compared."""
    return flow.projects is None or not flow.projects.judges


def rehearse(
    pair: Pair,
    flow: Flow,
    keys: Sequence[Key],
    rules: tuple[RuleSet, RuleSet],
    open_remote: OpenRemote = open_live,
) -> list[Rehearsal]:
    """Return what both rules, those in force first, make of each record that can still be read.

    Raises the design's errors, NeedsPerson for a row that names an unknown field.
    """
    work = _work(pair, flow, open_remote)
    found: list[Rehearsal] = []
    for start in range(0, len(keys), AT_ONCE):
        part = keys[start : start + AT_ONCE]
        if flow.projects is not None:
            found += _projected(work, part, rules, flow.projects)
        else:
            found += _compared(work, _read(work, part, rules), rules)
    return found


def look(
    pair: Pair,
    flow: Flow,
    keys: Sequence[Key],
    rules: tuple[RuleSet, RuleSet],
    open_remote: OpenRemote = open_live,
) -> list[Rehearsal]:
    """Return what `rehearse` does of a few records, which are not read again for some minutes."""
    if flow.projects is not None or not keys:
        return rehearse(pair, flow, keys, rules, open_remote)
    work, kept_as = _work(pair, flow, open_remote), _kept_as(pair, flow, keys, rules)
    plans: list[Plan] | None = cache.get(kept_as)
    if plans is None:
        plans = _read(work, keys, rules)
        cache.set(kept_as, plans, KEPT_SECONDS)
    return _compared(work, plans, rules)


def is_kept(pair: Pair, flow: Flow, keys: Sequence[Key], rules: tuple[RuleSet, RuleSet]) -> bool:
    """Return whether `look` can tell of these records without reading them."""
    return bool(keys) and cache.get(_kept_as(pair, flow, keys, rules)) is not None


def _kept_as(pair: Pair, flow: Flow, keys: Sequence[Key], rules: tuple[RuleSet, RuleSet]) -> str:
    read = sorted(fields_needed(_together(*rules)))
    named = hashlib.sha256(repr((sorted(map(str, keys)), read)).encode()).hexdigest()[:32]
    return f"rehearsed:{pair.pk}:{flow.key}:{named}"


def replay(
    pair: Pair, flow: Flow, rules: tuple[RuleSet, RuleSet], open_remote: OpenRemote = open_live
) -> Replay:
    """Return which of the records planned in the last 90 days would come out otherwise."""
    keys, more = planned_lately(pair, flow)
    if flow.projects is not None:
        told = rehearse(pair, flow, keys, rules, open_remote)
        return Replay(len(told), tuple(one for one in told if one.differs), more)
    work, tally = _work(pair, flow, open_remote), _Tally()
    found: list[Rehearsal] = []
    for start in range(0, len(keys), AT_ONCE):
        plans = _read(work, keys[start : start + AT_ONCE], rules)
        now, then = _made_new(work, plans, rules)
        told = _beside(work, now, then)
        found += told
        tally.count_gaps(work, then, rules[1])
        moved = {one.subject for one in told if one.differs}  # nothing else can follow
        tally.count_changes(work, [plan for plan in plans if str(plan.subject) in moved], rules)
    return Replay(
        len(found),
        tuple(one for one in found if one.differs),
        more,
        tally.follows,
        tally.asks_first,
        tally.missing(),
    )


class _Tally:
    """What is counted while records are replayed."""

    def __init__(self) -> None:
        self.follows = self.asks_first = 0
        self._gaps: Counter[Gap] = Counter()
        self._asking: set[str] = set()

    def count_gaps(self, work: Work, plans: Sequence[Plan], rules: RuleSet) -> None:
        """Count the values without a row in what the rules would make new."""
        home = surroundings.organisation(work.salesforce).base_currency
        for plan in plans:
            if not plan.reason:
                self._gaps.update(set(unmatched.gaps(work.flow, rules, plan.couple, home)))
            self._asking |= {q.fix.argument for q in plan.questions if q.fix}

    def count_changes(
        self, work: Work, plans: Sequence[Plan], rules: tuple[RuleSet, RuleSet]
    ) -> None:
        """Count what would follow, or ask, as the records stand."""
        now, then = (pipeline.decide_again(replace(work, rules=r), plans, {}) for r in rules)
        for old, new in zip(now, then, strict=True):
            self.follows += bool(_changes(new)) and _changes(new) != _changes(old)
            asked = {question.cause for question in old.questions}
            self.asks_first += any(q.cause not in asked for q in new.questions)

    def missing(self) -> tuple[Missing, ...]:
        """Return the values without a row, those of most records first."""
        return tuple(
            Missing(gap.place, gap.words, count, gap.place in self._asking)
            for gap, count in self._gaps.most_common(MOST_GAPS)
        )


def _changes(plan: Plan) -> list[Any]:
    """Return what would be written to records that are there."""
    return [(i.system, i.kind, dict(i.body)) for i in plan.intents if i.target is not None]


def planned_lately(pair: Pair, flow: Flow) -> tuple[list[Key], int]:
    """Return the newest records that were planned in the last 90 days, and how many more."""
    since = timezone.now() - timedelta(days=DAYS)
    rows = PlanRow.objects.filter(pair=pair, flow=flow.key, made_at__gte=since)
    subjects = rows.values("subject").annotate(last=Max("id")).order_by("-last")
    found = [Key.parse(subject) for subject in subjects.values_list("subject", flat=True)[:MOST]]
    return found, max(subjects.count() - MOST, 0) if len(found) == MOST else 0


def named(pair: Pair, flow: Flow, asked: str, open_remote: OpenRemote = open_live) -> list[Key]:
    """Return the Salesforce records that a person means by an id or a name; none where unknown.

    Raises the design's errors.
    """
    asked, kind = asked.strip(), flow.salesforce_kind
    if not asked:
        return []
    row = PlanRow.objects.filter(pair=pair, flow=flow.key, subject_name__iexact=asked).first()
    if row is not None:
        return [Key.parse(row.subject)]
    if asked.isalnum() and len(asked) in (15, 18):
        return [Key(System.SALESFORCE, kind, asked)]
    remote = open_remote(pair.salesforce, Lane.PERSON)
    return [record.key for record in remote.find_by(kind, "Name", [asked])][:1]


def _work(pair: Pair, flow: Flow, open_remote: OpenRemote) -> Work:
    switch = FlowSwitch.objects.filter(pair=pair, flow=flow.key).first()
    switch = switch or FlowSwitch(pair=pair, flow=flow.key)
    switch.pair = pair
    run = Run(pair=pair, flow=flow.key, mode=Mode.SHADOW)
    return open_work(switch, flow, run, Lane.PERSON, open_remote)


def _projected(
    work: Work, keys: Sequence[Key], rules: tuple[RuleSet, RuleSet], projection: Projection
) -> list[Rehearsal]:
    first, second = (replace(work, rules=each) for each in rules)
    now = projecting.prepare(first, keys, projection)
    return _beside(first, now, projecting.prepare(second, keys, projection))


def _read(work: Work, keys: Sequence[Key], rules: tuple[RuleSet, RuleSet]) -> list[Plan]:
    """Return plans of the records, read with what either of the rules names."""
    return pipeline.prepare(replace(work, rules=_together(*rules)), keys)


def _compared(work: Work, plans: Sequence[Plan], rules: tuple[RuleSet, RuleSet]) -> list[Rehearsal]:
    return _beside(work, *_made_new(work, plans, rules))


def _made_new(
    work: Work, plans: Sequence[Plan], rules: tuple[RuleSet, RuleSet]
) -> tuple[list[Plan], list[Plan]]:
    now, then = (pipeline.decide_again(replace(work, rules=each), plans) for each in rules)
    return now, then


def _beside(work: Work, now: Sequence[Plan], then: Sequence[Plan]) -> list[Rehearsal]:
    after = {plan.subject: plan for plan in then}
    reference = surroundings.organisation(work.xero)
    return [
        compare(work.flow, plan, after[plan.subject], reference)
        for plan in now
        if plan.subject in after and plan.couple.own is not None
    ]


def _together(now: RuleSet, then: RuleSet) -> RuleSet:
    fields = dict.fromkeys([*now.fields, *then.fields])
    return RuleSet(tuple(fields), tuple(dict.fromkeys([*now.tables, *then.tables])), now.version)
