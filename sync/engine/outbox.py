"""The outbox: every intended write is a row with a unique key before anything is sent."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import transaction

from sync.core import snapshots
from sync.core.intents import Intent
from sync.core.planning import Plan
from sync.core.records import Key, System
from sync.models import PlanRow, Write
from sync.models.together import update_together

from . import newcomers, owning
from .work import Work

State = Write.State
_TAKEN = (
    *("plan", "body", "shared", "before", "needs", "based_on", "despite_duplicates"),
    *("state", "error"),
)


@dataclass(frozen=True)
class _Row:
    plan: Plan
    intent: Intent
    key: str
    needs: dict[str, str]


def save(work: Work, plans: Sequence[Plan], plan_rows: Mapping[Key, PlanRow]) -> list[Write]:
    """Save the plans' intents and return their rows, also those that were there before.

    An intent whose row exists is the same intent: one not sent yet takes the new body, one that
    was refused or withdrawn may be tried again, any other stays as it is. Plans whose subject
    another pair has begun to bill, or of whose customer it makes the account, are left out. The
    number of queries does not grow with the batch.
    """
    keys = {key for p in plans for key in (p.subject, *(r.key for r in p.couple.records))}
    with transaction.atomic(durable=True):
        # a Xero record that found its account since was a subject of its own before
        _withdraw_unsent(work, sorted(map(str, keys)))
        ours = owning.unclaimed(work, [plan for plan in plans if plan.intents])
        ours = newcomers.met(work, ours)
        unique = {r.key: r for plan in ours for r in _rows(work, plan, plan_rows)}
        if not unique:
            return []
        Write.objects.bulk_create(
            [_new(work, row, plan_rows) for row in unique.values()], ignore_conflicts=True
        )
        saved = list(Write.objects.select_for_update().filter(key__in=unique).order_by("id"))
        stale = [w for w in saved if w.state in (State.INTENDED, State.REFUSED, State.WITHDRAWN)]
        for write in stale:
            _take(write, unique[write.key], plan_rows)
        update_together(stale, _TAKEN)
    return saved


def create_key(pair_id: int, about: Key, kind: str, generation: int) -> str:
    """Return the key of the one write that makes the record of a kind for `about`."""
    return f"{pair_id}:{about}:{kind}:create:{generation}"


def _made(intent: Intent) -> str:
    """Return the kind that a create makes; a contact of Salesforce's is not one of Xero's."""
    ours = intent.system is System.SALESFORCE
    return f"Salesforce {intent.kind}" if ours else intent.kind


def resolve(value: Any, ids: Mapping[str, str]) -> Any:
    """Return a body with every `@name` replaced by the id of what that write made.

    Keys come sorted, so that a repeated call has the same bytes as the first.
    """
    if isinstance(value, str) and value.startswith("@"):
        return ids.get(value[1:], value)
    if isinstance(value, Mapping):
        return {key: resolve(value[key], ids) for key in sorted(value)}
    if isinstance(value, list | tuple):
        return [resolve(item, ids) for item in value]
    return value


def _rows(work: Work, plan: Plan, plan_rows: Mapping[Key, PlanRow]) -> list[_Row]:
    keys = {i.name: _key(work, plan, i, plan_rows) for i in plan.intents}
    created = {i.name: keys[i.name] for i in plan.intents if i.target is None}
    return [
        _Row(
            plan,
            intent,
            keys[intent.name],
            {n: key for n, key in created.items() if n != intent.name and _names(intent, n)},
        )
        for intent in plan.intents
    ]


def _names(intent: Intent, name: str) -> bool:
    return f"@{name}" in repr(intent.body) or intent.after == name


def _key(work: Work, plan: Plan, intent: Intent, plan_rows: Mapping[Key, PlanRow]) -> str:
    if intent.target is None:
        key = create_key(work.pair.pk, intent.about, _made(intent), intent.generation)
        repeats = work.flow.lines is not None or work.flow.by_code
        if intent.below and repeats and plan.couple.salesforce is not None:
            # taken off and made anew by turns; the external id keeps a repeat from making two
            return f"{key}:{intent.marker}:{plan_rows[plan.subject].pk}"
        return f"{key}:{intent.marker}" if intent.below else key
    return f"{work.pair.pk}:{intent.target}:{intent.verb}:{plan_rows[plan.subject].pk}"


def _new(work: Work, row: _Row, plan_rows: Mapping[Key, PlanRow]) -> Write:
    intent = row.intent
    write = Write(
        key=row.key,
        pair=work.pair,
        flow=intent.flow or work.flow.key,
        system=intent.system.value,
        kind=intent.kind,
        verb=intent.verb,
        subject=str(row.plan.subject),
        about=str(intent.about),
        marker=intent.marker,
        target_id=intent.target.id if intent.target else "",
        generation=intent.generation,
    )
    _take(write, row, plan_rows)
    return write


def _take(write: Write, row: _Row, plan_rows: Mapping[Key, PlanRow]) -> None:
    write.plan = plan_rows[row.plan.subject]
    write.body = snapshots.dump(row.intent.body)
    write.shared = snapshots.dump(row.intent.shared)
    write.before = snapshots.dump(row.intent.before)
    write.needs = row.needs
    write.based_on = row.intent.based_on
    write.despite_duplicates = row.intent.despite_duplicates
    write.state = State.INTENDED
    write.error = ""


def _withdraw_unsent(work: Work, subjects: Sequence[str]) -> None:
    """Withdraw what an earlier plan of the same subjects never sent; this one may take it up."""
    Write.objects.filter(
        pair=work.pair,
        flow__in=[work.flow.key, *(need.flow for need in work.flow.needs)],
        state=State.INTENDED,
        subject__in=subjects,
    ).update(state=State.WITHDRAWN, error="Planned again.")
