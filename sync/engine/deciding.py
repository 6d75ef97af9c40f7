"""Deciding: a person's answer is kept and becomes notices; the usual way does the rest."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from django.db import transaction
from django.utils import timezone

from sync.core.planning import Plan
from sync.core.questions import RETRY
from sync.core.records import Key
from sync.models import Decision, ReviewItem

from . import noticing, surroundings
from .work import Work


class NotOffered(ValueError):
    """The choice is not one of those the item offers, or the item is no longer open."""


def decide(item_id: int, choice: str, by: str, note: str = "") -> int:
    """Keep the choice for every open subject of the item and plan them again; return how many.

    `retry` keeps nothing and only plans again, on the organisation's lists read anew. Raises
    NotOffered for another choice than the item's own, or when a colleague was faster.
    """
    with transaction.atomic():
        item = ReviewItem.objects.select_for_update().select_related("pair").get(pk=item_id)
        _require(item, choice)
        subjects = list(item.subjects.filter(closed_at__isnull=True))
        if choice != RETRY.value:
            Decision.objects.bulk_create(
                Decision(
                    item=item,
                    pair=item.pair,
                    flow=item.flow,
                    subject=row.subject,
                    cause=_own_cause(item, row.subject),
                    choice=choice,
                    about=row.about,
                    by=by,
                )
                for row in subjects
            )
        else:
            surroundings.forget(item.pair.xero_id)
        if note:
            item.note = note
            item.save(update_fields=["note"])
        return _plan_again(item, (row.subject for row in subjects))


def spend(work: Work, plans: Sequence[Plan]) -> None:
    """Let the answers count no longer whose questions stand no more.

    What is still held up by another question has not been looked at to its end.
    """
    spent = {str(plan.subject): plan.couple.spent for plan in plans if not plan.held}
    subjects = [subject for subject, causes in spent.items() if causes]
    if not subjects:
        return
    rows = Decision.objects.filter(
        pair=work.pair,
        flow=work.flow.key,
        subject__in=subjects,
        spent_at__isnull=True,
        made_at__lt=work.run.started_at,
    )
    done = [row.pk for row in rows if row.cause in spent[row.subject]]
    Decision.objects.filter(pk__in=done).update(spent_at=timezone.now())


def leave_alone(item_id: int, by: str, reason: str) -> None:
    """Put an item aside with a reason: its subjects wait until they change in either system."""
    with transaction.atomic():
        item = ReviewItem.objects.select_for_update().get(pk=item_id)
        if item.state != ReviewItem.State.OPEN:
            raise NotOffered("A colleague has already solved this.")
        now = timezone.now()
        item.subjects.filter(closed_at__isnull=True).update(closed_at=now)
        item.state, item.solved_at, item.solved_by = ReviewItem.State.LEFT, now, by
        item.note = reason
        item.save(update_fields=["state", "solved_at", "solved_by", "note"])


def recheck(items: Iterable[ReviewItem], source: str = "again") -> int:
    """Plan every open subject of these items again; return how many."""
    return sum(
        _plan_again(
            item,
            item.subjects.filter(closed_at__isnull=True).values_list("subject", flat=True),
            source,
        )
        for item in items
    )


def _plan_again(item: ReviewItem, subjects: Iterable[str], source: str = "decision") -> int:
    keys = [Key.parse(subject) for subject in subjects]
    return noticing.note(item.pair, item.flow, keys, source)


def _own_cause(item: ReviewItem, subject: str) -> str:
    """Return the cause as the core knows it: without the subject of an item that stands alone."""
    return item.cause.removesuffix(f"|{Key.parse(subject).id}")


def _require(item: ReviewItem, choice: str) -> None:
    if item.state != ReviewItem.State.OPEN:
        raise NotOffered("A colleague has already solved this.")
    offered = [c["value"] for c in item.choices]
    if choice not in (*offered, RETRY.value):
        names = ", ".join(offered)
        raise NotOffered(f"“{choice}” is not offered here. Choose one of: {names}.")
