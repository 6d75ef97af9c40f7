"""Tells finance of deals that are billed already and come again: nothing is billed twice."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

from django.db.models import Max
from django.urls import reverse
from django.utils import timezone

from sync.core.planning import Plan
from sync.models import Link, Write

from . import announcing
from .announcing import Words
from .recording import subject_name
from .work import Work

CLOCKS_DIFFER = timedelta(minutes=2)
"""A deal is billed within seconds: only a stage set later than this was set again."""
RECENT = timedelta(days=30)
"""What happened longer ago is no news, and its message may be forgotten already."""
NAMED = 5


def tell(work: Work, plans: Sequence[Plan], repeated: Iterable[Write]) -> None:
    """Count the deals of a run that were won again after their invoice was made.

    A stage set anew is seen by Salesforce's time of it, also where nobody saw the deal open in
    between. `repeated` are writes that were planned once more and found done. The same occurrence
    counts once, whichever worker sees it and however often.
    """
    if not work.flow.exclusive:
        return
    again = {_ref(work, plan, when): plan for plan, when in _won_again(work, plans)}
    subjects = {str(plan.subject): plan for plan in plans}
    today = timezone.now().date()
    for write in repeated:
        made = write.verb == "create" and write.kind == work.flow.xero_kind
        if made and write.subject in subjects:
            again[f"{write.key}:{today}"] = subjects[write.subject]
    if again:
        _announce(work, again)


def may_be(work: Work, plans: Sequence[Plan], repeated: Sequence[Write]) -> bool:
    """Return whether `tell` may have anything to tell; nothing is asked of the database."""
    return work.flow.exclusive and bool(repeated or _set_lately(work, plans))


def _won_again(work: Work, plans: Sequence[Plan]) -> list[tuple[Plan, datetime]]:
    """Return the plans of deals whose stage was set after their living invoice was linked."""
    found = _set_lately(work, plans)
    rows = Link.objects.filter(
        pair=work.pair, xero_kind=work.flow.xero_kind,
        salesforce_id__in=[plan.subject.id for plan, _ in found],
    ).order_by()  # fmt: skip
    made = dict(rows.values_list("salesforce_id").annotate(Max("made_at"))) if found else {}
    return [
        (plan, when)
        for plan, when in found
        if plan.subject.id in made and when > made[plan.subject.id] + CLOCKS_DIFFER
    ]


def _set_lately(work: Work, plans: Sequence[Plan]) -> list[tuple[Plan, datetime]]:
    """Return the plans of deals with a living invoice whose stage was set lately, with when."""
    recent = timezone.now() - RECENT
    found = []
    for plan in plans:
        couple = plan.couple
        if couple.link is None or couple.xero is None or couple.salesforce is None or plan.reason:
            continue
        when = couple.salesforce.get("LastStageChangeDate")
        if isinstance(when, datetime) and when > recent and work.flow.ended(couple) is None:
            found.append((plan, when))
    return found


def _ref(work: Work, plan: Plan, when: datetime) -> str:
    return f"{work.pair.pk}:{plan.subject.id}:{when.isoformat()}"


def _announce(work: Work, again: dict[str, Plan]) -> None:
    named = ", ".join(_named(plan) for plan in list(again.values())[:NAMED])

    first = next(iter(again.values()))

    def words(count: int) -> Words:
        what = f"{count:,} deals that are billed already were won again"
        body = (
            f"Nothing was billed twice: each keeps its invoice. Last seen: {named}. If more is to "
            "be billed, make a deal of its own for it."
        )
        if count == 1:
            title = f"{_named(first)} is billed already and was won again"
            brief = "A deal that is billed already was won again"
            return Words(title, body, brief, _place(work, first))
        return Words(f"{what}, {work.pair.name}", body, what, _place(work))

    announcing.announce("twice", f"won:{work.pair.pk}", words, refs=list(again))


def _place(work: Work, plan: Plan | None = None) -> str:
    """Return the path of a deal's newest link, or of the flow's links."""
    rows = Link.objects.filter(pair=work.pair, xero_kind=work.flow.xero_kind)
    link = rows.filter(salesforce_id=plan.subject.id).order_by("-pk").first() if plan else None
    if link is not None:
        return reverse("admin:sync_link_change", args=[link.pk])
    return f"{reverse('admin:sync_link_changelist')}?flow={work.flow.key}"


def _named(plan: Plan) -> str:
    record = plan.couple.xero
    number = str(record.get("InvoiceNumber") or "") if record is not None else ""
    name = f"“{subject_name(plan)}”"
    return f"{name} ({number})" if number else name
