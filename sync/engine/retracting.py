"""Retracting: an answer is taken back as long as nothing of it has been carried out."""

from __future__ import annotations

from datetime import timedelta

from django.db import transaction
from django.utils import timezone

from sync.core.desk_questions import SAME
from sync.core.records import Key
from sync.models import Decision, Lock, Notice, ReviewItem, ReviewNote, Verdict

from . import noticing, telling
from .deciding import NEVER, TYPED

TOLD_APART = ("not:", "branch:")
TOGETHER = timedelta(seconds=10)
"""Answers that one act gave to several subjects are not further apart than this."""
_ELSEWHERE = (
    "It is being carried out already. A link is undone on the link’s own page; a record that was "
    "made is archived in its own system."
)


class TooLate(ValueError):
    """The answer is being carried out, or has been: it is undone where its effect is."""


def retract(decision_id: int, by: str) -> ReviewItem:
    """Take back the newest answer of an item, so that it is asked again; return the item.

    What was said for good of records (told apart, kept out) is forgotten, whenever it was said.
    Any other answer is taken back only while no worker has begun with it: the notices that would
    carry it out are held meanwhile, so that none can begin. The answer and a note of its end stay
    on record. Raises TooLate, in words that say where else it is undone.
    """
    with transaction.atomic():
        decision = Decision.objects.get(pk=decision_id)
        item = (
            ReviewItem.objects.select_for_update().select_related("pair").get(pk=decision.item_id)
        )
        answers = _answers(item, decision)
        if decision.choice == NEVER:
            _unlock(item, answers, by)
        elif decision.choice.startswith(TOLD_APART):
            _forget(item, answers)
        else:
            _require_untouched(item, answers)
        ended = [answer.pk for answer in (*answers, *_chosen_with(item, answers))]
        Decision.objects.filter(pk__in=ended).update(spent_at=timezone.now())
        ReviewItem.objects.filter(pk=item.pk).update(answered_at=None)
        ReviewNote.objects.create(item=item, text=f"Took back: {words_of(decision)}", by=by)
    return item


def forget(verdict: Verdict) -> None:
    """Forget what was said of two records, and plan both again: they may be asked about anew."""
    with transaction.atomic():
        one, other = Key.parse(verdict.one), Key.parse(verdict.other)
        telling.take_back(verdict.pair, one, other)
        noticing.note_for_every_flow(verdict.pair, [one, other], "decision")


def retractable(decision: Decision) -> bool:
    """Return whether an answer can probably be taken back still: a hint for its button."""
    if decision.choice == NEVER or decision.choice.startswith(TOLD_APART):
        return True
    item = decision.item
    waits = Notice.objects.filter(
        pair_id=item.pair_id,
        flow=item.flow,
        state=Notice.State.WAITING,
        remote_id=Key.parse(decision.subject).id,
    )
    open_still = item.state == ReviewItem.State.OPEN and item.answered_at is not None
    return open_still and decision.spent_at is None and waits.exists()


def words_of(decision: Decision) -> str:
    """Return an answer as the person read it on its button."""
    offered = {c["value"]: c["label"] for c in decision.item.choices}
    return str(offered.get(decision.choice, decision.choice))


def _answers(item: ReviewItem, decision: Decision) -> list[Decision]:
    """Return what one act answered; raise TooLate where something else was answered since."""
    since = decision.made_at - TOGETHER
    newest = list(item.decisions.filter(made_at__gte=since).order_by("-id"))
    if any(
        (d.choice, d.by) != (decision.choice, decision.by) for d in newest if d.pk > decision.pk
    ):
        raise TooLate("It has been answered anew since: that answer stands.")
    return [d for d in newest if (d.choice, d.by) == (decision.choice, decision.by)]


def _chosen_with(item: ReviewItem, answers: list[Decision]) -> list[Decision]:
    """Return what was chosen of a group's values by the act that made the group one."""
    if answers[0].choice != SAME:
        return []
    since, last = answers[-1].made_at - TOGETHER, answers[0].made_at
    rows = item.decisions.filter(choice=TYPED, by=answers[0].by, spent_at__isnull=True)
    return list(rows.filter(made_at__range=(since, last)))


def _unlock(item: ReviewItem, answers: list[Decision], by: str) -> None:
    for answer in answers:
        key = Key.parse(answer.subject)
        locks = Lock.objects.filter(
            pair=item.pair,
            system=key.system.value,
            kind=key.kind,
            remote_id=key.id,
            ended_at__isnull=True,
        )
        if not locks:
            raise TooLate("It takes part again already.")
        telling.unlock(locks[0], by)
        noticing.note(item.pair, item.flow, [key], "decision")


def _forget(item: ReviewItem, answers: list[Decision]) -> None:
    for answer in answers:
        key, other = Key.parse(answer.subject), Key.parse(answer.choice.partition(":")[2])
        if not telling.take_back(item.pair, key, other):
            raise TooLate("It has been taken back already.")
        noticing.note(item.pair, item.flow, [key, other], "decision")


def _require_untouched(item: ReviewItem, answers: list[Decision]) -> None:
    """Hold the notices of these subjects; raise TooLate unless no worker has begun with them."""
    if item.state != ReviewItem.State.OPEN or item.answered_at is None:
        raise TooLate(_ELSEWHERE)
    subjects = {Key.parse(answer.subject).id for answer in answers}
    chosen = {answer.choice.partition(":")[2] for answer in answers}
    # a worker may come to the subject by a record that the question names
    named = subjects | chosen | {Key.parse(key).id for key in item.others}
    notices = Notice.objects.filter(pair=item.pair, flow=item.flow, remote_id__in=named)
    held = notices.select_for_update(skip_locked=True).filter(state=Notice.State.WAITING)
    waiting = set(held.values_list("remote_id", flat=True))
    if not subjects <= waiting or notices.filter(state=Notice.State.CLAIMED).exists():
        raise TooLate(_ELSEWHERE)
