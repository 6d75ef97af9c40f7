"""What must be known of products and items before they are planned: who sells what has ended."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from sync.core.couples import Couple
from sync.core.records import Key, Record
from sync.flows.shapes import item_record, open_deals, product, product_tables
from sync.flows.shapes.open_deals import OpenDeal
from sync.models import Link, Write

from . import indexing, surroundings
from .work import Work

LINE, PRODUCT = "OpportunityLineItem", "Product2Id"


def with_facts(work: Work, couples: Sequence[Couple]) -> list[Couple]:
    """Return the couples with the open deals that sell what one side sells no longer.

    One call for 1,000 such products, and none where there is no such.
    """
    if not work.flow.by_code:
        return list(couples)
    ended = [c.salesforce.key.id for c in couples if c.salesforce is not None and _has_ended(c)]
    facts = _Facts(
        _used(work, ended),
        _elsewhere(work, ended),
        _left_behind(work, couples),
        _owed(work, couples),
    )
    return [_with(couple, facts) for couple in couples]


def _has_ended(couple: Couple) -> bool:
    ours, theirs = couple.salesforce, couple.xero
    if ours is None or theirs is None:
        return False
    return (ours.get("IsActive") is True) != item_record.is_sold(theirs)


def _used(work: Work, products: Sequence[str]) -> dict[str, Sequence[OpenDeal]]:
    """Return by product the open deals that sell it."""
    if not products:
        return {}
    own = surroundings.known(work.salesforce.connection_id)
    found: dict[str, list[Record]] = {}
    for line in work.salesforce.find_by(LINE, PRODUCT, products):
        found.setdefault(str(line.get(PRODUCT)), []).append(line)
    currency = own.base_currency if own else ""
    return {key: open_deals.of_lines(lines, currency) for key, lines in found.items()}


def _elsewhere(work: Work, products: Sequence[str]) -> dict[str, Sequence[str]]:
    """Return by product the names of the other organisations that sell its item there."""
    links = Link.objects.filter(
        flow=work.flow.key,
        pair__active=True,
        pair__salesforce=work.pair.salesforce_id,
        salesforce_id__in=products,
    ).exclude(pair=work.pair)
    by_connection: dict[tuple[int, str], dict[str, str]] = {}
    for item_id, product_id, connection, name in links.values_list(
        "xero_id", "salesforce_id", "pair__xero_id", "pair__xero__name"
    ):
        by_connection.setdefault((connection, name), {})[item_id] = product_id
    sellers: dict[str, list[str]] = {}
    for (connection, name), items in sorted(by_connection.items()):
        for key, record in indexing.records(connection, work.flow.xero_kind, items).items():
            if item_record.is_sold(record):
                sellers.setdefault(items[key], []).append(name)
    return dict(sellers)


def _left_behind(work: Work, couples: Sequence[Couple]) -> set[str]:
    """Return the ids of items that products carry and that are gone from this organisation."""
    carried = {product.item_id(c.salesforce) for c in couples if c.salesforce is not None} - {""}
    known = indexing.by_ids(work.xero.connection_id, work.flow.xero_kind, carried)
    return {remote_id for remote_id, candidate in known.items() if candidate.gone}


@dataclass(frozen=True)
class _Facts:
    """Who sells what is sold no longer, by product, and which carried items are gone."""

    used: Mapping[str, Sequence[OpenDeal]]
    elsewhere: Mapping[str, Sequence[str]]
    left: set[str]
    owed: set[Key]


def _owed(work: Work, couples: Sequence[Couple]) -> set[Key]:
    """Return the products whose price in the chosen book was to be made and never was.

    A worker that dies after the standard price leaves nothing else that tells of it.
    """
    book = product_tables.chosen(work.rules)
    lacking = {
        str(key): couple.salesforce.key
        for couple in couples
        if book and couple.salesforce is not None and not product.in_book(couple.salesforce, book)
        for key in (couple.salesforce.key, *(record.key for record in couple.records))
    }
    if not lacking:
        return set()
    rows = Write.objects.filter(
        pair=work.pair,
        flow=work.flow.key,
        kind=product.ENTRY,
        verb="create",
        marker__contains=f":{book}",
        about__in=lacking,
        state__in=(Write.State.INTENDED, Write.State.WITHDRAWN, Write.State.REFUSED),
    )
    return {lacking[about] for about in rows.values_list("about", flat=True)}


def _with(couple: Couple, found: _Facts) -> Couple:
    if couple.salesforce is None:
        return couple
    facts = {
        **couple.facts,
        item_record.USED: tuple(found.used.get(couple.salesforce.key.id, ())),
        item_record.ELSEWHERE: tuple(found.elsewhere.get(couple.salesforce.key.id, ())),
        item_record.LEFT_BEHIND: product.item_id(couple.salesforce) in found.left,
    }
    if couple.salesforce.key not in found.owed or couple.link is None:
        return replace(couple, facts=facts)
    agreed = {name: each for name, each in couple.link.agreed.items() if name != "price"}
    owing = replace(couple.link, agreed=agreed)
    return replace(couple, facts={**facts, item_record.OWED: True}, link=owing)
