"""Candidates: for each subject of a batch those that its counterpart and its needs may be."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from sync.core.couples import Couple
from sync.core.flow import Need
from sync.core.matching import Candidate, IndexKey, Match, Outcome, Wanted
from sync.core.records import Key, Record, System
from sync.models import Link

from . import indexing, telling
from .work import Work

Pools = tuple[list[Candidate], dict[str, list[Candidate]]]


def with_links_of_needs(work: Work, couples: Sequence[Couple]) -> list[Couple]:
    """Return the couples with every need matched that a stored link answers."""
    result = list(couples)
    for need in work.flow.needs:
        owners = {c.subject: need.key_of(c.salesforce) for c in result if c.salesforce}
        links = Link.objects.filter(
            pair=work.pair,
            salesforce_kind=need.salesforce_kind,
            salesforce_id__in=set(owners.values()),
            xero_kind=need.xero_kind,
        ).order_by("role", "generation", "-id")  # the main one, else a further one
        chosen = {link.salesforce_id: link.xero_id for link in links}
        known = indexing.follow(work.xero.connection_id, need.xero_kind, chosen.values())
        result = [
            _with_need(c, need.name, known.get(chosen.get(owners.get(c.subject, ""), "")))
            for c in result
        ]
    return result


def _with_need(couple: Couple, name: str, candidate: Candidate | None) -> Couple:
    if candidate is None:
        return couple
    outcome = Outcome.GONE if candidate.gone else Outcome.LINKED
    match = Match(outcome, candidate, (candidate,), ("linked",), Wanted(candidate.name))
    return replace(couple, needs={**couple.needs, name: match})


def candidates_for(work: Work, couples: Iterable[Couple]) -> Mapping[Key, Pools]:
    """Return for each subject the candidates for its counterpart and for its needs.

    One look-up a kind serves the whole batch.
    """
    flow = work.flow
    alive = [(c, c.salesforce) for c in couples if c.salesforce is not None]
    own = {c.subject: flow.wanted(record) for c, record in alive}
    pools = _pools(work, flow.xero_kind, own)
    result: dict[Key, Pools] = {c.subject: (pools[c.subject], {}) for c, _ in alive}
    for need in flow.needs:
        lacking = [(c.subject, r) for c, r in alive if need.name not in c.needs]
        wanted = {subject: need.wanted(record) for subject, record in lacking}
        apart = _told_apart(work, need, lacking)
        for subject, pool in _pools(work, need.xero_kind, wanted).items():
            free = [c for c in pool if c.key not in apart.get(subject, ())]
            result[subject][1][need.name] = free
    return result


def _told_apart(
    work: Work, need: Need, lacking: Sequence[tuple[Key, Record]]
) -> dict[Key, frozenset[Key]]:
    """Return for each subject the records that whoever needs them was told apart from."""
    owners = {
        subject: Key(System.SALESFORCE, need.salesforce_kind, owner)
        for subject, record in lacking
        if (owner := need.key_of(record))
    }
    apart = telling.apart_from(work.pair, set(owners.values()))
    return {subject: apart[owner] for subject, owner in owners.items() if owner in apart}


def _pools(work: Work, kind: str, wanted: Mapping[Key, Wanted]) -> dict[Key, list[Candidate]]:
    keys: set[IndexKey] = {key for one in wanted.values() for key in one.every_key()}
    found = indexing.find(work.xero.connection_id, kind, keys)
    return {
        subject: list({c.key: c for key in one.every_key() for c in found.get(key, ())}.values())
        for subject, one in wanted.items()
    }
