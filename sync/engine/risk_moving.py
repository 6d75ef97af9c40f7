"""Moving cases: those of accounts that were merged go on at the winner, those of deleted rest."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping

from django.db.models import Max, QuerySet

from sync.core.chasing.cases import Case, Holds, State
from sync.core.projection import ACCOUNT
from sync.core.records import Record
from sync.models import Link, Mode, RiskCase, RiskEntry

from . import billing, noticing
from .risk_cases import IN_SALESFORCE
from .work import Work

MERGED = "merged:"


def astray(work: Work) -> set[str]:
    """Return the accounts with a task that no link leads to: they may have been merged.

    Their links have followed the merge, so that news of them are the winner's.
    """
    if work.run.mode != Mode.LIVE:
        return set()
    linked = Link.objects.filter(
        pair__salesforce=work.pair.salesforce_id, salesforce_kind=ACCOUNT
    ).values("salesforce_id")
    rows = _of(work).filter(state=State.OPEN).exclude(account__in=linked)
    return set(rows.values_list("account", flat=True))


def follow(work: Work, records: Iterable[Record]) -> None:
    """Let the cases of accounts follow what became of these in Salesforce.

    Of a merged one they belong to the winner. Of a deleted one they rest, and go on should it be
    brought back. A flow in shadow, and a preview, only look.
    """
    if work.run.mode != Mode.LIVE:
        return
    gone = {record.key.id: record.gone for record in records if record.gone}
    merged = {key: why.removeprefix(MERGED) for key, why in gone.items() if why.startswith(MERGED)}
    _follow_merged(work, merged)
    _rest(work, gone.keys() - merged.keys())


def _of(work: Work) -> QuerySet[RiskCase]:
    return RiskCase.objects.filter(connection_id=work.pair.salesforce_id)


def _follow_merged(work: Work, merged: Mapping[str, str]) -> None:
    rows = _of(work).filter(account__in=merged, state__in=RiskCase.UNSETTLED) if merged else ()
    moved = []
    for row in rows:
        winner = merged[row.account]
        there = _of(work).filter(account=winner, rule=row.rule)
        last = there.aggregate(last=Max("episode"))["last"] or 0
        kept = there.filter(state__in=RiskCase.UNSETTLED).order_by("-episode").first()
        words = f"Its account {row.account} was merged into {winner}."
        row.account, row.episode = winner, last + 1
        if kept is not None:  # that one goes on
            row.episode = 0
            row.state = State.DOUBLED if row.state == State.OPEN else State.SETTLED
            _hand_over(row.case, kept)
        row.save(update_fields=["account", "episode", "state", "changed_at"])
        RiskEntry.objects.create(case=row, by=IN_SALESFORCE, words=words)
        moved.append(row.account_key)
    if moved:
        noticing.note(work.pair, work.flow.key, moved, "again")


def _hand_over(case: Case, kept: RiskCase) -> None:
    """Let what people said of a case hold on in the one that goes on: the longer wait."""
    ours, theirs = case.holds, kept.holds
    kept.snoozed_until = max(filter(None, (ours.snoozed_until, theirs.snoozed_until)), default=None)
    kept.promised_on = max(filter(None, (ours.promised_on, theirs.promised_on)), default=None)
    kept.disputed = ours.disputed or theirs.disputed
    kept.held = sorted({*kept.held, *case.held})
    if kept.holds != Holds():
        kept.save(update_fields=["snoozed_until", "promised_on", "disputed", "held", "changed_at"])


def _rest(work: Work, deleted: Collection[str]) -> None:
    rows = list(_of(work).filter(account__in=deleted, state=State.OPEN)) if deleted else []
    sources = billing.sources_of(work.pair, work.flow.key) if rows else []
    for row in rows:
        row.state, row.closed_on = State.REMOVED, min(source.today for source in sources)
        row.save(update_fields=["state", "closed_on", "changed_at"])
        words = "Its account was deleted in Salesforce."
        RiskEntry.objects.create(case=row, by=IN_SALESFORCE, words=words)
