"""Asking: questions become review items, one a cause, and end when nothing raises them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from django.db import transaction
from django.utils import timezone

from sync.core.planning import Plan
from sync.core.questions import Question
from sync.core.records import Key
from sync.models import ReviewItem, ReviewSubject
from sync.models.together import update_together

from . import noticing
from .recording import subject_name
from .work import Work

_OF_BOOKS = (ReviewItem.Kind.MATCH, ReviewItem.Kind.DUPLICATE)
_DESCRIBED = ("title", "explanation", "hint", "choices", "holds", "details", "points", "sure")
MOST_NAMED = 20
_OF_A_SUBJECT = ("name", "amount", "currency", "about", "seen")


@dataclass(frozen=True)
class _Asked:
    """One question with the subject that raises it."""

    question: Question
    plan: Plan

    @property
    def cause(self) -> str:
        """The cause that groups; a question that stands alone is grouped with nothing."""
        return cause_for(self.question, self.plan.subject)

    @property
    def seen(self) -> str:
        """What was seen of both records: what is put aside stays so until it changes."""
        records = (self.plan.couple.salesforce, self.plan.couple.xero)
        stamps = [r.stamp.isoformat() for r in records if r is not None and r.stamp is not None]
        return " ".join(stamps)[:80]


def cause_for(question: Question, subject: Key) -> str:
    """Return the cause under which the item is kept, at most 255 characters."""
    cause = f"{question.cause}|{subject.id}" if question.alone else question.cause
    return cause[:255]


def ask(
    work: Work,
    plans: Sequence[Plan],
    refused: Mapping[Key, list[Question]],
    noticed: Iterable[Key] = (),
) -> None:
    """Keep the questions of these subjects as they are now: new ones open, old ones end.

    Those end too that were asked of the `noticed` records themselves, before it was known whose
    they are. A handful of queries whatever the number; several workers may ask at once.
    """
    asked = [
        _Asked(question, plan)
        for plan in plans
        for question in (*plan.questions, *refused.get(plan.subject, ()))
    ]
    subjects = {str(key) for key in (*(plan.subject for plan in plans), *noticed)}
    with transaction.atomic():
        asked = _not_put_aside(work, asked)
        items = _items(work, asked)
        _open_subjects(asked, items)
        _close_others(work, subjects, {(str(a.plan.subject), items[a.cause].pk) for a in asked})


def _not_put_aside(work: Work, asked: Sequence[_Asked]) -> list[_Asked]:
    """Return the questions but for those that a person put aside and nothing has changed since."""
    rows = ReviewSubject.objects.filter(
        item__pair=work.pair,
        item__flow=work.flow.key,
        item__state=ReviewItem.State.LEFT,
        item__cause__in={a.cause for a in asked},
        subject__in={str(a.plan.subject) for a in asked},
    ).exclude(seen="")
    aside = set(rows.values_list("item__cause", "subject", "about", "seen")) if asked else set()
    return [
        a for a in asked if (a.cause, str(a.plan.subject), a.question.about, a.seen) not in aside
    ]


def _items(work: Work, asked: Sequence[_Asked]) -> dict[str, ReviewItem]:
    now = timezone.now()
    by_cause = {a.cause: a for a in asked}
    ReviewItem.objects.bulk_create(
        [_new_item(work, a) for a in by_cause.values()], ignore_conflicts=True
    )
    items = ReviewItem.objects.filter(
        pair=work.pair, flow=work.flow.key, cause__in=by_cause, state=ReviewItem.State.OPEN
    )
    found = {item.cause: item for item in items}
    for cause, item in found.items():
        _describe(item, by_cause[cause].question)
        item.last_seen, item.answered_at = now, None
    update_together(found.values(), [*_DESCRIBED, "last_seen", "answered_at"])
    return found


def _new_item(work: Work, asked: _Asked) -> ReviewItem:
    question = asked.question
    item = ReviewItem(
        pair=work.pair,
        flow=work.flow.key,
        kind=question.kind.value,
        cause=asked.cause,
        place=question.fix.place[:60],
        argument=question.fix.argument[:120],
        field=question.field,
        last_seen=timezone.now(),
    )
    _describe(item, question)
    return item


def _describe(item: ReviewItem, question: Question) -> None:
    item.title, item.explanation = question.title[:500], question.explanation
    item.hint, item.holds = question.fix.hint, question.holds
    named = [one.as_json() for one in question.named[:MOST_NAMED]]
    item.details = {**question.details, **({"named": named} if named else {})}
    item.points, item.sure = question.points, question.sure
    item.choices = [
        {"value": c.value, "label": c.label, "effect": c.effect} for c in question.choices
    ]


def _open_subjects(asked: Sequence[_Asked], items: Mapping[str, ReviewItem]) -> None:
    rows = []
    for a in asked:
        money = a.plan.money
        rows.append(
            ReviewSubject(
                item=items[a.cause],
                subject=str(a.plan.subject),
                name=subject_name(a.plan),
                amount=money.amount if money else None,
                currency=money.currency if money else "",
                about=a.question.about,
                seen=a.seen,
            )
        )
    ReviewSubject.objects.bulk_create(rows, ignore_conflicts=True)
    wanted = {(row.item_id, row.subject): row for row in rows}
    stored = ReviewSubject.objects.filter(
        item__in=items.values(), closed_at__isnull=True, subject__in=[r.subject for r in rows]
    )
    changed = []
    for row in stored:
        new = wanted.get((row.item_id, row.subject))
        if new is None:
            continue
        for name in _OF_A_SUBJECT:
            setattr(row, name, getattr(new, name))
        changed.append(row)
    update_together(changed, _OF_A_SUBJECT)


def _close_others(work: Work, subjects: set[str], standing: set[tuple[str, int]]) -> None:
    """Close what these subjects no longer raise; an item without subjects is solved."""
    rows = ReviewSubject.objects.filter(
        subject__in=subjects,
        closed_at__isnull=True,
        item__pair=work.pair,
        item__flow=work.flow.key,
    )
    gone = [row for row in rows if (row.subject, row.item_id) not in standing]
    waiting = close(work, gone)
    others = [Key.parse(key) for key in sorted(waiting - subjects)]
    noticing.note(work.pair, work.flow.key, others, "again")


def close(work: Work, gone: Sequence[ReviewSubject]) -> set[str]:
    """End these subjects of questions, and the questions that are left without any.

    Returns the keys that waited beside them at a desk.
    """
    now = timezone.now()
    ReviewSubject.objects.filter(pk__in=[row.pk for row in gone]).update(closed_at=now)
    emptied = ReviewItem.objects.filter(
        pk__in={row.item_id for row in gone}, state=ReviewItem.State.OPEN
    ).exclude(subjects__closed_at__isnull=True)
    waiting = {key for item in emptied if item.kind in _OF_BOOKS for key in item.others}
    emptied.update(state=ReviewItem.State.SOLVED, solved_at=now, solved_by=f"run {work.run.pk}")
    return waiting
