"""Marking: an id that another record carries already is not written into a second one."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from sync.core.couples import Couple
from sync.core.matching import Candidate, IndexKey
from sync.core.records import Key, System

from . import indexing
from .work import Work


def with_taken(work: Work, couples: Sequence[Couple]) -> list[Couple]:
    """Return the couples with the systems in which a third record carries the partner's id.

    Both systems want these ids unique: the whole write would be refused because of it. In Xero
    one that was archived, as the loser of a merge is, keeps its contact number. Four queries.
    """
    both = [c for c in couples if c.salesforce is not None and c.xero is not None]
    if not both or not (work.flow.by_likeness or work.flow.by_code):
        return list(couples)
    if work.flow.by_code:  # items carry no id of a product
        items = _carriers(work, System.SALESFORCE, "item", (c.xero.key for c in both if c.xero))
        return [_marked(couple, {}, items) for couple in couples]
    numbers = _carriers(
        work, System.XERO, "number", (c.salesforce.key for c in both if c.salesforce)
    )
    ids = _carriers(work, System.SALESFORCE, "xero", (c.xero.key for c in both if c.xero))
    return [_marked(couple, numbers, ids) for couple in couples]


def _carriers(
    work: Work, system: System, name: str, keys: Iterable[Key]
) -> Mapping[IndexKey, list[Candidate]]:
    kind = work.flow.xero_kind if system is System.XERO else work.flow.salesforce_kind
    asked = [(name, key.id) for key in keys]
    return indexing.find(work.remote(system).connection_id, kind, asked)


def _marked(
    couple: Couple,
    numbers: Mapping[IndexKey, list[Candidate]],
    ids: Mapping[IndexKey, list[Candidate]],
) -> Couple:
    ours, theirs = couple.salesforce, couple.xero
    if ours is None or theirs is None:
        return couple
    taken = set()
    if any(c.key != theirs.key for c in numbers.get(("number", ours.key.id), ())):
        taken.add(System.XERO)
    named = (c for name in ("xero", "item") for c in ids.get((name, theirs.key.id), ()))
    if any(c.key != ours.key and not c.gone for c in named):
        taken.add(System.SALESFORCE)
    return replace(couple, taken=frozenset(taken)) if taken else couple
