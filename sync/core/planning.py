"""Step 6 of 8, plan. State the writes and questions that would bring two records in step."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import Any

from . import doubts
from .agreed import Agreed, Common
from .couples import Couple
from .errors import NeedsPerson
from .flow import BOTH, TO_SALESFORCE, Flow, Need, Shared, Surroundings
from .matching import Outcome
from .money import Money
from .questions import AGAIN, LEAVE, Check, Question, from_error
from .records import Key, Record, System

COUNTERPART = "counterpart"
"""The name of the intent that makes the subject's own counterpart."""


class Action(StrEnum):
    """What a plan comes to; the words of `sync --json`."""

    CREATE = "create"
    UPDATE = "update"
    NOTHING = "nothing"
    QUESTION = "question"


@dataclass(frozen=True)
class Intent:
    """One intended write.

    `name` is how a later intent of the same plan refers to what it makes (`@contact` in a body
    becomes its id). `about` is the Salesforce record that the written record stands for,
    `marker` what finds a created record again, `target` the record to update (None: create).
    `shared` and `before` are for people and for the agreed values; `kind` and `body` are in the
    remote's words. `based_on` is the stamp (ISO) of the record that an update was planned on.
    """

    system: System
    kind: str
    name: str
    body: Mapping[str, Any] = field(hash=False)
    about: Key
    marker: str = ""
    target: Key | None = None
    flow: str = ""
    shared: Shared = field(default_factory=dict, hash=False)
    before: Shared = field(default_factory=dict, hash=False)
    generation: int = 1
    based_on: str = ""


@dataclass(frozen=True)
class Plan:
    """What would bring one couple in step.

    `adopts` is a counterpart to be linked without a write; `agreed` are the values that already
    agree; `reason` says in words why nothing is done.
    """

    subject: Key
    action: Action
    couple: Couple = field(hash=False)
    intents: tuple[Intent, ...] = field(default=(), hash=False)
    questions: tuple[Question, ...] = field(default=(), hash=False)
    adopts: Key | None = None
    agreed: Agreed = field(default_factory=dict, hash=False)
    money: Money | None = None
    reason: str = ""
    checks: tuple[Check, ...] = field(default=(), hash=False)

    @property
    def held(self) -> bool:
        """Whether the subject's writes to Xero wait for an answer."""
        return _held(self.questions)


def plan(flow: Flow, couple: Couple, around: Surroundings) -> Plan:
    """Return the plan of a couple that has been matched, mapped and merged."""
    reason = unwanted_reason(flow, couple) or _too_old(flow, couple, around)
    if reason:
        return _plan_for_unwanted(flow, couple, reason)
    ended = flow.ended(couple) or doubts.of_vanished(couple)
    if ended is not None:
        if couple.decided(ended.cause, ended.about) != AGAIN.value:
            return _plan_for_ended(flow, couple, around, ended)
        couple = replace(couple, xero=None, merged=None)
    couple, late = _respect_frozen(flow, couple)
    questions = [*couple.questions, *doubts.of_matches(couple, _needed(flow, couple)), *late]
    questions += [doubts.of_conflict(c) for c in (couple.merged.conflicts if couple.merged else ())]
    questions += doubts.of_twins(couple)
    checks: tuple[Check, ...] = ()
    if not _held(questions):
        checks = tuple(flow.check(couple, around))
        known = {question.cause for question in questions}
        asked = [check.question for check in checks if check.question]
        questions += [question for question in asked if question.cause not in known]
    try:
        intents = _intents(flow, couple, around, TO_SALESFORCE if _held(questions) else BOTH)
    except NeedsPerson as error:
        intents, questions = (), [*questions, from_error(error)]
    return Plan(
        couple.subject,
        _action(intents, questions),
        couple,
        intents,
        tuple(questions),
        couple.adopts,
        couple.merged.agreed if couple.merged else {},
        _money(flow, couple),
        checks=checks,
    )


def _held(questions: Sequence[Question]) -> bool:
    return any(question.holds for question in questions)


def _needed(flow: Flow, couple: Couple) -> list[str]:
    """Return the needs that this plan stands on: all for a create, else those it would write.

    A contact that is archived after the invoice was made is nobody's problem.
    """
    written = couple.merged.writes[System.XERO] if couple.merged else {}
    return [n.name for n in flow.needs if couple.xero is None or n.name in written]


def _plan_for_ended(flow: Flow, couple: Couple, around: Surroundings, ended: Question) -> Plan:
    """Return the plan while the counterpart has ended and nobody said to make it again."""
    told = _update(flow, couple, around, System.SALESFORCE)
    intents = (told,) if told else ()
    if couple.decided(ended.cause, ended.about) == LEAVE.value:
        action = Action.UPDATE if intents else Action.NOTHING
        return Plan(couple.subject, action, couple, intents, reason=ended.title)
    return Plan(
        couple.subject,
        Action.QUESTION,
        couple,
        intents,
        tuple(doubts.of_matches(couple)) or (ended,),
        couple.adopts,
        couple.merged.agreed if couple.merged else {},
        _money(flow, couple),
    )


def unwanted_reason(flow: Flow, couple: Couple) -> str:
    """Return why the Salesforce record is left alone, or empty."""
    record = couple.salesforce
    if record is None:
        return "It can no longer be read in Salesforce."
    if record.gone:
        return f"It was {record.gone.partition(':')[0]} in Salesforce."
    return flow.unwanted(record)


def _too_old(flow: Flow, couple: Couple, around: Surroundings) -> str:
    record, start = couple.salesforce, around.starts_from
    day = flow.day_of(record) if record is not None else None
    if couple.link is not None or start is None or day is None or day >= start:
        return ""
    return f"It is of {day:%-d %b %Y}; this flow begins on {start:%-d %b %Y}."


def _plan_for_unwanted(flow: Flow, couple: Couple, reason: str) -> Plan:
    question = flow.lost(couple, reason) if couple.xero is not None else None
    if question and couple.decided(question.cause, question.about) != LEAVE.value:
        money = _money(flow, couple)
        return Plan(
            couple.subject, Action.QUESTION, couple, (), (question,), money=money, reason=reason
        )
    return Plan(couple.subject, Action.NOTHING, couple, reason=reason)


def _respect_frozen(flow: Flow, couple: Couple) -> tuple[Couple, list[Question]]:
    """Take back what would be written to a record that may not be touched any more.

    A difference that matters is a question; one that a person chose to leave is accepted as it
    stands. Any other waits without a word: a record may become a draft again.
    """
    merged = couple.merged
    if couple.xero is None or merged is None or not flow.frozen(couple.xero):
        return couple, []
    fields = {*merged.writes[System.XERO], *(c.field for c in merged.conflicts)}
    undecided = replace(couple, decisions={})
    question = flow.too_late(undecided, frozenset(fields)) if fields else None
    left = question and couple.decided(question.cause, question.about) == LEAVE.value
    writes = {**merged.writes, System.XERO: {}}
    agreed = {**merged.agreed, **_apart(couple, fields)} if left else merged.agreed
    return (
        replace(couple, merged=replace(merged, writes=writes, conflicts=(), agreed=agreed)),
        [question] if question and not left else [],
    )


def _apart(couple: Couple, fields: set[str]) -> dict[str, Common]:
    ours, theirs = couple.shared[System.SALESFORCE], couple.shared[System.XERO]
    return {name: Common(ours.get(name), theirs.get(name), apart=True) for name in fields}


def _action(intents: Sequence[Intent], questions: Sequence[Question]) -> Action:
    if _held(questions):
        return Action.QUESTION
    if any(intent.name == COUNTERPART for intent in intents):
        return Action.CREATE
    if intents:
        return Action.UPDATE
    return Action.QUESTION if questions else Action.NOTHING


def _money(flow: Flow, couple: Couple) -> Money | None:
    shared = couple.shared.get(System.SALESFORCE) or couple.shared.get(System.XERO)
    found = flow.money_of(shared) if shared else None
    return Money(*found) if found else None


def _intents(
    flow: Flow, couple: Couple, around: Surroundings, systems: frozenset[System]
) -> tuple[Intent, ...]:
    if couple.salesforce is None or System.SALESFORCE not in couple.shared:
        return ()
    if couple.xero is None:
        return _creates(flow, couple, around) if System.XERO in systems & flow.creates_in else ()
    return _updates(flow, couple, around, systems)


def _creates(flow: Flow, couple: Couple, around: Surroundings) -> tuple[Intent, ...]:
    record, shared = couple.salesforce, couple.shared[System.SALESFORCE]
    needed = [_create_need(n, record) for n in flow.needs if record and _is_new(couple, n)]
    earlier = couple.link.generation if couple.link else int(couple.adopts is not None)
    own = Intent(
        System.XERO,
        flow.xero_kind,
        COUNTERPART,
        flow.to_body(System.XERO, shared, couple, around),
        couple.subject,
        flow.marker(couple.subject),
        flow=flow.key,
        shared=shared,
        generation=earlier + 1,
    )
    return (*needed, own)


def _is_new(couple: Couple, need: Need) -> bool:
    match = couple.needs.get(need.name)
    return match is not None and match.outcome is Outcome.NEW


def _create_need(need: Need, record: Record) -> Intent:
    about = Key(System.SALESFORCE, need.salesforce_kind, need.key_of(record))
    body = need.body(record)
    return Intent(
        System.XERO, need.xero_kind, need.name, body, about, need.marker(record), flow=need.flow
    )


def _updates(
    flow: Flow, couple: Couple, around: Surroundings, systems: frozenset[System]
) -> tuple[Intent, ...]:
    record, written = couple.salesforce, _needed(flow, couple)
    needed = [
        _create_need(need, record)
        for need in flow.needs
        if record and System.XERO in systems and need.name in written and _is_new(couple, need)
    ]
    found = (_update(flow, couple, around, system) for system in System if system in systems)
    return (*needed, *(intent for intent in found if intent is not None))


def _update(flow: Flow, couple: Couple, around: Surroundings, system: System) -> Intent | None:
    record = couple.record(system)
    changed = couple.merged.writes[system] if couple.merged else {}
    if record is None or not changed:
        return None
    return Intent(
        system,
        record.key.kind,
        f"update {system}",
        flow.to_body(system, changed, couple, around),
        couple.subject,
        target=record.key,
        flow=flow.key,
        shared=changed,
        before={name: couple.shared[system].get(name) for name in changed},
        based_on=record.stamp.isoformat() if record.stamp else "",
    )
