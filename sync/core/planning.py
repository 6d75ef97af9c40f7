"""Step 6 of 8, plan. State the writes and questions that would bring two records in step."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum

from . import disputes, doubts
from .agreed import Agreed, Common
from .chasing.cases import Case
from .couples import Couple
from .errors import NeedsPerson
from .flow import BOTH, TO_SALESFORCE, Flow, RuleSet, Surroundings
from .intents import COUNTERPART, Intent, creates, needed_now, update, updates
from .matching import Outcome
from .money import Money
from .questions import AGAIN, LEAVE, Check, Question, from_error
from .records import Key, System


class Action(StrEnum):
    """What a plan comes to; the words of `sync --json`."""

    CREATE = "create"
    UPDATE = "update"
    NOTHING = "nothing"
    QUESTION = "question"


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
    cases: tuple[Case, ...] = field(default=(), hash=False)
    """Cases of credit risk as they are known to stand now, kept without a write."""
    left: bool = False
    """Whether nothing is made of it here because of where it belongs."""

    @property
    def held(self) -> bool:
        """Whether the subject's writes to Xero wait for an answer."""
        return _held(self.questions)


def plan(flow: Flow, couple: Couple, around: Surroundings) -> Plan:
    """Return the plan of a couple that has been matched, mapped and merged."""
    left = _left_alone(flow, couple, around)
    if left is not None:
        return left
    ended = flow.ended(couple) or doubts.of_vanished(couple)
    if ended is not None:
        if couple.decided(ended.cause, ended.about) != AGAIN.value:
            return _plan_for_ended(flow, couple, around, ended)
        couple = replace(couple, xero=None, merged=None)
    couple, late = _respect_frozen(flow, couple)
    questions = [*couple.questions, *doubts.of_matches(couple, needed_now(flow, couple)), *late]
    questions += disputes.of_couple(flow, couple, around)
    questions += [*doubts.of_twins(couple), *_belongs_elsewhere(couple)]
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


def _left_alone(flow: Flow, couple: Couple, around: Surroundings) -> Plan | None:
    """Return the plan of a subject that is not wanted, waits, or belongs elsewhere; or None."""
    reason = (
        unwanted_reason(flow, couple, around.rules)
        or _too_old(flow, couple, around)
        or _waits(couple)
    )
    if reason:
        return _plan_for_unwanted(flow, couple, reason)
    return _plan_for_elsewhere(flow, couple, around)


def _held(questions: Sequence[Question]) -> bool:
    return any(question.holds for question in questions)


def stands(flow: Flow, couple: Couple) -> bool:
    """Return whether the subject has a living counterpart here, by its link or found just now."""
    if couple.adopts is not None:
        return True
    if couple.link is None:
        return False
    return not flow.exclusive or couple.xero is None or flow.ended(couple) is None


def _plan_for_elsewhere(flow: Flow, couple: Couple, around: Surroundings) -> Plan | None:
    """Return the plan of a subject of which nothing is made here, for where it belongs; or None.

    A contact that is already here is matched all the same: routing says where one is made.
    """
    routed, match = couple.routed, couple.match
    if routed is None or (routed.twice is None and stands(flow, couple)):
        return None
    if flow.by_likeness and match is not None and match.outcome is not Outcome.NEW:
        return None
    asked = routed.twice if couple.adopts is not None else routed.question
    if asked is None and not routed.reason:
        return None
    told = couple.link is not None and routed.twice is None  # else the other pair tells
    intents = update(flow, couple, around, System.SALESFORCE) if told else ()
    action = Action.UPDATE if intents else Action.NOTHING
    return Plan(
        couple.subject,
        Action.QUESTION if asked else action,
        replace(couple, match=None),
        intents,
        (asked,) if asked else (),
        money=_money(flow, couple),
        reason=asked.title if asked else routed.reason,
        left=True,
    )


def _belongs_elsewhere(couple: Couple) -> list[Question]:
    """Return the question about a counterpart that stands here and belongs to another pair."""
    doubt = couple.routed.doubt if couple.routed is not None else None
    left = doubt is not None and couple.decided(doubt.cause, doubt.about) == LEAVE.value
    return [] if doubt is None or left else [doubt]


def _plan_for_ended(flow: Flow, couple: Couple, around: Surroundings, ended: Question) -> Plan:
    """Return the plan while the counterpart has ended and nobody said to make it again."""
    intents = update(flow, couple, around, System.SALESFORCE)
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


def unwanted_reason(flow: Flow, couple: Couple, rules: RuleSet) -> str:
    """Return why the subject is left alone, or empty."""
    record, system = couple.own, couple.subject.system.label
    if record is None:
        return f"It can no longer be read in {system}."
    if record.gone:
        return f"It was {record.gone.partition(':')[0]} in {system}."
    if flow.lasting and (couple.link is not None or couple.adopts is not None):
        return _kept_out(flow, couple)
    return _kept_out(flow, couple) or flow.unwanted(record) or flow.left_out(record, rules)


def _kept_out(flow: Flow, couple: Couple) -> str:
    """Return why a person, or a record itself, wants the two kept out of sync, or empty."""
    words = (couple.locked, *(flow.locked(record) for record in couple.records))
    return next(filter(None, words), "")


def _too_old(flow: Flow, couple: Couple, around: Surroundings) -> str:
    record, start = couple.xero if flow.begins_in_xero else couple.own, around.starts_from
    day = flow.day_of(record) if record is not None else None
    if couple.link is not None or start is None or day is None or day >= start:
        return ""
    return f"It is of {day:%-d %b %Y}; this flow begins on {start:%-d %b %Y}."


def _plan_for_unwanted(flow: Flow, couple: Couple, reason: str) -> Plan:
    linked = couple.link is not None and couple.xero is not None
    question = flow.lost(couple, reason) if linked and not _kept_out(flow, couple) else None
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
    there, missing = couple.subject.system, couple.subject.system.other
    if couple.own is None or there not in couple.shared:
        return ()
    if couple.record(missing) is not None:
        return updates(flow, couple, around, systems)
    found = couple.match.outcome if couple.match is not None else Outcome.NEW
    spoken_for = found in (Outcome.ASK, Outcome.FURTHER) or bool(_waits(couple))
    allowed = missing in systems & flow.creates_in and not spoken_for
    if not allowed or flow.creation(missing, around.rules) == "no":
        return ()
    return creates(flow, couple, around)


def _waits(couple: Couple) -> str:
    return couple.match.waits if couple.match else ""
