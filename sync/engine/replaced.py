"""Replaced: items that Xero has deleted and that another of their code stands for now."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence

from sync.core.couples import Couple
from sync.core.records import Key, System
from sync.models import KnownRecord, Link

from . import indexing, vanishing
from .work import Work


def has_lost_its_item(couple: Couple) -> bool:
    """Return whether a product is there whose item is gone: another of its code is its item."""
    theirs, ours = couple.xero, couple.salesforce
    return bool(couple.link and theirs and theirs.gone and ours and not ours.gone)


def look_for_gone(work: Work, codes: Iterable[str], new: Collection[Key]) -> None:
    """Find out which items are gone of those that have a code of these new ones.

    Xero takes each code once, so that the older one must have been deleted, without a trace, or has
    another code by now. Costs a call for each such item, and none in the usual case.
    """
    ours, kind = work.xero.connection_id, work.flow.xero_kind
    hits = indexing.find(ours, kind, [("code", code) for code in set(codes)])
    rivals = {c.key.id for found in hits.values() if len(found) > 1 for c in found if not c.gone}
    asked = sorted(rivals - {key.id for key in new})[: vanishing.MOST]
    read = [record for each in asked for record in work.xero.read(kind, [each])]
    there = {record.key.id for record in read if not record.gone}
    indexing.store(ours, read)
    vanishing.mark(ours, kind, [each for each in asked if each not in there])


def without_lost(work: Work, links: Sequence[Link]) -> list[Link]:
    """Return the links but for those of items that are gone: their products are free for others."""
    gone = KnownRecord.objects.filter(
        connection_id=work.xero.connection_id,
        kind=work.flow.xero_kind,
        remote_id__in={link.xero_id for link in links},
    ).exclude(gone="")
    lost = set(gone.values_list("remote_id", flat=True)) if links else set()
    return [link for link in links if link.xero_id not in lost]


def resting(work: Work, items: Sequence[Key]) -> frozenset[Key]:
    """Return which of these linked items have a product that is no longer active, or is gone."""
    links = Link.objects.filter(
        pair=work.pair, xero_kind=work.flow.xero_kind, xero_id__in=[key.id for key in items]
    )
    owners = {link.salesforce_id: link.xero_key for link in links} if items else {}
    known = indexing.by_ids(work.salesforce.connection_id, work.flow.salesforce_kind, owners)
    return frozenset(owners[c.key.id] for c in known.values() if c.gone or c.facts.get("unwanted"))


def let_go(work: Work, rows: Iterable[Link]) -> None:
    """Undo the links of items that a person gave to another product than they had."""
    for row in rows:
        others = Link.objects.filter(
            pair=work.pair, xero_kind=work.flow.xero_kind, xero_id=row.xero_id
        )
        others.exclude(salesforce_id=row.salesforce_id).delete()


def items_of(strays: Iterable[Couple]) -> set[Key]:
    """Return the items among records without a counterpart."""
    return {couple.subject for couple in strays if couple.subject.system is System.XERO}
