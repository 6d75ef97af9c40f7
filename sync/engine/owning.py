"""Owning: a deal is billed by one pair only, and an invoice belongs to one deal only."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

from django.db import connection
from django.db.models import QuerySet

from connections.models import Pair
from sync.core.couples import Couple
from sync.core.planning import Plan
from sync.core.questions import Question, QuestionKind
from sync.core.records import Key, System
from sync.models import KnownRecord, Link, Write

from .work import Work


def with_owners(work: Work, couples: Sequence[Couple]) -> list[Couple]:
    """Return the couples; one whose subject or find is somebody else's gets a question instead.

    A handful of queries whatever the number of couples.
    """
    strays = [c for c in couples if c.link is None and c.salesforce is not None]
    elsewhere = _elsewhere(work, [couple.subject for couple in strays])
    taken = _taken(work, couples)
    return [_asked(couple, elsewhere, taken) for couple in couples]


def with_elders(work: Work, couples: Sequence[Couple]) -> list[Couple]:
    """Return the couples; one whose account another pair has linked before yields to that.

    Two queries, whatever the number of couples.
    """
    ids = [c.subject.id for c in couples if c.subject.system is System.SALESFORCE]
    if not work.flow.by_likeness or not ids or not _pairs_of_the_org(work).exists():
        return list(couples)
    links = Link.objects.filter(
        pair__salesforce=work.pair.salesforce_id,
        salesforce_kind=work.flow.salesforce_kind,
        salesforce_id__in=ids,
        xero_kind=work.flow.xero_kind,
        role=Link.Role.MAIN,
    ).order_by("-pk")  # the first link of an account counts: it comes last
    elders = dict(links.values_list("salesforce_id", "pair"))
    mine = work.pair.pk
    return [replace(c, yields=elders.get(c.subject.id, mine) != mine) for c in couples]


def unclaimed(work: Work, plans: Sequence[Plan]) -> list[Plan]:
    """Return the plans whose subjects no other pair is billing.

    The caller's transaction also saves their writes; until it ends, no other pair may ask. So two
    pairs at work on one deal at the same moment cannot both be told that it is theirs.
    """
    others = _pairs_of_the_org(work)
    if not work.flow.exclusive or not others.exists():
        return list(plans)
    with connection.cursor() as cursor:
        name = f"counterpart:owning:{work.pair.salesforce_id}"
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [name])
    new = [p.subject for p in plans if p.couple.link is None]
    elsewhere = _elsewhere(work, new)
    return [plan for plan in plans if plan.subject not in elsewhere]


def _pairs_of_the_org(work: Work) -> QuerySet[Pair]:
    """Return the other pairs of this Salesforce org."""
    return Pair.objects.filter(salesforce=work.pair.salesforce_id).exclude(pk=work.pair.pk)


def _elsewhere(work: Work, subjects: Iterable[Key]) -> dict[Key, str]:
    """Return by subject the other pair that has a living counterpart of it, or makes one."""
    wanted = {key.id: key for key in subjects}
    if not work.flow.exclusive or not wanted:
        return {}
    kind, others = work.flow.xero_kind, _pairs_of_the_org(work)
    links = Link.objects.filter(
        pair__in=others,
        salesforce_kind=work.flow.salesforce_kind,
        salesforce_id__in=wanted,
        xero_kind=kind,
    ).values_list("salesforce_id", "xero_id", "pair__name", "pair__xero_id")
    rows = list(links)
    ended = set(
        KnownRecord.objects.filter(kind=kind, remote_id__in=[row[1] for row in rows])
        .exclude(gone="")
        .values_list("remote_id", "connection_id")
    )
    found = {wanted[row[0]]: row[2] for row in rows if (row[1], row[3]) not in ended}
    writes = Write.objects.filter(
        pair__in=others,
        kind=kind,
        verb="create",
        state__in=Write.OPEN,
        about__in=[str(key) for key in wanted.values()],
    )
    found |= {Key.parse(about): name for about, name in writes.values_list("about", "pair__name")}
    return found


def _taken(work: Work, couples: Sequence[Couple]) -> dict[str, Link]:
    """Return by Xero id the link of a counterpart that was found but is another subject's."""
    found = {c.adopts.id: c.subject.id for c in couples if c.adopts is not None}
    if not found:
        return {}
    links = Link.objects.filter(
        pair=work.pair, xero_kind=work.flow.xero_kind, xero_id__in=found
    ).exclude(xero_kind="Contact")
    return {row.xero_id: row for row in links if row.salesforce_id != found[row.xero_id]}


def _asked(couple: Couple, elsewhere: dict[Key, str], taken: dict[str, Link]) -> Couple:
    record = couple.salesforce
    name = f"“{record.get('Name')}”" if record is not None else "A deal"
    if couple.subject in elsewhere:
        pair = elsewhere[couple.subject]
        question = Question(
            QuestionKind.PROBLEM,
            f"billed_elsewhere:{pair}",
            f"Billed by “{pair}” already",
            f"A deal is billed once. “{pair}” has an invoice for it or is making one, so it is "
            "not billed here. If it should be, void the invoice there.",
        )
    elif couple.adopts is not None and couple.adopts.id in taken:
        link = taken[couple.adopts.id]
        question = Question(
            QuestionKind.PROBLEM,
            f"taken:{couple.adopts.id}",
            f"The invoice {link.label or link.xero_id} names {name} but is already another deal’s",
            f"It is the invoice of {link.salesforce_id}. An invoice belongs to one deal: take one "
            f"of the two ids out of it in Xero, and {name} goes on by itself.",
            alone=True,
        )
    else:
        return couple
    return replace(couple, match=None, questions=(*couple.questions, question))
