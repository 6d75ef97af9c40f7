"""Accepting: many matches at once, after a person has seen their counts."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import groupby

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from sync.core.records import Key
from sync.models import Decision, ReviewItem, ReviewSubject

from . import noticing

CHUNK = 500


def acceptable(points: int, rows: QuerySet[ReviewItem] | None = None) -> QuerySet[ReviewItem]:
    """Return the open matches whose best candidate has at least so many points and no rival."""
    items = ReviewItem.objects.all() if rows is None else rows
    return items.filter(
        kind=ReviewItem.Kind.MATCH,
        state=ReviewItem.State.OPEN,
        answered_at=None,
        sure=True,
        points__gte=points,
    )


def accept(items: QuerySet[ReviewItem], by: str) -> int:
    """Link each of these items' records with its best candidate; return how many.

    The answer is kept as a person's own and takes the usual way. Some five queries for each 500,
    each chunk in a transaction of its own; what a colleague answers meanwhile is left out.
    """
    pks = list(items.order_by("pk").values_list("pk", flat=True))
    chunks = (pks[start : start + CHUNK] for start in range(0, len(pks), CHUNK))
    return sum(_accept(chunk, by) for chunk in chunks)


def _accept(pks: Sequence[int], by: str) -> int:
    with transaction.atomic():
        rows = list(
            ReviewItem.objects.select_for_update(of=("self",))
            .select_related("pair")
            .filter(pk__in=pks, state=ReviewItem.State.OPEN, answered_at=None)
        )
        subjects = ReviewSubject.objects.filter(item__in=rows, closed_at=None)
        answers = list(_answers(rows, list(subjects), by))
        Decision.objects.bulk_create(answers)
        mine = {answer.item_id for answer in answers}
        ReviewItem.objects.filter(pk__in=mine).update(answered_at=timezone.now())
        answers.sort(key=lambda answer: (answer.pair_id, answer.flow))
        for _, group in groupby(answers, key=lambda answer: (answer.pair_id, answer.flow)):
            found = list(group)
            keys = [Key.parse(answer.subject) for answer in found]
            keys += [Key.parse(key) for answer in found for key in answer.item.others]
            noticing.note(found[0].pair, found[0].flow, keys, "decision")
    return len(mine)


def _answers(
    rows: Sequence[ReviewItem], subjects: Sequence[ReviewSubject], by: str
) -> Iterator[Decision]:
    by_pk = {row.pk: row for row in rows}
    for subject in subjects:
        item = by_pk[subject.item_id]
        best = next((c["value"] for c in item.choices if c["value"].startswith("use:")), "")
        if best:
            yield Decision(
                item=item,
                pair=item.pair,
                flow=item.flow,
                subject=subject.subject,
                cause=item.own_cause(subject.subject),
                choice=best,
                about=subject.about,
                by=by,
            )
