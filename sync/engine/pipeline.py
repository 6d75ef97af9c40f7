"""The way of the data: prepare() reads only and plans, carry_out() is the only writer."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Any

from mappings.completeness import usable
from sync.core.couples import AFRESH, Couple
from sync.core.flow import RuleSet, Surroundings
from sync.core.mapping import map_couple
from sync.core.matching import match_couple
from sync.core.merging import merge_couple
from sync.core.planning import Plan, plan
from sync.core.records import Key, System

from . import (
    adopting,
    candidates,
    catalogue_facts,
    catalogues,
    chaining,
    customers,
    fetching,
    linking,
    marking,
    meeting,
    owning,
    projecting,
    quoting,
    recording,
    risk_cases,
    risk_preparing,
    routing_judging,
    surroundings,
    writing,
)
from .work import Work

MADE_NEW: Mapping[str, Any] = {AFRESH: True}
StillOurs = Callable[[], None]
"""Raises when the batch must not write any more (paused, switched off, lease lost)."""


def prepare(work: Work, keys: Sequence[Key], *, patience: timedelta = timedelta(0)) -> list[Plan]:
    """Return one plan a subject of the batch; nothing is written in either system.

    `patience` is how old the index may be for records that are linked already.
    """
    if work.flow.projects is not None:
        if work.flow.projects.judges:
            return risk_preparing.prepare(work, keys)
        return projecting.prepare(work, keys, work.flow.projects)
    rules = rules_in_use(work)
    fetching.refresh_index(work, keys, patience)
    couples = fetching.fetch(work, keys, rules)  # 2
    couples = routing_judging.with_routes(work, candidates.with_links_of_needs(work, couples))
    couples = _match(work, couples)  # 3
    couples = owning.with_elders(work, owning.with_owners(work, couples))
    couples = marking.with_taken(work, fetching.with_found(work, couples))
    couples = catalogue_facts.with_facts(work, quoting.with_facts(work, couples))
    work.around = surroundings.gather(work, _item_codes(work, couples, rules), rules)
    return _decide(work, couples, work.around)


def _item_codes(work: Work, couples: Sequence[Couple], rules: RuleSet) -> set[str]:
    alive = [c.salesforce for c in couples if c.salesforce is not None]
    return {code for record in alive for code in work.flow.item_codes(record, rules)}


def _match(work: Work, couples: Sequence[Couple]) -> list[Couple]:
    if work.flow.by_likeness:
        return meeting.match(work, couples)
    if work.flow.begins_in_xero:
        aside = [c for c in couples if c.routed and (c.routed.reason or c.routed.question)]
        return [*aside, *quoting.match(work, [c for c in couples if c not in aside])]
    if work.flow.by_code:
        return catalogues.match(work, couples)
    pools = candidates.candidates_for(work, couples)
    matched = [match_couple(work.flow, c, *pools.get(c.subject, ([], {}))) for c in couples]
    return chaining.guard(work, customers.refine(work, matched))


def _decide(work: Work, couples: Sequence[Couple], around: Surroundings) -> list[Plan]:
    plans = []
    for couple in couples:
        own = _with_rules_of_lines(work, couple, around)
        mapped = map_couple(work.flow, couple, own)  # 4
        merged = merge_couple(  # 5
            mapped,
            own.rules,
            adopts_as_it_is=work.flow.adopts_as_it_is,
            together=work.flow.together,
        )
        plans.append(plan(work.flow, merged, own))  # 6
    return plans


def decide_again(
    work: Work, plans: Sequence[Plan], facts: Mapping[str, Any] = MADE_NEW
) -> list[Plan]:
    """Return what the work's rules make of the couples of plans that other rules made.

    As if each were made new, unless the facts say otherwise. Nothing is read anew but what is known
    of items. Raises NeedsPerson as `prepare` does.
    """
    rules = rules_in_use(work)
    couples = [
        replace(c, shared={}, merged=None, questions=(), facts={**c.facts, **facts})
        for c in (p.couple for p in plans)
    ]
    around = surroundings.gather(work, _item_codes(work, couples, rules), rules)
    return _decide(work, couples, around)


def _with_rules_of_lines(work: Work, couple: Couple, around: Surroundings) -> Surroundings:
    """Return the surroundings with a rule for each line, where lines are fields of their own."""
    if work.flow.lines is None:
        return around
    fields = (*around.rules.fields, *work.flow.lines(couple))
    return replace(around, rules=replace(around.rules, fields=fields))


def rules_in_use(work: Work) -> RuleSet:
    """Return the mapping rows that this Salesforce org can serve; what it lacks is a warning.

    Raises NeedsPerson for a row that names an unknown field.
    """
    kind = work.flow.salesforce_kind
    bare = work.flow.by_likeness or work.flow.by_code
    lines = {} if bare else work.salesforce.fields(f"{kind}LineItem")
    rules, missing = usable(work.rules, work.salesforce.fields(kind), lines)
    work.warnings += [f"Salesforce has no field {name}; it is left out." for name in missing]
    return rules


def carry_out(
    work: Work, plans: Sequence[Plan], outcome: writing.Outcome, still_ours: StillOurs
) -> list[Plan]:
    """Write what the plans intend, link what they made, then tell the other side about it.

    The second round plans again with the answers of the first, so that what a system gave its
    new record (number, total, address) reaches the other side without being read again. Returns
    the plans as they stand at the end.
    """
    _write(work, plans, outcome, still_ours)  # 7, and 8 with each answer
    told = _with_answers(work, plans, outcome)
    if not told or work.around is None:
        return list(plans)
    second = {p.subject: p for p in _decide(work, told, work.around)}
    _write(work, list(second.values()), outcome, still_ours)
    return [second.get(plan.subject, plan) for plan in plans]


def _write(
    work: Work, plans: Sequence[Plan], outcome: writing.Outcome, still_ours: StillOurs
) -> None:
    adopting.adopt(work, plans)
    linking.settle_agreed(work, plans)
    risk_cases.keep(work, plans)
    rows = recording.save_plans(work, plans)
    writing.write(work, plans, rows, outcome, still_ours)


def _with_answers(work: Work, plans: Sequence[Plan], outcome: writing.Outcome) -> list[Couple]:
    """Return the couples whose counterpart has just been made or changed, as both are now.

    What was written to Salesforce too is read again: planned on its old values, the next write
    would take them for news.
    """
    made = outcome.records
    links = linking.facts_of(work, list(made))
    rewritten = [
        p.subject.id
        for p in plans
        if p.subject in made and any(i.system is System.SALESFORCE for i in p.intents)
    ]
    anew = fetching.read(work, rewritten, work.around.rules) if work.around else {}
    couples = [
        replace(
            p.couple,
            salesforce=anew.get(p.subject.id, p.couple.salesforce),
            xero=made[p.subject],
            link=links[p.subject],
            match=None,
            needs={},
        )
        for p in plans
        if p.subject in made and p.subject in links
    ]
    fresh = [replace(couple, questions=(), shared={}, merged=None) for couple in couples]
    return candidates.with_links_of_needs(work, fresh)
