"""Catalogues: step 3 for products and items."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from sync.core import mapping
from sync.core.couples import Couple, LinkFacts
from sync.core.matching import Candidate, IndexKey, Match, Outcome, Wanted
from sync.core.merging import SEEN
from sync.core.planning import Plan
from sync.core.records import Key, Record, System
from sync.flows.shapes import item
from sync.flows.shapes.product_match import Shelf, choose, wanted_by
from sync.models import Link, ReviewItem, ReviewSubject

from . import indexing, linking, moving, noticing, replaced
from .work import Work

Found = Mapping[IndexKey, Sequence[Candidate]]
OF_CODES = "catalogue_"
"""How the causes of questions about codes begin."""


def match(work: Work, couples: Sequence[Couple]) -> list[Couple]:
    """Return the couples with their matches; an item that found its product becomes the product's.

    A handful of queries whatever their number; one call for 1,000 products that items have found.
    """
    strays = [couple for couple in couples if _is_stray(work, couple)]
    if not strays:
        return list(couples)
    wanted = {c.subject: wanted_by(c.own, work.rules) for c in strays if c.own is not None}
    new = replaced.items_of(strays)
    codes = (value for key in new for _, value in wanted[key].strong)
    replaced.look_for_gone(work, codes, new)
    shelves = _shelves(work, wanted)
    every = {c.subject: choose(c, wanted[c.subject], shelves[c.subject]) for c in strays}
    lost = {c.subject for c in strays if c.link is not None}
    matched = {k: m for k, m in every.items() if k not in lost or m.outcome is Outcome.FOUND}
    found = [replace(c, match=matched[c.subject]) if c.subject in matched else c for c in couples]
    return _by_product(work, _each_once(found))


def _is_stray(work: Work, couple: Couple) -> bool:
    """Return whether a record has no link, or none to an item that is there, and may get one."""
    record = couple.own
    if couple.locked or record is None or record.gone:
        return False
    if couple.link is not None:
        return replaced.has_lost_its_item(couple)
    flow = work.flow
    return not (flow.unwanted(record) or flow.left_out(record, work.rules))


def _shelves(work: Work, wanted: Mapping[Key, Wanted]) -> dict[Key, Shelf]:
    found: dict[Key, Shelf] = {}
    for system in System:
        mine = {key: one for key, one in wanted.items() if key.system is system}
        if not mine:
            continue
        theirs = _find(work, system.other, {k for one in mine.values() for k in one.every_key()})
        codes = {("code", v) for hits in theirs.values() for c in hits for n, v in c.keys
                 if n == "code"}  # fmt: skip
        own = _find(work, system, codes | {k for one in mine.values() for k in one.strong})
        taken = _taken(work, [c.key for hits in theirs.values() for c in hits])
        resting = replaced.resting(work, [key for key in taken if key.system is System.XERO])
        living = _living(work, theirs) if system is System.XERO else frozenset()
        for key, one in mine.items():
            shelf = _shelf(key, one, theirs, own, taken)
            found[key] = replace(shelf, living=living, resting=resting)
    return found


def _living(work: Work, products: Found) -> frozenset[str]:
    """Return which of the items that these products carry are there in this organisation."""
    carried = {v for hits in products.values() for c in hits for n, v in c.keys if n == "item"}
    known = indexing.by_ids(work.xero.connection_id, work.flow.xero_kind, carried)
    return frozenset(remote_id for remote_id, candidate in known.items() if not candidate.gone)


def _shelf(me: Key, wanted: Wanted, theirs: Found, own: Found, taken: dict[Key, str]) -> Shelf:
    pool = {c.key: c for key in wanted.every_key() for c in theirs.get(key, ())}
    twins = {c.key: c for key in wanted.strong for c in own.get(key, ()) if _lives(c, me)}
    coded = {value for (_, value), hits in own.items() if any(_lives(c, me) for c in hits)}
    return Shelf(tuple(pool.values()), tuple(twins.values()), taken, coded)


def _lives(candidate: Candidate, me: Key) -> bool:
    return candidate.key != me and not candidate.gone and not candidate.facts.get("unwanted")


def _find(work: Work, system: System, keys: Iterable[IndexKey]) -> Found:
    kind = work.flow.xero_kind if system is System.XERO else work.flow.salesforce_kind
    return indexing.find(work.remote(system).connection_id, kind, keys)


def _taken(work: Work, keys: Sequence[Key]) -> dict[Key, str]:
    """Return whose each of these records is already, by name."""
    ids = [key.id for key in keys]
    flow = work.flow
    links = Link.objects.filter(
        pair=work.pair, salesforce_kind=flow.salesforce_kind, xero_kind=flow.xero_kind
    )
    mine = replaced.without_lost(work, list(links.filter(salesforce_id__in=ids)))
    ours = {link.salesforce_key: link.label for link in mine}
    return ours | {link.xero_key: link.label for link in links.filter(xero_id__in=ids)}


def _each_once(couples: Sequence[Couple]) -> list[Couple]:
    """Return the couples; of two that found one record the first has it, the others wait."""
    seen: set[Key] = set()
    kept = []
    for couple in couples:
        found = couple.match.candidate if _has_found(couple) and couple.match else None
        if found is not None and found.key in seen:
            waits = Match(Outcome.WAITS, waits="Another record with its code comes first.")
            couple = replace(couple, match=waits)  # noqa: PLW2901
        elif found is not None:
            seen.add(found.key)
        kept.append(couple)
    return kept


def _has_found(couple: Couple) -> bool:
    return couple.match is not None and couple.match.outcome is Outcome.FOUND


def _by_product(work: Work, couples: Sequence[Couple]) -> list[Couple]:
    """Return the couples with each item that found its product under that product.

    A product that is in the batch itself keeps its own couple.
    """
    own = {c.subject for c in couples if c.subject.system is System.SALESFORCE}
    movers = [c for c in couples if c.subject.system is System.XERO and _has_found(c)]
    ids = [_product_of(c).id for c in movers if _product_of(c) not in own]
    fields = mapping.fields_needed(work.rules)
    read = work.salesforce.read(work.flow.salesforce_kind, sorted(ids), fields) if ids else []
    records = {record.key: record for record in read}
    links = linking.facts_of(work, list(records))  # of such whose item is gone
    kept = [c for c in couples if c not in movers]
    return [*kept, *(_moved(c, records[_product_of(c)], links) for c in movers
                     if _product_of(c) in records)]  # fmt: skip


def _product_of(couple: Couple) -> Key:
    candidate = couple.match.candidate if couple.match else None
    if candidate is None:
        raise ValueError(f"{couple.subject} has found nothing.")
    return candidate.key


def _moved(couple: Couple, record: Record, links: Mapping[Key, LinkFacts]) -> Couple:
    found = item.candidate(couple.xero) if couple.xero is not None else None
    match = replace(couple.match, candidate=found) if couple.match else None
    moved = Couple(
        record.key,
        record,
        couple.xero,
        links.get(record.key),
        match,
        decisions=couple.decisions,
        locked=couple.locked,
    )
    moved.raised.update(couple.raised)
    return moved


def after(work: Work, plans: Iterable[Plan]) -> int:
    """Plan again what waited for an answer that this run has carried out; return how many.

    Those are the items that a product was asked about, the other products of a code that one of
    them has given up, and what a person has made equal.
    """
    if not work.flow.by_code or not moving.is_live(work):
        return 0
    found = {
        candidate.key
        for plan in plans
        if (match := plan.couple.match) is not None and match.by_person
        for candidate in match.candidates
        if candidate.key.system is not plan.subject.system and candidate.key != plan.adopts
    }
    closed = ReviewSubject.objects.filter(
        item__pair=work.pair,
        item__flow=work.flow.key,
        item__state=ReviewItem.State.OPEN,
        item__cause__startswith=OF_CODES,
        closed_at__gte=work.run.started_at,
    )
    # what was made equal has been carried out once: planned again, its word is spent
    found |= {p.subject for p in plans if p.intents and _is_made_equal(p.couple)}
    others = ReviewSubject.objects.filter(
        item__in=closed.values("item"), closed_at__isnull=True
    ).values_list("subject", flat=True)
    found |= {Key.parse(subject) for subject in others}
    return noticing.note(work.pair, work.flow.key, found, "again")


def _is_made_equal(couple: Couple) -> bool:
    return any(said.about.startswith(SEEN) for said in couple.decisions.values())
