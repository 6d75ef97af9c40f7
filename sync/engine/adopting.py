"""Adopting: bind the counterparts and needed records that were found ready made."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from django.db import transaction

from sync.core.agreed import Agreed
from sync.core.matching import Match, Outcome
from sync.core.planning import Plan
from sync.core.records import Key, Record, System
from sync.models import Link
from sync.models.links import dump_agreed

from . import noticing, replaced
from .work import Work


def adopt(work: Work, plans: Iterable[Plan]) -> None:
    """Link the counterparts and needed records that were found ready made."""
    rows = []
    for plan in plans:
        couple = plan.couple
        if couple.match is not None and couple.match.outcome is Outcome.FURTHER:
            rows.append(_belonging(work, couple.subject, couple.match))
        if plan.reason:
            continue
        if plan.adopts is not None:
            row = _found(work, couple.subject, plan.adopts, couple.match, plan.agreed)
            row.generation = couple.link.generation + 1 if couple.link else 1
            rows.append(row)
        for need in work.flow.needs:
            match = couple.needs.get(need.name)
            if couple.salesforce is None or match is None or match.candidate is None:
                continue
            if match.outcome in (Outcome.FOUND, Outcome.FURTHER):
                owner = Key(System.SALESFORCE, need.salesforce_kind, need.key_of(couple.salesforce))
                row = _found(work, owner, match.candidate.key, match, {})
                row.flow = need.flow
                if match.outcome is Outcome.FURTHER:
                    row.role = Link.Role.FURTHER
                rows.append(row)
    rows += [_further(work, plan, key) for plan in plans for key in _parts(plan)]
    _let_no_two_be_main(work, rows)
    with transaction.atomic():
        _no_longer_further(work, rows)
        if work.flow.by_code:
            replaced.let_go(work, [row for row in rows if row.origin == Link.Origin.PERSON])
        Link.objects.bulk_create(rows, ignore_conflicts=True)


def _parts(plan: Plan) -> Iterable[Key]:
    """Return the further counterparts that a plan has found with the one that it adopts."""
    facts = plan.couple.facts
    parts: Sequence[Record] = facts.get("parts", ()) if plan.adopts is not None else ()
    joining: Sequence[Record] = facts.get("joining", ())
    return [] if plan.reason else [part.key for part in (*parts, *joining)]


def _further(work: Work, plan: Plan, theirs: Key) -> Link:
    row = _found(work, plan.subject, theirs, plan.couple.match, {})
    row.role = Link.Role.FURTHER
    return row


def _no_longer_further(work: Work, rows: Sequence[Link]) -> None:
    """Let what becomes a main counterpart be a further one no more, as a quote may."""
    mains = {
        (row.salesforce_id, row.xero_id)
        for row in rows
        if row.role == Link.Role.MAIN and row.xero_kind != "Contact"
    }
    if not mains:
        return
    further = Link.objects.filter(
        pair=work.pair, role=Link.Role.FURTHER, xero_id__in=[theirs for _, theirs in mains]
    ).exclude(xero_kind="Contact")
    same = [row.pk for row in further if (row.salesforce_id, row.xero_id) in mains]
    Link.objects.filter(pk__in=same).delete()


def _let_no_two_be_main(work: Work, rows: Sequence[Link]) -> None:
    """Let a contact that is an account's main one be a further one of any other account.

    Two that were kept in step with one contact would write over each other for ever.
    """
    contacts = [r for r in rows if r.xero_kind == "Contact" and r.role == Link.Role.MAIN]
    mains = Link.objects.filter(
        pair=work.pair,
        xero_kind="Contact",
        xero_id__in=[row.xero_id for row in contacts],
        role=Link.Role.MAIN,
    )
    owners = dict(mains.values_list("xero_id", "salesforce_id")) if contacts else {}
    for row in contacts:
        if owners.setdefault(row.xero_id, row.salesforce_id) != row.salesforce_id:
            row.role = Link.Role.FURTHER
    noticing.note_projected(work.pair, [row.salesforce_key for row in rows])


def _found(work: Work, ours: Key, theirs: Key, match: Match | None, agreed: Agreed) -> Link:
    reasons = list(match.reasons) if match else []
    decided = "a person decided it" in reasons
    return Link(
        pair=work.pair,
        flow=work.flow.key,
        salesforce_kind=ours.kind,
        salesforce_id=ours.id,
        xero_kind=theirs.kind,
        xero_id=theirs.id,
        origin=Link.Origin.PERSON if decided else Link.Origin.FOUND,
        reasons=reasons,
        agreed=dump_agreed(agreed),
        label=match.candidate.name[:255] if match and match.candidate else "",
    )


def _belonging(work: Work, subject: Key, match: Match) -> Link:
    """Return the link of a record that belongs to one whose main counterpart is another."""
    theirs = match.candidate.key if match.candidate else subject
    ours, xero = (subject, theirs) if subject.system is System.SALESFORCE else (theirs, subject)
    row = _found(work, ours, xero, match, {})
    row.role = Link.Role.FURTHER
    return row
