"""Plans as rows: what would be written, from what to what, what was checked and asked."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from django.db.models import Exists, OuterRef

from connections.models import Pair
from sync.core import doubts
from sync.core.intents import Intent
from sync.core.planning import Action, Plan
from sync.core.records import Key
from sync.models import Mode, PlanRow, Write

from .picturing import picture
from .work import Work


def save_plans(work: Work, plans: Sequence[Plan]) -> dict[Key, PlanRow]:
    """Save every plan that is not empty, in one query; return the rows by subject."""
    rows = {p.subject: _row(work, p) for p in plans if p.intents or p.questions}
    PlanRow.objects.bulk_create(rows.values())
    return rows


def save_shadow(work: Work, plans: Sequence[Plan], noticed: Iterable[Key]) -> None:
    """Save what would be done, in the place of what was to be done before of the same records.

    So what is in shadow is what holds. A contact that found its account has no plan of its own any
    more: it is among the noticed.
    """
    subjects = {str(key) for key in (*noticed, *(plan.subject for plan in plans))}
    end_shadow(work.pair, work.flow.key, subjects)
    save_plans(work, plans)


def end_shadow(pair: Pair, flow: str, subjects: Collection[str] | None = None) -> None:
    """Say of plans in shadow, of these subjects or of all, that they are not carried out."""
    rows = PlanRow.objects.filter(pair=pair, flow=flow, state=PlanRow.State.SHADOW)
    mine = rows if subjects is None else rows.filter(subject__in=subjects)
    mine.update(state=PlanRow.State.FAILED)


def close_plans(work: Work) -> None:
    """Say of the flow's plans that were being carried out whether they were, by their writes.

    A plan stays open while one of its writes may still be sent or is in doubt; one whose writes
    another plan has taken over was not carried out.
    """
    writes = Write.objects.filter(plan=OuterRef("pk"))
    closed = PlanRow.objects.filter(
        ~Exists(writes.filter(state__in=Write.OPEN)),
        pair=work.pair,
        flow=work.flow.key,
        state=PlanRow.State.SENDING,
    )
    done = [Write.State.CONFIRMED, Write.State.ADOPTED]
    all_done = Exists(writes.filter(state__in=done)) & ~Exists(writes.exclude(state__in=done))
    closed.filter(all_done).update(state=PlanRow.State.DONE)
    closed.update(state=PlanRow.State.FAILED)


def field_changes(plan: Plan) -> list[dict[str, str]]:
    """Return each field that the plan would write: where, which, from what and to what."""
    return [change for intent in plan.intents for change in _changes(intent)]


def subject_name(plan: Plan) -> str:
    """Return the name that people know the subject by."""
    record = plan.couple.own
    return str(record.get("Name") or "")[:255] if record else plan.subject.id


def _row(work: Work, plan: Plan) -> PlanRow:
    return PlanRow(
        run=work.run,
        pair=work.pair,
        flow=work.flow.key,
        subject=str(plan.subject),
        subject_name=subject_name(plan),
        action=plan.action.value,
        state=_state(work, plan),
        amount=plan.money.amount if plan.money else None,
        currency=plan.money.currency if plan.money else "",
        fields=field_changes(plan),
        picture=picture(work, plan),
        checks=[check.words for check in plan.checks if check.words],
        questions=[{"cause": q.cause, "title": q.title} for q in plan.questions],
        reason=plan.reason,
        rules_version=work.rules.version,
    )


def _state(work: Work, plan: Plan) -> PlanRow.State:
    if work.run.mode == Mode.SHADOW:
        return PlanRow.State.SHADOW
    return PlanRow.State.HELD if plan.action is Action.QUESTION else PlanRow.State.SENDING


def _changes(intent: Intent) -> list[dict[str, str]]:
    values: Mapping[str, Any] = intent.shared or intent.body
    return [
        {
            "system": intent.system.value,
            "kind": intent.kind,
            "field": name,
            "before": _words(intent.before.get(name)) if intent.target else "",
            "after": _words(value),
        }
        for name, value in values.items()
        if value not in (None, "", []) and not name.startswith("_")
    ]


def _words(value: Any) -> str:
    if isinstance(value, date):
        return f"{value:%-d %b %Y}"
    if isinstance(value, list) and value and isinstance(value[0], Mapping):
        return "; ".join(_line_words(line) for line in value)
    return doubts.show(value).strip("“”") if value not in (None, "", []) else ""


def _line_words(line: Mapping[str, Any]) -> str:
    if "unit_amount" not in line:
        return ", ".join(f"{value}" for value in line.values())
    quantity, price = (_plain(line[name]) for name in ("quantity", "unit_amount"))
    return f"{quantity} × {price} {line['description']}"


def _plain(figure: Any) -> str:
    """Return a figure as it is read: without needless zeros, its thousands apart."""
    return f"{figure.normalize():,f}" if isinstance(figure, Decimal) else str(figure)
