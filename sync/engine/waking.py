"""Waking: what waited for records that a run has linked is planned again."""

from __future__ import annotations

from collections.abc import Collection, Iterable

from django.utils import timezone

from sync.core.desk_questions import SAME
from sync.core.matching import Outcome
from sync.core.planning import Plan
from sync.core.records import Key
from sync.models import Decision, Link, ReviewItem, ReviewSubject

from . import noticing
from .work import Work

_OF_BOOKS = (ReviewItem.Kind.MATCH, ReviewItem.Kind.DUPLICATE)


def wake(work: Work, plans: Iterable[Plan]) -> int:
    """Plan again whoever the run's new links concern; return how many that are.

    Those are the batch's own that wait for a record which is linked now, the rest of a group that
    a person called one customer, and what is still asked of the linked records themselves. Four
    queries a run; each new link wakes once, so that this comes to an end.
    """
    if not work.flow.by_likeness:
        return 0
    rows = Link.objects.filter(pair=work.pair, flow=work.flow.key)
    new = list(rows.filter(made_at__gte=work.run.started_at))
    linked = {key for link in new for key in (link.salesforce_key, link.xero_key)}
    if not linked:
        return 0
    found = {plan.subject for plan in plans if _waits_for(plan, linked)}
    found |= _rest_of_groups(work, linked) | _asked_still(work, linked)
    return noticing.note(work.pair, work.flow.key, found, "again", timezone.now())


def _waits_for(plan: Plan, linked: Collection[Key]) -> bool:
    match = plan.couple.match
    if match is None or match.outcome not in (Outcome.WAITS, Outcome.ASK):
        return False
    return any(candidate.key in linked for candidate in match.candidates)


def _rest_of_groups(work: Work, linked: Collection[Key]) -> set[Key]:
    """Return the others of the groups that a person called one customer."""
    same = Decision.objects.filter(
        pair=work.pair, flow=work.flow.key, choice=SAME, spent_at__isnull=True
    )
    items = set(same.filter(subject__in=map(str, linked)).values_list("item", flat=True))
    rest = same.filter(item__in=items).values_list("subject", flat=True)
    return {Key.parse(subject) for subject in rest} - set(linked)


def _asked_still(work: Work, linked: Collection[Key]) -> set[Key]:
    """Return the linked records that a question about who they are is still open of."""
    rows = ReviewSubject.objects.filter(
        item__pair=work.pair,
        item__flow=work.flow.key,
        item__kind__in=_OF_BOOKS,
        subject__in=map(str, linked),
        closed_at__isnull=True,
    )
    return {Key.parse(subject) for subject in rows.values_list("subject", flat=True)}
