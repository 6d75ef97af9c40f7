"""The products that the lines of quotes may be, in an org that several organisations share."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

from connections.models import Pair
from sync.core.records import Record
from sync.flows.shapes import quote_lines
from sync.flows.shapes.item_codes import code_key
from sync.models import KnownRecord, Link

from . import indexing
from .work import Work

ITEM, PRODUCT = "Item", "Product2"


def items(work: Work, codes: Collection[str]) -> dict[str, str]:
    """Return by upper-case code the id of the Xero item, empty for one that Xero lacks."""
    wanted = {code.upper(): code_key(code) for code in codes}
    keys = {("code", each) for each in wanted.values()}
    found = indexing.find(work.xero.connection_id, ITEM, keys)
    ids = {code: hits[0].key.id for (_, code), hits in found.items() if hits}
    return {code: ids.get(key, "") for code, key in wanted.items()}


def products(work: Work, found: Mapping[str, str], codes: Collection[str]) -> list[Record]:
    """Return the products that may be these items: by code, by the item's id, by their link.

    Two calls, and a third where a linked product has another code and carries another id.
    """
    fields = work.salesforce.fields(PRODUCT)
    ids = [item for item in found.values() if item]
    named = work.salesforce.find_by(PRODUCT, "ProductCode", sorted(codes))
    marked = (
        work.salesforce.find_by(PRODUCT, quote_lines.ITEM, ids)
        if ids and quote_lines.ITEM in fields
        else []
    )
    known = {product.key.id: product for product in (*named, *marked)}
    lacking = sorted(set(_linked(work, ids).values()) - known.keys())
    linked = work.salesforce.find_by(PRODUCT, "Id", lacking) if lacking else []
    return [*known.values(), *linked]


def kept(work: Work, found: Mapping[str, str], among: Sequence[Record]) -> quote_lines.Kept:
    """Return what is known of these products: their items by link, and whose ids they carry.

    In an org of several organisations, an item that this one never had is another one's.
    """
    if not among:
        return quote_lines.NOTHING_KEPT
    linked = _linked(work, [item for item in found.values() if item])
    carried = {quote_lines.item_of(product) for product in among} - {"", *found.values()}
    others = Pair.objects.filter(salesforce=work.pair.salesforce_id).exclude(pk=work.pair.pk)
    if not carried or not others.exists():
        return quote_lines.Kept(linked)
    ours = KnownRecord.objects.filter(
        connection=work.pair.xero_id, kind=ITEM, remote_id__in=carried
    )
    return quote_lines.Kept(
        linked, frozenset(carried - set(ours.values_list("remote_id", flat=True)))
    )


def _linked(work: Work, ids: Collection[str]) -> dict[str, str]:
    """Return by Xero item the product that it is linked with in this pair."""
    rows = Link.objects.filter(
        pair=work.pair, salesforce_kind=PRODUCT, xero_kind=ITEM, xero_id__in=ids
    )
    return dict(rows.values_list("xero_id", "salesforce_id")) if ids else {}
