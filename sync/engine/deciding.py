"""Deciding: a person's answer is kept and becomes notices; the usual way does the rest."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django.db import transaction
from django.utils import timezone

from connections.models import Pair
from sync.core import snapshots
from sync.core.desk_questions import SAME
from sync.core.planning import Plan
from sync.core.questions import RETRY
from sync.core.records import Key
from sync.core.routing_questions import CAUSE as ROUTING
from sync.core.routing_questions import PAIR
from sync.models import Decision, ReviewItem, ReviewSubject, Verdict

from . import assigning, noticing, surroundings, telling
from .work import Work

TYPED = "value"
"""The choice of a value that a person typed."""
NEVER = "never"
"""The choice that keeps a record out of sync for good: it is no customer."""
_APART = {"not": Verdict.Kind.DIFFERENT, "branch": Verdict.Kind.BRANCH}


class NotOffered(ValueError):
    """The choice is not one of those the item offers, or the item is no longer open."""


class Moved(NotOffered):
    """The records changed since the person looked; nothing was kept."""


def mark_of(item: ReviewItem) -> str:
    """Return a fingerprint of what an item shows, to be given back with its answer."""
    return marks_of([item])[item.pk]


def mark_shown(item: ReviewItem, held: Iterable[ReviewSubject]) -> str:
    """Return the mark of an item as it is shown with these open subjects, without a query."""
    return _mark(sorted((row.subject, row.about) for row in held), item)


def marks_of(items: Sequence[ReviewItem]) -> dict[int, str]:
    """Return the marks of many items by their primary keys, with one query."""
    rows = ReviewSubject.objects.filter(item__in=items, closed_at__isnull=True)
    abouts: dict[int, list[tuple[str, str]]] = {}
    for pk, subject, about in rows.values_list("item_id", "subject", "about"):
        abouts.setdefault(pk, []).append((subject, about))
    return {item.pk: _mark(sorted(abouts.get(item.pk, [])), item) for item in items}


def _mark(abouts: Sequence[tuple[str, str]], item: ReviewItem) -> str:
    text = json.dumps([abouts, item.choices, item.details], sort_keys=True, default=str)
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def decide(
    item_id: int,
    choice: str,
    by: str,
    note: str = "",
    *,
    values: Mapping[str, Any] | None = None,
    mark: str = "",
) -> int:
    """Keep the choice for every open subject of the item and plan them again; return how many.

    `retry` keeps nothing and only plans again, on the organisation's lists read anew. `not:KEY`
    and `branch:KEY` tell the subject and that record apart for good, `never` keeps the subject
    out of sync, `value` takes what was typed: `values` (shared values by field) goes with it.
    Raises NotOffered for another choice than the item's own, or when a colleague was faster, and
    Moved when `mark` (see mark_of) is given and the item shows something else by now. With a mark
    an item that is answered already, and not planned again yet, is a faster colleague's too.
    """
    with transaction.atomic():
        item = ReviewItem.objects.select_for_update().select_related("pair").get(pk=item_id)
        _require(item, choice)
        if choice == TYPED and item.field not in (values or {}):
            raise NotOffered("Type the value that both sides are to have.")
        if mark and item.answered_at is not None:
            raise NotOffered("A colleague has already answered this; it is being carried out.")
        if mark and mark_of(item) != mark:
            raise Moved("The records changed while you looked. Look again; nothing was written.")
        subjects = list(item.subjects.filter(closed_at__isnull=True))
        if choice == RETRY.value:
            surroundings.forget(item.pair.xero_id, item.pair.salesforce_id)
        else:
            said = _main_records(item) | dict(values or {}) if choice == SAME else values or {}
            _keep(item, subjects, choice, by, snapshots.dump(said))
            if choice.startswith(PAIR) and item.cause.startswith(ROUTING):
                _assign(item, subjects, choice, by, note)
            item.answered_at = timezone.now()
        item.note = note or item.note
        item.save(update_fields=["note", "answered_at"])
        _plan_again(item, item.others)
        return _plan_again(item, [row.subject for row in subjects])


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


def _keep(
    item: ReviewItem,
    subjects: Sequence[ReviewSubject],
    choice: str,
    by: str,
    values: dict[str, Any],
) -> None:
    """Keep the answer for each subject; what is said for good of records is kept as such too."""
    verb, _, named = choice.partition(":")
    lasting = verb in _APART or choice == NEVER or choice.startswith(PAIR)
    Decision.objects.bulk_create(
        Decision(
            item=item,
            pair=item.pair,
            flow=item.flow,
            subject=row.subject,
            cause=item.own_cause(row.subject),
            choice=choice,
            values=values,
            about=row.about,
            by=by,
            spent_at=timezone.now() if lasting else None,
        )
        for row in subjects
    )
    if choice == SAME:
        _keep_for_group(item, {row.subject for row in subjects}, by, values)
    for row in subjects if lasting else ():
        subject = Key.parse(row.subject)
        if choice.startswith(PAIR):
            continue  # see _assign
        if choice == NEVER:
            telling.lock(item.pair, subject, "Not a customer", by, row.name)
        elif named != row.subject:  # every record of a group is a subject of its question
            other, names = Key.parse(named), f"{row.name} / {_name_of(item, named)}"
            telling.tell_apart(item.pair, subject, other, _APART[verb], by, names=names)
            _plan_again(item, [named])


def _assign(
    item: ReviewItem, subjects: Sequence[ReviewSubject], choice: str, by: str, note: str
) -> None:
    """Let every open subject of a question where records belong belong to the pair chosen."""
    names = {Key.parse(row.subject): row.name for row in subjects}
    pair = Pair.objects.filter(pk=int(choice.removeprefix(PAIR))).first()
    if pair is None:
        raise NotOffered("That pair is no more. Choose another one.")
    try:
        assigning.assign_all(int(item.details["routing"]["connection"]), names, pair, by, note)
    except assigning.NotAssignable as error:
        raise NotOffered(str(error)) from error


def _main_records(item: ReviewItem) -> dict[str, Any]:
    """Return the main records that a group's question proposes, for whoever names none."""
    proposed = item.details.get("primary") or {}
    return {f"primary_{system}": Key.parse(key).id for system, key in proposed.items()}


def _keep_for_group(item: ReviewItem, asked: set[str], by: str, values: dict[str, Any]) -> None:
    """Keep what was said of a group for those of it that nothing asked about so far, too."""
    Decision.objects.bulk_create(
        Decision(
            item=item,
            pair=item.pair,
            flow=item.flow,
            subject=key,
            cause=item.cause,
            choice=SAME,
            values=values,
            by=by,
        )
        for key in item.others
        if key not in asked
    )


def _name_of(item: ReviewItem, key: str) -> str:
    records = [*item.details.get("candidates", ()), *item.details.get("records", ())]
    return next((str(r["name"]) for r in records if r.get("key") == key), key)


def _plan_again(item: ReviewItem, subjects: Iterable[str], source: str = "decision") -> int:
    keys = [Key.parse(subject) for subject in subjects]
    return noticing.note(item.pair, item.flow, keys, source)


def _require(item: ReviewItem, choice: str) -> None:
    if item.state != ReviewItem.State.OPEN:
        raise NotOffered("A colleague has already solved this.")
    offered = [c["value"] for c in item.choices]
    if choice not in (*offered, RETRY.value):
        names = ", ".join(offered)
        raise NotOffered(f"“{choice}” is not offered here. Choose one of: {names}.")
