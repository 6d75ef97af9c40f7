"""Plans for credit risk: what each account and its tasks are to be told."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from sync.core.differing import plan_figures
from sync.core.flow import TO_SALESFORCE
from sync.core.intents import Intent
from sync.core.planning import Action, Plan

from . import risk_tasks
from .risk_links import Pages
from .risk_looks import Look
from .risk_tasks import Staff
from .risk_writes import Shape, Writes
from .work import Work


def plans(work: Work, looks: Sequence[Look]) -> list[Plan]:
    """Return one plan a look; people are read where a task may be theirs, one call a step up."""
    staff = Staff(work)
    moving = [look for look in looks if any(turn.needs_owner for turn in look.turns)]
    records = [look.couple.salesforce for look in moving if look.couple.salesforce]
    owners = {str(record.get("OwnerId") or "") for record in records}
    owners |= {turn.task.owner for look in looks for turn in look.turns if turn.task}
    staff.learn(owners, [record.key.id for record in records])
    busy = any(look.turns for look in looks)
    shape = Shape(
        frozenset(risk_tasks.fields(work) if busy else ()),
        frozenset(risk_tasks.priorities(work) if busy else ()),
    )
    pages = Pages(work)
    return [_plan(work, look, staff, shape, pages) for look in looks]


def _plan(work: Work, look: Look, staff: Staff, shape: Shape, pages: Pages) -> Plan:
    told = [rule for rule in look.fields if rule.writes == TO_SALESFORCE]
    plan = plan_figures(work.flow, look.couple, told, look.told, look.reason)
    account = look.couple.salesforce
    if look.reason or account is None:
        return plan
    writes = Writes(work, look, account, staff, shape, pages)
    for turn in look.turns:
        writes.take(turn)
    intents = (*writes.intents, *plan.intents)
    questions = tuple(writes.questions.values())
    return replace(
        plan,
        action=_action(intents, asked=bool(questions)),
        intents=intents,
        questions=questions,
        cases=tuple(writes.cases),
    )


def _action(intents: Sequence[Intent], *, asked: bool) -> Action:
    if any(intent.target is None for intent in intents):
        return Action.CREATE
    if intents:
        return Action.UPDATE
    return Action.QUESTION if asked else Action.NOTHING
